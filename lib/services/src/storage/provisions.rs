//! What ChittyConnect gave to whom.

use async_trait::async_trait;
use certified_evidence::Timestamp;

use super::{AuditEntry, StorageError};

/// The table `credential_provisions`.
#[async_trait]
pub(crate) trait Provisions: Send + Sync {
    /// Counts one grant, unless its service had `most` of them since a time: then nothing is written, and the answer is the time of the
    /// oldest of those, with which the next place becomes free.
    async fn count(
        &self,
        new: &Provision,
        since: Timestamp,
        most: u32,
        audit: &AuditEntry,
    ) -> Result<Counted, StorageError>;
}

/// Whether a grant was counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Counted {
    /// It was.
    Yes,
    /// There were too many; the oldest of them was given then.
    TooMany { oldest: Timestamp },
}

/// A grant as it is kept. Whether it brought one credential or several, it is one.
#[derive(Clone, Debug)]
pub(crate) struct Provision {
    /// What the grant is called.
    pub(crate) token_id: String,
    /// What was asked for.
    pub(crate) kind: String,
    /// For which service: whose grants are counted together.
    pub(crate) service: String,
    /// For what.
    pub(crate) purpose: String,
    /// Who asked: the authenticated identity.
    pub(crate) requesting_service: String,
    /// When.
    pub(crate) created_at: Timestamp,
    /// Until when its credentials are good.
    pub(crate) expires_at: Timestamp,
}
