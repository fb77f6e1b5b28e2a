//! Identity tokens that were used.

use async_trait::async_trait;
use certified_evidence::{Digest, Timestamp};

use super::{AuditEntry, StorageError, Written};

/// The table `identity_tokens`.
#[async_trait]
pub(crate) trait IdentityTokenStore: Send + Sync {
    /// Remembers that a token was used. Whoever comes second with the same one, however closely, finds it there. Those that need not be
    /// remembered any more are forgotten.
    async fn spend(&self, token: &UsedToken, now: Timestamp, audit: &AuditEntry) -> Result<Written<()>, StorageError>;
}

/// What is remembered of a token; nothing of it could be used again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct UsedToken {
    /// SHA-256 of its issuer and of the name that the issuer gave it.
    pub(crate) name: Digest,
    /// When it would be refused anyway.
    pub(crate) forget_after: Timestamp,
}
