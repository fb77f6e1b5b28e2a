//! octocrab's requests, sent by our own transport.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use certified_evidence::Secret;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use octocrab::OctoBody;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName};
use reqwest::{Method, Url};
use tower::Service as TowerService;

use super::failed;
use crate::base_url::BaseUrl;
use crate::call::{Call, Repeat};
use crate::error::{ClientError, Failure, Service};
use crate::patience::Patience;
use crate::redact::printable;
use crate::transport::Transport;

/// The way to one GitHub.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) transport: Transport,
    pub(super) base: BaseUrl,
    pub(super) uploads: BaseUrl,
    pub(super) token: Arc<Secret<String>>,
    pub(super) patience: Patience,
    pub(super) attach: Patience,
}

impl TowerService<Request<OctoBody>> for Wire {
    type Response = Response<Full<Bytes>>;
    type Error = ClientError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<OctoBody>) -> Self::Future {
        let wire = self.clone();
        Box::pin(async move { wire.exchange(request).await })
    }
}

impl Wire {
    async fn exchange(&self, request: Request<OctoBody>) -> Result<Response<Full<Bytes>>, ClientError> {
        let (head, body) = request.into_parts();
        let url = self.url(&head.uri)?;
        let unreadable = |error: octocrab::Error| failed(Failure::Request(printable(&error.to_string())));
        let body = body.collect().await.map_err(unreadable)?.to_bytes();
        let repeat = if head.method == Method::GET {
            Repeat::Freely
        } else {
            Repeat::IfUnsent
        };
        let json = head.headers.get(CONTENT_TYPE).is_some_and(|kind| kind == JSON);
        let patience = if json || body.is_empty() {
            self.patience
        } else {
            self.attach
        };
        let mut call = Call::new(&self.transport, Service::GitHub, patience, head.method, url)
            .token(Some(&self.token))?
            .header(ACCEPT, "application/vnd.github+json")
            .header(API_VERSION, "2022-11-28")
            .repeat(repeat);
        if !body.is_empty() {
            call = call.body(if json { JSON } else { "application/octet-stream" }, body);
        }
        let answer = call.send().await?;
        let mut response = Response::new(Full::from(answer.body));
        *response.headers_mut() = answer.headers;
        Ok(response)
    }

    /// A path is one of ours. A whole address stands in a list's link to its next page, and counts when it is of the configured GitHub.
    fn url(&self, uri: &http::Uri) -> Result<Url, ClientError> {
        if uri.authority().is_none() {
            let mut url = self.base.at(uri.path());
            url.set_query(uri.query());
            return Ok(url);
        }
        let elsewhere = || failed(Failure::Unreadable("it names a page at another address".into()));
        let url = Url::parse(&uri.to_string()).map_err(|_| elsewhere())?;
        let ours = self.base.is_origin_of(&url) || self.uploads.is_origin_of(&url);
        if ours { Ok(url) } else { Err(elsewhere()) }
    }
}

// Who is asked is no secret; what shows who asks is.
impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("base", &self.base).finish_non_exhaustive()
    }
}

/// Our own error, which octocrab carried, or what it says itself about an answer that it cannot read. Never a value of the answer.
pub(super) fn client_error(error: octocrab::Error) -> ClientError {
    use octocrab::Error;
    match error {
        Error::Service { source, .. } => match source.downcast::<ClientError>() {
            Ok(ours) => *ours,
            Err(other) => failed(Failure::Request(printable(&other.to_string()))),
        },
        Error::Json { source, .. } => failed(Failure::Unreadable(shape(&source.path().to_string()))),
        Error::Serde { .. } | Error::Other { .. } => failed(Failure::Unreadable("JSON of another shape".into())),
        _ => failed(Failure::Request("octocrab cannot make it".into())),
    }
}

/// Where it has another shape. A name that no field of ours could have is the server's, and may be what it was sent.
fn shape(place: &str) -> String {
    let of_ours = |c: char| c.is_ascii_lowercase() || "_.[]".contains(c) || c.is_ascii_digit();
    let index = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let names = |part: &str| !part.contains(|c: char| c.is_ascii_digit()) || index(part);
    if place.chars().all(of_ours) && place.split(['.', '[', ']']).all(names) {
        format!("JSON of another shape at `{place}`")
    } else {
        "JSON of another shape".into()
    }
}

const JSON: &str = "application/json";
const API_VERSION: HeaderName = HeaderName::from_static("x-github-api-version");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_not_ours_is_not_repeated() {
        assert_eq!(shape("[3].user.login"), "JSON of another shape at `[3].user.login`");
        for theirs in ["Bearer ghs_x", "ghs_k3VbQ9", "a0b1c2d3", "[0].ghs_9"] {
            assert_eq!(shape(theirs), "JSON of another shape");
        }
    }
}
