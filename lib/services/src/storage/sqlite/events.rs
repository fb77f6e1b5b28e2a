//! Events of the Chronicle in SQLite.

use async_trait::async_trait;
use certified_evidence::log::LeafIndex;
use certified_evidence::wire::chronicle::{EventRequest, StoredEvent};
use certified_evidence::{EventId, PackageName};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, Sqlite, Transaction};

use super::SqliteStore;
use super::log::leaf_index;
use super::row::{count, from_json, number, parsed, seconds, time, to_json};
use crate::storage::{EventFilter, Events, StorageError};

#[async_trait]
impl Events for SqliteStore {
    async fn find(&self, id: &EventId) -> Result<Option<(StoredEvent, LeafIndex)>, StorageError> {
        let row = sqlx::query("SELECT * FROM chronicle_events WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Ok((event(&row)?, leaf_index(&row, "log_index")?)))
            .transpose()
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

/// Writes an event as part of the transaction that appends it to the log.
pub(super) async fn insert(
    transaction: &mut Transaction<'static, Sqlite>,
    event: &StoredEvent,
    index: LeafIndex,
) -> Result<(), StorageError> {
    let payload = &event.payload;
    sqlx::query(
        "INSERT INTO chronicle_events \
         (id, timestamp, service, action, package, version, tarball_hash, user_id, payload, metadata, log_index) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
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
    .bind(number("log_index", index.get())?)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Where in the log the event stands that says the same, if there is one.
pub(super) async fn place_of_the_same(
    transaction: &mut Transaction<'static, Sqlite>,
    payload: &EventRequest,
) -> Result<Option<LeafIndex>, StorageError> {
    let row = sqlx::query(
        "SELECT log_index FROM chronicle_events WHERE action = $1 AND package = $2 AND version = $3 AND tarball_hash = $4",
    )
    .bind(payload.event_type.as_str())
    .bind(payload.package.as_str())
    .bind(payload.version.to_string())
    .bind(payload.artifacts.tarball_hash.to_string())
    .fetch_optional(&mut **transaction)
    .await?;
    row.map(|row| leaf_index(&row, "log_index")).transpose()
}

/// The events that stand nowhere in the log, the oldest first.
pub(super) async fn outside_the_log(
    transaction: &mut Transaction<'static, Sqlite>,
) -> Result<Vec<StoredEvent>, StorageError> {
    let rows = sqlx::query("SELECT * FROM chronicle_events WHERE log_index IS NULL ORDER BY seq")
        .fetch_all(&mut **transaction)
        .await?;
    rows.iter().map(event).collect()
}

/// Notes where in the log an event stands.
pub(super) async fn stands_at(
    transaction: &mut Transaction<'static, Sqlite>,
    id: &EventId,
    index: LeafIndex,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE chronicle_events SET log_index = $1 WHERE id = $2")
        .bind(number("log_index", index.get())?)
        .bind(id.as_str())
        .execute(&mut **transaction)
        .await?;
    Ok(())
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
