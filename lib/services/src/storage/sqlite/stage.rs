//! The stage of the npm registry in SQLite.

use async_trait::async_trait;
use certified_evidence::{PackageName, StageId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, Sqlite, Transaction};

use super::packages;
use super::row::{from_json, parsed, seconds, to_json};
use super::{SqliteStore, audit};
use crate::storage::{AuditEntry, Stage, StagedVersion, StorageError};

#[async_trait]
impl Stage for SqliteStore {
    async fn stage(&self, staged: &StagedVersion, entry: &AuditEntry) -> Result<bool, StorageError> {
        let mut transaction = self.write().await?;
        let new = &staged.version;
        // One statement: whoever publishes the version between a look and a write would be overlooked.
        let done = sqlx::query(
            "INSERT INTO npm_staged (id, name, version, tags, manifest, shasum, integrity, sha256, staged_by, actor_type, access, staged_at) \
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 \
             WHERE NOT EXISTS (SELECT 1 FROM npm_versions WHERE name = $2 AND version = $3) \
             ON CONFLICT (name, version) DO NOTHING",
        )
        .bind(staged.id.as_str())
        .bind(new.name.as_str())
        .bind(new.version.to_string())
        .bind(to_json("tags", &staged.tags)?)
        .bind(to_json("manifest", &new.manifest)?)
        .bind(new.shasum.to_string())
        .bind(new.integrity.to_string())
        .bind(new.sha256.to_string())
        .bind(&new.published_by)
        .bind(&staged.actor_type)
        .bind(&staged.access)
        .bind(seconds(new.published_at))
        .execute(&mut *transaction)
        .await?;
        audit::commit_changed(transaction, done.rows_affected(), entry).await
    }

    async fn staged(&self, id: &StageId) -> Result<Option<StagedVersion>, StorageError> {
        let row =
            sqlx::query("SELECT *, staged_by AS published_by, staged_at AS published_at FROM npm_staged WHERE id = $1")
                .bind(id.as_str())
                .fetch_optional(&self.pool)
                .await?;
        row.as_ref().map(read).transpose()
    }

    async fn all_staged(&self, name: Option<&PackageName>) -> Result<Vec<StagedVersion>, StorageError> {
        let rows = sqlx::query(
            "SELECT *, staged_by AS published_by, staged_at AS published_at FROM npm_staged \
             WHERE $1 IS NULL OR name = $1 ORDER BY seq",
        )
        .bind(name.map(PackageName::as_str))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read).collect()
    }

    async fn approve(&self, staged: &StagedVersion, entry: &AuditEntry) -> Result<bool, StorageError> {
        let mut transaction = self.write().await?;
        let taken = take(&mut transaction, &staged.id).await?;
        if taken == 0 || !packages::insert(&mut transaction, &staged.version, &staged.tags).await? {
            return Ok(false);
        }
        audit::commit_changed(transaction, taken, entry).await
    }

    async fn reject(&self, id: &StageId, entry: &AuditEntry) -> Result<bool, StorageError> {
        let mut transaction = self.write().await?;
        let taken = take(&mut transaction, id).await?;
        audit::commit_changed(transaction, taken, entry).await
    }
}

async fn take(transaction: &mut Transaction<'static, Sqlite>, id: &StageId) -> Result<u64, StorageError> {
    let done = sqlx::query("DELETE FROM npm_staged WHERE id = $1")
        .bind(id.as_str())
        .execute(&mut **transaction)
        .await?;
    Ok(done.rows_affected())
}

/// What waits is asked for under the names that columns of published versions have.
fn read(row: &SqliteRow) -> Result<StagedVersion, StorageError> {
    Ok(StagedVersion {
        id: parsed(row, "id")?,
        version: packages::version(row)?,
        tags: from_json(row, "tags")?,
        actor_type: row.try_get("actor_type")?,
        access: row.try_get("access")?,
    })
}
