//! A server that answers by script and remembers what it was asked.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use certified_client::{BaseUrl, Patience};
use futures_util::StreamExt;
use futures_util::stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Short enough for a test, with the pauses between attempts next to nothing.
pub(crate) const HASTY: Patience = Patience {
    connect: Duration::from_secs(5),
    timeout: Duration::from_secs(10),
    attempts: 3,
    first_pause: Duration::from_millis(1),
    largest_answer: 64 * 1024,
};

/// One scripted answer.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) after: After,
}

/// What comes after the body.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum After {
    End,
    Silence,
    MoreForever,
}

/// What the server was asked.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

#[derive(Clone)]
pub(crate) struct Stub {
    pub(crate) base: BaseUrl,
    script: Arc<Mutex<Vec<Reply>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json".into())],
            body: body.as_bytes().to_vec(),
            after: After::End,
        }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::json(status, "")
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn then(mut self, after: After) -> Self {
        self.after = after;
        self
    }

    fn response(self) -> Response {
        let first = stream::iter([Ok::<_, Infallible>(Bytes::from(self.body.clone()))]);
        let body = match self.after {
            After::End => Body::from(self.body),
            After::Silence => Body::from_stream(first.chain(stream::pending())),
            After::MoreForever => {
                Body::from_stream(first.chain(stream::repeat_with(|| Ok(Bytes::from_static(&[b' '; 4096])))))
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap();
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        response
    }
}

impl Stub {
    /// Answers by the script; the last answer is given for ever.
    pub(crate) async fn new(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/base", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let script: Vec<Reply> = script.into_iter().collect();
        let stub = Self {
            base,
            script: Arc::new(Mutex::new(script)),
            seen: Arc::default(),
        };
        let router = Router::new().fallback(answer).with_state(stub.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        stub
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen[0].clone()
    }
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

async fn answer(State(stub): State<Stub>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let seen = Seen {
        method: head.method.to_string(),
        uri: head.uri.to_string(),
        headers: head.headers,
        body,
    };
    stub.seen.lock().unwrap().push(seen);
    let mut script = stub.script.lock().unwrap();
    let reply = if script.len() > 1 {
        script.remove(0)
    } else {
        script[0].clone()
    };
    reply.response()
}

/// A server that reads each request to the end of its head, says something, and hangs up.
pub(crate) async fn hangs_up_after(text: &'static str) -> (BaseUrl, Arc<Mutex<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let count = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                if socket.read_buf(&mut head).await.unwrap_or(0) == 0 {
                    break;
                }
            }
            *counted.lock().unwrap() += 1;
            let _ = socket.write_all(text.as_bytes()).await;
        }
    });
    (base, count)
}

/// An address at which nobody listens.
pub(crate) async fn nobody() -> BaseUrl {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap()).parse().unwrap()
}
