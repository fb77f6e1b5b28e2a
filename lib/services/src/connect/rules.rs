//! Who is given what, for how long, how often.

use std::sync::Arc;

use certified_evidence::log::Entry;
use certified_evidence::wire::connect::{CredentialEvent, CredentialEventType, LONGEST_LIFE};
use certified_evidence::{RequestId, Secret, Timestamp};
use uuid::Uuid;

use super::catalogue::Item;
use crate::auth::{Caller, hash};
use crate::gateway::Log;
use crate::refusal::Refusal;
use crate::storage::{
    Append, AuditEntry, Counted, CredentialState, Credentials, Provision, Provisions, StoredCredential,
};
use crate::{Clock, randomness};

/// Gives credentials.
pub(crate) struct Connect {
    pub(crate) credentials: Arc<dyn Credentials>,
    pub(crate) provisions: Arc<dyn Provisions>,
    pub(crate) log: Arc<Log>,
    pub(crate) clock: Clock,
}

/// A request for credentials by somebody who is known.
pub(super) struct Asked<'a> {
    /// Who.
    pub(super) caller: &'a Caller,
    /// The request's name.
    pub(super) id: &'a RequestId,
    /// Whose grants are counted together.
    pub(super) service: String,
    /// For what, in the caller's words.
    pub(super) purpose: String,
    /// What, in the caller's words.
    pub(super) names: Vec<String>,
}

/// What was given.
pub(super) struct Granted {
    /// What the grant is called.
    pub(super) token_id: String,
    /// One for each item, in their order.
    pub(super) secrets: Vec<Secret<String>>,
    /// When.
    pub(super) issued_at: Timestamp,
    /// Until when.
    pub(super) expires_at: Timestamp,
}

impl Connect {
    /// Makes credentials and makes them known to the services, or refuses. Either is in the log when this returns.
    ///
    /// The grant is counted first and logged before a credential is in force: whatever stops this in between leaves less than was counted
    /// and logged, never more.
    pub(super) async fn give(&self, asked: &Asked<'_>, items: &[Item]) -> Result<Granted, Refusal> {
        let issued_at = (self.clock)();
        let granted = Granted {
            token_id: Uuid::new_v4().to_string(),
            secrets: items.iter().map(secret).collect(),
            issued_at,
            expires_at: issued_at.plus_seconds(LONGEST_LIFE),
        };
        self.count(asked, &granted).await?;
        self.tell(asked, &granted.token_id, Ok(granted.expires_at)).await?;
        let keys: Vec<_> = items
            .iter()
            .zip(&granted.secrets)
            .map(|(item, secret)| stored(asked.caller, item, secret, &granted))
            .collect();
        self.credentials.add(&keys, &[]).await?;
        Ok(granted)
    }

    /// Records that somebody who is known was given nothing.
    pub(super) async fn refuse(&self, asked: &Asked<'_>, why: &Refusal) -> Result<(), Refusal> {
        self.tell(asked, &Uuid::new_v4().to_string(), Err(why.to_string()))
            .await
    }

    async fn count(&self, asked: &Asked<'_>, granted: &Granted) -> Result<(), Refusal> {
        let provision = Provision {
            token_id: granted.token_id.clone(),
            kind: asked.names.join(","),
            service: asked.service.clone(),
            purpose: asked.purpose.clone(),
            requesting_service: asked.caller.id.clone(),
            created_at: granted.issued_at,
            expires_at: granted.expires_at,
        };
        let audit = self.audit(asked, "credential:provision", &granted.token_id);
        let since = granted.issued_at.minus_seconds(HOUR);
        match self.provisions.count(&provision, since, ALLOWED, &audit).await? {
            Counted::Yes => Ok(()),
            Counted::TooMany { oldest } => Err(Refusal::TooManyGrants {
                allowed: ALLOWED,
                service: asked.service.clone(),
                retry_after: oldest.unix().saturating_sub(since.unix()).max(1),
            }),
        }
    }

    async fn tell(&self, asked: &Asked<'_>, token_id: &str, outcome: Result<Timestamp, String>) -> Result<(), Refusal> {
        let event = CredentialEvent {
            event_type: match outcome {
                Ok(_) => CredentialEventType::Provisioned,
                Err(_) => CredentialEventType::Denied,
            },
            token_id: token_id.to_owned(),
            timestamp: (self.clock)(),
            actor: asked.caller.id.clone(),
            credentials: asked.names.clone(),
            purpose: asked.purpose.clone(),
            service: asked.service.clone(),
            expires_at: outcome.as_ref().ok().copied(),
            reason: outcome.err(),
        };
        let failed = |reason: String| Refusal::Failed {
            code: "EVENT_FAILED",
            reason,
        };
        let bytes = serde_json::to_vec(&event).map_err(|cause| failed(cause.to_string()))?;
        let append = Append {
            entry: Entry::new(bytes).map_err(|cause| failed(cause.to_string()))?,
            event: None,
            audit: self.audit(asked, "chronicle:append", token_id),
        };
        self.log.append(append).await.map(drop)
    }

    fn audit(&self, asked: &Asked<'_>, action: &'static str, token_id: &str) -> AuditEntry {
        AuditEntry {
            timestamp: (self.clock)(),
            actor: asked.caller.id.clone(),
            action,
            resource: token_id.to_owned(),
            request_id: asked.id.clone(),
        }
    }
}

fn secret(item: &Item) -> Secret<String> {
    Secret::new(format!(
        "{}{}",
        item.prefix(),
        randomness::hex_256(&mut randomness::system())
    ))
}

fn stored(caller: &Caller, item: &Item, secret: &Secret<String>, granted: &Granted) -> StoredCredential {
    StoredCredential {
        hash: hash(secret.expose()),
        owner: caller.id.clone(),
        name: granted.token_id.clone(),
        scopes: item.scopes(),
        state: CredentialState::Active,
        created_at: granted.issued_at,
        expires_at: granted.expires_at,
    }
}

/// Grants for one service in an hour.
const ALLOWED: u32 = 10;
const HOUR: u64 = 60 * 60;
