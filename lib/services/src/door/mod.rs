//! What every service does at its door: name the request, read the body, put a refusal into words.

mod answer;
mod body;
mod file;
mod path;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, Uri};
use axum::middleware::{self, Next};
use axum::response::Response;
use certified_evidence::RequestId;
use uuid::Uuid;

pub(crate) use self::answer::unstored;
pub(crate) use self::body::{Body, LARGEST_JSON, drain, from_slice, from_value, read};
pub(crate) use self::file::{Opened, serve};
pub(crate) use self::path::{cert_id, event_id, package, version};
use crate::refusal::Refusal;

/// Puts the door before the routes: a name for each request, and an answer in JSON where there is no route.
pub(crate) fn before(routes: Router) -> Router {
    routes
        .fallback(no_such_address)
        .method_not_allowed_fallback(no_such_method)
        .layer(middleware::from_fn(name_the_request))
}

/// Takes the caller's `X-Request-ID`, or makes one, hands it to the routes and puts it on the answer.
async fn name_the_request(mut request: Request, next: Next) -> Response {
    let sent = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let id: Option<RequestId> = sent
        .and_then(|text| text.parse().ok())
        .or_else(|| Uuid::new_v4().to_string().parse().ok());
    if let Some(id) = &id {
        request.extensions_mut().insert(id.clone());
    }
    let mut response = next.run(request).await;
    if let Some(value) = id.and_then(|id| HeaderValue::from_str(id.as_str()).ok()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

async fn no_such_address(uri: Uri) -> Refusal {
    Refusal::NotFound {
        code: "NOT_FOUND",
        reason: format!("there is nothing at `{}`", uri.path()),
    }
}

async fn no_such_method(method: Method) -> Refusal {
    Refusal::Method {
        method: method.to_string(),
    }
}

const REQUEST_ID: &str = "x-request-id";
