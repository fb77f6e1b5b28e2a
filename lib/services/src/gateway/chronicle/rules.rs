//! What the Chronicle records and shows.

use std::sync::Arc;

use certified_evidence::log::LeafIndex;
use certified_evidence::wire::chronicle::{
    EventMetadata, EventPage, EventReply, EventRequest, EventType, PackageEvent, PackageEvents, Receipt, ShownEvent,
    StoredEvent,
};
use certified_evidence::{EventId, PackageName, RequestId};
use uuid::Uuid;

use crate::auth::Caller;
use crate::gateway::Log;
use crate::refusal::Refusal;
use crate::storage::{Append, AuditEntry, EventFilter, Events, Written};
use crate::{Addresses, Clock};

/// Appends events and shows them.
pub(crate) struct Chronicle {
    pub(crate) events: Arc<dyn Events>,
    pub(crate) log: Arc<Log>,
    pub(crate) addresses: Arc<Addresses>,
    pub(crate) clock: Clock,
}

impl Chronicle {
    /// Records an event, or answers with the one that is recorded already for the same type, package, version and tarball.
    ///
    /// What is answered is on the disk and in the log.
    pub(crate) async fn append(
        &self,
        caller: &Caller,
        id: &RequestId,
        asked: EventRequest,
    ) -> Result<Written<EventReply>, Refusal> {
        caller.require(&["chronicle:write", "chronicle:admin"])?;
        let event = self.event(caller, id, asked)?;
        let audit = AuditEntry {
            timestamp: event.timestamp,
            actor: caller.id.clone(),
            action: "chronicle:append",
            resource: event.id.to_string(),
            request_id: id.clone(),
        };
        let entry = Receipt::entry_of(&event).map_err(|cause| Refusal::invalid(cause.to_string()))?;
        let append = Append {
            entry,
            event: Some(event),
            audit,
        };
        Ok(match self.log.append(append).await? {
            Written::New(index) => Written::New(self.reply(index).await?),
            Written::Present(index) => Written::Present(self.reply(index).await?),
        })
    }

    /// Shows one event, with its receipt.
    pub(crate) async fn get(&self, id: &EventId) -> Result<ShownEvent, Refusal> {
        let found = self.events.find(id).await?;
        let (event, index) = found.ok_or_else(|| Refusal::NotFound {
            code: "EVENT_NOT_FOUND",
            reason: format!("there is no event {id}"),
        })?;
        let receipt = Some(self.log.receipt(index).await?);
        Ok(ShownEvent { event, receipt })
    }

    /// Shows some events, the newest first; at most a thousand at once.
    pub(crate) async fn page(
        &self,
        event_type: Option<EventType>,
        offset: u32,
        limit: u32,
    ) -> Result<EventPage, Refusal> {
        let filter = EventFilter {
            event_type,
            offset,
            limit: limit.min(LARGEST_PAGE),
        };
        let (events, total) = self.events.page(&filter).await?;
        Ok(EventPage {
            events,
            total,
            offset: filter.offset.into(),
            limit: filter.limit.into(),
        })
    }

    /// Lists the events of a package, the oldest first.
    pub(crate) async fn of_package(&self, name: PackageName) -> Result<PackageEvents, Refusal> {
        let found = self.events.of_package(&name).await?;
        let events: Vec<_> = found.into_iter().map(line).collect();
        Ok(PackageEvents {
            package: name,
            total: events.len() as u64,
            events,
        })
    }

    fn event(&self, caller: &Caller, id: &RequestId, asked: EventRequest) -> Result<StoredEvent, Refusal> {
        let failed = |cause: certified_evidence::IdError| Refusal::Failed {
            code: "EVENT_FAILED",
            reason: cause.to_string(),
        };
        Ok(StoredEvent {
            id: Uuid::new_v4().to_string().parse().map_err(failed)?,
            event_type: asked.event_type,
            timestamp: (self.clock)(),
            actor: caller.id.clone(),
            actor_provided: asked.metadata.actor.clone(),
            payload: asked,
            metadata: EventMetadata {
                authenticated_chitty_id: caller.id.clone(),
                authenticated_scopes: caller.scopes.clone(),
                request_id: id.to_string(),
            },
        })
    }

    /// The answer about the event at this place of the log. It says what the log says: the event is read from the entry.
    async fn reply(&self, index: LeafIndex) -> Result<EventReply, Refusal> {
        let receipt = self.log.receipt(index).await?;
        let event: StoredEvent = serde_json::from_slice(receipt.entry.as_bytes()).map_err(|cause| Refusal::Failed {
            code: "EVENT_FAILED",
            reason: cause.to_string(),
        })?;
        Ok(EventReply {
            success: true,
            event_id: event.id.clone(),
            chronicle_url: self.addresses.chronicle_url(&event.id),
            timestamp: event.timestamp,
            event,
            receipt: Some(receipt),
        })
    }
}

fn line(event: StoredEvent) -> PackageEvent {
    PackageEvent {
        event_id: event.id,
        event_type: event.event_type,
        version: event.payload.version,
        timestamp: event.timestamp,
    }
}

const LARGEST_PAGE: u32 = 1000;
