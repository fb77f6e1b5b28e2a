//! Certificates in SQLite.

use async_trait::async_trait;
use certified_evidence::{CertId, Digest, PackageName};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::row::{from_json, optional_time, parsed, seconds, time, to_json};
use super::{SqliteStore, audit};
use crate::storage::{AuditEntry, Certificates, Revocation, StorageError, StoredCertificate, Written};

#[async_trait]
impl Certificates for SqliteStore {
    async fn add(&self, certificate: &StoredCertificate, entry: &AuditEntry) -> Result<(), StorageError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO certificates (cert_id, chitty_id, package_name, version, pem, chain, issuer, fingerprint, \
             serial_number, issued_at, expires_at, owner, requester, governance_approval) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        )
        .bind(certificate.cert_id.as_str())
        .bind(certificate.chitty_id.as_str())
        .bind(certificate.package_name.as_str())
        .bind(certificate.version.to_string())
        .bind(&certificate.pem)
        .bind(to_json("chain", &certificate.chain)?)
        .bind(&certificate.issuer)
        .bind(certificate.fingerprint.to_string())
        .bind(&certificate.serial_number)
        .bind(seconds(certificate.issued_at))
        .bind(seconds(certificate.expires_at))
        .bind(&certificate.owner)
        .bind(to_json("requester", &certificate.requester)?)
        .bind(&certificate.governance_approval)
        .execute(&mut *transaction)
        .await?;
        audit::commit(transaction, entry).await
    }

    async fn find(&self, cert_id: &CertId) -> Result<Option<StoredCertificate>, StorageError> {
        let row = sqlx::query("SELECT * FROM certificates WHERE cert_id = $1")
            .bind(cert_id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(certificate).transpose()
    }

    async fn of_fingerprint(&self, fingerprint: &Digest) -> Result<Option<StoredCertificate>, StorageError> {
        let row = sqlx::query("SELECT * FROM certificates WHERE fingerprint = $1")
            .bind(fingerprint.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(certificate).transpose()
    }

    async fn revoke(
        &self,
        cert_id: &CertId,
        revocation: &Revocation,
        entry: &AuditEntry,
    ) -> Result<Option<Written<Revocation>>, StorageError> {
        let mut transaction = self.write().await?;
        let row = sqlx::query("SELECT revoked_at, revocation_reason FROM certificates WHERE cert_id = $1")
            .bind(cert_id.as_str())
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = row else { return Ok(None) };
        if let Some(first) = withdrawn(&row)?.filter(|first| first.at <= revocation.at) {
            return Ok(Some(Written::Present(first)));
        }
        sqlx::query("UPDATE certificates SET revoked_at = $1, revocation_reason = $2 WHERE cert_id = $3")
            .bind(seconds(revocation.at))
            .bind(&revocation.reason)
            .bind(cert_id.as_str())
            .execute(&mut *transaction)
            .await?;
        audit::commit(transaction, entry).await?;
        Ok(Some(Written::New(revocation.clone())))
    }

    async fn of_package(&self, name: &PackageName) -> Result<Vec<StoredCertificate>, StorageError> {
        let rows = sqlx::query(
            "SELECT * FROM certificates WHERE package_name = $1 ORDER BY issued_at DESC, cert_id LIMIT 1000",
        )
        .bind(name.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(certificate).collect()
    }
}

fn certificate(row: &SqliteRow) -> Result<StoredCertificate, StorageError> {
    Ok(StoredCertificate {
        cert_id: parsed(row, "cert_id")?,
        chitty_id: parsed(row, "chitty_id")?,
        package_name: parsed(row, "package_name")?,
        version: parsed(row, "version")?,
        pem: row.try_get("pem")?,
        chain: from_json(row, "chain")?,
        issuer: row.try_get("issuer")?,
        fingerprint: parsed(row, "fingerprint")?,
        serial_number: row.try_get("serial_number")?,
        issued_at: time(row, "issued_at")?,
        expires_at: time(row, "expires_at")?,
        owner: row.try_get("owner")?,
        requester: from_json(row, "requester")?,
        governance_approval: row.try_get("governance_approval")?,
        revocation: withdrawn(row)?,
    })
}

fn withdrawn(row: &SqliteRow) -> Result<Option<Revocation>, StorageError> {
    let reason: Option<String> = row.try_get("revocation_reason")?;
    let at = optional_time(row, "revoked_at")?;
    Ok(at.map(|at| Revocation {
        at,
        reason: reason.unwrap_or_default(),
    }))
}
