//! The timestamp authority over HTTP (RFC 3161, section 3.4), among the routes of ChittyID, at the path that Sigstore's clients ask.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use certified_evidence::timestamp_token::{LARGEST, TimestampRequest};

use super::LocalTimestamps;
use crate::Clock;
use crate::door;
use crate::refusal::Refusal;

/// The authority and the clock that it goes by.
pub(crate) struct Timestamps {
    pub(crate) authority: LocalTimestamps,
    pub(crate) clock: Clock,
}

/// The one route of the timestamp authority; ChittyID's others are joined with it.
pub(crate) fn routes(timestamps: Timestamps) -> Router {
    Router::new()
        .route("/api/v1/timestamp", post(answer))
        .with_state(Arc::new(timestamps))
}

/// A request that cannot be granted is answered too, with the reason in the words of RFC 3161.
async fn answer(
    State(timestamps): State<Arc<Timestamps>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let request = door::read(body, LARGEST).await?;
    let sent = headers.get(CONTENT_TYPE).map(axum::http::HeaderValue::as_bytes);
    if sent != Some(TimestampRequest::CONTENT_TYPE.as_bytes()) {
        let expected = TimestampRequest::CONTENT_TYPE;
        return Err(Refusal::invalid(format!("expected a request of type `{expected}`")));
    }
    let answer = timestamps.authority.answer(&request, (timestamps.clock)());
    let answer = answer.map_err(|cause| Refusal::Failed {
        code: "TIMESTAMP_FAILED",
        reason: cause.to_string(),
    })?;
    Ok(([(CONTENT_TYPE, TimestampRequest::ANSWER_CONTENT_TYPE)], answer).into_response())
}
