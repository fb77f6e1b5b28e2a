//! npm's registry over HTTP.

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use certified_evidence::{PackageName, RequestId};
use serde::Serialize;
use serde_json::{Value, json};

use super::address::Address;
use super::document::ABBREVIATED;
use super::rules::Npm;
use super::stage::Page;
use super::trust::TrustConfig;
use crate::auth::{self, Auth, Caller};
use crate::door;
use crate::refusal::Refusal;

struct Desk {
    auth: Arc<Auth>,
    npm: Npm,
}

/// The routes of npm's registry. There is one, because a scope's slash may be written in two ways.
pub(crate) fn routes(auth: Arc<Auth>, npm: Npm) -> Router {
    let desk = Arc::new(Desk { auth, npm });
    Router::new()
        .route("/{*path}", get(read).put(write).post(hand_in).delete(remove))
        .with_state(desk)
}

/// What npm's own client asks at the root of the host, wherever the registry is.
pub(crate) fn at_the_root(auth: Arc<Auth>, npm: Npm) -> Router {
    let desk = Arc::new(Desk { auth, npm });
    Router::new()
        .route("/-/npm/{*path}", post(exchange_at_the_root))
        .with_state(desk)
}

async fn read(
    State(desk): State<Arc<Desk>>,
    Path(path): Path<String>,
    method: Method,
    Query(page): Query<Page>,
    headers: HeaderMap,
) -> Result<Response, Said> {
    Ok(match address(&path)? {
        Address::Ping => Json(json!({})).into_response(),
        Address::Whoami => {
            let caller = desk.caller(&headers).await?;
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
        Address::Trust(name) => Json(desk.npm.trusted(&desk.caller(&headers).await?, &name).await?).into_response(),
        Address::Stage => Json(desk.npm.staged_list(&desk.caller(&headers).await?, page).await?).into_response(),
        Address::Staged(id) => Json(desk.npm.staged_item(&desk.caller(&headers).await?, &id).await?).into_response(),
        Address::StagedTarball(id) => {
            let tarball = desk.npm.staged_tarball(&desk.caller(&headers).await?, &id).await?;
            door::serve(&method, tarball, "application/octet-stream")
        }
        Address::Tag(..) | Address::Exchange(_) | Address::StageOf(_) | Address::Approval(_) => {
            return Err(no_method(&method));
        }
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
            let version = door::from_slice(&body)?;
            desk.npm.set_tag(&caller, &id, &name, &tag, Some(version)).await?;
            Ok((StatusCode::CREATED, Json(done())))
        }
        _ => {
            door::drain(body, limit).await;
            Err(no_method(&parts.method))
        }
    }
}

/// What is handed in: an identity token, a version for the stage, a word about one that waits, a publisher to trust.
async fn hand_in(
    State(desk): State<Arc<Desk>>,
    Path(path): Path<String>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Result<Response, Said> {
    let (parts, body) = request.into_parts();
    let address = address(&path)?;
    if let Address::Exchange(name) = &address {
        return desk.exchanged(&parts.headers, &id, name).await;
    }
    let limit = match &address {
        Address::StageOf(_) => desk.npm.largest_publish,
        Address::Approval(_) | Address::Trust(_) => door::LARGEST_JSON,
        _ => return Err(no_method(&parts.method)),
    };
    let caller = match desk.hander(&parts.headers, &address).await {
        Ok(caller) => caller,
        Err(refusal) => {
            door::drain(body, limit).await;
            return Err(refusal.into());
        }
    };
    let body = door::read(body, limit).await?;
    Ok(match address {
        Address::StageOf(name) => created(desk.npm.stage(&caller, &id, name, body).await?),
        Address::Approval(which) => created(desk.npm.approve(&caller, &id, &which).await?),
        Address::Trust(name) => {
            let asked: Vec<TrustConfig> = door::from_slice(&body)?;
            Json(desk.npm.trust(&caller, &id, name, asked).await?).into_response()
        }
        _ => return Err(no_method(&parts.method)),
    })
}

async fn exchange_at_the_root(
    State(desk): State<Arc<Desk>>,
    Path(path): Path<String>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    method: Method,
) -> Result<Response, Said> {
    match address(&format!("-/npm/{path}"))? {
        Address::Exchange(name) => desk.exchanged(&headers, &id, &name).await,
        _ => Err(no_method(&method)),
    }
}

async fn remove(
    State(desk): State<Arc<Desk>>,
    Path(path): Path<String>,
    Extension(id): Extension<RequestId>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Said> {
    let (address, caller) = desk.publisher(&headers, &path).await?;
    match address {
        Address::Tag(name, tag) => {
            desk.npm.set_tag(&caller, &id, &name, &tag, None).await?;
            Ok(Json(done()).into_response())
        }
        Address::Staged(which) => {
            desk.npm.reject(&caller, &id, &which).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        _ => Err(no_method(&method)),
    }
}

impl Desk {
    async fn caller(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        auth::caller(&self.auth, headers).await
    }

    async fn publisher(&self, headers: &HeaderMap, path: &str) -> Result<(Address, Caller), Refusal> {
        let caller = self.caller(headers).await?;
        let address = address(path)?;
        if let Some(name) = address.package() {
            Npm::may_publish(&caller, name)?;
        }
        Ok((address, caller))
    }

    /// Who hands something in, before the body is read.
    async fn hander(&self, headers: &HeaderMap, address: &Address) -> Result<Caller, Refusal> {
        let caller = self.caller(headers).await?;
        match address {
            Address::StageOf(name) => Npm::may_stage(&caller, name)?,
            _ => Npm::maintains(&caller)?,
        }
        Ok(caller)
    }

    /// The identity token stands where other requests have the registry's own.
    async fn exchanged(&self, headers: &HeaderMap, id: &RequestId, name: &PackageName) -> Result<Response, Said> {
        let token = auth::bearer(headers)?;
        Ok(door::unstored(created(self.npm.exchange(token, id, name).await?)))
    }
}

fn created(reply: impl Serialize) -> Response {
    (StatusCode::CREATED, Json(reply)).into_response()
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
