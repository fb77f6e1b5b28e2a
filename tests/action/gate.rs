//! A gate before a server: whatever passes is written down as it was sent, and the keeper may answer in the server's place.
//!
//! The host that was asked stays in the request, because it is part of what is signed for an archive, and part of what npm's registry
//! answers.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use axum::http::{HeaderMap, Response};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::meddling::Answer;

/// Who is behind a gate.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Behind {
    ChittyId,
    Gateway,
    Npm,
    Archive,
    Connect,
    Cloudflare,
    Platform,
    GitHub,
}

/// One request.
#[derive(Clone)]
pub(crate) struct Passed {
    pub(crate) behind: Behind,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What the keeper does with a request.
pub(crate) enum Keeper {
    LetsPass,
    /// The request is carried out, and this becomes of the JSON of its answer.
    Changes(Change),
    Answers(Answer),
    /// Breaks the connection off before the answer is whole.
    HangsUp,
    /// The request is carried out, and the connection breaks off all the same.
    HangsUpAfterwards,
    /// Nothing comes, for as long as anybody waits.
    KeepsSilent,
}

/// What was written down.
#[derive(Clone, Default)]
pub(crate) struct Book {
    asked: Arc<Mutex<Vec<Passed>>>,
    answered: Arc<Mutex<Vec<Answered>>>,
}

/// What a server said.
#[derive(Clone)]
pub(crate) struct Answered {
    pub(crate) to: Passed,
    pub(crate) status: u16,
    pub(crate) body: Bytes,
    /// Whether whoever asked has heard all of it.
    pub(crate) heard: bool,
}

pub(crate) type Change = Box<dyn FnOnce(&mut Value) + Send>;
pub(crate) type Rule = Arc<dyn Fn(&Passed) -> Keeper + Send + Sync>;

#[derive(Clone)]
struct Gate {
    behind: Behind,
    target: String,
    book: Book,
    rule: Rule,
    /// What is put in the place of what in the paths that pass.
    renamed: Option<(String, String)>,
    client: reqwest::Client,
}

impl Passed {
    pub(crate) fn authorization(&self) -> &str {
        let value = self.headers.get(AUTHORIZATION);
        value.and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Book {
    pub(crate) fn asked(&self) -> Vec<Passed> {
        self.asked.lock().unwrap().clone()
    }

    /// What the servers said; what a keeper said in their place is not among it.
    pub(crate) fn answered(&self) -> Vec<Answered> {
        self.answered.lock().unwrap().clone()
    }
}

/// Puts a gate before that server until the test's runtime ends, and answers with its address.
pub(crate) async fn gate(behind: Behind, target: &str, book: &Book, rule: &Rule) -> String {
    renaming(behind, target, book, rule, None).await
}

/// The same; servers behind other gates are called by their own names again.
pub(crate) async fn renaming(
    behind: Behind,
    target: &str,
    book: &Book,
    rule: &Rule,
    renamed: Option<(String, String)>,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let gate = Gate {
        behind,
        target: target.trim_end_matches('/').to_owned(),
        book: book.clone(),
        rule: Arc::clone(rule),
        renamed,
        client: crate::meddling::client(),
    };
    let routes = Router::new().fallback(pass).with_state(gate);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

async fn pass(State(gate): State<Gate>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let passed = Passed {
        behind: gate.behind,
        method: parts.method.to_string(),
        path: parts.uri.path_and_query().unwrap().as_str().to_owned(),
        headers: parts.headers,
        body: axum::body::to_bytes(body, usize::MAX).await.unwrap(),
    };
    gate.book.asked.lock().unwrap().push(passed.clone());
    match (gate.rule)(&passed) {
        Keeper::LetsPass => gate.forward(passed, None, true).await,
        Keeper::Changes(change) => gate.forward(passed, Some(change), true).await,
        Keeper::Answers(answer) => {
            let mut response = Response::builder().status(answer.status);
            for (name, value) in answer.headers {
                response = response.header(name, value);
            }
            response.body(Body::from(answer.body)).unwrap()
        }
        Keeper::HangsUp => broken(),
        Keeper::KeepsSilent => std::future::pending().await,
        Keeper::HangsUpAfterwards => {
            gate.forward(passed, None, false).await;
            broken()
        }
    }
}

impl Gate {
    async fn forward(&self, to: Passed, change: Option<Change>, heard: bool) -> Response<Body> {
        let mut headers = to.headers.clone();
        without_the_hop(&mut headers);
        let renamed = self.renamed.iter();
        let path = renamed.fold(to.path.clone(), |path, (name, own)| path.replace(name, own));
        let url = format!("{}{path}", self.target);
        let request = self.client.request(to.method.parse().unwrap(), url);
        let answer = request.headers(headers).body(to.body.clone()).send().await.unwrap();
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        without_the_hop(&mut headers);
        let mut body = answer.bytes().await.unwrap();
        if let (Some(change), Ok(mut json)) = (change, serde_json::from_slice(&body)) {
            change(&mut json);
            body = json.to_string().into();
        }
        self.book.answered.lock().unwrap().push(Answered {
            to,
            status: status.as_u16(),
            body: body.clone(),
            heard,
        });
        let mut response = Response::new(Body::from(body));
        (*response.status_mut(), *response.headers_mut()) = (status, headers);
        response
    }
}

fn broken() -> Response<Body> {
    let error = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Response::new(Body::from_stream(futures_util::stream::iter([Ok("{"), Err(error)])))
}

/// What is about one connection only.
fn without_the_hop(headers: &mut HeaderMap) {
    for name in [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(name);
    }
}
