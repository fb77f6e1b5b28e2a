//! ChittyRegistry over HTTP.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post, put};
use axum::{Extension, Json, Router};
use certified_evidence::RequestId;
use certified_evidence::wire::registry::{
    PackageList, PackageRecord, PackageVersions, RegisterReply, RegisterRequest, StatusReply, StatusRequest,
};
use serde_json::Value;

use super::rules::Registry;
use crate::auth::{self, Auth};
use crate::door::{self, Body};
use crate::refusal::Refusal;
use crate::storage::Written;

struct Desk {
    auth: Arc<Auth>,
    registry: Registry,
}

/// The routes below `/registry`.
pub(in crate::gateway) fn routes(auth: Arc<Auth>, registry: Registry) -> Router {
    Router::new()
        .route("/api/packages/register", post(register))
        .route("/packages", get(packages))
        .route("/packages/{name}", get(versions))
        .route("/packages/{name}/{version}", get(show))
        .route("/packages/{name}/{version}/status", put(change_status))
        .with_state(Arc::new(Desk { auth, registry }))
}

async fn register(
    State(desk): State<Arc<Desk>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    Body(asked): Body<Value>,
) -> Result<(StatusCode, Json<RegisterReply>), Refusal> {
    let caller = auth::caller(&desk.auth, &headers).await?;
    let asked: RegisterRequest = door::from_value(asked)?;
    Ok(match desk.registry.register(&caller, &id, asked).await? {
        Written::New(reply) => (StatusCode::CREATED, Json(reply)),
        Written::Present(reply) => (StatusCode::OK, Json(reply)),
    })
}

async fn change_status(
    State(desk): State<Arc<Desk>>,
    Path((name, version)): Path<(String, String)>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    Body(asked): Body<Value>,
) -> Result<Json<StatusReply>, Refusal> {
    let caller = auth::caller(&desk.auth, &headers).await?;
    let release = (door::package(&name)?, door::version(&version)?);
    let asked: StatusRequest = door::from_value(asked)?;
    Ok(Json(desk.registry.change_status(&caller, &id, release, asked).await?))
}

async fn show(
    State(desk): State<Arc<Desk>>,
    Path((name, version)): Path<(String, String)>,
) -> Result<Json<PackageRecord>, Refusal> {
    Ok(Json(
        desk.registry
            .get(&door::package(&name)?, &door::version(&version)?)
            .await?,
    ))
}

async fn versions(State(desk): State<Arc<Desk>>, Path(name): Path<String>) -> Result<Json<PackageVersions>, Refusal> {
    Ok(Json(desk.registry.versions(door::package(&name)?).await?))
}

async fn packages(State(desk): State<Arc<Desk>>) -> Result<Json<PackageList>, Refusal> {
    Ok(Json(desk.registry.packages().await?))
}
