//! The side that answers.

use std::fmt;

use der::Encode as _;
use der::asn1::{BitString, ObjectIdentifier};

use super::asn1::{PkiStatusInfo, TimeStampResp};
use super::request::{RequestError, TimestampRequest};
use super::token;
use crate::certificate::{Certificate, SerialNumber};
use crate::key::{KeyError, SigningKey};
use crate::time::Timestamp;

/// A timestamp authority: its private key and its certificate, which belong together.
pub struct TimestampAuthority {
    key: SigningKey,
    certificate: Certificate,
}

impl TimestampAuthority {
    /// Takes up a key and the certificate that an authority
    /// [gave it for timestamps](crate::certificate::Authority::timestamping).
    ///
    /// # Errors
    /// [`TimestampAuthorityError::OtherKey`] when the certificate is for another key.
    pub fn new(key: SigningKey, certificate: Certificate) -> Result<Self, TimestampAuthorityError> {
        if certificate.public_key()? != *key.public_key() {
            return Err(TimestampAuthorityError::OtherKey);
        }
        Ok(Self { key, certificate })
    }

    /// Answers a request: with a timestamp, or with the reason why there is none.
    ///
    /// # Errors
    /// [`TimestampAuthorityError`] when the authority itself does not do its work.
    pub fn answer(
        &self,
        request: &[u8],
        at: Timestamp,
        serial: SerialNumber,
    ) -> Result<Vec<u8>, TimestampAuthorityError> {
        let response = match TimestampRequest::parse(request) {
            Ok(request) => {
                let statement = token::statement(&request, at, serial)?;
                let token = token::signed(&self.key, &self.certificate, &statement, request.with_certificate)?;
                TimeStampResp {
                    status: status(GRANTED),
                    time_stamp_token: Some(token),
                }
            }
            Err(refusal) => TimeStampResp {
                status: refused(&refusal)?,
                time_stamp_token: None,
            },
        };
        Ok(response.to_der()?)
    }

    /// The certificate with which it signs.
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

impl fmt::Debug for TimestampAuthority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TimestampAuthority({:?}, ****)", self.certificate)
    }
}

/// Why an authority cannot be made, or does not answer.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TimestampAuthorityError {
    /// The certificate belongs to another key.
    #[error(
        "expected the timestamp authority's certificate and key to belong together, found a certificate for another key"
    )]
    OtherKey,
    /// A key that cannot be read, or does not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A value that has no encoding.
    #[error("could not encode the timestamp: {reason}")]
    Encoding {
        /// The cause.
        reason: String,
    },
}

impl From<der::Error> for TimestampAuthorityError {
    fn from(cause: der::Error) -> Self {
        Self::Encoding {
            reason: cause.to_string(),
        }
    }
}

const fn status(status: u8) -> PkiStatusInfo {
    PkiStatusInfo {
        status,
        status_string: None,
        fail_info: None,
    }
}

/// The reason in words, and as one bit of a set (RFC 3161, section 2.4.2).
fn refused(refusal: &RequestError) -> der::Result<PkiStatusInfo> {
    let bit = refusal.failure_bit();
    let mut bytes = vec![0; usize::from(bit / 8) + 1];
    if let Some(last) = bytes.last_mut() {
        *last = 0x80 >> (bit % 8);
    }
    Ok(PkiStatusInfo {
        status_string: Some(vec![refusal.to_string()]),
        // Without the zeros behind the last bit, as DER asks of named bits.
        fail_info: Some(BitString::new(7 - bit % 8, bytes)?),
        ..status(REJECTION)
    })
}

const GRANTED: u8 = 0;
const REJECTION: u8 = 2;
/// `anyPolicy` (RFC 5280, section 4.2.1.4): nothing is promised beyond RFC 3161 itself.
pub(super) const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32.0");
