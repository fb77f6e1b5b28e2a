//! The Chronicle over HTTP.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use certified_evidence::RequestId;
use certified_evidence::wire::chronicle::{EventPage, EventReply, EventRequest, EventType, PackageEvents, ShownEvent};
use serde::Deserialize;
use serde_json::Value;

use super::rules::Chronicle;
use crate::auth::{self, Auth};
use crate::door::{self, Body};
use crate::refusal::Refusal;
use crate::storage::Written;

struct Desk {
    auth: Arc<Auth>,
    chronicle: Chronicle,
}

/// The routes below `/chronicle`.
pub(in crate::gateway) fn routes(auth: Arc<Auth>, chronicle: Chronicle) -> Router {
    Router::new()
        .route("/events", post(append).get(page))
        .route("/events/{event_id}", get(show))
        .route("/packages/{name}/events", get(of_package))
        .with_state(Arc::new(Desk { auth, chronicle }))
}

async fn append(
    State(desk): State<Arc<Desk>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    Body(asked): Body<Value>,
) -> Result<(StatusCode, Json<EventReply>), Refusal> {
    let caller = auth::caller(&desk.auth, &headers).await?;
    let asked: EventRequest = door::from_value(asked)?;
    Ok(match desk.chronicle.append(&caller, &id, asked).await? {
        Written::New(reply) => (StatusCode::CREATED, Json(reply)),
        Written::Present(reply) => (StatusCode::OK, Json(reply)),
    })
}

/// Which part of the Chronicle is asked for.
#[derive(Deserialize)]
struct Part {
    #[serde(rename = "type")]
    event_type: Option<EventType>,
    #[serde(default)]
    offset: u32,
    #[serde(default = "usual_limit")]
    limit: u32,
}

const fn usual_limit() -> u32 {
    100
}

async fn page(
    State(desk): State<Arc<Desk>>,
    part: Result<Query<Part>, QueryRejection>,
) -> Result<Json<EventPage>, Refusal> {
    let Query(part) = part.map_err(|cause| Refusal::invalid(cause.body_text()))?;
    Ok(Json(
        desk.chronicle.page(part.event_type, part.offset, part.limit).await?,
    ))
}

async fn show(State(desk): State<Arc<Desk>>, Path(event_id): Path<String>) -> Result<Json<ShownEvent>, Refusal> {
    Ok(Json(desk.chronicle.get(&door::event_id(&event_id)?).await?))
}

async fn of_package(State(desk): State<Arc<Desk>>, Path(name): Path<String>) -> Result<Json<PackageEvents>, Refusal> {
    Ok(Json(desk.chronicle.of_package(door::package(&name)?).await?))
}
