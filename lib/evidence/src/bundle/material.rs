//! What a bundle carries to check its signature with.

use serde::{Deserialize, Serialize};

use super::{Bundle, BundleError, Content};
use crate::certificate::Certificate;
use crate::octets;

/// What one log says about one signature: an entry, and the proof that it is in the log.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TransparencyLogEntry {
    /// Where the entry stands, counted from 0.
    #[serde(with = "octets::decimal")]
    pub log_index: u64,
    /// Which log.
    pub log_id: LogId,
    /// How to read the entry.
    pub kind_version: KindVersion,
    /// When the log took the entry, in seconds after the epoch. Worth nothing without a promise.
    #[serde(default, with = "octets::decimal::optional", skip_serializing_if = "Option::is_none")]
    pub integrated_time: Option<u64>,
    /// The log's signature over entry, time and index; logs of today give a proof alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inclusion_promise: Option<InclusionPromise>,
    /// The proof.
    pub inclusion_proof: InclusionProof,
    /// The bytes that the log hashed, for example of a [`HashedRekord`](crate::hashed_rekord::HashedRekord).
    #[serde(with = "octets")]
    pub canonicalized_body: Vec<u8>,
}

/// A log, by its key.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogId {
    /// SHA-256 of the public key.
    #[serde(with = "octets")]
    pub key_id: [u8; 32],
}

/// The kind of an entry: `hashedrekord` `0.0.2`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KindVersion {
    /// The kind.
    pub kind: String,
    /// Its version.
    pub version: String,
}

/// A promise that an entry is or will be in the log (`signedEntryTimestamp`).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InclusionPromise {
    /// The log's signature.
    #[serde(with = "octets")]
    pub signed_entry_timestamp: Vec<u8>,
}

/// The way from an entry to the root of the tree (RFC 6962, section 2.1.1), and the log's word for that root.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InclusionProof {
    /// Where the entry stands, counted from 0.
    #[serde(with = "octets::decimal")]
    pub log_index: u64,
    /// The root of the tree.
    #[serde(with = "octets")]
    pub root_hash: [u8; 32],
    /// How many entries the tree has.
    #[serde(with = "octets::decimal")]
    pub tree_size: u64,
    /// The siblings on the way, the entry's own first. The only entry of a tree has none.
    #[serde(default, with = "octets::hashes")]
    pub hashes: Vec<[u8; 32]>,
    /// The signed root.
    pub checkpoint: Checkpoint,
}

/// A log's signed word for its root (C2SP tlog-checkpoint), as text.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// The signed note.
    pub envelope: String,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Material {
    certificate: RawBytes,
    #[serde(default)]
    tlog_entries: Vec<TransparencyLogEntry>,
    #[serde(default, skip_serializing_if = "TimestampVerificationData::is_empty")]
    timestamp_verification_data: TimestampVerificationData,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawBytes {
    #[serde(with = "octets")]
    raw_bytes: Vec<u8>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct TimestampVerificationData {
    #[serde(default, rename = "rfc3161Timestamps")]
    timestamps: Vec<SignedTimestamp>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignedTimestamp {
    #[serde(with = "octets")]
    signed_timestamp: Vec<u8>,
}

impl Material {
    pub(super) fn of(bundle: &Bundle) -> Self {
        let signed = |timestamp: &Vec<u8>| SignedTimestamp {
            signed_timestamp: timestamp.clone(),
        };
        Self {
            certificate: RawBytes {
                raw_bytes: bundle.certificate.der().to_vec(),
            },
            tlog_entries: bundle.log_entries.clone(),
            timestamp_verification_data: TimestampVerificationData {
                timestamps: bundle.timestamps.iter().map(signed).collect(),
            },
        }
    }

    pub(super) fn read(self, content: Content) -> Result<Bundle, BundleError> {
        let timestamps = self.timestamp_verification_data.timestamps;
        at_most("log entries", Bundle::MOST_WITNESSES, self.tlog_entries.len())?;
        at_most("timestamps", Bundle::MOST_WITNESSES, timestamps.len())?;
        for entry in &self.tlog_entries {
            entry.check_itself()?;
        }
        Ok(Bundle {
            certificate: Certificate::from_der(&self.certificate.raw_bytes)?,
            log_entries: self.tlog_entries,
            timestamps: timestamps
                .into_iter()
                .map(|timestamp| timestamp.signed_timestamp)
                .collect(),
            content,
        })
    }
}

impl TransparencyLogEntry {
    fn check_itself(&self) -> Result<(), BundleError> {
        let proof = &self.inclusion_proof;
        // A tree of 2^63 entries is as deep as that.
        at_most("hashes in an inclusion proof", 63, proof.hashes.len())?;
        if self.log_index != proof.log_index || proof.log_index >= proof.tree_size {
            return Err(BundleError::Index {
                index: self.log_index,
                proof_index: proof.log_index,
                size: proof.tree_size,
            });
        }
        Ok(())
    }
}

impl TimestampVerificationData {
    fn is_empty(&self) -> bool {
        self.timestamps.is_empty()
    }
}

fn at_most(of: &'static str, limit: usize, found: usize) -> Result<(), BundleError> {
    if found > limit {
        return Err(BundleError::TooMany { of, limit, found });
    }
    Ok(())
}
