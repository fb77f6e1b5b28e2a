//! Trusted publishers in SQLite.

use async_trait::async_trait;
use certified_evidence::PackageName;
use sqlx::Row as _;

use super::row::{from_json, parsed, to_json};
use super::{SqliteStore, audit};
use crate::npm::TrustedPublisher;
use crate::storage::{AuditEntry, Publishers, StorageError};

#[async_trait]
impl Publishers for SqliteStore {
    async fn publisher(&self, name: &PackageName) -> Result<Option<TrustedPublisher>, StorageError> {
        let row = sqlx::query("SELECT * FROM npm_trusted_publishers WHERE name = $1")
            .bind(name.as_str())
            .fetch_optional(&self.pool)
            .await?;
        let publisher = row.map(|row| {
            Ok::<_, StorageError>(TrustedPublisher {
                name: parsed(&row, "name")?,
                id: row.try_get("id")?,
                repository: row.try_get("repository")?,
                workflow: row.try_get("workflow")?,
                environment: row.try_get("environment")?,
                permissions: from_json(&row, "permissions")?,
            })
        });
        publisher.transpose()
    }

    async fn trust(&self, publisher: &TrustedPublisher, entry: &AuditEntry) -> Result<bool, StorageError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "INSERT INTO npm_trusted_publishers (name, id, repository, workflow, environment, permissions) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO NOTHING",
        )
        .bind(publisher.name.as_str())
        .bind(&publisher.id)
        .bind(&publisher.repository)
        .bind(&publisher.workflow)
        .bind(&publisher.environment)
        .bind(to_json("permissions", &publisher.permissions)?)
        .execute(&mut *transaction)
        .await?;
        audit::commit_changed(transaction, done.rows_affected(), entry).await
    }
}
