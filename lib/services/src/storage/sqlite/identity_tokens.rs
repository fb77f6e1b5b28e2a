//! Used identity tokens in SQLite.

use async_trait::async_trait;
use certified_evidence::Timestamp;

use super::row::seconds;
use super::{SqliteStore, audit};
use crate::storage::{AuditEntry, IdentityTokenStore, StorageError, UsedToken, Written};

#[async_trait]
impl IdentityTokenStore for SqliteStore {
    async fn spend(&self, token: &UsedToken, now: Timestamp, entry: &AuditEntry) -> Result<Written<()>, StorageError> {
        let mut transaction = self.write().await?;
        sqlx::query("DELETE FROM identity_tokens WHERE forget_after < $1")
            .bind(seconds(now))
            .execute(&mut *transaction)
            .await?;
        // The primary key decides who was first, not a look beforehand.
        let inserted = sqlx::query(
            "INSERT INTO identity_tokens (name, forget_after) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        )
        .bind(token.name.to_string())
        .bind(seconds(token.forget_after))
        .execute(&mut *transaction)
        .await?;
        if inserted.rows_affected() == 0 {
            return Ok(Written::Present(()));
        }
        audit::commit(transaction, entry).await?;
        Ok(Written::New(()))
    }
}

#[cfg(test)]
mod tests {
    use certified_evidence::Digest;

    use super::*;
    use crate::staged::{NOW, request_id, store};

    #[tokio::test]
    async fn a_token_is_spent_once_and_forgotten_after_its_time() {
        let store = store().await;
        let token = |name: &[u8], after: u64| UsedToken {
            name: Digest::of(name),
            forget_after: NOW.plus_seconds(after),
        };
        let entry = AuditEntry {
            timestamp: NOW,
            actor: "publisher".into(),
            action: "oidc:accept",
            resource: "run".into(),
            request_id: request_id(),
        };
        let (one, other) = (token(b"one", 10), token(b"other", 100));
        for token in [&one, &other] {
            assert_eq!(store.spend(token, NOW, &entry).await.unwrap(), Written::New(()));
            assert_eq!(store.spend(token, NOW, &entry).await.unwrap(), Written::Present(()));
        }
        let later = NOW.plus_seconds(11);
        assert_eq!(store.spend(&other, later, &entry).await.unwrap(), Written::Present(()));
        assert_eq!(
            store.spend(&token(b"third", 100), later, &entry).await.unwrap(),
            Written::New(())
        );
        let kept = sqlx::query("SELECT name FROM identity_tokens")
            .fetch_all(&store.pool)
            .await
            .unwrap();
        assert_eq!(kept.len(), 2);
    }
}
