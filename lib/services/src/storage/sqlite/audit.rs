//! Appending to the audit log.

use certified_evidence::Digest;
use sqlx::{Row as _, Sqlite, Transaction};

use super::row::seconds;
use crate::storage::{AuditEntry, StorageError};

/// Writes an entry as part of the transaction of what it tells about.
pub(super) async fn append(
    transaction: &mut Transaction<'static, Sqlite>,
    entry: &AuditEntry,
) -> Result<(), StorageError> {
    // The transaction holds the write lock, so nobody appends between this reading and the writing below.
    let last = sqlx::query("SELECT entry_hash FROM audit_logs ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut **transaction)
        .await?;
    let previous = match last {
        Some(row) => row.try_get("entry_hash")?,
        None => Digest::of(b"").to_string(),
    };
    let hash = Digest::of(entry.hashed_text(&previous).as_bytes());
    sqlx::query(
        "INSERT INTO audit_logs (timestamp, actor, action, resource, outcome, request_id, prev_hash, entry_hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(seconds(entry.timestamp))
    .bind(&entry.actor)
    .bind(entry.action)
    .bind(&entry.resource)
    .bind(AuditEntry::OUTCOME)
    .bind(entry.request_id.as_str())
    .bind(previous)
    .bind(hash.to_string())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Ends a transaction with the entry that tells about it: both are kept, or neither.
pub(super) async fn commit(
    mut transaction: Transaction<'static, Sqlite>,
    entry: &AuditEntry,
) -> Result<(), StorageError> {
    append(&mut transaction, entry).await?;
    Ok(transaction.commit().await?)
}

/// The same when the transaction changed any rows; false, and nothing is kept, when it changed none.
pub(super) async fn commit_changed(
    transaction: Transaction<'static, Sqlite>,
    rows: u64,
    entry: &AuditEntry,
) -> Result<bool, StorageError> {
    if rows > 0 {
        commit(transaction, entry).await?;
    }
    Ok(rows > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staged::{NOW, request_id, store};

    #[tokio::test]
    async fn every_entry_is_bound_to_the_one_before() {
        let store = store().await;
        let entry = |resource: &str| AuditEntry {
            timestamp: NOW,
            actor: "publisher".into(),
            action: "certificate:issue",
            resource: resource.into(),
            request_id: request_id(),
        };
        let entries = [entry("one"), entry("two"), entry("two")];
        for entry in &entries {
            let mut transaction = store.write().await.unwrap();
            append(&mut transaction, entry).await.unwrap();
            transaction.commit().await.unwrap();
        }
        let rows = sqlx::query("SELECT prev_hash, entry_hash FROM audit_logs ORDER BY seq").fetch_all(&store.pool);
        let mut previous = Digest::of(b"").to_string();
        for (row, entry) in rows.await.unwrap().iter().zip(&entries) {
            assert_eq!(row.get::<String, _>("prev_hash"), previous);
            previous = Digest::of(entry.hashed_text(&previous).as_bytes()).to_string();
            assert_eq!(row.get::<String, _>("entry_hash"), previous);
        }
    }

    #[tokio::test]
    async fn what_is_not_committed_leaves_no_entry() {
        let store = store().await;
        let mut transaction = store.write().await.unwrap();
        let entry = AuditEntry {
            timestamp: NOW,
            actor: "publisher".into(),
            action: "certificate:issue",
            resource: "one".into(),
            request_id: request_id(),
        };
        append(&mut transaction, &entry).await.unwrap();
        drop(transaction);
        let rows = sqlx::query("SELECT seq FROM audit_logs")
            .fetch_all(&store.pool)
            .await
            .unwrap();
        assert!(rows.is_empty());
    }
}
