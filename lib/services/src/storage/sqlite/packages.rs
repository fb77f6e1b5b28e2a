//! Packages of the npm registry in SQLite.

use async_trait::async_trait;
use certified_evidence::{PackageName, Version};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, Sqlite, Transaction};

use super::row::{from_json, parsed, seconds, time, to_json};
use super::{SqliteStore, audit};
use crate::storage::{AuditEntry, Packages, StorageError, StoredVersion, Tag};

#[async_trait]
impl Packages for SqliteStore {
    async fn publish(&self, new: &StoredVersion, tags: &[String], entry: &AuditEntry) -> Result<bool, StorageError> {
        let mut transaction = self.write().await?;
        // What waits on the stage has its version to itself.
        let staged = sqlx::query("SELECT 1 FROM npm_staged WHERE name = $1 AND version = $2")
            .bind(new.name.as_str())
            .bind(new.version.to_string())
            .fetch_optional(&mut *transaction)
            .await?;
        if staged.is_some() || !insert(&mut transaction, new, tags).await? {
            return Ok(false);
        }
        audit::commit(transaction, entry).await?;
        Ok(true)
    }

    async fn versions(&self, name: &PackageName) -> Result<Vec<StoredVersion>, StorageError> {
        let rows = sqlx::query("SELECT * FROM npm_versions WHERE name = $1 ORDER BY seq")
            .bind(name.as_str())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(version).collect()
    }

    async fn tags(&self, name: &PackageName) -> Result<Vec<Tag>, StorageError> {
        let rows = sqlx::query("SELECT tag, version FROM npm_tags WHERE name = $1 ORDER BY tag")
            .bind(name.as_str())
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Tag {
                    tag: row.try_get("tag")?,
                    version: parsed(row, "version")?,
                })
            })
            .collect()
    }

    async fn set_tag(
        &self,
        name: &PackageName,
        tag: &str,
        version: Option<&Version>,
        entry: &AuditEntry,
    ) -> Result<(), StorageError> {
        let mut transaction = self.write().await?;
        match version {
            Some(version) => point(&mut transaction, name, tag, version).await?,
            None => {
                sqlx::query("DELETE FROM npm_tags WHERE name = $1 AND tag = $2")
                    .bind(name.as_str())
                    .bind(tag)
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        audit::commit(transaction, entry).await
    }
}

/// Publishes a version and points its tags at it; false when it is published.
pub(super) async fn insert(
    transaction: &mut Transaction<'static, Sqlite>,
    new: &StoredVersion,
    tags: &[String],
) -> Result<bool, StorageError> {
    let done = sqlx::query(
        "INSERT INTO npm_versions (name, version, manifest, shasum, integrity, sha256, published_by, published_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (name, version) DO NOTHING",
    )
    .bind(new.name.as_str())
    .bind(new.version.to_string())
    .bind(to_json("manifest", &new.manifest)?)
    .bind(new.shasum.to_string())
    .bind(new.integrity.to_string())
    .bind(new.sha256.to_string())
    .bind(&new.published_by)
    .bind(seconds(new.published_at))
    .execute(&mut **transaction)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    for tag in tags {
        point(transaction, &new.name, tag, &new.version).await?;
    }
    sqlx::query(
        "INSERT INTO npm_tags (name, tag, version) VALUES ($1, 'latest', $2) ON CONFLICT (name, tag) DO NOTHING",
    )
    .bind(new.name.as_str())
    .bind(new.version.to_string())
    .execute(&mut **transaction)
    .await?;
    Ok(true)
}

async fn point(
    transaction: &mut Transaction<'static, Sqlite>,
    name: &PackageName,
    tag: &str,
    version: &Version,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO npm_tags (name, tag, version) VALUES ($1, $2, $3) \
         ON CONFLICT (name, tag) DO UPDATE SET version = excluded.version",
    )
    .bind(name.as_str())
    .bind(tag)
    .bind(version.to_string())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Reads a version, published or waiting.
pub(super) fn version(row: &SqliteRow) -> Result<StoredVersion, StorageError> {
    Ok(StoredVersion {
        name: parsed(row, "name")?,
        version: parsed(row, "version")?,
        manifest: from_json(row, "manifest")?,
        shasum: parsed(row, "shasum")?,
        integrity: parsed(row, "integrity")?,
        sha256: parsed(row, "sha256")?,
        published_by: row.try_get("published_by")?,
        published_at: time(row, "published_at")?,
    })
}
