//! Registered releases in SQLite.

use async_trait::async_trait;
use certified_evidence::wire::registry::{PackageStatus, RegisterRequest};
use certified_evidence::{PackageName, Version};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::row::{from_json, parsed, seconds, time, to_json, unreadable};
use super::{SqliteStore, audit};
use crate::storage::{AuditEntry, Registration, Registrations, StatusChange, StorageError, Written};

#[async_trait]
impl Registrations for SqliteStore {
    async fn register(&self, new: &Registration, entry: &AuditEntry) -> Result<Written<Registration>, StorageError> {
        let release = &new.release;
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "INSERT INTO registrations (reg_id, package_name, version, status, status_reason, tarball_hash, integrity, release, \
             registered_by, registered_at, updated_at) \
             VALUES ($1, $2, $3, $4, '', $5, $6, $7, $8, $9, $10) ON CONFLICT (package_name, version) DO NOTHING",
        )
        .bind(new.reg_id.as_str())
        .bind(release.package_name.as_str())
        .bind(release.version.to_string())
        .bind(release.status.as_str())
        .bind(release.tarball_hash.to_string())
        .bind(release.integrity.to_string())
        .bind(to_json("release", release)?)
        .bind(&new.registered_by)
        .bind(seconds(new.registered_at))
        .bind(seconds(new.updated_at))
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            let row = sqlx::query("SELECT * FROM registrations WHERE package_name = $1 AND version = $2")
                .bind(release.package_name.as_str())
                .bind(release.version.to_string())
                .fetch_one(&mut *transaction)
                .await?;
            return Ok(Written::Present(registration(&row)?));
        }
        audit::commit(transaction, entry).await?;
        Ok(Written::New(new.clone()))
    }

    async fn find(&self, name: &PackageName, version: &Version) -> Result<Option<Registration>, StorageError> {
        let row = sqlx::query("SELECT * FROM registrations WHERE package_name = $1 AND version = $2")
            .bind(name.as_str())
            .bind(version.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(registration).transpose()
    }

    async fn change_status(&self, change: &StatusChange, entry: &AuditEntry) -> Result<bool, StorageError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "UPDATE registrations SET status = $1, status_reason = $2, updated_at = $3 \
             WHERE package_name = $4 AND version = $5 AND status = $6",
        )
        .bind(change.to.as_str())
        .bind(&change.reason)
        .bind(seconds(change.at))
        .bind(change.name.as_str())
        .bind(change.version.to_string())
        .bind(change.from.as_str())
        .execute(&mut *transaction)
        .await?;
        audit::commit_changed(transaction, done.rows_affected(), entry).await
    }

    async fn of_package(&self, name: &PackageName) -> Result<Vec<Registration>, StorageError> {
        let rows = sqlx::query("SELECT * FROM registrations WHERE package_name = $1 ORDER BY seq LIMIT 1000")
            .bind(name.as_str())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(registration).collect()
    }

    async fn names(&self) -> Result<Vec<PackageName>, StorageError> {
        let rows = sqlx::query("SELECT DISTINCT package_name FROM registrations ORDER BY package_name LIMIT 10000")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| parsed(row, "package_name")).collect()
    }
}

fn registration(row: &SqliteRow) -> Result<Registration, StorageError> {
    let mut release: RegisterRequest = from_json(row, "release")?;
    release.status = status(row.try_get("status")?)?;
    Ok(Registration {
        reg_id: parsed(row, "reg_id")?,
        release,
        registered_by: row.try_get("registered_by")?,
        registered_at: time(row, "registered_at")?,
        updated_at: time(row, "updated_at")?,
    })
}

fn status(word: &str) -> Result<PackageStatus, StorageError> {
    serde_json::from_value(word.into()).map_err(|cause| unreadable("status", &cause))
}
