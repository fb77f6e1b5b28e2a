//! The log in SQLite.
//!
//! Why nothing is lost and nothing forks. `append` is one transaction. It takes the database's one write lock before it reads where the
//! log ends, so between that reading and the commit nobody else appends: two writers cannot extend the same tree. (On PostgreSQL the same
//! is `LOCK TABLE log_entries IN EXCLUSIVE MODE` as the first statement; without it the primary key would refuse the second of two equal
//! indexes, and with it that transaction.) Entry, nodes, event and audit entry are committed together, and the commit returns when the
//! write-ahead log is on the disk (`synchronous = FULL`). A process that is killed before that leaves nothing, because the next one to open
//! the database passes over an unfinished transaction; one that is killed after it leaves everything, whether or not its answer went out,
//! and the same content again is then found and not appended. Checkpoints are signed from what `size` and `nodes` read outside of any
//! writing transaction, so only from what is committed: no crash can take back what a checkpoint has spoken of.

use std::collections::HashMap;

use async_trait::async_trait;
use certified_evidence::log::{Entry, Frontier, LeafHash, LeafIndex, NodeAt, TreeHash, TreeSize};
use certified_evidence::wire::chronicle::Receipt;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteExecutor, Transaction};

use super::row::{count, number, unreadable};
use super::{SqliteStore, audit, events};
use crate::storage::{Append, LogStore, StorageError, Written};

#[async_trait]
impl LogStore for SqliteStore {
    async fn append(&self, batch: &[Append]) -> Result<Vec<Written<LeafIndex>>, StorageError> {
        let mut transaction = self.write().await?;
        let mut end = End::of(&mut transaction).await?;
        let mut written = Vec::with_capacity(batch.len());
        for append in batch {
            written.push(end.append(&mut transaction, append).await?);
        }
        transaction.commit().await?;
        Ok(written)
    }

    async fn size(&self) -> Result<TreeSize, StorageError> {
        size(&self.pool).await
    }

    async fn nodes(&self, places: &[NodeAt]) -> Result<HashMap<NodeAt, TreeHash>, StorageError> {
        nodes(&self.pool, places).await
    }

    async fn row(&self, first: NodeAt, count: u16) -> Result<Vec<TreeHash>, StorageError> {
        let from = number("idx", first.index())?;
        let rows = sqlx::query("SELECT hash FROM log_nodes WHERE level = $1 AND idx >= $2 AND idx < $3 ORDER BY idx")
            .bind(i64::from(first.level()))
            .bind(from)
            .bind(from.saturating_add(count.into()))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(hash).collect()
    }

    async fn entries(&self, first: LeafIndex, count: u16) -> Result<Vec<Entry>, StorageError> {
        let from = number("idx", first.get())?;
        let rows = sqlx::query("SELECT entry FROM log_entries WHERE idx >= $1 AND idx < $2 ORDER BY idx")
            .bind(from)
            .bind(from.saturating_add(count.into()))
            .fetch_all(&self.pool)
            .await?;
        let entry = |row: &SqliteRow| {
            let bytes: Vec<u8> = row.try_get("entry")?;
            Entry::new(bytes).map_err(|cause| unreadable("entry", &cause))
        };
        rows.iter().map(entry).collect()
    }
}

impl SqliteStore {
    /// Appends the events from before there was a log, in the order in which they were recorded. Does nothing when there are none.
    pub(super) async fn append_older_events(&self) -> Result<(), StorageError> {
        let mut transaction = self.write().await?;
        let older = events::outside_the_log(&mut transaction).await?;
        if older.is_empty() {
            return Ok(());
        }
        let mut end = End::of(&mut transaction).await?;
        for event in older {
            let entry = Receipt::entry_of(&event).map_err(|cause| unreadable("event", &cause))?;
            let index = end.push(&mut transaction, &entry).await?;
            events::stands_at(&mut transaction, &event.id, index).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// Where the log ends, inside a transaction that holds the write lock.
struct End(Frontier);

impl End {
    async fn of(transaction: &mut Transaction<'static, Sqlite>) -> Result<Self, StorageError> {
        let size = size(&mut **transaction).await?;
        let known = nodes(&mut **transaction, &Frontier::nodes(size)).await?;
        let frontier = Frontier::of(size, &known).map_err(|cause| unreadable("log", &cause))?;
        Ok(Self(frontier))
    }

    async fn append(
        &mut self,
        transaction: &mut Transaction<'static, Sqlite>,
        append: &Append,
    ) -> Result<Written<LeafIndex>, StorageError> {
        let present = match &append.event {
            Some(event) => events::place_of_the_same(transaction, &event.payload).await?,
            None => place_of(transaction, append.entry.leaf_hash()).await?,
        };
        if let Some(index) = present {
            return Ok(Written::Present(index));
        }
        let index = self.push(transaction, &append.entry).await?;
        if let Some(event) = &append.event {
            events::insert(transaction, event, index).await?;
        }
        audit::append(transaction, &append.audit).await?;
        Ok(Written::New(index))
    }

    async fn push(
        &mut self,
        transaction: &mut Transaction<'static, Sqlite>,
        entry: &Entry,
    ) -> Result<LeafIndex, StorageError> {
        let leaf = entry.leaf_hash();
        let (index, complete) = self.0.push(leaf).map_err(|cause| unreadable("log", &cause))?;
        sqlx::query("INSERT INTO log_entries (idx, leaf_hash, entry) VALUES ($1, $2, $3)")
            .bind(number("idx", index.get())?)
            .bind(&leaf.as_bytes()[..])
            .bind(entry.as_bytes())
            .execute(&mut **transaction)
            .await?;
        for (at, hash) in complete {
            sqlx::query("INSERT INTO log_nodes (level, idx, hash) VALUES ($1, $2, $3)")
                .bind(i64::from(at.level()))
                .bind(number("idx", at.index())?)
                .bind(&hash.as_bytes()[..])
                .execute(&mut **transaction)
                .await?;
        }
        Ok(index)
    }
}

/// Counted by the last index and not by a number of its own, so that there is nothing that could disagree with the entries.
async fn size<'e>(from: impl SqliteExecutor<'e>) -> Result<TreeSize, StorageError> {
    let row = sqlx::query("SELECT COALESCE(MAX(idx) + 1, 0) AS size FROM log_entries")
        .fetch_one(from)
        .await?;
    TreeSize::try_from(count(&row, "size")?).map_err(|cause| unreadable("size", &cause))
}

async fn nodes<'e>(
    from: impl SqliteExecutor<'e>,
    places: &[NodeAt],
) -> Result<HashMap<NodeAt, TreeHash>, StorageError> {
    if places.is_empty() {
        return Ok(HashMap::new());
    }
    // A proof has at most a few dozen nodes, so the statement stays short.
    let mut query = QueryBuilder::new("SELECT level, idx, hash FROM log_nodes WHERE ");
    for (position, place) in places.iter().enumerate() {
        query.push(if position == 0 { "(level = " } else { " OR (level = " });
        query.push_bind(i64::from(place.level())).push(" AND idx = ");
        query.push_bind(number("idx", place.index())?).push(")");
    }
    let rows = query.build().fetch_all(from).await?;
    rows.iter().map(|row| Ok((place(row)?, hash(row)?))).collect()
}

async fn place_of(
    transaction: &mut Transaction<'static, Sqlite>,
    leaf: LeafHash,
) -> Result<Option<LeafIndex>, StorageError> {
    let row = sqlx::query("SELECT idx FROM log_entries WHERE leaf_hash = $1")
        .bind(&leaf.as_bytes()[..])
        .fetch_optional(&mut **transaction)
        .await?;
    row.map(|row| leaf_index(&row, "idx")).transpose()
}

/// A log index.
pub(super) fn leaf_index(row: &SqliteRow, column: &'static str) -> Result<LeafIndex, StorageError> {
    LeafIndex::try_from(count(row, column)?).map_err(|cause| unreadable(column, &cause))
}

fn place(row: &SqliteRow) -> Result<NodeAt, StorageError> {
    let level = u8::try_from(count(row, "level")?).map_err(|cause| unreadable("level", &cause))?;
    NodeAt::new(level, count(row, "idx")?).ok_or_else(|| unreadable("node", &"a place outside of any tree"))
}

fn hash(row: &SqliteRow) -> Result<TreeHash, StorageError> {
    let bytes: Vec<u8> = row.try_get("hash")?;
    let bytes: [u8; 32] = bytes
        .try_into()
        .map_err(|bytes: Vec<u8>| unreadable("hash", &format!("{} bytes", bytes.len())))?;
    Ok(TreeHash::from_bytes(bytes))
}
