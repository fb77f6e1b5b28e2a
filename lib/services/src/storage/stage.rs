//! Versions that wait for somebody to let them go out.

use async_trait::async_trait;
use certified_evidence::{PackageName, StageId};

use super::{AuditEntry, StorageError, StoredVersion};

/// The table `npm_staged`. What waits there and what is published never have a version in common.
#[async_trait]
pub(crate) trait Stage: Send + Sync {
    /// Puts a version on the stage; false, and nothing is done, when it waits there or is published.
    async fn stage(&self, staged: &StagedVersion, audit: &AuditEntry) -> Result<bool, StorageError>;

    /// What waits under this name.
    async fn staged(&self, id: &StageId) -> Result<Option<StagedVersion>, StorageError>;

    /// Everything that waits, of one package or of all, the oldest first.
    async fn all_staged(&self, name: Option<&PackageName>) -> Result<Vec<StagedVersion>, StorageError>;

    /// Lets a version go out: it is published and waits no more, or nothing is done and the answer is false, because it waits no more.
    async fn approve(&self, staged: &StagedVersion, audit: &AuditEntry) -> Result<bool, StorageError>;

    /// Takes a version off the stage; false when it waits no more.
    async fn reject(&self, id: &StageId, audit: &AuditEntry) -> Result<bool, StorageError>;
}

/// A version that waits, as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StagedVersion {
    /// What it is called while it waits.
    pub(crate) id: StageId,
    /// What will be published; who and when are those of the staging until then.
    pub(crate) version: StoredVersion,
    /// The tags that will point at it.
    pub(crate) tags: Vec<String>,
    /// What kind of account put it there.
    pub(crate) actor_type: String,
    /// Who will be able to read it: `public` or `private`.
    pub(crate) access: String,
}
