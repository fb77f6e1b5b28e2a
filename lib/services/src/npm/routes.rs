//! npm's registry over HTTP.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use certified_evidence::RequestId;
use serde_json::{Value, json};

use super::address::Address;
use super::document::ABBREVIATED;
use super::rules::Npm;
use crate::auth::{self, Auth, Caller};
use crate::door;
use crate::refusal::Refusal;

struct Desk {
    auth: Arc<Auth>,
    npm: Npm,
}

/// The routes of npm's registry. There is one, because a scope's slash may be written in two ways.
pub(crate) fn routes(auth: Arc<Auth>, npm: Npm) -> Router {
    Router::new()
        .route("/{*path}", get(read).put(write).delete(remove))
        .with_state(Arc::new(Desk { auth, npm }))
}

async fn read(
    State(desk): State<Arc<Desk>>,
    Path(path): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Said> {
    Ok(match address(&path)? {
        Address::Ping => Json(json!({})).into_response(),
        Address::Whoami => {
            let caller = auth::caller(&desk.auth, &headers).await?;
            Json(json!({ "username": caller.id })).into_response()
        }
        Address::Package(name) => {
            let abbreviated = accepts_abbreviated(&headers);
            let mut response = Json(desk.npm.packument(&name, abbreviated).await?).into_response();
            if abbreviated {
                response
                    .headers_mut()
                    .insert(CONTENT_TYPE, HeaderValue::from_static(ABBREVIATED));
            }
            response
        }
        Address::Version(name, wanted) => Json(desk.npm.manifest(&name, &wanted).await?).into_response(),
        Address::Tarball(name, file) => door::serve(
            &method,
            desk.npm.tarball(&name, &file).await?,
            "application/octet-stream",
        ),
        Address::Tags(name) => Json(desk.npm.tags(&name).await?).into_response(),
        Address::Tag(..) => return Err(no_method(&method)),
    })
}

async fn write(
    State(desk): State<Arc<Desk>>,
    Path(path): Path<String>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Result<(StatusCode, Json<Value>), Said> {
    let limit = desk.npm.largest_publish;
    let (parts, body) = request.into_parts();
    // Before the body: nobody without a credential makes us hold a hundred megabytes.
    let (address, caller) = match desk.publisher(&parts.headers, &path).await {
        Ok(known) => known,
        Err(refusal) => {
            door::drain(body, limit).await;
            return Err(refusal.into());
        }
    };
    match address {
        Address::Package(name) => {
            let body = door::read(body, limit).await?;
            desk.npm.publish(&caller, &id, name, body).await?;
            Ok((StatusCode::CREATED, Json(done())))
        }
        Address::Tag(name, tag) => {
            let body = door::read(body, door::LARGEST_JSON).await?;
            let unreadable = |cause: serde_json::Error| Refusal::invalid(cause.to_string());
            let version = serde_json::from_slice(&body).map_err(unreadable)?;
            desk.npm.set_tag(&caller, &id, &name, &tag, Some(version)).await?;
            Ok((StatusCode::CREATED, Json(done())))
        }
        _ => {
            door::drain(body, limit).await;
            Err(no_method(&parts.method))
        }
    }
}

async fn remove(
    State(desk): State<Arc<Desk>>,
    Path(path): Path<String>,
    Extension(id): Extension<RequestId>,
    method: Method,
    headers: HeaderMap,
) -> Result<Json<Value>, Said> {
    let (address, caller) = desk.publisher(&headers, &path).await?;
    match address {
        Address::Tag(name, tag) => {
            desk.npm.set_tag(&caller, &id, &name, &tag, None).await?;
            Ok(Json(done()))
        }
        _ => Err(no_method(&method)),
    }
}

impl Desk {
    async fn publisher(&self, headers: &HeaderMap, path: &str) -> Result<(Address, Caller), Refusal> {
        let caller = auth::caller(&self.auth, headers).await?;
        let address = address(path)?;
        if let Some(name) = address.package() {
            Npm::may_publish(&caller, name)?;
        }
        Ok((address, caller))
    }
}

/// What a client hears about something that was done; none of them listens.
fn done() -> Value {
    json!({ "success": true })
}

/// A refusal as npm's clients show it: the sentence stands in `error`, not the code.
struct Said(Refusal);

impl From<Refusal> for Said {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for Said {
    fn into_response(self) -> Response {
        let mut body = self.0.body();
        body.error.clone_from(&body.message);
        self.0.answer(body)
    }
}

fn address(path: &str) -> Result<Address, Refusal> {
    let nothing = || Refusal::NotFound {
        code: "NOT_FOUND",
        reason: "there is nothing at this address".to_owned(),
    };
    Address::parse(path).ok_or_else(nothing)
}

fn no_method(method: &Method) -> Said {
    Said(Refusal::Method {
        method: method.to_string(),
    })
}

fn accepts_abbreviated(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .any(|value| value.to_str().is_ok_and(|text| text.contains(ABBREVIATED)))
}
