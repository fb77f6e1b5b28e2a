//! What ChittyConnect gave, in SQLite.

use async_trait::async_trait;
use certified_evidence::Timestamp;

use super::row::{count, optional_time, seconds};
use super::{SqliteStore, audit};
use crate::storage::{AuditEntry, Counted, Provision, Provisions, StorageError};

#[async_trait]
impl Provisions for SqliteStore {
    async fn count(
        &self,
        new: &Provision,
        since: Timestamp,
        most: u32,
        entry: &AuditEntry,
    ) -> Result<Counted, StorageError> {
        let mut transaction = self.write().await?;
        let row = sqlx::query(
            "SELECT COUNT(*) AS given, MIN(created_at) AS oldest FROM credential_provisions \
             WHERE service = $1 AND created_at > $2",
        )
        .bind(&new.service)
        .bind(seconds(since))
        .fetch_one(&mut *transaction)
        .await?;
        if count(&row, "given")? >= u64::from(most) {
            let oldest = optional_time(&row, "oldest")?.unwrap_or(since);
            return Ok(Counted::TooMany { oldest });
        }
        sqlx::query(
            "INSERT INTO credential_provisions \
             (token_id, type, service, purpose, requesting_service, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&new.token_id)
        .bind(&new.kind)
        .bind(&new.service)
        .bind(&new.purpose)
        .bind(&new.requesting_service)
        .bind(seconds(new.created_at))
        .bind(seconds(new.expires_at))
        .execute(&mut *transaction)
        .await?;
        audit::commit(transaction, entry).await?;
        Ok(Counted::Yes)
    }
}
