//! Public keys, as certificates and requests carry them.

use std::fmt;

use der::Decode as _;
use der::asn1::ObjectIdentifier;
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use rsa::RsaPublicKey;
use rsa::pkcs1v15;
use rsa::traits::PublicKeyParts as _;
use sha2::{Digest as _, Sha256};
use signature::Verifier as _;
use signature::hazmat::PrehashVerifier as _;
use spki::{
    AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier as _, EncodePublicKey as _, SubjectPublicKeyInfoRef,
};

use super::{KeyAlgorithm, KeyError};
use crate::digest::Digest;
use crate::pem_text;
use crate::signature::{Signature, SignatureError};

/// A public key that is strong enough to be believed: P-256, or RSA of 2048 to 4096 bits with an odd exponent of at
/// least 65537.
///
/// As bytes a DER `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7), as text the same in a PEM block labelled
/// `PUBLIC KEY`. One key has one encoding: others (compressed points, RSA without its NULL) are refused, so that
/// equal keys have equal fingerprints.
#[derive(Clone)]
pub struct PublicKey {
    inner: Inner,
    spki: Vec<u8>,
}

impl PublicKey {
    /// Reads a key from its DER.
    ///
    /// # Errors
    /// [`KeyError`], with the fact that was wrong.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyError> {
        if der.len() > LONGEST_SPKI {
            return Err(KeyError::TooLong {
                limit: LONGEST_SPKI,
                found: der.len(),
            });
        }
        let spki = SubjectPublicKeyInfoRef::from_der(der).map_err(|cause| malformed(&cause))?;
        let inner = match spki.algorithm.oid {
            ID_EC => Inner::Ecdsa(on_p256(spki)?),
            ID_RSA => Inner::Rsa(pkcs1v15::VerifyingKey::new(strong(spki)?)),
            oid => return Err(KeyError::UnknownAlgorithm { oid: oid.to_string() }),
        };
        let canonical = inner.to_spki()?;
        if canonical != der {
            return Err(malformed(&"an encoding that is not the canonical one"));
        }
        Ok(Self { inner, spki: canonical })
    }

    /// Reads a key from one PEM block labelled `PUBLIC KEY`.
    ///
    /// # Errors
    /// [`KeyError`], with the fact that was wrong.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        Self::from_spki_der(&pem_text::decode_one(LABEL, text, 2 * LONGEST_SPKI)?)
    }

    /// The PEM text, lines ending in `\n`.
    pub fn to_pem(&self) -> String {
        pem_text::encode(LABEL, &self.spki)
    }

    /// The DER.
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// SHA-256 of the DER.
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(&self.spki).into()
    }

    /// How signatures by this key are made.
    pub const fn algorithm(&self) -> KeyAlgorithm {
        match self.inner {
            Inner::Ecdsa(_) => KeyAlgorithm::EcdsaP256,
            Inner::Rsa(_) => KeyAlgorithm::Rsa2048,
        }
    }

    /// The kind and size of the key.
    pub fn kind(&self) -> PublicKeyKind {
        match &self.inner {
            Inner::Ecdsa(_) => PublicKeyKind::EcdsaP256,
            Inner::Rsa(key) => PublicKeyKind::Rsa {
                bits: key.as_ref().n().bits_vartime(),
            },
        }
    }

    /// Checks that this key signed exactly this message.
    ///
    /// # Errors
    /// [`SignatureError::Malformed`] when the bytes are no signature of this kind, [`SignatureError::Wrong`] when
    /// they are one of something else.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        match &self.inner {
            Inner::Ecdsa(_) => {
                // Only the shape is looked at here: ring, which does not tell one refusal from another, is several times faster at the rest,
                // and a release has some twenty signatures.
                self.ecdsa(signature)?;
                let point = self.spki.last_chunk::<POINT>().ok_or_else(|| self.wrong())?;
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point);
                key.verify(message, signature.as_bytes()).map_err(|_| self.wrong())
            }
            Inner::Rsa(key) => {
                let signature = self.rsa(key, signature)?;
                key.verify(message, &signature).map_err(|_| self.wrong())
            }
        }
    }

    /// As [`PublicKey::verify`], for a message of which only the SHA-256 is at hand.
    ///
    /// # Errors
    /// As [`PublicKey::verify`].
    pub fn verify_digest(&self, digest: &Digest, signature: &Signature) -> Result<(), SignatureError> {
        let digest = digest.as_bytes();
        match &self.inner {
            Inner::Ecdsa(key) => key.verify_prehash(digest, &self.ecdsa(signature)?),
            Inner::Rsa(key) => key.verify_prehash(digest, &self.rsa(key, signature)?),
        }
        .map_err(|_| self.wrong())
    }

    fn ecdsa(&self, signature: &Signature) -> Result<p256::ecdsa::DerSignature, SignatureError> {
        p256::ecdsa::DerSignature::from_bytes(signature.as_bytes()).map_err(|_| self.malformed(signature))
    }

    fn rsa(
        &self,
        key: &pkcs1v15::VerifyingKey<Sha256>,
        signature: &Signature,
    ) -> Result<pkcs1v15::Signature, SignatureError> {
        if signature.as_bytes().len() != key.as_ref().size() {
            return Err(self.malformed(signature));
        }
        pkcs1v15::Signature::try_from(signature.as_bytes()).map_err(|_| self.malformed(signature))
    }

    const fn wrong(&self) -> SignatureError {
        SignatureError::Wrong {
            algorithm: self.algorithm(),
        }
    }

    fn malformed(&self, signature: &Signature) -> SignatureError {
        SignatureError::Malformed {
            algorithm: self.algorithm(),
            length: signature.as_bytes().len(),
        }
    }

    /// What a signature by this key is called inside requests and certificates.
    pub(crate) fn signature_algorithm(&self) -> Result<AlgorithmIdentifierOwned, KeyError> {
        let identifier = match &self.inner {
            Inner::Ecdsa(key) => key.signature_algorithm_identifier(),
            Inner::Rsa(key) => key.signature_algorithm_identifier(),
        };
        identifier.map_err(|cause| KeyError::Encoding {
            reason: cause.to_string(),
        })
    }
}

/// The kind and size of a public key.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum PublicKeyKind {
    /// A point on NIST P-256.
    EcdsaP256,
    /// An RSA modulus.
    Rsa {
        /// The size of the modulus, 2048 to 4096 bits.
        bits: u32,
    },
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.spki == other.spki
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({:?}, sha256:", self.kind())?;
        self.fingerprint().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

#[derive(Clone)]
enum Inner {
    Ecdsa(p256::ecdsa::VerifyingKey),
    Rsa(pkcs1v15::VerifyingKey<Sha256>),
}

impl Inner {
    fn to_spki(&self) -> Result<Vec<u8>, KeyError> {
        let document = match self {
            Self::Ecdsa(key) => key.to_public_key_der(),
            Self::Rsa(key) => key.to_public_key_der(),
        };
        Ok(document.map_err(|cause| malformed(&cause))?.into_vec())
    }
}

fn on_p256(spki: SubjectPublicKeyInfoRef<'_>) -> Result<p256::ecdsa::VerifyingKey, KeyError> {
    match spki.algorithm.parameters_oid() {
        Ok(P256) => p256::ecdsa::VerifyingKey::try_from(spki).map_err(|cause| malformed(&cause)),
        Ok(curve) => Err(KeyError::OtherCurve {
            curve: curve.to_string(),
        }),
        Err(_) => Err(KeyError::OtherCurve {
            curve: "no named curve".to_owned(),
        }),
    }
}

fn strong(spki: SubjectPublicKeyInfoRef<'_>) -> Result<RsaPublicKey, KeyError> {
    let key = RsaPublicKey::try_from(spki).map_err(|cause| malformed(&cause))?;
    let found = key.n().bits_vartime();
    if !(LEAST_BITS..=MOST_BITS).contains(&found) {
        return Err(KeyError::ModulusSize {
            least: LEAST_BITS,
            most: MOST_BITS,
            found,
        });
    }
    // The reader bounds the exponent below 2^33, so nothing is lost in 64 bits.
    let exponent = key
        .e()
        .to_be_bytes()
        .iter()
        .fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
    if exponent < 65_537 || exponent % 2 == 0 {
        return Err(KeyError::Exponent { found: exponent });
    }
    Ok(key)
}

pub(super) fn malformed(reason: &dyn fmt::Display) -> KeyError {
    KeyError::MalformedPublic {
        reason: reason.to_string(),
    }
}

/// id-ecPublicKey (RFC 5480).
pub(super) const ID_EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// rsaEncryption (RFC 8017).
pub(super) const ID_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// secp256r1 (RFC 5480).
pub(super) const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const LABEL: &str = "PUBLIC KEY";
/// Bytes of an uncompressed point of P-256, with which its SPKI ends (RFC 5480, section 2.2).
const POINT: usize = 65;
const LEAST_BITS: u32 = 2048;
const MOST_BITS: u32 = 4096;
/// An RSA key of 4096 bits has 550 bytes.
const LONGEST_SPKI: usize = 1024;
