//! ChittyConnect for workflow runs: what a run shows is the identity token that its platform signed, and nothing that anybody stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};
use certified_evidence::wire::connect::{AUDIENCE, NamedReply, NamedRequest, OfferReply, RunMetadata};
use certified_evidence::{RequestId, Secret};
use serde_json::Value;

use super::names::{self, Named};
use super::refusal::ConnectRefusal;
use super::routes::{ACCOUNT, Desk, read};
use super::rules::Asked;
use crate::auth::{self, Caller, Kind};
use crate::door::{self, Body};
use crate::oidc::{Proven, Run, Unspent};

/// `GET /api/github-actions/available`
pub(super) async fn available() -> Json<OfferReply> {
    Json(names::offers())
}

/// `POST /api/github-actions/credentials`
///
/// The identity token is judged first, so that nobody learns anything without one; it is spent last, so that a request with a wrong name in
/// it does not cost a token.
pub(super) async fn credentials(
    State(desk): State<Arc<Desk>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Body<Value>,
) -> Result<Response, ConnectRefusal> {
    let (unspent, run) = desk.identity(&headers).await?;
    let caller = caller(&run);
    let NamedRequest { credentials, .. } = read(body)?;
    let names: Vec<String> = credentials.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let asked = asked(&caller, &id, &run, &names);
    let meant = match desk.permitted(&run).and_then(|()| names::meant(&names)) {
        Ok(meant) => meant,
        Err(refused) => return Err(desk.refused(&asked, refused).await?),
    };
    if let Err(refused) = desk.identities.spend(unspent, &caller.id, &id).await {
        return Err(desk.refused(&asked, ConnectRefusal::of_run(refused)).await?);
    }
    let items = meant.iter().filter_map(|named| match named {
        Named::Made(item) => Some(item.clone()),
        Named::Account => None,
    });
    let (_, granted) = desk.give(&asked, Ok(items.collect())).await?;
    let mut secrets = granted.secrets.into_iter();
    let mut given = BTreeMap::new();
    for (name, named) in names.into_iter().zip(&meant) {
        let value = match named {
            Named::Made(_) => secrets.next(),
            Named::Account => Some(Secret::new(ACCOUNT.to_owned())),
        };
        given.extend(value.map(|value| (name, value)));
    }
    Ok(door::unstored(Json(NamedReply {
        success: true,
        credentials: given,
        expires_at: Some(granted.expires_at),
        metadata: RunMetadata {
            issued_at: granted.issued_at.to_string(),
            ..metadata(&run)
        },
    })))
}

impl Desk {
    async fn identity(&self, headers: &HeaderMap) -> Result<(Unspent, Run), ConnectRefusal> {
        let token = auth::bearer(headers)?.ok_or_else(ConnectRefusal::without_token)?;
        let checked = self.identities.check(token, AUDIENCE).await;
        let unspent = checked.map_err(|refused| ConnectRefusal::of_run(refused.into()))?;
        let run = match unspent.proven() {
            Proven::Run(run) => (**run).clone(),
            // Who holds a token of these services has it, and needs no other.
            Proven::Holder(_) => return Err(ConnectRefusal::no_run()),
        };
        Ok((unspent, run))
    }

    fn permitted(&self, run: &Run) -> Result<(), ConnectRefusal> {
        let owner = run.owner();
        if self.owners.is_empty() || self.owners.iter().any(|known| known.eq_ignore_ascii_case(owner)) {
            return Ok(());
        }
        Err(ConnectRefusal::other_owner(owner))
    }
}

/// Whoever shows an identity token is the repository that its run works for.
fn caller(run: &Run) -> Caller {
    Caller {
        id: run.source(),
        scopes: Vec::new(),
        kind: Kind::Run,
    }
}

/// A release asks at each of its steps, every time for another thing. So grants are counted for each repository and for each thing.
fn asked<'a>(caller: &'a Caller, id: &'a RequestId, run: &Run, names: &[String]) -> Asked<'a> {
    Asked {
        caller,
        id,
        service: format!("{} {}", run.repository(), names.join(",")),
        purpose: "github_actions".to_owned(),
        names: names.to_vec(),
    }
}

fn metadata(run: &Run) -> RunMetadata {
    RunMetadata {
        repository: run.repository().to_owned(),
        workflow: run.workflow().to_owned(),
        actor: run.actor().to_owned(),
        git_ref: run.reference().to_owned(),
        sha: run.commit().to_owned(),
        run_id: run.id().to_owned(),
        issued_at: String::new(),
    }
}
