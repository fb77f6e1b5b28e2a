//! Events of the Chronicle.

use async_trait::async_trait;
use certified_evidence::log::LeafIndex;
use certified_evidence::wire::chronicle::{EventType, StoredEvent};
use certified_evidence::{EventId, PackageName};

use super::StorageError;

/// The table `chronicle_events`. Nothing in it is ever changed or removed; events come into it through the log.
#[async_trait]
pub(crate) trait Events: Send + Sync {
    /// Looks one up by its name, with its place in the log.
    async fn find(&self, id: &EventId) -> Result<Option<(StoredEvent, LeafIndex)>, StorageError>;

    /// Some events, the newest first, and how many there are altogether.
    async fn page(&self, filter: &EventFilter) -> Result<(Vec<StoredEvent>, u64), StorageError>;

    /// All events of a package, the oldest first.
    async fn of_package(&self, name: &PackageName) -> Result<Vec<StoredEvent>, StorageError>;
}

/// Which events a page shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventFilter {
    /// Only of this type.
    pub(crate) event_type: Option<EventType>,
    /// How many are passed over.
    pub(crate) offset: u32,
    /// How many are shown at most.
    pub(crate) limit: u32,
}
