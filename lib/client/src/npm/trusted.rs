//! Trusted publishing: npm gives a token for the identity of a workflow run, so that nobody has to store one.
//!
//! Sends:    `POST /-/npm/v1/oidc/token/exchange/package/{name}`, with an identity token of the run for `npm:{host}` and without a body
//! Gets:     a token for this package alone, for about an hour
//!
//! What is known of npm's side (npm 11.19, `lib/utils/oidc.js`; npm's registry API; issues of npm/cli):
//!
//! - 201 brings the token. 404 "package not found" means any of: no such package, no trusted publisher, or another one: repository, workflow
//!   file and environment are compared letter for letter. 401 means an identity token that npm does not take, also one of a runner that is
//!   not GitHub's own. npm's own client hides both and goes on without a token; here they end the run, with what to look at.
//! - The package has to exist: its first version needs a stored token.
//! - A publisher may be let stage only; a direct publish with its token is then a 403, "OIDC permission denied for this action".
//! - Provenance in npm's sense (`npm publish --provenance`, a Sigstore bundle as a second attachment) is something that npm's client adds for
//!   public repositories. The registry takes a publish without it, so ours has none: the bundles of a release are ChittyID's and travel with
//!   its record.

use certified_evidence::PackageName;
use certified_evidence::wire::npm::ExchangeReply;
use reqwest::Method;
use reqwest::header::ACCEPT;

use super::{COMMAND, Npm};
use crate::call::{Call, Repeat};
use crate::credentials::credentials;
use crate::error::{ClientError, Failure, Service};
use crate::github_oidc::GithubOidc;
use crate::patience::Patience;

/// A token and four words about it. An identity token is good for one exchange, so only what was never sent is sent again.
pub const EXCHANGE: Patience = Patience {
    largest_answer: 64 * 1024,
    ..Patience::SMALL
};

impl Npm {
    /// Gets tokens for the identity of this run where no stored one was given: a stored one goes first.
    #[must_use]
    pub fn trusting(mut self, run: Option<GithubOidc>) -> Self {
        self.run = run;
        self
    }

    /// Whether something lets it write: a stored token, or a run that may say who it is.
    pub const fn may_write(&self) -> bool {
        self.token.is_some() || self.run.is_some()
    }

    /// The same registry with a new token for this package, where the run's identity is what lets us write; nothing where a stored token
    /// does. The token ends with what is given back.
    ///
    /// # Errors
    /// [`Failure::NotFound`] and [`Failure::Unauthorized`] of [`Service::NpmTrust`] where npm does not trust this run; else see
    /// [`ClientError::class`].
    pub async fn exchanged(&self, name: &PackageName) -> Result<Option<Self>, ClientError> {
        let run = match (&self.token, &self.run) {
            (None, Some(run)) => run,
            _ => return Ok(None),
        };
        let identity = run.token(&self.audience()).await?;
        let url = self
            .base
            .at(&format!("/-/npm/v1/oidc/token/exchange/package/{}", name.escaped()));
        let call = Call::new(&self.transport, Service::NpmTrust, self.exchange, Method::POST, url);
        let call = call
            .token(Some(&identity))?
            .header(ACCEPT, "application/json")
            .header(COMMAND, "publish")
            .repeat(Repeat::IfUnsent);
        let answer = call.send().await?;
        credentials(&answer.body).iter().for_each(|token| run.mask(token));
        let reply: ExchangeReply = answer.json(Service::NpmTrust)?;
        if reply.token.expose().is_empty() {
            return Err(answer.refused(Service::NpmTrust, Failure::Unreadable("the token is empty".into())));
        }
        Ok(Some(Self {
            transport: self.transport.clone(),
            base: self.base.clone(),
            token: Some(reply.token),
            run: None,
            short_lived: true,
            ..*self
        }))
    }

    /// npm's name for a registry: the host, without a port.
    fn audience(&self) -> String {
        format!("npm:{}", self.base.url().host_str().unwrap_or_default())
    }
}
