//! Whom the npm registry trusts instead of a token.

use async_trait::async_trait;
use certified_evidence::PackageName;

use super::{AuditEntry, StorageError};
use crate::npm::TrustedPublisher;

/// The table `npm_trusted_publishers`: at most one for a package, as at npm.
#[async_trait]
pub(crate) trait Publishers: Send + Sync {
    /// Whom this package trusts.
    async fn publisher(&self, name: &PackageName) -> Result<Option<TrustedPublisher>, StorageError>;

    /// Trusts somebody; false, and nothing is done, when the package trusts somebody already.
    async fn trust(&self, publisher: &TrustedPublisher, audit: &AuditEntry) -> Result<bool, StorageError>;
}
