//! Sigstore bundles, version 0.3: a signature with everything that a stranger needs to check it.
//!
//! ```json
//! {
//!   "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
//!   "verificationMaterial": {
//!     "certificate": { "rawBytes": "…" },
//!     "tlogEntries": [{ "logIndex": "4", … }],
//!     "timestampVerificationData": { "rfc3161Timestamps": [{ "signedTimestamp": "…" }] }
//!   },
//!   "messageSignature": { "messageDigest": { "algorithm": "SHA2_256", "digest": "…" }, "signature": "…" }
//! }
//! ```
//!
//! or with `dsseEnvelope` in place of `messageSignature`. Spec:
//! <https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto>. Reading a bundle proves nothing about it.
//!
//! Fields that are not named here are refused: a reader that passed over one might pass over what it restricts.

mod material;
mod witness;

use serde::{Deserialize, Serialize};

use self::material::Material;
pub use self::material::{Checkpoint, InclusionPromise, InclusionProof, KindVersion, LogId, TransparencyLogEntry};
pub use self::witness::WitnessError;
use crate::certificate::{Certificate, CertificateError};
use crate::digest::Digest;
use crate::dsse::{self, DsseError, Envelope};
use crate::octets;
use crate::signature::{Signature, SignatureError};

/// A signature with its certificate, the entries of logs about it, and the timestamps over it. Serde writes and reads it as its JSON.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Bundle {
    /// The certificate of the key that signed. Those above it are the verifier's to know.
    pub certificate: Certificate,
    /// What logs say about the signature.
    pub log_entries: Vec<TransparencyLogEntry>,
    /// What timestamp authorities say about it: whole responses (RFC 3161), in DER, over the bytes of the signature.
    pub timestamps: Vec<Vec<u8>>,
    /// What was signed.
    pub content: Content,
}

/// What a bundle's signature is over.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Content {
    /// Any bytes, which are not in the bundle.
    Message {
        /// The SHA-256 of the bytes, for finding them; a verifier computes it again.
        digest: Digest,
        /// The signature over the bytes.
        signature: Signature,
    },
    /// An envelope, which is.
    Envelope(Envelope),
}

impl Content {
    /// The SHA-256 of what the signature is over, by which logs know it.
    pub fn signed_digest(&self) -> Digest {
        match self {
            Self::Message { digest, .. } => *digest,
            Self::Envelope(envelope) => Digest::of(&envelope.signed_bytes()),
        }
    }
}

impl Bundle {
    /// The media type.
    pub const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

    /// The largest bundle that is read, in bytes of JSON.
    pub const LARGEST: usize = 8 * 1024 * 1024;

    /// The most log entries, and the most timestamps, that a bundle may have.
    pub const MOST_WITNESSES: usize = 16;

    /// Reads a bundle from its JSON.
    ///
    /// # Errors
    /// [`BundleError`], with the fact that was wrong.
    pub fn parse(json: &[u8]) -> Result<Self, BundleError> {
        if json.len() > Self::LARGEST {
            return Err(BundleError::TooLarge { found: json.len() });
        }
        serde_json::from_slice::<Written>(json)?.try_into()
    }

    /// The bundle as JSON.
    ///
    /// # Errors
    /// Never for a value that [`Bundle::parse`] would accept; JSON's writer is fallible.
    pub fn to_json(&self) -> Result<String, BundleError> {
        Ok(serde_json::to_string(self)?)
    }

    /// The signature, of whatever it is.
    ///
    /// # Errors
    /// [`BundleError::Envelope`] when the envelope does not have exactly one.
    pub fn signature(&self) -> Result<Signature, BundleError> {
        match &self.content {
            Content::Message { signature, .. } => Ok(signature.clone()),
            Content::Envelope(envelope) => Ok(envelope.signature()?),
        }
    }
}

/// Why a bundle is not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// Larger than [`Bundle::LARGEST`].
    #[error("expected a bundle of at most {} bytes, found {found}", Bundle::LARGEST)]
    TooLarge {
        /// The length that was found, in bytes.
        found: usize,
    },
    /// Not the JSON of a bundle.
    #[error("expected a Sigstore bundle: {0}")]
    Json(#[from] serde_json::Error),
    /// Another version, or something else altogether.
    #[error("expected a bundle of type `{}`, found `{found}`", Bundle::MEDIA_TYPE)]
    OtherMediaType {
        /// The beginning of what was found.
        found: String,
    },
    /// Both kinds of content, or neither.
    #[error("expected a bundle with either `messageSignature` or `dsseEnvelope`, found {found}")]
    Content {
        /// `both` or `neither`.
        found: &'static str,
    },
    /// A digest of another kind.
    #[error("expected a message digest of the kind SHA2_256, found `{found}`")]
    OtherDigest {
        /// The beginning of what was found.
        found: String,
    },
    /// More entries, timestamps or hashes than any honest bundle has.
    #[error("expected at most {limit} {of}, found {found}")]
    TooMany {
        /// Of what.
        of: &'static str,
        /// The most that are read.
        limit: usize,
        /// How many there are.
        found: usize,
    },
    /// A log entry that does not agree with itself.
    #[error(
        "expected a log entry at one index inside its tree, found index {index}, in the proof {proof_index} of {size}"
    )]
    Index {
        /// The entry's own index.
        index: u64,
        /// The index in its proof.
        proof_index: u64,
        /// The size of the tree in its proof.
        size: u64,
    },
    /// A certificate that cannot be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// A signature that cannot be one.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// An envelope without its one signature.
    #[error(transparent)]
    Envelope(#[from] DsseError),
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    media_type: String,
    verification_material: Material,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_signature: Option<MessageSignature>,
    #[serde(
        default,
        deserialize_with = "dsse::of_one_spelling",
        skip_serializing_if = "Option::is_none"
    )]
    dsse_envelope: Option<Envelope>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MessageSignature {
    message_digest: MessageDigest,
    signature: Signature,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct MessageDigest {
    algorithm: String,
    #[serde(with = "octets")]
    digest: [u8; 32],
}

impl From<Bundle> for Written {
    fn from(bundle: Bundle) -> Self {
        let verification_material = Material::of(&bundle);
        let (message_signature, dsse_envelope) = match bundle.content {
            Content::Message { digest, signature } => (Some(MessageSignature::of(digest, signature)), None),
            Content::Envelope(envelope) => (None, Some(envelope)),
        };
        Self {
            media_type: Bundle::MEDIA_TYPE.to_owned(),
            verification_material,
            message_signature,
            dsse_envelope,
        }
    }
}

impl TryFrom<Written> for Bundle {
    type Error = BundleError;

    fn try_from(written: Written) -> Result<Self, BundleError> {
        if written.media_type != Self::MEDIA_TYPE {
            return Err(BundleError::OtherMediaType {
                found: written.media_type.chars().take(80).collect(),
            });
        }
        let content = match (written.message_signature, written.dsse_envelope) {
            (Some(message), None) => message.read()?,
            (None, Some(envelope)) => {
                envelope.signature()?;
                Content::Envelope(envelope)
            }
            (Some(_), Some(_)) => return Err(BundleError::Content { found: "both" }),
            (None, None) => return Err(BundleError::Content { found: "neither" }),
        };
        written.verification_material.read(content)
    }
}

impl MessageSignature {
    fn of(digest: Digest, signature: Signature) -> Self {
        let message_digest = MessageDigest {
            algorithm: ALGORITHM.to_owned(),
            digest: *digest.as_bytes(),
        };
        Self {
            message_digest,
            signature,
        }
    }

    fn read(self) -> Result<Content, BundleError> {
        if self.message_digest.algorithm != ALGORITHM {
            return Err(BundleError::OtherDigest {
                found: self.message_digest.algorithm.chars().take(40).collect(),
            });
        }
        Ok(Content::Message {
            digest: Digest::from_bytes(self.message_digest.digest),
            signature: self.signature,
        })
    }
}

const ALGORITHM: &str = "SHA2_256";

#[cfg(test)]
pub(crate) mod tests;
