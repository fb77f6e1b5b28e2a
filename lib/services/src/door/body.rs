//! Bodies of requests: read to a limit, then as JSON.

use axum::extract::{FromRequest, Request};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::refusal::{MISSING_REQUIRED_FIELDS, Refusal};

/// A JSON body of at most [`LARGEST_JSON`] bytes.
pub(crate) struct Body<T>(pub(crate) T);

/// No request of these services but a publish needs more, in bytes.
pub(crate) const LARGEST_JSON: usize = 1024 * 1024;

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Self::Rejection> {
        from_slice(&read(request.into_body(), LARGEST_JSON).await?).map(Self)
    }
}

/// Reads a body to its end.
pub(crate) async fn read(body: axum::body::Body, limit: usize) -> Result<Bytes, Refusal> {
    let mut stream = body.into_data_stream();
    let mut collected = BytesMut::new();
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|cause| Refusal::invalid(format!("the body broke off: {cause}")))?;
        if collected.len().saturating_add(piece.len()) > limit {
            discard(stream, limit).await;
            return Err(Refusal::TooLarge { limit });
        }
        collected.extend_from_slice(&piece);
    }
    Ok(collected.freeze())
}

/// Reads a body that nobody wants. Closing the connection on a sender who is still sending would cost him the answer.
pub(crate) async fn drain(body: axum::body::Body, limit: usize) {
    discard(body.into_data_stream(), limit).await;
}

/// Reads JSON into what is expected.
pub(crate) fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|cause| misread(&cause))
}

/// Takes what was read as JSON for what is expected.
pub(crate) fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, Refusal> {
    serde_json::from_value(value).map_err(|cause| misread(&cause))
}

fn misread(cause: &serde_json::Error) -> Refusal {
    let reason = cause.to_string();
    if reason.starts_with("missing field") {
        Refusal::Invalid {
            code: MISSING_REQUIRED_FIELDS,
            reason,
        }
    } else {
        Refusal::invalid(reason)
    }
}

async fn discard(mut stream: axum::body::BodyDataStream, limit: usize) {
    let mut left = limit;
    while let Some(Ok(piece)) = stream.next().await {
        left = left.saturating_sub(piece.len());
        if left == 0 {
            return;
        }
    }
}
