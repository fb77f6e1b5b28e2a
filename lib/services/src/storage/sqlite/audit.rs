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
