//! Where identity tokens are handed in.

use std::sync::Arc;

use certified_evidence::{Digest, RequestId};

use super::claims::Run;
use super::fetch::{Fetch, FetcherFailed, Web};
use super::issuer::Issuer;
use super::options::TokenIssuer;
use super::token::Unchecked;
use super::{Refused, rules};
use crate::Clock;
use crate::refusal::Refusal;
use crate::storage::{AuditEntry, IdentityTokenStore, UsedToken, Written};

/// Accepts identity tokens of the issuers that were named at the start, each once.
pub(crate) struct Identities {
    issuers: Vec<Issuer>,
    /// Needed only where an issuer's keys were not given.
    fetch: Option<Arc<dyn Fetch>>,
    used: Arc<dyn IdentityTokenStore>,
    clock: Clock,
}

/// A genuine token that nobody has used yet, as far as was looked.
#[derive(Debug)]
pub(crate) struct Unspent {
    run: Run,
    used: UsedToken,
}

impl Unspent {
    /// What it says, to hold a request against before the token is spent on it.
    pub(crate) const fn run(&self) -> &Run {
        &self.run
    }
}

impl Identities {
    pub(crate) fn new(
        issuers: Vec<TokenIssuer>,
        used: Arc<dyn IdentityTokenStore>,
        clock: Clock,
    ) -> Result<Self, FetcherFailed> {
        let asks = issuers.iter().any(|issuer| issuer.keys().is_none());
        let fetch = if asks { Some(Arc::new(Web::new()?) as _) } else { None };
        Ok(Self::with_fetcher(issuers, fetch, used, clock))
    }

    pub(super) fn with_fetcher(
        issuers: Vec<TokenIssuer>,
        fetch: Option<Arc<dyn Fetch>>,
        used: Arc<dyn IdentityTokenStore>,
        clock: Clock,
    ) -> Self {
        Self {
            issuers: issuers.into_iter().map(Issuer::new).collect(),
            fetch,
            used,
            clock,
        }
    }

    /// Checks everything about a token but whether it was used before.
    pub(crate) async fn check(&self, token: &str, audience: &str) -> Result<Unspent, Refused> {
        if self.issuers.is_empty() {
            return Err(Refused::NotConfigured);
        }
        let unchecked = Unchecked::parse(token)?;
        let named = self
            .issuers
            .iter()
            .find(|issuer| issuer.named.name() == unchecked.issuer());
        let issuer = named.ok_or_else(|| Refused::Issuer {
            found: unchecked.issuer().chars().take(80).collect(),
        })?;
        let now = (self.clock)();
        let key = issuer.key(unchecked.key_name(), self.fetch.as_deref(), now).await?;
        let claims = unchecked.check(&key)?;
        rules::check(&claims, audience, now)?;
        Ok(Unspent {
            used: UsedToken {
                // Of any length and of any characters; what is kept is neither.
                name: Digest::of(serde_json::json!([claims.iss, claims.jti]).to_string().as_bytes()),
                forget_after: rules::forget_after(&claims),
            },
            run: Run {
                server: issuer.named.server().clone(),
                claims,
            },
        })
    }

    /// Spends a token on what this caller asks for. Of two who come with the same one, also at the same time, one is refused.
    pub(crate) async fn spend(&self, token: Unspent, actor: &str, id: &RequestId) -> Result<Run, Refusal> {
        let now = (self.clock)();
        let entry = AuditEntry {
            timestamp: now,
            actor: actor.to_owned(),
            action: "oidc:accept",
            resource: token.run.page(),
            request_id: id.clone(),
        };
        match self.used.spend(&token.used, now, &entry).await? {
            Written::New(()) => Ok(token.run),
            Written::Present(()) => Err(Refused::Replayed.into()),
        }
    }
}
