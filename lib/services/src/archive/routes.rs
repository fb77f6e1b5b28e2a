//! The archive over HTTP.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;

use super::rules::{Archive, content_type};
use crate::door;
use crate::refusal::Refusal;

/// The routes of the archive: `GET` and `HEAD`.
pub(crate) fn routes(archive: Archive) -> Router {
    Router::new().route("/{*path}", get(read)).with_state(Arc::new(archive))
}

async fn read(
    State(archive): State<Arc<Archive>>,
    Path(path): Path<String>,
    method: Method,
) -> Result<Response, Refusal> {
    Ok(door::serve(&method, archive.open(&path).await?, content_type(&path)))
}
