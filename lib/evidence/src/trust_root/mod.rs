//! What a verifier trusts, in the form that Sigstore's clients read: `trusted_root.json`.
//!
//! ```json
//! {
//!   "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
//!   "tlogs": [{ "baseUrl": "https://chronicle.example/log", "hashAlgorithm": "SHA2_256", "publicKey": { … }, "logId": { … } }],
//!   "certificateAuthorities": [{ "subject": { … }, "uri": "https://id.example", "certChain": { … }, "validFor": { "start": "…" } }],
//!   "ctlogs": [ … ],
//!   "timestampAuthorities": [ … ]
//! }
//! ```
//!
//! Every key has a time in which it is believed. One that is retired stays, with the end of that time, so that what it vouched for
//! stays provable. Spec: <https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto>.

mod authority;
mod client;
mod log;
mod of_anchors;

use serde::{Deserialize, Serialize};

pub use self::authority::{CertificateAuthority, Subject};
pub use self::log::TransparencyLog;
use crate::anchors::{self, Anchors, TrustedLog};
use crate::certificate::{Certificate, CertificateError};
use crate::digest::Digest;
use crate::key::KeyError;
use crate::key_details::KeyDetails;
use crate::log::LogKeyError;
use crate::time::Timestamp;

/// Everything that is trusted.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrustRoot {
    /// The file's format and its version.
    pub media_type: TrustRootFormat,
    /// Logs of signatures.
    #[serde(default)]
    pub tlogs: Vec<TransparencyLog>,
    /// Authorities whose certificates may sign releases.
    #[serde(default)]
    pub certificate_authorities: Vec<CertificateAuthority>,
    /// Logs of certificates.
    #[serde(default)]
    pub ctlogs: Vec<TransparencyLog>,
    /// Authorities whose word is taken for the time.
    #[serde(default)]
    pub timestamp_authorities: Vec<CertificateAuthority>,
}

impl TrustRoot {
    /// The largest file that is read, in bytes.
    pub const LARGEST: usize = 4 * 1024 * 1024;

    /// Reads the file's bytes.
    ///
    /// # Errors
    /// [`TrustRootError`], with the fact that was wrong. A key of a kind that nobody here can use is no error until it is used.
    pub fn parse(json: &[u8]) -> Result<Self, TrustRootError> {
        if json.len() > Self::LARGEST {
            return Err(TrustRootError::TooLarge { found: json.len() });
        }
        Ok(serde_json::from_slice(json)?)
    }

    /// The file's text.
    ///
    /// # Errors
    /// Never for a value of this type; JSON's writer is fallible.
    pub fn to_json(&self) -> Result<String, TrustRootError> {
        Ok(serde_json::to_string_pretty(self)?)
    }

    /// The same in the form of our own [`Anchors`]: the root certificates of the authorities for releases, those below them, the logs, and
    /// the authorities of time. Logs of signatures whose keys are of kinds that no log has here are left out, which believes less and not more.
    ///
    /// # Errors
    /// [`TrustRootError`] when a certificate cannot be read or a log contradicts its key.
    pub fn anchors(&self) -> Result<Anchors, TrustRootError> {
        let known = |log: &&TransparencyLog| matches!(log.key_details, KeyDetails::EcdsaP256 | KeyDetails::Ed25519);
        Ok(Anchors {
            certificate_authorities: self
                .certificate_authorities
                .iter()
                .map(anchor)
                .collect::<Result<_, _>>()?,
            intermediates: self
                .certificate_authorities
                .iter()
                .map(intermediates)
                .collect::<Result<Vec<_>, _>>()?
                .concat(),
            logs: self
                .tlogs
                .iter()
                .filter(known)
                .map(trusted_log)
                .collect::<Result<_, _>>()?,
            certificate_logs: self.ctlogs.clone(),
            timestamp_authorities: self.timestamp_authorities.clone(),
            ..Anchors::default()
        })
    }
}

fn anchor(authority: &CertificateAuthority) -> Result<anchors::CertificateAuthority, TrustRootError> {
    let chain = authority.chain()?;
    let root = chain.last().ok_or(TrustRootError::NoCertificate)?;
    Ok(believed(root, authority))
}

/// Those below the root, believed no longer than it.
fn intermediates(authority: &CertificateAuthority) -> Result<Vec<anchors::CertificateAuthority>, TrustRootError> {
    let chain = authority.chain()?;
    let (_, below) = chain.split_last().ok_or(TrustRootError::NoCertificate)?;
    Ok(below
        .iter()
        .map(|certificate| believed(certificate, authority))
        .collect())
}

fn believed(certificate: &Certificate, authority: &CertificateAuthority) -> anchors::CertificateAuthority {
    let life_ends = certificate.not_after();
    let name = certificate.common_name().unwrap_or(&authority.subject.common_name);
    anchors::CertificateAuthority {
        name: name.to_owned(),
        pem: certificate.to_pem(),
        valid_from: authority.valid_for.start,
        valid_until: authority.valid_for.end.map_or(life_ends, |end| end.min(life_ends)),
    }
}

fn trusted_log(log: &TransparencyLog) -> Result<TrustedLog, TrustRootError> {
    Ok(TrustedLog {
        key: log.log_key()?,
        valid_from: log.valid_for.start,
        valid_until: log.valid_for.end.unwrap_or(Timestamp::LAST),
    })
}

/// When something is believed, both ends included; without an end, still.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ValidFor {
    /// The first second.
    pub start: Timestamp,
    /// The last second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Timestamp>,
}

impl ValidFor {
    /// From that second on.
    pub const fn from(start: Timestamp) -> Self {
        Self { start, end: None }
    }

    /// Whether that second is inside.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.start <= at && self.end.is_none_or(|end| at <= end)
    }
}

/// Why a trust root is not accepted, or a part of it cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustRootError {
    /// Larger than [`TrustRoot::LARGEST`].
    #[error("expected a trust root of at most {} bytes, found {found}", TrustRoot::LARGEST)]
    TooLarge {
        /// The length that was found, in bytes.
        found: usize,
    },
    /// Not the JSON of a trust root.
    #[error("expected a Sigstore trust root: {0}")]
    Json(#[from] serde_json::Error),
    /// A certificate that cannot be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// An authority without a certificate.
    #[error("expected an authority with its certificates, found none")]
    NoCertificate,
    /// A key that cannot be read, or of a kind that signs nothing here.
    #[error("a log's key: {0}")]
    Key(#[from] KeyError),
    /// A key that no log has, or an address that cannot be a checkpoint's origin.
    #[error("a log's key: {0}")]
    LogKey(#[from] LogKeyError),
    /// A key that is not what its entry says.
    #[error("expected a key of the kind {said}, found one of another kind")]
    OtherKind {
        /// The kind in the entry.
        said: KeyDetails,
    },
    /// An RSA key of an unusual size.
    #[error(
        "expected a key on P-256 or an RSA key of 2048, 3072 or 4096 bits, found one that has no name in trust roots"
    )]
    UnnamedKey,
    /// A log whose name is not that of its key.
    #[error("expected the log's name to be {expected}, its key's, found {found}")]
    OtherLogId {
        /// SHA-256 of the key.
        expected: Digest,
        /// The name in the entry.
        found: Digest,
    },
}

/// The formats of a trust root that this version reads.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub enum TrustRootFormat {
    /// Version 0.1. It has two names; the one that every client reads is written.
    #[default]
    #[serde(
        rename = "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        alias = "application/vnd.dev.sigstore.trustedroot.v0.1+json"
    )]
    V01,
}

#[cfg(test)]
pub(crate) mod tests;
