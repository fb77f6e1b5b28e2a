//! Releases that are registered.

use async_trait::async_trait;
use certified_evidence::wire::registry::{PackageStatus, RegisterRequest};
use certified_evidence::{PackageName, RegId, Timestamp, Version};

use super::{AuditEntry, StorageError, Written};

/// The table `registrations`.
#[async_trait]
pub(crate) trait Registrations: Send + Sync {
    /// Registers a release, or finds the one of the same package and version, whatever its digests are.
    async fn register(&self, new: &Registration, audit: &AuditEntry) -> Result<Written<Registration>, StorageError>;

    /// Looks one up.
    async fn find(&self, name: &PackageName, version: &Version) -> Result<Option<Registration>, StorageError>;

    /// Moves one on, unless its status is no longer the one it was judged by: then nothing happens and the answer is false.
    async fn change_status(&self, change: &StatusChange, audit: &AuditEntry) -> Result<bool, StorageError>;

    /// All registrations of a package, the oldest first.
    async fn of_package(&self, name: &PackageName) -> Result<Vec<Registration>, StorageError>;

    /// The names of all registered packages, in order.
    async fn names(&self) -> Result<Vec<PackageName>, StorageError>;
}

/// A registered release as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Registration {
    /// The registration's name.
    pub(crate) reg_id: RegId,
    /// What was registered, with the status of now.
    pub(crate) release: RegisterRequest,
    /// Who registered it: the authenticated identity.
    pub(crate) registered_by: String,
    /// When it was registered first.
    pub(crate) registered_at: Timestamp,
    /// When its status changed last.
    pub(crate) updated_at: Timestamp,
}

/// A step of a release's life.
#[derive(Clone, Debug)]
pub(crate) struct StatusChange {
    /// The package.
    pub(crate) name: PackageName,
    /// Its version.
    pub(crate) version: Version,
    /// The status that the decision was made on.
    pub(crate) from: PackageStatus,
    /// The new status.
    pub(crate) to: PackageStatus,
    /// Why, in the caller's words.
    pub(crate) reason: String,
    /// When.
    pub(crate) at: Timestamp,
}
