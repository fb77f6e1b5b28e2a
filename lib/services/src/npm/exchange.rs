//! An identity token of a workflow run becomes a token of this registry: for one package, for an hour.
//!
//! The judgement is that of `oidc`: issuer, signature, moments, event, and each token once. Then the run is held against the package's
//! trusted publisher. The answers are npm's: 404 for a package that trusts nobody, or somebody else, so that strangers learn nothing;
//! 401 for a token that proves nothing.

use certified_evidence::wire::npm::ExchangeReply;
use certified_evidence::{PackageName, RequestId, Secret, Timestamp};

use super::Npm;
use super::trust::{Permission, TrustedPublisher};
use crate::auth::hash;
use crate::oidc::{Class, Proven, Refused, Run};
use crate::randomness;
use crate::refusal::Refusal;
use crate::storage::{CredentialState, StoredCredential};

impl Npm {
    /// Exchanges an identity token. It is spent only on a token that is given.
    pub(super) async fn exchange(
        &self,
        token: Option<&str>,
        id: &RequestId,
        name: &PackageName,
    ) -> Result<ExchangeReply, Refusal> {
        let token = token.ok_or_else(|| unauthorized("no identity token came with the request"))?;
        let unspent = self
            .identities
            .check(token, &self.audience())
            .await
            .map_err(in_npms_words)?;
        let publisher = self.proven(name, unspent.proven()).await?;
        let owner = format!("{}/{}", publisher.repository, publisher.workflow);
        match self.identities.spend(unspent, &owner, id).await {
            Err(Refusal::IdentityToken(refused)) => return Err(in_npms_words(refused)),
            Err(other) => return Err(other),
            Ok(_) => {}
        }
        self.give(&publisher, owner).await
    }

    /// The package's trusted publisher, when that is who was proven. In a rehearsal, and only there, it is whoever holds a credential of these
    /// services: such a token is given to nobody else, and no platform could vouch for anybody.
    async fn proven(&self, name: &PackageName, proven: &Proven) -> Result<TrustedPublisher, Refusal> {
        let run = match proven {
            Proven::Run(run) => run,
            Proven::Holder(holder) => return Ok(TrustedPublisher::of_rehearsal(name.clone(), holder.subject())),
        };
        let known = self.publisher(name).await?;
        known.filter(|known| known.is(run)).ok_or_else(|| Refusal::NotFound {
            code: "NOT_FOUND",
            reason: format!("{ERROR} - package not found: {}", stranger(name, run)),
        })
    }

    /// For whom an identity token has to be: npm's own name for a registry, the host without its port.
    fn audience(&self) -> String {
        format!("npm:{}", self.addresses.npm.host_str().unwrap_or_default())
    }

    async fn give(&self, publisher: &TrustedPublisher, owner: String) -> Result<ExchangeReply, Refusal> {
        let created = (self.clock)();
        let expires = created.plus_seconds(HOUR);
        let token = Secret::new(format!("npm_{}", randomness::hex_256(&mut randomness::system())));
        let stored = credential(publisher, owner, &token, (created, expires));
        self.credentials.add(&[stored], &[]).await?;
        Ok(ExchangeReply {
            token_type: "oidc".to_owned(),
            token,
            created: Some(created),
            expires: Some(expires),
        })
    }
}

fn credential(
    publisher: &TrustedPublisher,
    owner: String,
    token: &Secret<String>,
    (created_at, expires_at): (Timestamp, Timestamp),
) -> StoredCredential {
    let scope = |permission: &Permission| match permission {
        Permission::CreatePackage => format!("package:publish:{}", publisher.name),
        Permission::CreateStagedPackage => format!("package:stage:{}", publisher.name),
    };
    StoredCredential {
        hash: hash(token.expose()),
        owner,
        name: "trusted publisher".to_owned(),
        scopes: publisher.permissions.iter().map(scope).collect(),
        state: CredentialState::Active,
        created_at,
        expires_at,
    }
}

/// Only what the token itself says: who it is that this package does not know.
fn stranger(name: &PackageName, run: &Run) -> String {
    let file = run.workflow_file().unwrap_or("no workflow");
    let environment = run
        .environment()
        .map_or_else(|| "no environment".to_owned(), |name| format!("the environment {name}"));
    format!(
        "{} in {file} and {environment} is no trusted publisher of {name}",
        run.repository()
    )
}

fn in_npms_words(refused: Refused) -> Refusal {
    match refused.class() {
        Class::Unavailable => refused.into(),
        _ if refused == Refused::NotConfigured => Refusal::NotFound {
            code: "NOT_FOUND",
            reason: format!("{ERROR} - package not found: {refused}"),
        },
        _ => unauthorized(&refused.to_string()),
    }
}

fn unauthorized(why: &str) -> Refusal {
    Refusal::unauthorized(format!("{ERROR} - unauthorized: {why}"))
}

/// How every sentence of npm's about this begins.
const ERROR: &str = "OIDC token exchange error";
const HOUR: u64 = 60 * 60;
