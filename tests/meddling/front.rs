//! The proxies: one before each service, all with the same hook and the same list of what was asked.

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderName, Response};
use certified_services::Addresses;
use tokio::net::TcpListener;

/// Who is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Service {
    ChittyId,
    Gateway,
    Npm,
}

/// One request, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) service: Service,
    pub(crate) method: String,
    /// Path and query below the service's address, as they were written.
    pub(crate) path: String,
    pub(crate) body: Bytes,
    /// What the header of that name says.
    pub(crate) authorization: Option<String>,
}

/// What becomes of a request.
pub(crate) enum Act {
    /// It is passed on, and so is its answer.
    Forward,
    /// It is not passed on.
    Answer(Answer),
    /// It is passed on, and this becomes of the body of its answer.
    Change(Box<dyn FnOnce(Vec<u8>) -> Vec<u8> + Send>),
    /// It is passed on and carried out; this is the answer all the same.
    CarryOutThenAnswer(Answer),
    /// It is passed on and carried out; the connection breaks off before the answer is whole.
    CarryOutThenHangUp,
    /// It is not passed on, and never answered.
    Never,
}

/// An answer of the meddler.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// The proxies of one scene.
pub(crate) struct Front {
    addresses: [(Service, String); 3],
    asked: Arc<Mutex<Vec<Asked>>>,
}

type Hook = Arc<dyn Fn(&Asked) -> Act + Send + Sync>;

#[derive(Clone)]
struct Desk {
    service: Service,
    target: String,
    hook: Hook,
    asked: Arc<Mutex<Vec<Asked>>>,
    client: reqwest::Client,
}

impl Asked {
    pub(crate) fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path == path
    }
}

impl Answer {
    /// An error in the shape in which the services answer.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::json(
            status,
            &serde_json::json!({ "success": false, "error_code": code, "error": code, "message": message }).to_string(),
        )
    }

    /// Any text, called JSON.
    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json".into())],
            body: body.into(),
        }
    }
}

impl Front {
    /// Takes a free port for each service and serves until the test's runtime ends.
    pub(crate) async fn before(addresses: &Addresses, hook: Hook) -> Self {
        let asked = Arc::default();
        let client = client();
        let mut fronts = Vec::new();
        for (service, target) in [
            (Service::ChittyId, &addresses.chitty_id),
            (Service::Gateway, &addresses.gateway),
            (Service::Npm, &addresses.npm),
        ] {
            let target = target.as_str().trim_end_matches('/').to_owned();
            let desk = Desk {
                service,
                target,
                hook: Arc::clone(&hook),
                asked: Arc::clone(&asked),
                client: client.clone(),
            };
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            fronts.push((service, format!("http://{}", listener.local_addr().unwrap())));
            let routes = Router::new().fallback(pass).with_state(desk);
            tokio::spawn(async move { axum::serve(listener, routes).await });
        }
        Self {
            addresses: fronts.try_into().unwrap(),
            asked,
        }
    }

    /// Where a service's proxy answers.
    pub(crate) fn address(&self, service: Service) -> String {
        self.addresses
            .iter()
            .find(|(which, _)| *which == service)
            .unwrap()
            .1
            .clone()
    }

    /// What was asked of all of them, in order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

/// A client without proxies, redirects or retries.
pub(crate) fn client() -> reqwest::Client {
    // Loopback needs no TLS; the client wants somebody to be in charge of it all the same. Another test may have been faster.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

async fn pass(State(desk): State<Desk>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.path_and_query().unwrap().as_str().to_owned();
    let asked = Asked {
        service: desk.service,
        method: parts.method.to_string(),
        path,
        body,
        authorization: parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| Some(value.to_str().ok()?.to_owned())),
    };
    desk.asked.lock().unwrap().push(asked.clone());
    match (desk.hook)(&asked) {
        Act::Forward => desk.forward(&asked, parts.headers).await,
        Act::Answer(answer) => answered(answer),
        Act::Never => std::future::pending().await,
        Act::Change(change) => {
            let (parts, body) = desk.forward(&asked, parts.headers).await.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            Response::from_parts(parts, Body::from(change(body.to_vec())))
        }
        Act::CarryOutThenAnswer(answer) => {
            assert!(desk.forward(&asked, parts.headers).await.status().is_success());
            answered(answer)
        }
        Act::CarryOutThenHangUp => {
            assert!(desk.forward(&asked, parts.headers).await.status().is_success());
            let broken = futures_util::stream::iter([Ok("{"), Err(io::Error::from(io::ErrorKind::ConnectionReset))]);
            Response::new(Body::from_stream(broken))
        }
    }
}

impl Desk {
    async fn forward(&self, asked: &Asked, mut headers: HeaderMap) -> Response<Body> {
        without_the_hop(&mut headers);
        let url = format!("{}{}", self.target, asked.path);
        let request = self.client.request(asked.method.parse().unwrap(), url).headers(headers);
        let answer = request.body(asked.body.clone()).send().await.unwrap();
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        without_the_hop(&mut headers);
        let mut response = Response::new(Body::from(answer.bytes().await.unwrap()));
        (*response.status_mut(), *response.headers_mut()) = (status, headers);
        response
    }
}

fn answered(answer: Answer) -> Response<Body> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.body)).unwrap()
}

/// What is about one connection only.
fn without_the_hop(headers: &mut HeaderMap) {
    let hop: [HeaderName; 4] = [CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING];
    for name in hop {
        headers.remove(name);
    }
}
