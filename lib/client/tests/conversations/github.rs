//! GitHub: pages, permissions, limits, and files that are attached once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::response::Response;
use certified_client::github::{Attached, GitHub, Status, StatusState};
use certified_client::{Class, Failure, Patience};
use certified_evidence::{Digest, Secret};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::samples::transport;
use crate::stub::{HASTY, Reply, Seen};

#[tokio::test]
async fn approvals_are_read_with_the_token_and_the_version_of_the_interface() {
    let hub = Hub::new([(
        "GET /repos/acme/widgets/actions/runs/7/approvals",
        Reply::json(200, APPROVALS),
    )])
    .await;
    let approvals = hub.client().approvals("7").await.unwrap();
    assert_eq!(approvals[0].state, "approved");
    assert_eq!(approvals[0].environments[0].name, "npm");
    assert!(approvals[0].user.as_ref().unwrap().is_person());
    assert!(!approvals[1].user.as_ref().unwrap().is_person());
    let seen = hub.seen();
    assert_eq!(seen[0].header("authorization"), Some("Bearer ghs_0123456789"));
    assert_eq!(seen[0].header("x-github-api-version"), Some("2022-11-28"));
    assert!(seen[0].header("user-agent").unwrap().starts_with("certified-publish/"));
}

#[tokio::test]
async fn a_list_is_read_to_its_last_page() {
    let hub = Hub::new([
        (REVIEWS, page(1, Some("/repos/acme/widgets/pulls/5/reviews?page=2"))),
        ("GET /repos/acme/widgets/pulls/5/reviews?page=2", page(2, None)),
    ])
    .await;
    let reviews = hub.client().reviews(5).await.unwrap();
    let names: Vec<_> = reviews
        .iter()
        .map(|review| review.user.as_ref().unwrap().login.as_str())
        .collect();
    assert_eq!(names, ["reviewer-1", "reviewer-2"]);
}

#[tokio::test]
async fn a_list_without_end_is_given_up() {
    let hub = Hub::new([(
        REVIEWS,
        page(1, Some("/repos/acme/widgets/pulls/5/reviews?per_page=100")),
    )])
    .await;
    let error = hub.client().reviews(5).await.unwrap_err();
    assert!(error.to_string().contains("more than 10 pages"), "{error}");
    assert_eq!(hub.seen().len(), 10);
}

#[tokio::test]
async fn the_token_does_not_follow_a_page_to_another_address() {
    let elsewhere = Hub::new([]).await;
    let next = format!("<{}/steal?page=2>; rel=\"next\"", elsewhere.base);
    let hub = Hub::new([(REVIEWS, Reply::json(200, "[]").header("link", &next))]).await;
    let error = hub.client().reviews(5).await.unwrap_err();
    assert_eq!(error.class(), Class::Verification);
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_missing_permission_is_named_as_the_line_to_add() {
    let refusal = r#"{"message":"Resource not accessible by integration","documentation_url":"https://docs.example"}"#;
    let hub = Hub::new([("*", Reply::json(403, refusal))]).await;
    let github = hub.client();
    let error = github.approvals("7").await.unwrap_err();
    assert_eq!(error.class(), Class::Authentication);
    assert_eq!(error.advice(), "add to the job: `permissions: { actions: read }`");
    assert!(
        error.to_string().contains("Resource not accessible by integration"),
        "{error}"
    );
    assert!(
        github
            .reviews(5)
            .await
            .unwrap_err()
            .advice()
            .contains("{ pull-requests: read }")
    );
    let status = github.set_status("abc", &status()).await.unwrap_err();
    assert!(status.advice().contains("{ statuses: write }"));
}

#[tokio::test]
async fn no_requests_left_is_no_missing_permission() {
    let spent = Reply::json(403, r#"{"message":"API rate limit exceeded"}"#)
        .header("x-ratelimit-remaining", "0")
        .header("date", "Tue, 15 Nov 1994 08:12:31 GMT")
        .header("x-ratelimit-reset", "784887451");
    let hub = Hub::new([("*", spent)]).await;
    let github = hub.client().with_patience(Patience { attempts: 1, ..HASTY });
    let error = github.approvals("7").await.unwrap_err();
    assert_eq!(error.class(), Class::Unavailable);
    assert!(
        matches!(
            error.error.what,
            Failure::RateLimited {
                retry_after: Some(300),
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_tag_without_a_release_is_no_error() {
    let hub = Hub::new([]).await;
    assert_eq!(hub.client().release("v1.2.3").await.unwrap(), None);
    assert_eq!(hub.seen()[0].uri, "/api/v3/repos/acme/widgets/releases/tags/v1.2.3");
}

#[tokio::test]
async fn an_answer_of_another_shape_is_refused_without_its_values() {
    let hub = Hub::new([("*", Reply::json(200, r#"{"id":"ghs_0123456789"}"#))]).await;
    let error = hub.client().release("v1.2.3").await.unwrap_err();
    assert_eq!(error.class(), Class::Verification);
    assert!(!error.to_string().contains("ghs_"), "{error}");
}

#[tokio::test]
async fn a_file_is_attached_once_and_never_replaced() {
    let hub = Hub::new([(RELEASE, Reply::json(200, r#"{"id":9}"#))]).await;
    let github = hub.client();
    let release = github.release("v1.2.3").await.unwrap().unwrap();
    let attach = |bytes: &'static [u8]| github.attach(&release, "widgets.tgz.sig", Bytes::from_static(bytes));
    assert_eq!(attach(b"one").await.unwrap(), Attached::New);
    assert_eq!(attach(b"one").await.unwrap(), Attached::Identical);
    let error = attach(b"two").await.unwrap_err();
    assert_eq!(error.class(), Class::Conflict);
    for digest in [Digest::of(b"one"), Digest::of(b"two")] {
        assert!(error.to_string().contains(&digest.to_string()), "{error}");
    }
    let uploads = hub.seen().into_iter().filter(|seen| seen.method == "POST").count();
    assert_eq!(uploads, 1);
}

#[tokio::test]
async fn a_commit_gets_its_status() {
    let hub = Hub::new([("POST /repos/acme/widgets/statuses/abc", Reply::json(201, "{}"))]).await;
    hub.client().set_status("abc", &status()).await.unwrap();
    let sent: Value = serde_json::from_slice(&hub.seen()[0].body).unwrap();
    assert_eq!(
        sent,
        json!({ "state": "success", "target_url": "https://r.example", "description": "certified", "context": "c" })
    );
}

fn status() -> Status {
    Status {
        state: StatusState::Success,
        target_url: "https://r.example".into(),
        description: "certified".into(),
        context: "c".into(),
    }
}

/// One review, and a link to the page after it.
fn page(number: u32, next: Option<&str>) -> Reply {
    let user = json!({ "login": format!("reviewer-{number}"), "type": "User" });
    let reply = Reply::json(200, &json!([{ "user": user, "state": "APPROVED" }]).to_string());
    match next {
        Some(next) => reply.header("link", &format!("<http://HOST/api/v3{next}>; rel=\"next\"")),
        None => reply,
    }
}

/// A GitHub Enterprise server of ours, which keeps the files of release 9.
#[derive(Clone)]
struct Hub {
    base: String,
    answers: Arc<BTreeMap<String, Reply>>,
    assets: Arc<Mutex<Vec<Value>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Hub {
    async fn new(answers: impl IntoIterator<Item = (&str, Reply)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let answers = answers.into_iter().map(|(asked, reply)| (asked.to_owned(), reply));
        let hub = Self {
            base: format!("http://{}", listener.local_addr().unwrap()),
            answers: Arc::new(answers.collect()),
            assets: Arc::default(),
            seen: Arc::default(),
        };
        let router = Router::new().fallback(answer).with_state(hub.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        hub
    }

    fn client(&self) -> GitHub {
        let base = format!("{}/api/v3", self.base).parse().unwrap();
        let token = Secret::new("ghs_0123456789".to_owned());
        GitHub::new(transport(), base, token, "acme/widgets".parse().unwrap()).with_patience(HASTY)
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn reply(&self, seen: &Seen) -> Reply {
        let path = seen.uri.replacen("/api/v3", "", 1).replacen("/api/uploads", "", 1);
        let asked = format!("{} {path}", seen.method);
        let assets = path.starts_with("/repos/acme/widgets/releases/9/assets");
        match (
            self.answers.get(&asked).or_else(|| self.answers.get("*")),
            seen.method.as_str(),
        ) {
            (Some(reply), _) => reply.clone(),
            (None, "GET") if assets => Reply::json(200, &json!(*self.assets.lock().unwrap()).to_string()),
            (None, "POST") if assets => {
                let name = path.split("name=").nth(1).unwrap();
                let asset = json!({ "name": name, "state": "uploaded", "digest": Digest::of(&seen.body) });
                self.assets.lock().unwrap().push(asset);
                Reply::json(201, "{}")
            }
            _ => Reply::json(404, r#"{"message":"Not Found"}"#),
        }
    }
}

async fn answer(State(hub): State<Hub>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let host = head.headers[HOST].to_str().unwrap().to_owned();
    let seen = Seen {
        method: head.method.to_string(),
        uri: head.uri.to_string(),
        headers: head.headers,
        body: axum::body::to_bytes(body, usize::MAX).await.unwrap(),
    };
    let reply = hub.reply(&seen);
    hub.seen.lock().unwrap().push(seen);
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value.replace("HOST", &host));
    }
    response.body(Body::from(reply.body)).unwrap()
}

const REVIEWS: &str = "GET /repos/acme/widgets/pulls/5/reviews?per_page=100";
const RELEASE: &str = "GET /repos/acme/widgets/releases/tags/v1.2.3";
const APPROVALS: &str = r#"[
  {"state":"approved","comment":"go","environments":[{"id":1,"name":"npm","created_at":"2026-01-01T00:00:00Z"}],
   "user":{"login":"olga","id":18446744073709551615,"type":"User","site_admin":false}},
  {"state":"approved","environments":[],"user":{"login":"gate[bot]","id":2,"type":"Bot"}}
]"#;
