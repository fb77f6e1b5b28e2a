//! API keys and service tokens. Only their hashes are kept.

use async_trait::async_trait;
use certified_evidence::{Digest, Timestamp};

use super::StorageError;

/// The tables `api_keys` and `service_tokens`.
#[async_trait]
pub(crate) trait Credentials: Send + Sync {
    /// Looks an API key up by its hash.
    async fn api_key(&self, hash: &Digest) -> Result<Option<StoredCredential>, StorageError>;

    /// Looks a service token up by its hash.
    async fn service_token(&self, hash: &Digest) -> Result<Option<StoredCredential>, StorageError>;

    /// Keeps new credentials: all of them, or none.
    async fn add(&self, api_keys: &[StoredCredential], service_tokens: &[StoredCredential])
    -> Result<(), StorageError>;
}

/// What is kept of a credential.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct StoredCredential {
    /// SHA-256 of the credential's text.
    pub(crate) hash: Digest,
    /// Whose it is: a ChittyID, or the name of a service.
    pub(crate) owner: String,
    /// What to call it.
    pub(crate) name: String,
    /// What it may do.
    pub(crate) scopes: Vec<String>,
    /// Whether it was withdrawn.
    pub(crate) state: CredentialState,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// The first second in which it is worth nothing.
    pub(crate) expires_at: Timestamp,
}

/// Whether a credential was withdrawn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum CredentialState {
    /// In force until it expires.
    Active,
    /// Withdrawn, whatever its expiry says.
    Revoked,
}
