//! ChittyID over HTTP.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use certified_evidence::RequestId;
use certified_evidence::wire::certificates::{
    CertificateRecord, IssueReply, PackageCertificates, RevokeReply, RevokeRequest, VerifyReply,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::request;
use super::rules::{self, ChittyId};
use crate::auth::{self, Auth, Caller};
use crate::door::{self, Body};
use crate::refusal::Refusal;

/// ChittyID and the one who knows the callers.
struct Desk {
    auth: Arc<Auth>,
    chitty_id: ChittyId,
}

/// The routes of ChittyID.
pub(crate) fn routes(auth: Arc<Auth>, chitty_id: ChittyId) -> Router {
    Router::new()
        .route("/v1/certificates/issue", post(issue))
        .route("/v1/identity-token", get(identity_token))
        .route("/v1/certificates/verify/{cert_id}", get(verify))
        .route("/v1/certificates/{cert_id}", get(show))
        .route("/v1/certificates/{cert_id}/revoke", post(revoke))
        .route("/v1/certificates/package/{name}", get(of_package))
        .with_state(Arc::new(Desk { auth, chitty_id }))
}

async fn issue(
    State(desk): State<Arc<Desk>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    Body(asked): Body<Value>,
) -> Result<(StatusCode, Json<IssueReply>), Refusal> {
    let caller = desk.caller(&headers).await?;
    let asked = request::understand(asked)?;
    Ok((
        StatusCode::CREATED,
        Json(desk.chitty_id.issue(&caller, &id, asked).await?),
    ))
}

/// For whom an identity token is.
#[derive(Deserialize)]
struct Audience {
    audience: String,
}

/// As a platform answers its runs, so that whoever asks there can ask here.
async fn identity_token(
    State(desk): State<Arc<Desk>>,
    headers: HeaderMap,
    audience: Result<Query<Audience>, QueryRejection>,
) -> Result<Json<Value>, Refusal> {
    let caller = desk.caller(&headers).await?;
    let Query(asked) = audience.map_err(|cause| Refusal::invalid(cause.body_text()))?;
    let token = desk.chitty_id.identity_token(&caller, &asked.audience)?;
    let value = token.expose();
    Ok(Json(json!({ "count": value.len(), "value": value })))
}

/// The moment that a verification is about, besides now.
#[derive(Deserialize)]
struct Moment {
    at: Option<String>,
}

async fn verify(
    State(desk): State<Arc<Desk>>,
    Path(cert_id): Path<String>,
    moment: Result<Query<Moment>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(moment) = moment.map_err(|cause| Refusal::invalid(cause.body_text()))?;
    let at = moment.at.map(|text| text.parse()).transpose();
    let at = at.map_err(|cause: certified_evidence::TimestampError| Refusal::invalid(cause.to_string()))?;
    let found = match cert_id.parse() {
        Ok(cert_id) => desk.chitty_id.verify(&cert_id, at).await?,
        Err(_) => None,
    };
    Ok(match found {
        Some(reply) => Json(reply).into_response(),
        None => (StatusCode::NOT_FOUND, Json(nothing())).into_response(),
    })
}

async fn show(
    State(desk): State<Arc<Desk>>,
    Path(cert_id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<CertificateRecord>, Refusal> {
    desk.caller(&headers).await?;
    Ok(Json(desk.chitty_id.get(&door::cert_id(&cert_id)?).await?))
}

async fn revoke(
    State(desk): State<Arc<Desk>>,
    Path(cert_id): Path<String>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    Body(asked): Body<Value>,
) -> Result<Json<RevokeReply>, Refusal> {
    let caller = desk.caller(&headers).await?;
    let asked: RevokeRequest = door::from_value(asked)?;
    Ok(Json(
        desk.chitty_id
            .revoke(&caller, &id, &door::cert_id(&cert_id)?, asked)
            .await?,
    ))
}

async fn of_package(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
) -> Result<Json<PackageCertificates>, Refusal> {
    Ok(Json(desk.chitty_id.of_package(door::package(&name)?).await?))
}

impl Desk {
    /// `Authorization` is the identity; an `X-API-Key` beside it must be of the same owner, and alone it is the identity.
    async fn caller(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        let authorization = auth::text(headers, AUTHORIZATION.as_str())?;
        self.auth.admit(authorization, auth::text(headers, "x-api-key")?).await
    }
}

fn nothing() -> VerifyReply {
    VerifyReply {
        valid: false,
        valid_at_signing: None,
        certificate: None,
        error: Some(rules::NOT_FOUND.to_owned()),
        details: Some("there is no certificate of this name".to_owned()),
    }
}
