//! Certificate requests: somebody names a key and proves to hold its private half (PKCS#10, RFC 2986).

use der::asn1::{AnyRef, BitString};
use der::{Decode as _, Encode as _, Sequence};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::request::{CertReq, CertReqInfo};

use crate::certificate::NameError;
use crate::certificate::name;
use crate::key::{KeyError, PublicKey, SigningKey};
use crate::pem_text::{self, PemTextError};
use crate::signature::{Signature, SignatureError};

/// A request for a certificate, as text a PEM block labelled `CERTIFICATE REQUEST`.
///
/// The subject in it is a wish: an authority decides on the name itself and takes nothing from here but the key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CertificateRequest {
    der: Vec<u8>,
    common_name: Option<String>,
    public_key: PublicKey,
}

impl CertificateRequest {
    /// Asks for a certificate for this key, and signs the question with it.
    ///
    /// # Errors
    /// [`RequestError::Name`] when the name cannot stand in a certificate, [`RequestError::Key`] when the key does
    /// not sign.
    pub fn create(key: &SigningKey, common_name: &str) -> Result<Self, RequestError> {
        let public_key = key.public_key().clone();
        let info = CertReqInfo {
            version: x509_cert::request::Version::V1,
            subject: name::distinguished(common_name, None)?,
            public_key: SubjectPublicKeyInfoOwned::from_der(public_key.spki_der()).map_err(malformed)?,
            attributes: x509_cert::attr::Attributes::default(),
        };
        let signature = key.sign(&info.to_der().map_err(malformed)?)?;
        let request = CertReq {
            info,
            algorithm: public_key.signature_algorithm()?,
            signature: BitString::from_bytes(signature.as_bytes()).map_err(malformed)?,
        };
        Ok(Self {
            der: request.to_der().map_err(malformed)?,
            common_name: Some(common_name.to_owned()),
            public_key,
        })
    }

    /// Reads a request from its PEM text. Nothing is proven yet; ask [`CertificateRequest::verify`].
    ///
    /// # Errors
    /// [`RequestError`], with the fact that was wrong.
    pub fn parse(pem: &str) -> Result<Self, RequestError> {
        Self::from_der(&pem_text::decode_one(LABEL, pem, 2 * LONGEST)?)
    }

    /// Reads a request from its DER. Nothing is proven yet; ask [`CertificateRequest::verify`].
    ///
    /// # Errors
    /// [`RequestError`], with the fact that was wrong.
    pub fn from_der(der: &[u8]) -> Result<Self, RequestError> {
        if der.len() > LONGEST {
            return Err(RequestError::TooLong {
                limit: LONGEST,
                found: der.len(),
            });
        }
        let request = CertReq::from_der(der).map_err(malformed)?;
        let public_key = PublicKey::from_spki_der(&request.info.public_key.to_der().map_err(malformed)?)?;
        let common_name = name::common_name(&request.info.subject)?;
        Ok(Self {
            der: der.to_vec(),
            common_name,
            public_key,
        })
    }

    /// Proves that whoever asks holds the private half of [`CertificateRequest::public_key`], and gives that key
    /// back.
    ///
    /// # Errors
    /// [`RequestError::OtherAlgorithm`] when the request says it was signed in another way than its key signs,
    /// [`RequestError::Signature`] when the key did not sign these bytes.
    pub fn verify(&self) -> Result<&PublicKey, RequestError> {
        let signed = Signed::from_der(&self.der).map_err(malformed)?;
        let expected = self.public_key.signature_algorithm()?;
        if signed.algorithm != expected {
            return Err(RequestError::OtherAlgorithm {
                expected: expected.oid.to_string(),
                found: signed.algorithm.oid.to_string(),
            });
        }
        let bytes = signed.signature.as_bytes().ok_or(SignatureError::Empty)?;
        // The bytes as they were sent, not as we would write them.
        let info = signed.info.to_der().map_err(malformed)?;
        self.public_key.verify(&info, &Signature::from_bytes(bytes)?)?;
        Ok(&self.public_key)
    }

    /// The key that a certificate is asked for.
    pub const fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The common name of the subject that is asked for.
    pub fn common_name(&self) -> Option<&str> {
        self.common_name.as_deref()
    }

    /// The PEM text, lines ending in `\n`.
    pub fn to_pem(&self) -> String {
        pem_text::encode(LABEL, &self.der)
    }

    /// The DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

/// Why a request is not accepted, or cannot be made.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// More bytes than any honest request has.
    #[error("expected a certificate request of at most {limit} bytes, found {found}")]
    TooLong {
        /// The most that is read, in bytes.
        limit: usize,
        /// The length that was found, in bytes.
        found: usize,
    },
    /// Bytes that are not a request.
    #[error("expected a certificate request (PKCS#10), found {reason}")]
    Malformed {
        /// What the reader tripped over.
        reason: String,
    },
    /// Text that is not the PEM of a request.
    #[error(transparent)]
    Text(#[from] PemTextError),
    /// A subject that cannot stand in a certificate.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A key that is not accepted, or does not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The request names another signature algorithm than its key has.
    #[error("expected the request to be signed with algorithm {expected}, found {found}")]
    OtherAlgorithm {
        /// The object identifier that belongs to the key.
        expected: String,
        /// The object identifier in the request.
        found: String,
    },
    /// The key in the request did not sign it.
    #[error("the request does not prove possession of its key: {0}")]
    Signature(#[from] SignatureError),
}

/// A request with its signed part left as bytes.
#[derive(Sequence)]
struct Signed<'a> {
    info: AnyRef<'a>,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

fn malformed(cause: der::Error) -> RequestError {
    RequestError::Malformed {
        reason: cause.to_string(),
    }
}

const LABEL: &str = "CERTIFICATE REQUEST";
/// A request with an RSA key of 4096 bits and one name has about 1200 bytes.
const LONGEST: usize = 8192;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::KeyAlgorithm;
    use crate::key::tests::key;

    #[test]
    fn a_request_proves_possession_of_its_key() {
        for algorithm in [KeyAlgorithm::EcdsaP256, KeyAlgorithm::Rsa2048] {
            let key = key(algorithm);
            let request = CertificateRequest::create(&key, "@acme/widgets@1.2.0").unwrap();
            let read = CertificateRequest::parse(&request.to_pem()).unwrap();
            assert_eq!(read, request);
            assert_eq!(read.verify(), Ok(key.public_key()));
            assert_eq!(read.common_name(), Some("@acme/widgets@1.2.0"));
        }
    }

    #[test]
    fn a_request_with_a_changed_subject_is_refused() {
        let request = CertificateRequest::create(&key(KeyAlgorithm::EcdsaP256), "acme-widgets").unwrap();
        let mut der = request.der().to_vec();
        let at = der.windows(4).position(|bytes| bytes == b"acme").unwrap();
        der[at] = b'x';
        let changed = CertificateRequest::from_der(&der).unwrap();
        assert_eq!(changed.common_name(), Some("xcme-widgets"));
        let algorithm = KeyAlgorithm::EcdsaP256;
        assert_eq!(
            changed.verify(),
            Err(RequestError::Signature(SignatureError::Wrong { algorithm }))
        );
    }

    #[test]
    fn a_request_for_somebody_elses_key_is_refused() {
        let mine = CertificateRequest::create(&key(KeyAlgorithm::EcdsaP256), "acme").unwrap();
        let theirs = CertificateRequest::create(&key(KeyAlgorithm::EcdsaP256), "acme").unwrap();
        let mut request = CertReq::from_der(mine.der()).unwrap();
        request.info.public_key = CertReq::from_der(theirs.der()).unwrap().info.public_key;
        let forged = CertificateRequest::from_der(&request.to_der().unwrap()).unwrap();
        assert!(matches!(
            forged.verify(),
            Err(RequestError::Signature(SignatureError::Wrong { .. }))
        ));
    }

    #[test]
    fn a_request_that_names_another_signature_algorithm_is_refused() {
        let request = CertificateRequest::create(&key(KeyAlgorithm::EcdsaP256), "acme").unwrap();
        let mut request = CertReq::from_der(request.der()).unwrap();
        request.algorithm = key(KeyAlgorithm::Rsa2048).public_key().signature_algorithm().unwrap();
        let forged = CertificateRequest::from_der(&request.to_der().unwrap()).unwrap();
        assert!(matches!(forged.verify(), Err(RequestError::OtherAlgorithm { .. })));
    }

    #[test]
    fn a_request_cut_short_changed_anywhere_or_followed_by_more_is_refused() {
        let request = CertificateRequest::create(&key(KeyAlgorithm::EcdsaP256), "acme").unwrap();
        for length in 0..request.der().len() {
            assert!(
                CertificateRequest::from_der(&request.der()[..length]).is_err(),
                "{length}"
            );
        }
        for at in 0..request.der().len() {
            let mut changed = request.der().to_vec();
            changed[at] ^= 0x01;
            assert!(
                !CertificateRequest::from_der(&changed).is_ok_and(|read| read.verify().is_ok()),
                "{at}"
            );
        }
        let longer = [request.der(), &[0]].concat();
        assert!(matches!(
            CertificateRequest::from_der(&longer),
            Err(RequestError::Malformed { .. })
        ));
        assert!(matches!(
            CertificateRequest::from_der(&[0; LONGEST + 1]),
            Err(RequestError::TooLong { .. })
        ));
    }
}
