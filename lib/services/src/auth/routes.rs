//! ChittyAuth over HTTP, and the question that the other services ask of each request: who is this?

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use certified_evidence::wire::auth::{ApiKeyReply, ApiKeyRequest, ServiceTokenReply, ServiceTokenRequest};
use certified_evidence::{Secret, Timestamp};
use serde::de::DeserializeOwned;

use super::caller::{Caller, Kind, Presented};
use super::rules::Auth;
use crate::door::{LARGEST_JSON, read};
use crate::refusal::Refusal;

/// The routes of ChittyAuth.
pub(crate) fn routes(auth: Arc<Auth>) -> Router {
    Router::new()
        .route("/v1/api/keys/validate", post(validate_api_key))
        .route("/v1/service/validate", post(validate_service_token))
        .with_state(auth)
}

/// Who sends this request. Only ChittyID looks at `X-API-Key`.
pub(crate) async fn caller(auth: &Auth, headers: &HeaderMap) -> Result<Caller, Refusal> {
    auth.admit(text(headers, AUTHORIZATION.as_str())?, None).await
}

async fn validate_api_key(State(auth): State<Arc<Auth>>, request: Request) -> Result<Response, Refusal> {
    let asked = asked(request, |body: ApiKeyRequest| body.api_key).await?;
    let reply = match checked(&auth, asked.expose(), Kind::ApiKey).await {
        Ok((caller, _)) => ApiKeyReply {
            valid: true,
            chitty_id: Some(caller.id),
            scopes: caller.scopes,
            error: None,
        },
        Err(Refusal::Unauthorized { reason }) => ApiKeyReply {
            valid: false,
            chitty_id: None,
            scopes: Vec::new(),
            error: Some(reason),
        },
        Err(other) => return Err(other),
    };
    Ok((status(reply.valid), Json(reply)).into_response())
}

async fn validate_service_token(State(auth): State<Arc<Auth>>, request: Request) -> Result<Response, Refusal> {
    let asked = asked(request, |body: ServiceTokenRequest| body.service_token).await?;
    let mut reply = ServiceTokenReply {
        valid: false,
        service_id: None,
        scopes: Vec::new(),
        expires_at: None,
        error: None,
    };
    match checked(&auth, asked.expose(), Kind::Service).await {
        Ok((caller, expires_at)) => {
            reply.valid = true;
            reply.service_id = Some(caller.id);
            reply.scopes = caller.scopes;
            reply.expires_at = Some(expires_at);
        }
        Err(Refusal::Unauthorized { reason }) => reply.error = Some(reason),
        Err(other) => return Err(other),
    }
    Ok((status(reply.valid), Json(reply)).into_response())
}

/// Who is behind a credential, if it is of the kind that was asked about.
async fn checked(auth: &Auth, credential: &str, kind: Kind) -> Result<(Caller, Timestamp), Refusal> {
    let (caller, expires_at) = auth.check(Presented::detect(credential)?).await?;
    if caller.kind == kind {
        return Ok((caller, expires_at));
    }
    Err(Refusal::unauthorized(match kind {
        Kind::ApiKey | Kind::Run => "a service token is no API key",
        Kind::Service => "an API key is no service token",
    }))
}

/// The credential that is asked about: the one in the body, or without a body the one in the header.
async fn asked<T: DeserializeOwned>(
    request: Request,
    take: fn(T) -> Secret<String>,
) -> Result<Secret<String>, Refusal> {
    let (parts, body) = request.into_parts();
    let body = read(body, LARGEST_JSON).await?;
    if !body.is_empty() {
        // Not the sentence of the JSON reader: it may quote the credential.
        let unreadable = |_| Refusal::invalid("expected a JSON object with the credential to validate");
        return serde_json::from_slice(&body).map(take).map_err(unreadable);
    }
    let header = text(&parts.headers, AUTHORIZATION.as_str())?;
    match header.map(Presented::from_header).transpose()? {
        Some(Presented::ApiKey(credential) | Presented::ServiceToken(credential)) => Ok(Secret::from(credential)),
        None => Err(Refusal::unauthorized(
            "this needs a credential in the body or in the Authorization header",
        )),
    }
}

/// The token behind `Authorization: Bearer`, of whatever kind it is.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let shown = text(headers, AUTHORIZATION.as_str())?.and_then(|header| header.split_once(' '));
    let token = shown.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    Ok(token.map(|(_, token)| token.trim()).filter(|token| !token.is_empty()))
}

/// One header's text. Two of them could name two people.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => {
            let unreadable = |_| Refusal::unauthorized(format!("the header {name} holds more than visible ASCII"));
            value.to_str().map(Some).map_err(unreadable)
        }
        (Some(_), Some(_)) => Err(Refusal::unauthorized(format!(
            "expected one header {name}, found several"
        ))),
    }
}

const fn status(valid: bool) -> StatusCode {
    if valid {
        StatusCode::OK
    } else {
        StatusCode::UNAUTHORIZED
    }
}
