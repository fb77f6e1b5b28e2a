//! What a transparency log records about a signature: entries of kind `hashedrekord`, version `0.0.2`.
//!
//! ```json
//! {"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256","digest":"…"},"signature":{"content":"…","verifier":{"keyDetails":"PKIX_ECDSA_P256_SHA_256","x509Certificate":{"rawBytes":"…"}}}}}}
//! ```
//!
//! The log hashes these bytes, so there is one way to write them: canonical JSON. For a [DSSE](crate::dsse) envelope the digest is of
//! the bytes that its signature is over.
//!
//! Spec: <https://github.com/sigstore/rekor-tiles/blob/main/CLIENTS.md>.

use serde::{Deserialize, Serialize};

use crate::canonical_json::{CanonicalJsonError, canonical_json};
use crate::certificate::Certificate;
use crate::digest::Digest;
use crate::key::KeyError;
use crate::key_details::KeyDetails;
use crate::octets;
use crate::signature::{Signature, SignatureError};

/// A signature, over what, and the certificate of the key that made it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HashedRekord {
    /// The SHA-256 of the signed bytes.
    pub digest: Digest,
    /// The signature.
    pub signature: Signature,
    /// The kind of the key that signed.
    pub key_details: KeyDetails,
    /// The certificate of the key, in DER.
    pub certificate: Vec<u8>,
}

impl HashedRekord {
    /// The kind of these entries.
    pub const KIND: &str = "hashedrekord";
    /// Their version.
    pub const VERSION: &str = "0.0.2";
    /// The largest entry that is read, in bytes; also the largest that a log's tiles carry.
    pub const LARGEST: usize = 65_535;

    /// The entry for a signature over bytes with this digest.
    ///
    /// # Errors
    /// [`HashedRekordError::Key`] and [`HashedRekordError::UnnamedKey`] when the certified key is of a kind that has no name there.
    pub fn new(digest: Digest, signature: Signature, certificate: &Certificate) -> Result<Self, HashedRekordError> {
        let key = certificate.public_key()?;
        Ok(Self {
            digest,
            signature,
            key_details: KeyDetails::of(&key).ok_or(HashedRekordError::UnnamedKey)?,
            certificate: certificate.der().to_vec(),
        })
    }

    /// The bytes that the log hashes.
    ///
    /// # Errors
    /// Never for a value of this type; JSON's writer is fallible.
    pub fn to_canonical(&self) -> Result<Vec<u8>, HashedRekordError> {
        Ok(canonical_json(&serde_json::to_value(Written::of(self))?)?)
    }

    /// Reads an entry from the bytes that the log hashed.
    ///
    /// # Errors
    /// [`HashedRekordError`], with the fact that was wrong; other spellings of the same entry are refused.
    pub fn parse(bytes: &[u8]) -> Result<Self, HashedRekordError> {
        if bytes.len() > Self::LARGEST {
            return Err(HashedRekordError::TooLarge { found: bytes.len() });
        }
        let entry = serde_json::from_slice::<Written>(bytes)?.read()?;
        if entry.to_canonical()? != bytes {
            return Err(HashedRekordError::NotCanonical);
        }
        Ok(entry)
    }

    /// Holds an entry of the log against the signature that it is said to be about.
    ///
    /// # Errors
    /// [`HashedRekordError::Other`] with the first part that differs.
    pub fn check(
        &self,
        digest: Digest,
        signature: &Signature,
        certificate: &Certificate,
    ) -> Result<(), HashedRekordError> {
        let other = |part| Err(HashedRekordError::Other { part });
        if self.digest != digest {
            return other("digest");
        }
        if self.signature != *signature {
            return other("signature");
        }
        if self.certificate != certificate.der() {
            return other("certificate");
        }
        if KeyDetails::of(&certificate.public_key()?).as_ref() != Some(&self.key_details) {
            return other("kind of key");
        }
        Ok(())
    }
}

/// Why an entry is not accepted, or cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HashedRekordError {
    /// Larger than [`HashedRekord::LARGEST`].
    #[error("expected a log entry of at most {} bytes, found {found}", HashedRekord::LARGEST)]
    TooLarge {
        /// The length that was found, in bytes.
        found: usize,
    },
    /// Not the JSON of such an entry.
    #[error("expected a hashedrekord entry 0.0.2: {0}")]
    Json(#[from] serde_json::Error),
    /// Another kind, version or hash function.
    #[error("expected `{expected}`, found `{found}`")]
    OtherKind {
        /// The word that was asked for.
        expected: &'static str,
        /// The beginning of what was found.
        found: String,
    },
    /// The signature is no signature.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// Not written in canonical JSON.
    #[error("expected a log entry in canonical JSON, found another spelling of it")]
    NotCanonical,
    /// No canonical form.
    #[error(transparent)]
    Canonical(#[from] CanonicalJsonError),
    /// A key that cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// An RSA key of an unusual size.
    #[error(
        "expected a key on P-256 or an RSA key of 2048, 3072 or 4096 bits, found one that has no name in log entries"
    )]
    UnnamedKey,
    /// An entry about something else.
    #[error("the log entry is about another {part}")]
    Other {
        /// What differs.
        part: &'static str,
    },
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    api_version: String,
    kind: String,
    spec: Spec,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    #[serde(rename = "hashedRekordV002")]
    entry: Entry,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    data: Data,
    signature: Signed,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Data {
    algorithm: String,
    #[serde(with = "octets")]
    digest: [u8; 32],
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    content: Signature,
    verifier: Verifier,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Verifier {
    key_details: KeyDetails,
    x509_certificate: RawBytes,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawBytes {
    #[serde(with = "octets")]
    raw_bytes: Vec<u8>,
}

impl Written {
    fn of(entry: &HashedRekord) -> Self {
        let verifier = Verifier {
            key_details: entry.key_details.clone(),
            x509_certificate: RawBytes {
                raw_bytes: entry.certificate.clone(),
            },
        };
        let data = Data {
            algorithm: ALGORITHM.to_owned(),
            digest: *entry.digest.as_bytes(),
        };
        let signature = Signed {
            content: entry.signature.clone(),
            verifier,
        };
        Self {
            api_version: HashedRekord::VERSION.to_owned(),
            kind: HashedRekord::KIND.to_owned(),
            spec: Spec {
                entry: Entry { data, signature },
            },
        }
    }

    fn read(self) -> Result<HashedRekord, HashedRekordError> {
        let Entry { data, signature } = self.spec.entry;
        for (expected, found) in [
            (HashedRekord::VERSION, &self.api_version),
            (HashedRekord::KIND, &self.kind),
            (ALGORITHM, &data.algorithm),
        ] {
            if expected != found {
                return Err(HashedRekordError::OtherKind {
                    expected,
                    found: found.chars().take(40).collect(),
                });
            }
        }
        Ok(HashedRekord {
            digest: Digest::from_bytes(data.digest),
            signature: signature.content,
            key_details: signature.verifier.key_details,
            certificate: signature.verifier.x509_certificate.raw_bytes,
        })
    }
}

const ALGORITHM: &str = "SHA2_256";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::tests::{issuing, profile, root};
    use crate::key::KeyAlgorithm;
    use crate::key::tests::key;

    fn entry() -> (HashedRekord, Certificate) {
        let key = key(KeyAlgorithm::EcdsaP256);
        let certificate = issuing(&root(KeyAlgorithm::EcdsaP256)).issue(profile(&key)).unwrap();
        let entry = HashedRekord::new(Digest::of(b"tarball"), key.sign(b"tarball").unwrap(), &certificate);
        (entry.unwrap(), certificate)
    }

    #[test]
    fn an_entry_is_written_in_one_way_and_read_in_that_way_only() {
        let (entry, _) = entry();
        let bytes = entry.to_canonical().unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        let head = r#"{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256","digest":""#;
        assert!(text.starts_with(head), "{text}");
        assert_eq!(HashedRekord::parse(&bytes).unwrap(), entry);
        let spaced = text.replacen(':', ": ", 1);
        assert!(matches!(
            HashedRekord::parse(spaced.as_bytes()),
            Err(HashedRekordError::NotCanonical)
        ));
        let other = text.replacen("0.0.2", "0.0.1", 1);
        assert!(matches!(
            HashedRekord::parse(other.as_bytes()),
            Err(HashedRekordError::OtherKind { expected: "0.0.2", .. })
        ));
        let large = vec![b' '; HashedRekord::LARGEST + 1];
        assert!(matches!(
            HashedRekord::parse(&large),
            Err(HashedRekordError::TooLarge { .. })
        ));
    }

    #[test]
    fn an_entry_about_anything_else_is_refused_with_what_differs() {
        let (entry, certificate) = entry();
        let about = |digest: &[u8], signature: &Signature, certificate| {
            entry
                .check(Digest::of(digest), signature, certificate)
                .map_err(|refused| refused.to_string())
        };
        let refused = |part: &str| Err(format!("the log entry is about another {part}"));
        let (other, other_certificate) = self::entry();
        assert_eq!(about(b"tarball", &entry.signature, &certificate), Ok(()));
        assert_eq!(about(b"other", &entry.signature, &certificate), refused("digest"));
        assert_eq!(about(b"tarball", &other.signature, &certificate), refused("signature"));
        assert_eq!(
            about(b"tarball", &entry.signature, &other_certificate),
            refused("certificate")
        );
        let lying = HashedRekord {
            key_details: KeyDetails::Rsa2048,
            ..entry.clone()
        };
        let lie = lying.check(entry.digest, &entry.signature, &certificate);
        assert!(matches!(lie, Err(HashedRekordError::Other { part: "kind of key" })));
    }
}
