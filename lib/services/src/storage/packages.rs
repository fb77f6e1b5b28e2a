//! Packages that the npm registry serves.

use async_trait::async_trait;
use certified_evidence::{Digest, Integrity, PackageName, Shasum, Timestamp, Version};
use serde_json::{Map, Value};

use super::{AuditEntry, StorageError};

/// The tables `npm_versions` and `npm_tags`. A version is never changed or removed; tags move.
#[async_trait]
pub(crate) trait Packages: Send + Sync {
    /// Publishes a version and points these tags at it; false, and nothing is done, when the version exists or waits on the stage. A
    /// package's first version becomes `latest` whatever its tags are.
    async fn publish(&self, version: &StoredVersion, tags: &[String], audit: &AuditEntry)
    -> Result<bool, StorageError>;

    /// All versions of a package, the oldest first; none when there is no such package.
    async fn versions(&self, name: &PackageName) -> Result<Vec<StoredVersion>, StorageError>;

    /// The tags of a package, in order.
    async fn tags(&self, name: &PackageName) -> Result<Vec<Tag>, StorageError>;

    /// Points a tag at a version, or removes it.
    async fn set_tag(
        &self,
        name: &PackageName,
        tag: &str,
        version: Option<&Version>,
        audit: &AuditEntry,
    ) -> Result<(), StorageError>;
}

/// A published version as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StoredVersion {
    /// The package.
    pub(crate) name: PackageName,
    /// Its version.
    pub(crate) version: Version,
    /// The manifest as it was published, without `dist`.
    pub(crate) manifest: Map<String, Value>,
    /// SHA-1 of the tarball.
    pub(crate) shasum: Shasum,
    /// SHA-512 of the tarball.
    pub(crate) integrity: Integrity,
    /// SHA-256 of the tarball, which names its file.
    pub(crate) sha256: Digest,
    /// Who published it: the authenticated identity.
    pub(crate) published_by: String,
    /// When.
    pub(crate) published_at: Timestamp,
}

impl StoredVersion {
    /// `name@version`.
    pub(crate) fn release(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}

/// A name for a version that may move.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Tag {
    /// The tag, for example `latest`.
    pub(crate) tag: String,
    /// The version it points at.
    pub(crate) version: Version,
}
