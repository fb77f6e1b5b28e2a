//! Keys: the private one signs a release and is gone, the public one is read by everybody.
//!
//! Two kinds, and no others: ECDSA over P-256 and RSA of 2048 to 4096 bits, both with SHA-256. There is no decryption
//! here, in either kind.

mod algorithm;
mod numbers;
mod public;

use std::fmt;

use p256::elliptic_curve::Generate as _;
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, PrivateKeyInfoRef, SecretDocument};
use rand_core::CryptoRng;
use rsa::RsaPrivateKey;
use rsa::pkcs1v15;
use sha2::Sha256;
use signature::{Keypair as _, SignatureEncoding as _, Signer as _};
use spki::EncodePublicKey as _;
use x509_cert::builder::Builder;

pub use self::algorithm::KeyAlgorithm;
pub use self::public::{PublicKey, PublicKeyKind};
use crate::pem_text::PemTextError;
use crate::secret::Secret;
use crate::signature::Signature;

/// A private key. It is overwritten in memory when it is dropped, it cannot be copied, and `Debug` shows its kind and
/// nothing else.
pub struct SigningKey {
    private: Private,
    public: PublicKey,
}

impl SigningKey {
    /// Makes a new key from the given randomness. Cheap for P-256, up to a second for RSA.
    ///
    /// # Errors
    /// [`KeyError::Generation`] when the randomness gives no primes.
    pub fn generate<R: CryptoRng + ?Sized>(algorithm: KeyAlgorithm, rng: &mut R) -> Result<Self, KeyError> {
        let private = match algorithm {
            KeyAlgorithm::EcdsaP256 => Private::Ecdsa(p256::ecdsa::SigningKey::generate_from_rng(rng)),
            KeyAlgorithm::Rsa2048 => {
                let key = RsaPrivateKey::new(rng, 2048).map_err(|cause| KeyError::Generation {
                    reason: cause.to_string(),
                })?;
                Private::rsa(key)
            }
        };
        Self::from_private(private)
    }

    /// Reads a private key in PKCS#8 (RFC 5958).
    ///
    /// # Errors
    /// [`KeyError`] when the bytes are too many, are not PKCS#8, or hold a key of another kind or size.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        if der.len() > LONGEST_PKCS8 {
            return Err(KeyError::TooLong {
                limit: LONGEST_PKCS8,
                found: der.len(),
            });
        }
        let malformed = |cause: &dyn fmt::Display| KeyError::MalformedPrivate {
            reason: cause.to_string(),
        };
        let info = PrivateKeyInfoRef::try_from(der).map_err(|cause| malformed(&cause))?;
        let private = match info.algorithm.oid {
            public::ID_EC => {
                Private::Ecdsa(p256::ecdsa::SigningKey::from_pkcs8_der(der).map_err(|cause| malformed(&cause))?)
            }
            public::ID_RSA => Private::rsa(RsaPrivateKey::from_pkcs8_der(der).map_err(|cause| malformed(&cause))?),
            oid => return Err(KeyError::UnknownAlgorithm { oid: oid.to_string() }),
        };
        Self::from_private(private)
    }

    /// Reads the text form of [`SigningKey::from_pkcs8_der`], one block labelled `PRIVATE KEY`.
    ///
    /// # Errors
    /// As [`SigningKey::from_pkcs8_der`]; an encrypted key or one in an older form (`RSA PRIVATE KEY`, `EC PRIVATE
    /// KEY`) is [`KeyError::MalformedPrivate`].
    pub fn from_pkcs8_pem(text: &Secret<String>) -> Result<Self, KeyError> {
        let text = text.expose().trim();
        if text.len() > 2 * LONGEST_PKCS8 {
            return Err(KeyError::TooLong {
                limit: 2 * LONGEST_PKCS8,
                found: text.len(),
            });
        }
        // Not the reader of public text: this one overwrites its buffer.
        let (label, document) = SecretDocument::from_pem(text).map_err(|cause| KeyError::MalformedPrivate {
            reason: cause.to_string(),
        })?;
        if label != "PRIVATE KEY" {
            return Err(KeyError::MalformedPrivate {
                reason: format!("a PEM block labelled `{label}`"),
            });
        }
        Self::from_pkcs8_der(document.as_bytes())
    }

    /// The key in PKCS#8 (RFC 5958), for the few places that must keep it.
    ///
    /// # Errors
    /// [`KeyError::Encoding`], which a key made here never gives.
    pub fn to_pkcs8_der(&self) -> Result<Secret<Vec<u8>>, KeyError> {
        let document = match &self.private {
            Private::Ecdsa(key) => key.to_pkcs8_der(),
            Private::Rsa(key) => key.to_pkcs8_der(),
        };
        let document = document.map_err(|cause| KeyError::Encoding {
            reason: cause.to_string(),
        })?;
        Ok(Secret::new(document.as_bytes().to_vec()))
    }

    /// How this key signs.
    pub const fn algorithm(&self) -> KeyAlgorithm {
        self.public.algorithm()
    }

    /// The public half.
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Signs the SHA-256 of the message. The same key and message give the same bytes, for either kind of key; RSA
    /// blinds its arithmetic with the operating system's randomness, which does not show in the result.
    ///
    /// # Errors
    /// [`KeyError::Signing`] when the arithmetic fails.
    pub fn sign(&self, message: &[u8]) -> Result<Signature, KeyError> {
        let refused = |cause: &dyn fmt::Display| KeyError::Signing {
            reason: cause.to_string(),
        };
        let bytes = match &self.private {
            Private::Ecdsa(key) => {
                let signature: p256::ecdsa::DerSignature = key.try_sign(message).map_err(|cause| refused(&cause))?;
                signature.as_bytes().to_vec()
            }
            Private::Rsa(key) => key.try_sign(message).map_err(|cause| refused(&cause))?.to_vec(),
        };
        Signature::from_bytes(bytes).map_err(|cause| refused(&cause))
    }

    /// Lets an X.509 builder sign with this key.
    pub(crate) fn build<B: Builder>(&self, builder: B) -> x509_cert::builder::Result<B::Output> {
        match &self.private {
            Private::Ecdsa(key) => builder.build::<_, p256::ecdsa::DerSignature>(key),
            Private::Rsa(key) => builder.build::<_, pkcs1v15::Signature>(key.as_ref()),
        }
    }

    fn from_private(private: Private) -> Result<Self, KeyError> {
        let document = match &private {
            Private::Ecdsa(key) => key.verifying_key().to_public_key_der(),
            Private::Rsa(key) => key.verifying_key().to_public_key_der(),
        };
        let document = document.map_err(|cause| KeyError::Encoding {
            reason: cause.to_string(),
        })?;
        // Read back through the door that everybody else's keys come through, so that no key signs here that would be
        // refused there.
        let public = PublicKey::from_spki_der(document.as_bytes())?;
        Ok(Self { private, public })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, ****)", self.algorithm())
    }
}

/// Why a key is not accepted, or does not do its work.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The name of an algorithm that does not exist here.
    #[error("expected `ecdsa-p256` or `rsa-2048`, found `{found}`")]
    UnknownName {
        /// The beginning of what was found.
        found: String,
    },
    /// A key of another kind.
    #[error("expected an RSA or elliptic-curve key, found algorithm {oid}")]
    UnknownAlgorithm {
        /// Its object identifier.
        oid: String,
    },
    /// An elliptic-curve key that is not on P-256.
    #[error("expected a key on the curve P-256, found {curve}")]
    OtherCurve {
        /// The object identifier of the curve, or what stands in its place.
        curve: String,
    },
    /// An RSA modulus that is too small to trust or too large to be worth the time.
    #[error("expected an RSA modulus of {least} to {most} bits, found {found}")]
    ModulusSize {
        /// The smallest accepted size, in bits.
        least: u32,
        /// The largest accepted size, in bits.
        most: u32,
        /// The size that was found, in bits.
        found: u32,
    },
    /// An RSA exponent that weak generators make.
    #[error("expected an odd RSA exponent of at least 65537, found {found}")]
    Exponent {
        /// The exponent that was found.
        found: u64,
    },
    /// More bytes than any accepted key has.
    #[error("expected a key of at most {limit} bytes, found {found}")]
    TooLong {
        /// The most that is read, in bytes.
        limit: usize,
        /// The length that was found, in bytes.
        found: usize,
    },
    /// Bytes that are not a public key.
    #[error("expected a public key (SubjectPublicKeyInfo), found {reason}")]
    MalformedPublic {
        /// What the reader tripped over.
        reason: String,
    },
    /// Bytes that are not a private key. The reason never quotes them.
    #[error("expected a private key in PKCS#8, found {reason}")]
    MalformedPrivate {
        /// What the reader tripped over.
        reason: String,
    },
    /// Text that is not the PEM of a public key.
    #[error(transparent)]
    Text(#[from] PemTextError),
    /// No key could be made.
    #[error("could not make a key: {reason}")]
    Generation {
        /// The cause.
        reason: String,
    },
    /// No signature could be made.
    #[error("could not sign: {reason}")]
    Signing {
        /// The cause.
        reason: String,
    },
    /// A key that has no encoding.
    #[error("could not encode the key: {reason}")]
    Encoding {
        /// The cause.
        reason: String,
    },
}

enum Private {
    Ecdsa(p256::ecdsa::SigningKey),
    // Boxed: an RSA key with its precomputed values is an order of magnitude larger than a scalar.
    Rsa(Box<pkcs1v15::SigningKey<Sha256>>),
}

impl Private {
    fn rsa(key: RsaPrivateKey) -> Self {
        Self::Rsa(Box::new(pkcs1v15::SigningKey::new(key)))
    }
}

/// An RSA key of 4096 bits has about 2400 bytes in PKCS#8.
const LONGEST_PKCS8: usize = 4096;

#[cfg(test)]
pub(crate) mod tests;
