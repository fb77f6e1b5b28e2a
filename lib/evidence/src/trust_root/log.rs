//! Logs in a trust root, of signatures and of certificates.

use serde::{Deserialize, Serialize};

use super::{TrustRootError, ValidFor};
use crate::bundle::LogId;
use crate::digest::Digest;
use crate::key::PublicKey;
use crate::key_details::KeyDetails;
use crate::log::LogKey;
use crate::octets;

/// A log whose word is believed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(from = "Written", into = "Written")]
pub struct TransparencyLog {
    /// Its address. The origin of its checkpoints stands in it: some clients look for it there.
    pub base_url: String,
    /// Its public key, in DER (`SubjectPublicKeyInfo`).
    pub spki: Vec<u8>,
    /// The kind of the key.
    pub key_details: KeyDetails,
    /// When it is believed.
    pub valid_for: ValidFor,
    /// Its name: SHA-256 of the key for ECDSA and RSA, the whole key hash of its checkpoints (C2SP signed-note) for Ed25519.
    pub log_id: [u8; 32],
}

impl TransparencyLog {
    /// A log with a key of a kind that is made here.
    ///
    /// # Errors
    /// [`TrustRootError::UnnamedKey`] for an RSA key of an unusual size.
    pub fn new(base_url: impl Into<String>, key: &PublicKey, valid_for: ValidFor) -> Result<Self, TrustRootError> {
        Ok(Self {
            base_url: base_url.into(),
            spki: key.spki_der().to_vec(),
            key_details: KeyDetails::of(key).ok_or(TrustRootError::UnnamedKey)?,
            valid_for,
            log_id: key.fingerprint(),
        })
    }

    /// A log of signatures, whose checkpoints have the base address without its scheme as their origin.
    pub fn of_log(base_url: impl Into<String>, key: &LogKey, valid_for: ValidFor) -> Self {
        Self {
            base_url: base_url.into(),
            spki: key.spki_der(),
            key_details: KeyDetails::of_log(key),
            valid_for,
            log_id: *key.log_id(),
        }
    }

    /// The key, for checking checkpoints.
    ///
    /// # Errors
    /// [`TrustRootError::LogKey`] when it is of a kind that no log has here, [`TrustRootError::OtherKind`] and
    /// [`TrustRootError::OtherLogId`] when the entry contradicts it.
    pub fn log_key(&self) -> Result<LogKey, TrustRootError> {
        let origin = self
            .base_url
            .split_once("://")
            .map_or(self.base_url.as_str(), |(_, rest)| rest);
        let key = LogKey::from_spki_der(origin.trim_end_matches('/').parse()?, &self.spki)?;
        self.agree(key.details() == self.key_details.as_str(), *key.log_id())?;
        Ok(key)
    }

    /// The key, for checking timestamps of certificates.
    ///
    /// # Errors
    /// [`TrustRootError::Key`] when it is of a kind that signs nothing here, [`TrustRootError::OtherKind`] and
    /// [`TrustRootError::OtherLogId`] when the entry contradicts it.
    pub fn key(&self) -> Result<PublicKey, TrustRootError> {
        let key = PublicKey::from_spki_der(&self.spki)?;
        self.agree(
            KeyDetails::of(&key).as_ref() == Some(&self.key_details),
            key.fingerprint(),
        )?;
        Ok(key)
    }

    fn agree(&self, same_kind: bool, log_id: [u8; 32]) -> Result<(), TrustRootError> {
        if !same_kind {
            return Err(TrustRootError::OtherKind {
                said: self.key_details.clone(),
            });
        }
        if log_id != self.log_id {
            return Err(TrustRootError::OtherLogId {
                expected: Digest::from_bytes(log_id),
                found: Digest::from_bytes(self.log_id),
            });
        }
        Ok(())
    }
}

/// `checkpointKeyId` and `operator` are read and passed over: the first repeats the name, the second is for people.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    base_url: String,
    hash_algorithm: HashAlgorithm,
    public_key: WrittenKey,
    log_id: LogId,
    #[serde(default, skip_serializing)]
    #[expect(dead_code, reason = "named here so that it is not taken for an unknown field")]
    checkpoint_key_id: serde::de::IgnoredAny,
    #[serde(default, skip_serializing)]
    #[expect(dead_code, reason = "named here so that it is not taken for an unknown field")]
    operator: serde::de::IgnoredAny,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenKey {
    #[serde(with = "octets")]
    raw_bytes: Vec<u8>,
    key_details: KeyDetails,
    valid_for: ValidFor,
}

#[derive(Deserialize, Serialize)]
enum HashAlgorithm {
    #[serde(rename = "SHA2_256")]
    Sha256,
}

impl From<TransparencyLog> for Written {
    fn from(log: TransparencyLog) -> Self {
        Self {
            base_url: log.base_url,
            hash_algorithm: HashAlgorithm::Sha256,
            public_key: WrittenKey {
                raw_bytes: log.spki,
                key_details: log.key_details,
                valid_for: log.valid_for,
            },
            log_id: LogId { key_id: log.log_id },
            checkpoint_key_id: serde::de::IgnoredAny,
            operator: serde::de::IgnoredAny,
        }
    }
}

impl From<Written> for TransparencyLog {
    fn from(written: Written) -> Self {
        Self {
            base_url: written.base_url,
            spki: written.public_key.raw_bytes,
            key_details: written.public_key.key_details,
            valid_for: written.public_key.valid_for,
            log_id: written.log_id.key_id,
        }
    }
}
