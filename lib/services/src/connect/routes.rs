//! ChittyConnect over HTTP.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use certified_evidence::wire::connect::{
    DeployReply, DeployRequest, ProvisionMetadata, ProvisionReply, ProvisionRequest, Provisioned,
};
use certified_evidence::{RequestId, Secret};
use serde_json::{Value, json};

use super::catalogue::{Item, KINDS, Purpose};
use super::refusal::ConnectRefusal;
use super::rules::{Asked, Connect, Granted};
use super::runs;
use crate::auth::{self, Auth, Caller};
use crate::door::{self, Body};
use crate::oidc::Identities;

/// Where credentials are asked for.
pub(crate) struct Desk {
    pub(crate) auth: Arc<Auth>,
    pub(crate) connect: Connect,
    /// Whose identity tokens count.
    pub(crate) identities: Arc<Identities>,
    /// Whose repositories are given something; everybody's when nobody is named.
    pub(crate) owners: Vec<String>,
}

/// The routes of ChittyConnect.
pub(crate) fn routes(desk: Desk) -> Router {
    Router::new()
        .route("/api/github-actions/credentials", post(runs::credentials))
        .route("/api/github-actions/available", get(runs::available))
        .route("/credentials/deploy", post(deploy))
        .route("/api/credentials/provision", post(provision))
        .route("/api/credentials/types", get(types))
        .with_state(Arc::new(desk))
}

async fn deploy(
    State(desk): State<Arc<Desk>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Body<Value>,
) -> Result<Response, ConnectRefusal> {
    let caller = desk.caller(&headers).await?;
    let request: DeployRequest = read(body)?;
    let asked = Asked {
        caller: &caller,
        id: &id,
        service: named(&request.service)?,
        purpose: named(&request.purpose)?,
        names: vec!["deploy".to_owned()],
    };
    let items = Purpose::of(&request.purpose).map(Purpose::needs);
    let (items, granted) = desk.give(&asked, items).await?;
    let mut reply = DeployReply {
        account_id: Some(ACCOUNT.to_owned()),
        expires_at: Some(granted.expires_at),
        ..DeployReply::default()
    };
    for (item, secret) in items.iter().zip(granted.secrets) {
        let place = match item {
            Item::Npm(_) => &mut reply.npm_token,
            Item::GitHub => &mut reply.github_token,
            _ => &mut reply.cloudflare_token,
        };
        *place = Some(secret);
    }
    Ok(door::unstored(Json(reply)))
}

async fn provision(
    State(desk): State<Arc<Desk>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Body<Value>,
) -> Result<Response, ConnectRefusal> {
    let caller = desk.caller(&headers).await?;
    let ProvisionRequest { kind, context } = read(body)?;
    let asked = Asked {
        caller: &caller,
        id: &id,
        service: named(&context.service)?,
        purpose: named(&context.purpose)?,
        names: vec![named(&kind)?],
    };
    let item = Item::of_kind(&kind, &context).and_then(|item| {
        Purpose::of(&context.purpose)?.permit(&item)?;
        Ok(vec![item])
    });
    let (items, granted) = desk.give(&asked, item).await?;
    let expires_at = Some(granted.expires_at);
    let token_id = Some(granted.token_id);
    let mut credentials = items.iter().zip(granted.secrets);
    let credential = credentials
        .next()
        .map(|(item, value): (&Item, Secret<String>)| Provisioned {
            kind: item.kind().to_owned(),
            value,
            expires_at,
            scopes: item.scopes(),
            account_id: matches!(item, Item::Archive(_) | Item::Workers).then(|| ACCOUNT.to_owned()),
            token_id,
            environment: Some(context.environment).filter(|word| !word.is_empty()),
        });
    let credential = credential.ok_or_else(|| ConnectRefusal::failed("there is no such credential"))?;
    Ok(door::unstored(Json(ProvisionReply {
        success: true,
        credential,
        metadata: ProvisionMetadata {
            risk_score: 0,
            request_id: id.to_string(),
        },
    })))
}

async fn types() -> Json<Value> {
    Json(json!({ "types": KINDS }))
}

impl Desk {
    /// Who asks with an API key, if it may ask for credentials at all.
    async fn caller(&self, headers: &HeaderMap) -> Result<Caller, ConnectRefusal> {
        let header = |name: &HeaderName| auth::text(headers, name.as_str());
        let caller = match (header(&AUTHORIZATION)?, header(&API_KEY)?) {
            (None, Some(key)) => self.auth.admit(None, Some(key)).await?,
            (authorization, _) => self.auth.admit(authorization, None).await?,
        };
        caller.require(&["credentials:provision"])?;
        Ok(caller)
    }

    /// Gives what was found to be due, or tells the log why not.
    pub(super) async fn give(
        &self,
        asked: &Asked<'_>,
        items: Result<Vec<Item>, ConnectRefusal>,
    ) -> Result<(Vec<Item>, Granted), ConnectRefusal> {
        let given = match items {
            Ok(items) => match self.connect.give(asked, &items).await {
                Ok(granted) => Ok((items, granted)),
                Err(refusal) => Err(refusal.into()),
            },
            Err(refusal) => Err(refusal),
        };
        match given {
            Ok(given) => Ok(given),
            Err(refusal) => Err(self.refused(asked, refusal).await?),
        }
    }

    /// The same refusal, when the log knows of it.
    pub(super) async fn refused(
        &self,
        asked: &Asked<'_>,
        refusal: ConnectRefusal,
    ) -> Result<ConnectRefusal, ConnectRefusal> {
        self.connect.refuse(asked, &refusal.refusal).await?;
        Ok(refusal)
    }
}

/// A body's members; what is wrong with it is said in this service's shape.
pub(super) fn read<T: serde::de::DeserializeOwned>(Body(body): Body<Value>) -> Result<T, ConnectRefusal> {
    Ok(door::from_value(body)?)
}

/// The name of a service, a purpose or a kind: what grants are counted by and what the log shows.
fn named(name: &str) -> Result<String, ConnectRefusal> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._@/".contains(c);
    if !name.is_empty() && name.len() <= LONGEST_NAME && name.chars().all(plain) {
        return Ok(name.to_owned());
    }
    Err(ConnectRefusal::invalid(
        "service, purpose and type are named by 1 to 214 of a-z A-Z 0-9 - . _ @ /",
    ))
}

const API_KEY: HeaderName = HeaderName::from_static("x-chittyos-api-key");
/// The Cloudflare account of the embedded services: none.
pub(super) const ACCOUNT: &str = "00000000000000000000000000000000";
/// As long as npm takes a package's name.
const LONGEST_NAME: usize = 214;
