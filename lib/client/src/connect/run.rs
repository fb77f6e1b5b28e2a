//! What a workflow run is given for saying who it is.

use std::collections::BTreeMap;
use std::time::Duration;

use backon::BackoffBuilder as _;
use certified_evidence::wire::connect::{AUDIENCE, NamedReply, NamedRequest, OfferReply};
use certified_evidence::{Secret, Timestamp};
use reqwest::Method;

use super::{ChittyConnect, failed, lives_an_hour};
use crate::call::Repeat;
use crate::error::{Class, ClientError, Failure, Service};
use crate::github_oidc::GithubOidc;
use crate::patience::{Patience, share};

/// What a run was given.
#[derive(Debug)]
#[non_exhaustive]
pub struct Given {
    /// What was asked for, each under its name.
    pub credentials: BTreeMap<String, Secret<String>>,
    /// The names of what came besides. It was hidden, and thrown away.
    pub surplus: Vec<String>,
    /// Until when all of it is good; nothing for stored secrets, whose life nobody knows.
    pub expires_at: Option<Timestamp>,
}

impl ChittyConnect {
    /// The names of what a run may ask for.
    ///
    /// # Errors
    /// See [`ClientError::class`].
    pub async fn offers(&self) -> Result<Vec<String>, ClientError> {
        let answer = self.call(Method::GET, "/api/github-actions/available").send().await?;
        let reply: OfferReply = answer.json(Service::Connect)?;
        Ok(reply.credentials.into_iter().map(|offer| offer.name).collect())
    }

    /// Credentials by their names, all or none, for the run that this is. Each attempt comes with an identity token of its own, made for
    /// ChittyConnect alone, asked for right before and dropped right after: it is good for one request.
    ///
    /// # Errors
    /// See [`ClientError::class`]; of GitHub's token service when that gives no identity token.
    pub async fn for_run(
        &self,
        run: &GithubOidc,
        request: &NamedRequest,
        now: Timestamp,
    ) -> Result<Given, ClientError> {
        let mut pauses = self.patience.pauses().build();
        loop {
            let identity = run.token(AUDIENCE).await?;
            (self.hide)(&identity);
            match self.named(&identity, request, now).await {
                Err(error) if may_repeat(&error) => {
                    let asked = pause_asked_for(&error);
                    let pause = pauses.next().ok_or(error)?;
                    tokio::time::sleep(asked.unwrap_or_else(|| share(pause))).await;
                }
                outcome => return outcome,
            }
        }
    }

    async fn named(
        &self,
        identity: &Secret<String>,
        request: &NamedRequest,
        now: Timestamp,
    ) -> Result<Given, ClientError> {
        let call = self.call(Method::POST, "/api/github-actions/credentials");
        let call = call.token(Some(identity))?.json(request)?.repeat(Repeat::IfUnsent);
        let answer = call.send().await?;
        let reply: NamedReply = self.read(&answer)?;
        lives_an_hour(reply.expires_at, now)?;
        sorted(reply, &request.credentials)
    }
}

/// What was asked for apart from what was not.
fn sorted(reply: NamedReply, asked: &[String]) -> Result<Given, ClientError> {
    let mut given = Given {
        credentials: BTreeMap::new(),
        surplus: Vec::new(),
        expires_at: reply.expires_at,
    };
    for (name, secret) in reply.credentials {
        if asked.contains(&name) {
            given.credentials.insert(name, secret);
        } else {
            given
                .surplus
                .push(name.chars().filter(|c| !c.is_control()).take(80).collect());
        }
    }
    let missing = |name: &&String| {
        given
            .credentials
            .get(*name)
            .is_none_or(|secret| secret.expose().is_empty())
    };
    match asked.iter().find(missing) {
        Some(name) => Err(failed(Failure::Unreadable(format!("there is no {name} in it")))),
        None => Ok(given),
    }
}

/// The answer was lost, or there was none yet. Who asks for a longer pause than is worth waiting for was heard already.
fn may_repeat(error: &ClientError) -> bool {
    let open = matches!(error.class(), Class::Unavailable | Class::Unknown);
    let missing = matches!(&error.what, Failure::Unavailable { reply, .. } if reply.code == "CREDENTIAL_NOT_AVAILABLE");
    let later = pause_asked_for(error).is_some_and(|pause| pause > Patience::LONGEST_PAUSE);
    open && !later && !missing && !error.nothing_was_sent() && matches!(error.service, Service::Connect)
}

const fn pause_asked_for(error: &ClientError) -> Option<Duration> {
    match error.what {
        Failure::RateLimited {
            retry_after: Some(seconds),
            ..
        } => Some(Duration::from_secs(seconds)),
        _ => None,
    }
}
