//! Who is admitted.

use std::sync::Arc;

use certified_evidence::{Digest, Timestamp};

use super::caller::{Caller, Kind, Presented};
use super::pace::Pace;
use crate::Clock;
use crate::refusal::Refusal;
use crate::storage::{CredentialState, Credentials, StoredCredential};

/// Knows the credentials by their hashes.
pub(crate) struct Auth {
    credentials: Arc<dyn Credentials>,
    clock: Clock,
    pace: Pace,
}

impl Auth {
    /// Judges by these credentials and this clock.
    pub(crate) fn new(credentials: Arc<dyn Credentials>, clock: Clock) -> Self {
        Self {
            credentials,
            clock,
            pace: Pace::default(),
        }
    }

    /// Lets a caller in who shows a credential in the `Authorization` header, and counts the request.
    ///
    /// An `X-API-Key` beside it must be in force and belong to the same owner; alone it counts as the credential.
    pub(crate) async fn admit(&self, authorization: Option<&str>, x_api_key: Option<&str>) -> Result<Caller, Refusal> {
        let caller = match (authorization, x_api_key) {
            (Some(header), None) => self.check(Presented::from_header(header)?).await?.0,
            (None, Some(key)) => self.check(Presented::ApiKey(key)).await?.0,
            (Some(header), Some(key)) => {
                let caller = self.check(Presented::from_header(header)?).await?.0;
                let beside = self.check(Presented::ApiKey(key)).await?.0;
                if beside.id != caller.id {
                    return Err(Refusal::unauthorized(
                        "the X-API-Key belongs to somebody else than the Authorization",
                    ));
                }
                caller
            }
            (None, None) => {
                return Err(Refusal::unauthorized(
                    "this needs an Authorization header: Bearer and a credential",
                ));
            }
        };
        self.pace.step(&caller.id, (self.clock)())?;
        Ok(caller)
    }

    /// Tells who is behind a credential and until when it is in force, without counting.
    pub(crate) async fn check(&self, presented: Presented<'_>) -> Result<(Caller, Timestamp), Refusal> {
        let (kind, found) = match presented {
            Presented::ApiKey(key) => (Kind::ApiKey, self.credentials.api_key(&hash(key)).await?),
            Presented::ServiceToken(token) => (Kind::Service, self.credentials.service_token(&hash(token)).await?),
        };
        let credential = found.ok_or_else(|| Refusal::unauthorized("the credential is unknown"))?;
        self.in_force(&credential)?;
        let expires_at = credential.expires_at;
        Ok((
            Caller {
                id: credential.owner,
                scopes: credential.scopes,
                kind,
            },
            expires_at,
        ))
    }

    fn in_force(&self, credential: &StoredCredential) -> Result<(), Refusal> {
        if credential.state == CredentialState::Revoked {
            return Err(Refusal::unauthorized("the credential was withdrawn"));
        }
        if (self.clock)() >= credential.expires_at {
            return Err(Refusal::unauthorized(format!(
                "the credential expired at {}",
                credential.expires_at
            )));
        }
        Ok(())
    }
}

/// What is kept of a credential.
pub(crate) fn hash(credential: &str) -> Digest {
    Digest::of(credential.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::sqlite::SqliteStore;

    const NOW: Timestamp = Timestamp::from_unix(1_767_268_800);

    fn credential(text: &str, owner: &str) -> StoredCredential {
        StoredCredential {
            hash: hash(text),
            owner: owner.into(),
            name: "test".into(),
            scopes: vec!["chronicle:write".into()],
            state: CredentialState::Active,
            created_at: NOW,
            expires_at: NOW.plus_seconds(60),
        }
    }

    async fn auth_at(now: Timestamp) -> Auth {
        let store = SqliteStore::open_url("sqlite::memory:").await.unwrap();
        let withdrawn = StoredCredential {
            state: CredentialState::Revoked,
            ..credential("chitty_withdrawn", "a")
        };
        let keys = [
            credential("chitty_a", "a"),
            credential("chitty_a2", "a"),
            credential("chitty_b", "b"),
            withdrawn,
        ];
        store
            .add(&keys, &[credential("svc_gateway", "chittyos.gateway")])
            .await
            .unwrap();
        Auth::new(Arc::new(store), Arc::new(move || now))
    }

    async fn refused(auth: &Auth, authorization: Option<&str>, key: Option<&str>) -> String {
        auth.admit(authorization, key).await.unwrap_err().to_string()
    }

    #[tokio::test]
    async fn a_known_credential_is_its_owner_with_its_scopes() {
        let auth = auth_at(NOW).await;
        let caller = auth.admit(Some("Bearer chitty_a"), None).await.unwrap();
        assert_eq!(
            caller,
            Caller {
                id: "a".into(),
                scopes: vec!["chronicle:write".into()],
                kind: Kind::ApiKey
            }
        );
        assert_eq!(
            auth.admit(Some("Bearer svc_gateway"), None).await.unwrap().kind,
            Kind::Service
        );
        assert_eq!(auth.admit(None, Some("chitty_b")).await.unwrap().id, "b");
    }

    #[tokio::test]
    async fn an_unknown_a_withdrawn_and_an_expired_credential_are_refused() {
        let auth = auth_at(NOW).await;
        assert_eq!(
            refused(&auth, Some("Bearer chitty_x"), None).await,
            "the credential is unknown"
        );
        assert_eq!(
            refused(&auth, Some("Bearer svc_x"), None).await,
            "the credential is unknown"
        );
        assert_eq!(
            refused(&auth, Some("Bearer chitty_withdrawn"), None).await,
            "the credential was withdrawn"
        );
        let later = auth_at(NOW.plus_seconds(60)).await;
        let message = "the credential expired at 2026-01-01T12:01:00Z";
        assert_eq!(refused(&later, Some("Bearer chitty_a"), None).await, message);
    }

    #[tokio::test]
    async fn an_api_key_beside_the_authorization_must_be_of_the_same_owner() {
        let auth = auth_at(NOW).await;
        assert!(auth.admit(Some("Bearer chitty_a"), Some("chitty_a2")).await.is_ok());
        let message = "the X-API-Key belongs to somebody else than the Authorization";
        assert_eq!(refused(&auth, Some("Bearer chitty_a"), Some("chitty_b")).await, message);
        assert_eq!(
            refused(&auth, Some("Bearer chitty_a"), Some("chitty_x")).await,
            "the credential is unknown"
        );
    }

    #[tokio::test]
    async fn two_credentials_of_one_owner_share_one_pace() {
        let auth = auth_at(NOW).await;
        for _ in 0..50 {
            auth.admit(Some("Bearer chitty_a"), None).await.unwrap();
            auth.admit(Some("Bearer chitty_a2"), None).await.unwrap();
        }
        let refusal = auth.admit(Some("Bearer chitty_a"), None).await.unwrap_err();
        assert!(matches!(refusal, Refusal::TooMany { .. }), "{refusal:?}");
    }
}
