//! Events of the Chronicle in SQLite.

use async_trait::async_trait;
use certified_evidence::wire::chronicle::{EventRequest, StoredEvent};
use certified_evidence::{EventId, PackageName};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::row::{count, from_json, parsed, seconds, time, to_json};
use super::{SqliteStore, audit};
use crate::storage::{AuditEntry, EventFilter, Events, StorageError, Written};

#[async_trait]
impl Events for SqliteStore {
    async fn append(&self, event: &StoredEvent, entry: &AuditEntry) -> Result<Written<StoredEvent>, StorageError> {
        let payload = &event.payload;
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "INSERT INTO chronicle_events (id, timestamp, service, action, package, version, tarball_hash, user_id, payload, metadata) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (action, package, version, tarball_hash) DO NOTHING",
        )
        .bind(event.id.as_str())
        .bind(seconds(event.timestamp))
        .bind(SERVICE)
        .bind(event.event_type.as_str())
        .bind(payload.package.as_str())
        .bind(payload.version.to_string())
        .bind(payload.artifacts.tarball_hash.to_string())
        .bind(&event.actor)
        .bind(to_json("payload", payload)?)
        .bind(to_json("metadata", &event.metadata)?)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(Written::Present(same(&mut transaction, payload).await?));
        }
        audit::append(&mut transaction, entry).await?;
        transaction.commit().await?;
        Ok(Written::New(event.clone()))
    }

    async fn find(&self, id: &EventId) -> Result<Option<StoredEvent>, StorageError> {
        let row = sqlx::query("SELECT * FROM chronicle_events WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(event).transpose()
    }

    async fn page(&self, filter: &EventFilter) -> Result<(Vec<StoredEvent>, u64), StorageError> {
        let action = filter.event_type.map_or("", |event_type| event_type.as_str());
        let total = sqlx::query("SELECT COUNT(*) AS total FROM chronicle_events WHERE $1 = '' OR action = $1")
            .bind(action)
            .fetch_one(&self.pool)
            .await?;
        let rows = sqlx::query(
            "SELECT * FROM chronicle_events WHERE $1 = '' OR action = $1 ORDER BY seq DESC LIMIT $2 OFFSET $3",
        )
        .bind(action)
        .bind(i64::from(filter.limit))
        .bind(i64::from(filter.offset))
        .fetch_all(&self.pool)
        .await?;
        let events = rows.iter().map(event).collect::<Result<_, _>>()?;
        Ok((events, count(&total, "total")?))
    }

    async fn of_package(&self, name: &PackageName) -> Result<Vec<StoredEvent>, StorageError> {
        let rows = sqlx::query("SELECT * FROM chronicle_events WHERE package = $1 ORDER BY seq LIMIT 1000")
            .bind(name.as_str())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(event).collect()
    }
}

/// The event that stands where another one was to be put.
async fn same(
    transaction: &mut sqlx::Transaction<'static, sqlx::Sqlite>,
    payload: &EventRequest,
) -> Result<StoredEvent, StorageError> {
    let row = sqlx::query(
        "SELECT * FROM chronicle_events WHERE action = $1 AND package = $2 AND version = $3 AND tarball_hash = $4",
    )
    .bind(payload.event_type.as_str())
    .bind(payload.package.as_str())
    .bind(payload.version.to_string())
    .bind(payload.artifacts.tarball_hash.to_string())
    .fetch_one(&mut **transaction)
    .await?;
    event(&row)
}

fn event(row: &SqliteRow) -> Result<StoredEvent, StorageError> {
    let payload: EventRequest = from_json(row, "payload")?;
    Ok(StoredEvent {
        id: parsed(row, "id")?,
        event_type: payload.event_type,
        timestamp: time(row, "timestamp")?,
        actor: row.try_get("user_id")?,
        actor_provided: payload.metadata.actor.clone(),
        payload,
        metadata: from_json(row, "metadata")?,
    })
}

const SERVICE: &str = "chittyos.certified-publish";
