//! The log under the Chronicle.

use std::collections::HashMap;

use async_trait::async_trait;
use certified_evidence::log::{Entry, LeafIndex, NodeAt, TreeHash, TreeSize};
use certified_evidence::wire::chronicle::StoredEvent;

use super::{AuditEntry, StorageError, Written};

/// The tables `log_entries` and `log_nodes`, and the events that stand in the log. Nothing in them is ever changed or removed.
///
/// Whoever implements it keeps three promises, whatever happens between any two of its steps:
///
/// 1. Indexes are given without gaps and none twice.
/// 2. An entry, the nodes that became complete by it, and its event become visible together or not at all, and not before the disk has
///    them. So whatever [`LogStore::size`] has once answered stays true: a head that was signed for it will always be the head of that size.
/// 3. The same content is appended once: an event by its type, package, version and tarball, any other entry by its bytes.
#[async_trait]
pub(crate) trait LogStore: Send + Sync {
    /// Appends all of these in their order, or none. What is there already is found where it stands.
    async fn append(&self, batch: &[Append]) -> Result<Vec<Written<LeafIndex>>, StorageError>;

    /// How many entries there are.
    async fn size(&self) -> Result<TreeSize, StorageError>;

    /// The complete nodes at these places, as far as there are any.
    async fn nodes(&self, places: &[NodeAt]) -> Result<HashMap<NodeAt, TreeHash>, StorageError>;

    /// So many neighbouring nodes of one level, or fewer at the tree's right end.
    async fn row(&self, first: NodeAt, count: u16) -> Result<Vec<TreeHash>, StorageError>;

    /// So many entries, or fewer at the log's end.
    async fn entries(&self, first: LeafIndex, count: u16) -> Result<Vec<Entry>, StorageError>;
}

/// Something to append.
#[derive(Clone, Debug)]
pub(crate) struct Append {
    /// The bytes that the log hashes.
    pub(crate) entry: Entry,
    /// The event that they stand for; other entries stand for themselves.
    pub(crate) event: Option<StoredEvent>,
    /// What the audit log says about it.
    pub(crate) audit: AuditEntry,
}
