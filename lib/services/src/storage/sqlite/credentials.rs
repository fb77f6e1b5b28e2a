//! API keys and service tokens in SQLite.

use async_trait::async_trait;
use certified_evidence::Digest;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::SqliteStore;
use super::row::{from_json, parsed, seconds, time, to_json, unreadable};
use crate::storage::{CredentialState, Credentials, StorageError, StoredCredential};

#[async_trait]
impl Credentials for SqliteStore {
    async fn api_key(&self, hash: &Digest) -> Result<Option<StoredCredential>, StorageError> {
        let row = sqlx::query(
            "SELECT key_hash AS hash, chitty_id AS owner, name, scopes, status, created_at, expires_at \
             FROM api_keys WHERE key_hash = $1",
        )
        .bind(hash.to_string())
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(credential).transpose()
    }

    async fn service_token(&self, hash: &Digest) -> Result<Option<StoredCredential>, StorageError> {
        let row = sqlx::query(
            "SELECT token_hash AS hash, service_id AS owner, service_id AS name, scopes, status, created_at, expires_at \
             FROM service_tokens WHERE token_hash = $1",
        )
        .bind(hash.to_string())
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(credential).transpose()
    }

    async fn add(
        &self,
        api_keys: &[StoredCredential],
        service_tokens: &[StoredCredential],
    ) -> Result<(), StorageError> {
        let mut transaction = self.write().await?;
        for key in api_keys {
            sqlx::query(
                "INSERT INTO api_keys (key_hash, chitty_id, name, scopes, status, created_at, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(key.hash.to_string())
            .bind(&key.owner)
            .bind(&key.name)
            .bind(to_json("scopes", &key.scopes)?)
            .bind(state_word(key.state))
            .bind(seconds(key.created_at))
            .bind(seconds(key.expires_at))
            .execute(&mut *transaction)
            .await?;
        }
        for token in service_tokens {
            sqlx::query(
                "INSERT INTO service_tokens (token_hash, service_id, scopes, status, created_at, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(token.hash.to_string())
            .bind(&token.owner)
            .bind(to_json("scopes", &token.scopes)?)
            .bind(state_word(token.state))
            .bind(seconds(token.created_at))
            .bind(seconds(token.expires_at))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

fn credential(row: &SqliteRow) -> Result<StoredCredential, StorageError> {
    Ok(StoredCredential {
        hash: parsed(row, "hash")?,
        owner: row.try_get("owner")?,
        name: row.try_get("name")?,
        scopes: from_json(row, "scopes")?,
        state: state(row.try_get("status")?)?,
        created_at: time(row, "created_at")?,
        expires_at: time(row, "expires_at")?,
    })
}

const fn state_word(state: CredentialState) -> &'static str {
    match state {
        CredentialState::Active => "active",
        CredentialState::Revoked => "revoked",
    }
}

fn state(word: &str) -> Result<CredentialState, StorageError> {
    match word {
        "active" => Ok(CredentialState::Active),
        "revoked" => Ok(CredentialState::Revoked),
        other => Err(unreadable("status", &other)),
    }
}
