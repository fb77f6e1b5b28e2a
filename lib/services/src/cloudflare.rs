//! As much of Cloudflare's interface as it takes to tell an API token's name, which is the name of the S3 key that belongs to it.
//!
//! | request | answer |
//! |---|---|
//! | `GET /accounts/{account}/tokens/verify` | the name of the account's own token that is shown |
//! | `GET /user/tokens/verify` | nothing is known here: no token of these services belongs to a person |
//!
//! Spec: <https://developers.cloudflare.com/api/resources/accounts/subresources/tokens/methods/verify/>

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use certified_evidence::Digest;
use serde_json::json;

use crate::auth::{self, Auth};
use crate::tokens::Tokens;

pub(crate) fn routes(auth: Arc<Auth>) -> Router {
    Router::new()
        .route("/accounts/{account}/tokens/verify", get(of_account))
        .route("/user/tokens/verify", get(of_user))
        .with_state(auth)
}

async fn of_account(State(auth): State<Arc<Auth>>, Path(account): Path<String>, headers: HeaderMap) -> Response {
    match (auth::caller(&auth, &headers).await, auth::bearer(&headers)) {
        (Ok(caller), Ok(Some(token))) if account == Tokens::CLOUDFLARE_ACCOUNT && is_archives(&caller.scopes) => {
            let result = json!({ "id": name(token), "status": "active" });
            Json(json!({ "success": true, "errors": [], "messages": [], "result": result })).into_response()
        }
        _ => unknown(),
    }
}

async fn of_user() -> Response {
    unknown()
}

fn unknown() -> Response {
    let errors = json!([{ "code": 1000, "message": "Invalid API Token" }]);
    let body = json!({ "success": false, "errors": errors, "messages": [], "result": null });
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

fn is_archives(scopes: &[String]) -> bool {
    scopes
        .iter()
        .any(|scope| scope == "r2:write" || scope.starts_with("r2:write:"))
}

/// Says nothing about the token's own digest, which is the key.
fn name(token: &str) -> String {
    let mut name = Digest::of(format!("the name of {token}").as_bytes()).hex();
    name.truncate(32);
    name
}
