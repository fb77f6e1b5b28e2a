//! The log over HTTP.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use certified_evidence::RequestId;
use certified_evidence::bundle::TransparencyLogEntry;
use certified_evidence::log::{LeafIndex, TilePath};
use certified_evidence::wire::chronicle::Receipt;
use certified_evidence::wire::log::{ConsistencyReply, RecordRequest};
use serde::Deserialize;
use serde_json::Value;

use super::{Log, Records};
use crate::auth::{self, Auth};
use crate::door::{self, Body};
use crate::refusal::Refusal;
use crate::storage::Written;

struct Desk {
    auth: Arc<Auth>,
    log: Arc<Log>,
    records: Records,
}

/// The routes below `/log`. Sigstore's clients know the same under `/api/v2`.
pub(in crate::gateway) fn routes(auth: Arc<Auth>, records: Records) -> Router {
    let log = Arc::clone(&records.log);
    let reads = || {
        Router::new()
            .route("/checkpoint", get(checkpoint))
            .route("/tile/{*path}", get(tile))
    };
    Router::new()
        .merge(reads())
        .nest("/api/v2", reads())
        .route("/api/v2/log/entries", post(record))
        .route("/proof/inclusion", get(inclusion))
        .route("/proof/consistency", get(consistency))
        .with_state(Arc::new(Desk { auth, log, records }))
}

async fn checkpoint(State(desk): State<Arc<Desk>>) -> Result<impl IntoResponse, Refusal> {
    let checkpoint = desk.log.checkpoint().await?;
    let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    Ok((headers, checkpoint.to_string()))
}

async fn tile(State(desk): State<Arc<Desk>>, Path(path): Path<String>) -> Result<Response, Refusal> {
    let path: TilePath = format!("tile/{path}").parse().map_err(|cause| Refusal::NotFound {
        code: "TILE_NOT_FOUND",
        reason: format!("{cause}"),
    })?;
    let bytes = desk.log.tile(path).await?;
    // What a tile holds never changes, full or not.
    let headers = [
        (CONTENT_TYPE, "application/octet-stream"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, bytes).into_response())
}

#[derive(Deserialize)]
struct Which {
    index: LeafIndex,
}

async fn inclusion(
    State(desk): State<Arc<Desk>>,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Json<Receipt>, Refusal> {
    let Query(which) = which.map_err(|cause| Refusal::invalid(cause.body_text()))?;
    Ok(Json(desk.log.receipt(which.index).await?))
}

#[derive(Deserialize)]
struct Between {
    from: u64,
    to: Option<u64>,
}

async fn consistency(
    State(desk): State<Arc<Desk>>,
    between: Result<Query<Between>, QueryRejection>,
) -> Result<Json<ConsistencyReply>, Refusal> {
    let Query(between) = between.map_err(|cause| Refusal::invalid(cause.body_text()))?;
    Ok(Json(desk.log.consistency(between.from, between.to).await?))
}

async fn record(
    State(desk): State<Arc<Desk>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    Body(asked): Body<Value>,
) -> Result<(StatusCode, Json<TransparencyLogEntry>), Refusal> {
    // A credential that is worth nothing is refused, not passed over: whoever shows one wants to be known.
    let caller = match headers.contains_key(AUTHORIZATION) {
        true => Some(auth::caller(&desk.auth, &headers).await?),
        false => None,
    };
    let asked: RecordRequest = door::from_value(asked)?;
    Ok(match desk.records.record(caller.as_ref(), &id, asked).await? {
        Written::New(entry) => (StatusCode::CREATED, Json(entry)),
        Written::Present(entry) => (StatusCode::OK, Json(entry)),
    })
}
