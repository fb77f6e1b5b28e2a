//! Asking for a timestamp.

use der::asn1::{Int, OctetString};
use der::{Decode as _, Encode as _};
use rand_core::CryptoRng;

use super::LARGEST;
use super::asn1::{MessageImprint, TimeStampReq, is_sha256, sha256};
use super::verify::{self, TimestampError, Timestamped};
use crate::digest::Digest;
use crate::trust_root::CertificateAuthority;

/// A request for a timestamp over a digest. Goes by `POST` with the content type `application/timestamp-query`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TimestampRequest {
    pub(super) imprint: Digest,
    pub(super) nonce: Option<Vec<u8>>,
    pub(super) with_certificate: bool,
}

impl TimestampRequest {
    /// Asks about these bytes, of which only the digest leaves the house, with a number that the answer must repeat.
    pub fn about<R: CryptoRng + ?Sized>(bytes: &[u8], rng: &mut R) -> Self {
        let mut nonce = [0; 8];
        rng.fill_bytes(&mut nonce);
        // Positive, and of one length.
        nonce[0] = (nonce[0] & 0x3F) | 0x40;
        Self {
            imprint: Digest::of(bytes),
            nonce: Some(nonce.to_vec()),
            with_certificate: true,
        }
    }

    /// The content type of a request.
    pub const CONTENT_TYPE: &str = "application/timestamp-query";
    /// The content type of an answer.
    pub const ANSWER_CONTENT_TYPE: &str = "application/timestamp-reply";

    /// The request's bytes.
    ///
    /// # Errors
    /// [`RequestError::Malformed`], which a request made here never gives.
    pub fn to_der(&self) -> Result<Vec<u8>, RequestError> {
        let request = TimeStampReq {
            version: 1,
            message_imprint: MessageImprint {
                hash_algorithm: sha256(),
                hashed_message: OctetString::new(self.imprint.as_bytes().as_slice())?,
            },
            req_policy: None,
            nonce: self.nonce.as_deref().map(Int::new).transpose()?,
            cert_req: self.with_certificate,
            extensions: None,
        };
        Ok(request.to_der()?)
    }

    /// Reads a request.
    ///
    /// # Errors
    /// [`RequestError`], with the fact that was wrong.
    pub fn parse(der: &[u8]) -> Result<Self, RequestError> {
        if der.len() > LARGEST {
            return Err(RequestError::TooLarge { found: der.len() });
        }
        let request = TimeStampReq::from_der(der)?;
        if request.version != 1 {
            return Err(RequestError::Version { found: request.version });
        }
        if request.req_policy.is_some() {
            return Err(RequestError::Policy);
        }
        if request.extensions.is_some() {
            return Err(RequestError::Extension);
        }
        let nonce = request.nonce.map(|nonce| nonce.as_bytes().to_vec());
        if nonce.as_ref().is_some_and(|nonce| nonce.len() > LONGEST_NONCE) {
            return Err(RequestError::Nonce { limit: LONGEST_NONCE });
        }
        Ok(Self {
            imprint: digest(&request.message_imprint).ok_or(RequestError::Algorithm)?,
            nonce,
            with_certificate: request.cert_req,
        })
    }

    /// Accepts an answer to this request: it is [verified](super::verify), is about the same digest, and repeats the number.
    ///
    /// # Errors
    /// As [`verify`](super::verify), and [`TimestampError::Nonce`].
    pub fn accept(&self, answer: &[u8], authorities: &[CertificateAuthority]) -> Result<Timestamped, TimestampError> {
        let (timestamped, nonce) = verify::verify_digest(answer, self.imprint, authorities)?;
        if nonce != self.nonce {
            return Err(TimestampError::Nonce);
        }
        Ok(timestamped)
    }
}

/// The digest, if it is one of SHA-256.
pub(super) fn digest(imprint: &MessageImprint) -> Option<Digest> {
    let bytes = imprint.hashed_message.as_bytes().try_into().ok()?;
    is_sha256(&imprint.hash_algorithm).then(|| Digest::from_bytes(bytes))
}

/// Why a request gets no timestamp.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// Larger than [`LARGEST`].
    #[error("expected a timestamp request of at most {LARGEST} bytes, found {found}")]
    TooLarge {
        /// The length that was found, in bytes.
        found: usize,
    },
    /// Bytes that are no request.
    #[error("expected a timestamp request (RFC 3161), found {reason}")]
    Malformed {
        /// What the reader tripped over.
        reason: String,
    },
    /// A version that does not exist.
    #[error("expected a timestamp request of version 1, found version {found}")]
    Version {
        /// The version that was found.
        found: u8,
    },
    /// A digest of another kind.
    #[error("expected a digest by SHA-256, found one by another algorithm or of another length")]
    Algorithm,
    /// A policy of the requester's choice.
    #[error("there is one policy here; a request must not ask for one")]
    Policy,
    /// An extension.
    #[error("a request must not have extensions; none is known here")]
    Extension,
    /// A number to repeat that is too long to repeat.
    #[error("expected a nonce of at most {limit} bytes, found a longer one")]
    Nonce {
        /// The most that is repeated, in bytes.
        limit: usize,
    },
}

impl RequestError {
    /// The bit that stands for it in an answer (RFC 3161, section 2.4.2).
    pub(super) const fn failure_bit(&self) -> u8 {
        match self {
            Self::Algorithm => 0,
            Self::TooLarge { .. } | Self::Version { .. } | Self::Nonce { .. } => 2,
            Self::Malformed { .. } => 5,
            Self::Policy => 15,
            Self::Extension => 16,
        }
    }
}

impl From<der::Error> for RequestError {
    fn from(cause: der::Error) -> Self {
        Self::Malformed {
            reason: cause.to_string(),
        }
    }
}

const LONGEST_NONCE: usize = 32;
