//! Signed certificate timestamps (RFC 6962, section 3): a log's word that it has seen a certificate before anybody used it.
//!
//! A log signs what the certificate will be without this word; the word then becomes its last extension,
//! `1.3.6.1.4.1.11129.2.4.2`. Verifiers of Sigstore ask for exactly one.

mod list;
mod log;
mod tbs;

use der::Decode as _;
use der::asn1::{ObjectIdentifier, OctetStringRef};
use sha2::{Digest as _, Sha256};

pub(crate) use self::list::to_list;
pub use self::log::CtLogKey;
use crate::anchors::{NotInForce, NotTrusted, trusted_at};
use crate::certificate::Certificate;
use crate::digest::Digest;
use crate::key::{KeyAlgorithm, KeyError};
use crate::signature::{Signature, SignatureError};
use crate::time::Timestamp;
use crate::trust_root::{TransparencyLog, TrustRootError};

/// A log's word about one certificate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedCertificateTimestamp {
    /// The log: SHA-256 of its public key.
    pub log_id: [u8; 32],
    /// When the log saw the certificate, in milliseconds after the epoch.
    pub millis: u64,
    /// What the log adds, in a form of its own; it is signed too. Empty in those that are made here.
    pub extensions: Vec<u8>,
    /// How the log signs.
    pub algorithm: KeyAlgorithm,
    /// The log's signature.
    pub signature: Signature,
}

impl SignedCertificateTimestamp {
    /// The timestamps in a certificate, in their order; none when it has no such extension.
    ///
    /// # Errors
    /// [`SctError::Malformed`].
    pub fn of(certificate: &Certificate) -> Result<Vec<Self>, SctError> {
        let Some(contents) = certificate.extension(&LIST.to_string()) else {
            return Ok(Vec::new());
        };
        let list = <&OctetStringRef>::from_der(contents).map_err(|cause| malformed(cause.to_string()))?;
        list::from_list(list.as_bytes())
    }

    /// When the log saw the certificate, to the second.
    pub const fn at(&self) -> Timestamp {
        Timestamp::from_unix(self.millis / 1000)
    }

    /// Everything that the signature is over. The issuer is its public key in DER (`SubjectPublicKeyInfo`).
    fn signed_bytes(&self, tbs: &[u8], issuer: &[u8]) -> Result<Vec<u8>, SctError> {
        let too_long = |found: usize| malformed(format!("{found} bytes where fewer fit"));
        let length = u32::try_from(tbs.len()).ok().filter(|length| *length < 1 << 24);
        let [_, length @ ..] = length.ok_or_else(|| too_long(tbs.len()))?.to_be_bytes();
        let extensions = u16::try_from(self.extensions.len()).map_err(|_| too_long(self.extensions.len()))?;
        Ok([
            // Version 1, a certificate timestamp.
            &[0, 0],
            &self.millis.to_be_bytes()[..],
            // A certificate as it was before this timestamp went in.
            &[0, 1],
            &Sha256::digest(issuer),
            &length,
            tbs,
            &extensions.to_be_bytes(),
            &self.extensions,
        ]
        .concat())
    }
}

/// Proof that a trusted log has seen a certificate. Only [`verify`] makes one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Logged {
    at: Timestamp,
}

impl Logged {
    /// When the log saw it.
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

/// Checks that a log which was trusted at that time has seen this certificate, below this issuer, whose key may be of any kind. Words of
/// unknown logs are passed over; a wrong word of a known one is refused, whatever else there is.
///
/// # Errors
/// [`SctError`], with the fact that was wrong.
pub fn verify(certificate: &Certificate, issuer: &Certificate, logs: &[TransparencyLog]) -> Result<Logged, SctError> {
    let timestamps = SignedCertificateTimestamp::of(certificate)?;
    let first = timestamps.first().ok_or(SctError::Absent)?;
    let tbs = tbs::without_timestamps(certificate.der())?;
    let mut accepted = None;
    for timestamp in &timestamps {
        let at = timestamp.at();
        let log = match trusted_at(logs.iter().filter(|log| log.log_id == timestamp.log_id), at) {
            Ok(log) => log,
            Err(NotTrusted::Unknown) => continue,
            Err(NotTrusted::NotInForce(refused)) => return Err(SctError::NotInForce(refused)),
        };
        let key = log.key()?;
        if key.algorithm() != timestamp.algorithm {
            return Err(malformed(format!(
                "a signature by {} where the log has another key",
                timestamp.algorithm
            )));
        }
        key.verify(&timestamp.signed_bytes(&tbs, issuer.spki_der())?, &timestamp.signature)?;
        accepted = accepted.or(Some(Logged { at }));
    }
    accepted.ok_or(SctError::UnknownLog {
        log_id: Digest::from_bytes(first.log_id),
    })
}

/// Why a certificate does not count as logged, or cannot be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SctError {
    /// No timestamp at all.
    #[error("expected a certificate with a timestamp of a log, found none")]
    Absent,
    /// Bytes that are no timestamps.
    #[error("expected timestamps of certificate logs, found {reason}")]
    Malformed {
        /// What the reader tripped over.
        reason: String,
    },
    /// Only timestamps of logs that are not trusted.
    #[error("expected the timestamp of a trusted log, found one of the unknown log {log_id}")]
    UnknownLog {
        /// The first of those logs.
        log_id: Digest,
    },
    /// A log that was not trusted at the time of its timestamp.
    #[error("the log {0}")]
    NotInForce(NotInForce),
    /// A log whose key cannot be used.
    #[error(transparent)]
    TrustRoot(#[from] TrustRootError),
    /// The log's key does not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The timestamp was not made by that log, or not for that certificate.
    #[error("the timestamp of the log: {0}")]
    Signature(#[from] SignatureError),
}

fn malformed(reason: String) -> SctError {
    SctError::Malformed { reason }
}

/// The extension with the list (RFC 6962, section 3.3).
pub(crate) const LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.4.2");

#[cfg(test)]
mod tests;
