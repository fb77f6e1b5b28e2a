//! Where identity tokens are handed in.

use std::sync::Arc;

use certified_evidence::{RequestId, Secret};

use super::claims::{Claims, Run};
use super::fetch::{Fetch, FetcherFailed, Web};
use super::issuer::Issuer;
use super::local::{Holder, LocalIssuer};
use super::options::TokenIssuer;
use super::token::Unchecked;
use super::{Refused, rules};
use crate::refusal::Refusal;
use crate::storage::{AuditEntry, IdentityTokenStore, UsedToken, Written};
use crate::{Clock, randomness};

/// Accepts identity tokens of the issuers that were named at the start, each once.
pub(crate) struct Identities {
    issuers: Vec<Issuer>,
    /// Needed only where an issuer's keys were not given.
    fetch: Option<Arc<dyn Fetch>>,
    used: Arc<dyn IdentityTokenStore>,
    clock: Clock,
    /// Only in rehearsals.
    local: Option<LocalIssuer>,
}

/// Whom an identity token proves.
#[derive(Clone, Debug)]
pub(crate) enum Proven {
    /// A run of a workflow.
    Run(Box<Run>),
    /// Whoever holds a credential of these services.
    Holder(Holder),
}

/// A genuine token that nobody has used yet, as far as was looked.
#[derive(Debug)]
pub(crate) struct Unspent {
    proven: Proven,
    used: UsedToken,
}

impl Unspent {
    /// What it says, to hold a request against before the token is spent on it.
    pub(crate) const fn proven(&self) -> &Proven {
        &self.proven
    }
}

impl Proven {
    /// What the audit names.
    fn page(&self) -> String {
        match self {
            Self::Run(run) => run.page(),
            Self::Holder(holder) => holder.subject().to_owned(),
        }
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
            local: None,
        }
    }

    /// With an issuer of its own for those whom these services know, beside the others.
    #[must_use]
    pub(crate) fn with_local(mut self, issuer: Option<LocalIssuer>) -> Self {
        self.local = issuer;
        self
    }

    /// A token of that issuer for somebody whom these services know.
    pub(crate) fn local_token(&self, holder: &str, audience: &str) -> Result<Secret<String>, Refusal> {
        let issuer = self.local.as_ref().ok_or_else(|| Refusal::NotFound {
            code: "NOT_A_REHEARSAL",
            reason: "these services give out no identity tokens".to_owned(),
        })?;
        issuer.token(holder, audience, (self.clock)(), &mut randomness::system())
    }

    /// Checks everything about a token but whether it was used before.
    pub(crate) async fn check(&self, token: &str, audience: &str) -> Result<Unspent, Refused> {
        let now = (self.clock)();
        let local = self.local.as_ref();
        if let Some(holder) = local.and_then(|issuer| issuer.check(token, audience, now)) {
            let holder = holder?;
            return Ok(Unspent {
                used: holder.used(),
                proven: Proven::Holder(holder),
            });
        }
        if self.issuers.is_empty() {
            return Err(Refused::NotConfigured);
        }
        let unchecked = Unchecked::<Claims>::parse(token)?;
        let named = self
            .issuers
            .iter()
            .find(|issuer| issuer.named.name() == unchecked.claims().iss);
        let issuer = named.ok_or_else(|| Refused::Issuer {
            found: unchecked.claims().iss.chars().take(80).collect(),
        })?;
        let key = issuer.key(unchecked.key_name(), self.fetch.as_deref(), now).await?;
        let claims = unchecked.check(&key)?;
        rules::check(&claims, audience, now)?;
        Ok(Unspent {
            used: rules::used(&claims.iss, &claims.jti, claims.moments()),
            proven: Proven::Run(Box::new(Run {
                server: issuer.named.server().clone(),
                claims,
            })),
        })
    }

    /// Spends a token on what this caller asks for. Of two who come with the same one, also at the same time, one is refused.
    pub(crate) async fn spend(&self, token: Unspent, actor: &str, id: &RequestId) -> Result<Proven, Refusal> {
        let now = (self.clock)();
        let entry = AuditEntry {
            timestamp: now,
            actor: actor.to_owned(),
            action: "oidc:accept",
            resource: token.proven.page(),
            request_id: id.clone(),
        };
        match self.used.spend(&token.used, now, &entry).await? {
            Written::New(()) => Ok(token.proven),
            Written::Present(()) => Err(Refused::Replayed.into()),
        }
    }
}
