//! What a verifier trusts, as a file.
//!
//! ```json
//! {
//!   "format": "certified-publish/anchors/v1",
//!   "certificate_authorities": [
//!     { "name": "ChittyFoundation CA", "pem": "-----BEGIN CERTIFICATE-----…", "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2036-01-01T00:00:00Z" }
//!   ],
//!   "logs": [
//!     { "key": "chronicle.example.com/log+3f2a91c4+AjBZ…", "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2036-01-01T00:00:00Z" }
//!   ],
//!   "certificate_logs": [{ "baseUrl": "https://id.example.com/ct", … }],
//!   "timestamp_authorities": [{ "subject": { … }, "uri": "https://time.example.com", … }]
//! }
//! ```
//!
//! The last two are written as in Sigstore's [`TrustRoot`], where they are called `ctlogs` and `timestampAuthorities`. Such a file as a whole
//! is read as well, and means the same.
//!
//! Only root certificates are trusted; the certificates between a root and a release travel with the release. For signatures that come without
//! them, as Sigstore's bundles do, they can stand here as `intermediates`. A log is its key, whose
//! name is the origin of its checkpoints; a file without logs believes no log. An anchor whose
//! key is retired stays, with the end of its validity, so that what it vouched for stays provable.

mod trusted;

use serde::{Deserialize, Serialize};

pub use self::trusted::{NotInForce, NotTrusted, Trusted, trusted_at};
use crate::Timestamp;
use crate::log::LogKey;
use crate::trust_root::{self, TransparencyLog, TrustRoot, TrustRootError, ValidFor};

/// The trusted roots.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Anchors {
    /// The file's format and its version.
    pub format: AnchorsFormat,
    /// Certificate authorities whose certificates may vouch for a release.
    pub certificate_authorities: Vec<CertificateAuthority>,
    /// Certificates between an authority and those who sign, for signatures that come without them. Nobody is trusted for standing here: a
    /// chain through them has to end at an authority.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intermediates: Vec<CertificateAuthority>,
    /// Logs whose checkpoints are believed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<TrustedLog>,
    /// Logs of certificates whose word is believed. Where some are named, a release's certificate has to carry the word of one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificate_logs: Vec<TransparencyLog>,
    /// Authorities whose word is taken for the time. Where some are named, a release's signatures have to carry the word of one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timestamp_authorities: Vec<trust_root::CertificateAuthority>,
}

/// The formats of an anchors file that this version reads.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub enum AnchorsFormat {
    /// The first and only one.
    #[default]
    #[serde(rename = "certified-publish/anchors/v1")]
    V1,
}

/// One trusted root.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateAuthority {
    /// What to call it in messages.
    pub name: String,
    /// The root certificate (RFC 7468); among the intermediates one below it.
    pub pem: String,
    /// Trusted for what was signed at this time or later.
    pub valid_from: Timestamp,
    /// Trusted for what was signed at this time or earlier.
    pub valid_until: Timestamp,
}

/// One trusted log.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedLog {
    /// The key that signs its checkpoints, under the log's name.
    pub key: LogKey,
    /// Trusted for what was recorded at this time or later.
    pub valid_from: Timestamp,
    /// Trusted for what was recorded at this time or earlier.
    pub valid_until: Timestamp,
}

/// A text that is no anchors file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnchorsError {
    /// Larger than [`Anchors::LARGEST`].
    #[error("an anchors file has at most {} bytes, this one has {found}", Anchors::LARGEST)]
    TooLarge {
        /// Bytes found.
        found: usize,
    },
    /// Not the JSON of this page.
    #[error("this is no anchors file: {0}")]
    Json(#[from] serde_json::Error),
    /// Sigstore's kind of file, and something is wrong with it.
    #[error(transparent)]
    TrustRoot(#[from] TrustRootError),
}

/// What tells the two kinds of file apart.
#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "mediaType")]
    media_type: Option<serde::de::IgnoredAny>,
}

impl Anchors {
    /// The largest file that is read, in bytes.
    pub const LARGEST: usize = 1024 * 1024;

    /// Reads the file's bytes: of our own kind, or of Sigstore's [`TrustRoot`], which says so by its `mediaType`.
    ///
    /// # Errors
    /// When it is too large, or is neither the JSON of this module's page nor a trust root.
    pub fn parse(bytes: &[u8]) -> Result<Self, AnchorsError> {
        let is_trust_root = || serde_json::from_slice::<Kind>(bytes).is_ok_and(|kind| kind.media_type.is_some());
        if bytes.len() <= TrustRoot::LARGEST && is_trust_root() {
            return Ok(TrustRoot::parse(bytes)?.anchors()?);
        }
        if bytes.len() > Self::LARGEST {
            return Err(AnchorsError::TooLarge { found: bytes.len() });
        }
        Ok(serde_json::from_slice(bytes)?)
    }

    /// The key of the log with this origin that is trusted at this time.
    pub fn log(&self, origin: &str, at: Timestamp) -> Option<&LogKey> {
        self.logs_at(at).find(|key| key.name().as_str() == origin)
    }

    /// The keys of all logs that are trusted at this time.
    pub fn logs_at(&self, at: Timestamp) -> impl Iterator<Item = &LogKey> {
        let trusted = move |log: &&TrustedLog| log.valid_for().covers(at);
        self.logs.iter().filter(trusted).map(|log| &log.key)
    }

    /// The file's text.
    ///
    /// # Errors
    /// Never for a value of this type; JSON's writer is fallible.
    pub fn to_json(&self) -> Result<String, AnchorsError> {
        Ok(serde_json::to_string_pretty(self)?)
    }
}

impl Trusted for CertificateAuthority {
    fn name(&self) -> &str {
        &self.name
    }

    fn valid_for(&self) -> ValidFor {
        between(self.valid_from, self.valid_until)
    }
}

impl Trusted for TrustedLog {
    fn name(&self) -> &str {
        self.key.name().as_str()
    }

    fn valid_for(&self) -> ValidFor {
        between(self.valid_from, self.valid_until)
    }
}

const fn between(start: Timestamp, end: Timestamp) -> ValidFor {
    ValidFor { start, end: Some(end) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_trusted_under_its_name_and_in_its_time() {
        let file = br#"{"format":"certified-publish/anchors/v1","certificate_authorities":[],"logs":[{"key":
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "valid_from":"2026-01-01T00:00:00Z","valid_until":"2027-01-01T00:00:00Z"}]}"#;
        let anchors = Anchors::parse(file).unwrap();
        assert_eq!(Anchors::parse(anchors.to_json().unwrap().as_bytes()).unwrap(), anchors);
        let at = |time: &str| time.parse().unwrap();
        assert!(anchors.log("example.com/foo", at("2026-06-01T00:00:00Z")).is_some());
        assert!(anchors.log("example.com/bar", at("2026-06-01T00:00:00Z")).is_none());
        assert!(anchors.log("example.com/foo", at("2025-12-31T23:59:59Z")).is_none());
        assert!(anchors.log("example.com/foo", at("2027-01-01T00:00:01Z")).is_none());
    }

    #[test]
    fn a_trust_root_of_sigstore_is_read_as_what_it_means() {
        let root = trust_root::tests::trust_root();
        let anchors = Anchors::parse(root.to_json().unwrap().as_bytes()).unwrap();
        assert_eq!(anchors, root.anchors().unwrap());
        assert_eq!(anchors.intermediates.len(), 1);
        let unknown = root.to_json().unwrap().replacen("\"tlogs\"", "\"only_for\"", 1);
        assert!(matches!(
            Anchors::parse(unknown.as_bytes()),
            Err(AnchorsError::TrustRoot(_))
        ));
    }

    #[test]
    fn a_file_with_an_unknown_field_or_format_is_refused_so_that_no_restriction_is_overlooked() {
        assert!(Anchors::parse(br#"{"format":"certified-publish/anchors/v1","certificate_authorities":[]}"#).is_ok());
        assert!(Anchors::parse(br#"{"format":"certified-publish/anchors/v2","certificate_authorities":[]}"#).is_err());
        assert!(
            Anchors::parse(br#"{"format":"certified-publish/anchors/v1","certificate_authorities":[],"only_for":"x"}"#)
                .is_err()
        );
    }
}
