//! A run on GitHub: who approved stands in the record, and the evidence stands on the release. GitHub is a server of ours.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

#[allow(dead_code, unused_imports, reason = "each file of tests uses its part")]
mod meddling;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use certified_evidence::Digest;
use meddling::{Said, Scene};
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[tokio::test]
async fn whoever_let_the_run_into_its_environment_stands_in_the_package() {
    let hub = Hub::with([("actions/runs/7/approvals", approvals())]).await;
    let scene = hub.scene().await;
    let said = scene.run_with(&["--json", "--require-approval", "environment"]).await;
    let governance = governance(&scene, said.succeeds());
    assert_eq!(governance["approved_by"], json!(["olga"]));
    assert_eq!(governance["approval_url"], RUN);
}

#[tokio::test]
async fn without_an_environment_the_reviewers_of_the_merged_change_do() {
    let hub = Hub::with([
        ("actions/runs/7/approvals", json!([])),
        (
            "commits/c0ffee/pulls",
            json!([{ "number": 5, "user": person("ada"), "merged_at": "2025-12-24T09:00:00Z" }]),
        ),
        (
            "pulls/5/reviews",
            json!([
                review("olga", "APPROVED"),
                review("pete", "DISMISSED"),
                review("ada", "APPROVED")
            ]),
        ),
    ])
    .await;
    let scene = hub.scene().await;
    let said = scene.run_with(&["--json"]).await;
    let governance = governance(&scene, said.succeeds());
    assert_eq!(
        governance,
        json!({ "approved_by": ["olga"], "approval_date": "2025-12-24", "approval_url": "https://git.example/acme/widgets/pull/5", "policy_version": "v1.0" })
    );
}

#[tokio::test]
async fn what_github_does_not_tell_is_a_warning_with_the_line_to_add() {
    let hub = Hub::with([("releases/tags/v1.2.3", json!({ "id": 9, "author": person("olga") }))]).await;
    let scene = hub.scene().await;
    let said = scene.run_with(&["--json"]).await;
    let governance = governance(&scene, said.succeeds());
    assert_eq!(governance["approved_by"], json!(["ada"]));
    assert_eq!(governance["approval_url"], RUN);
    assert!(
        said.stderr.contains("permissions: { actions: read }"),
        "{}",
        said.stderr
    );
}

#[tokio::test]
async fn a_run_that_needs_an_approval_stops_before_anything_is_sent_without_one() {
    let hub = Hub::with([
        ("actions/runs/7/approvals", json!([])),
        ("commits/c0ffee/pulls", json!([])),
        (
            "releases/tags/v1.2.3",
            json!({ "id": 9, "author": person("olga"), "published_at": "2025-12-24T09:00:00Z" }),
        ),
    ])
    .await;
    let scene = hub.scene().await;
    let said = scene.run_with(&["--require-approval", "review"]).await;
    said.stops(2, "governance/not-approved").shows("not-approved");
    scene.nothing_written();
    // A release is enough where a release is asked for.
    scene.run_with(&["--require-approval", "release"]).await.succeeds();
}

#[tokio::test]
async fn without_a_token_nobody_is_asked_and_an_approval_that_is_needed_is_missing() {
    let hub = Hub::with([("actions/runs/7/approvals", approvals())]).await;
    let scene = hub.scene().await.without("GITHUB_TOKEN");
    scene
        .run_with(&["--require-approval", "environment"])
        .await
        .stops(2, "governance/not-approved");
    assert!(hub.asked().is_empty());
}

#[tokio::test]
async fn the_evidence_is_attached_to_the_release_once_and_the_commit_has_its_status() {
    let hub = Hub::with([
        ("actions/runs/7/approvals", approvals()),
        ("releases/tags/v1.2.3", json!({ "id": 9 })),
        ("POST statuses/c0ffee", json!({})),
    ])
    .await;
    let scene = hub.scene().await;
    let telling = ["--attach-evidence", "--commit-status"];
    scene.run_with(&telling).await.succeeds();
    let attached = hub.attached();
    for name in [
        "acme-widgets-1.2.3.tgz",
        "acme-widgets-1.2.3.tgz.sig",
        "acme-widgets-1.2.3.tgz.evidence.json",
    ] {
        assert!(attached.contains_key(name), "{attached:?}");
    }
    assert!(attached.keys().all(|name| !name.contains("anchors")), "{attached:?}");

    // Again, and nothing is attached twice or replaced.
    let said = scene.run_with(&telling).await;
    said.succeeds();
    let warnings: Vec<_> = said.stderr.lines().filter(|line| line.starts_with("warning")).collect();
    assert!(
        matches!(warnings[..], [one] if one.contains("stored tokens are used")),
        "{}",
        said.stderr
    );
    assert_eq!(hub.attached(), attached);
    assert_eq!(
        hub.asked()
            .iter()
            .filter(|asked| asked.starts_with("POST releases/9/assets"))
            .count(),
        attached.len()
    );
}

#[tokio::test]
async fn other_bytes_on_the_release_stay_and_the_job_does_not_fail() {
    let hub = Hub::with([
        ("actions/runs/7/approvals", approvals()),
        ("releases/tags/v1.2.3", json!({ "id": 9 })),
    ])
    .await;
    hub.attach("acme-widgets-1.2.3.tgz", b"somebody was here before");
    let said = hub
        .scene()
        .await
        .run_with(&["--attach-evidence", "--commit-status"])
        .await;
    said.succeeds();
    let theirs = Digest::of(b"somebody was here before").to_string();
    assert!(said.stderr.contains(&theirs), "{}", said.stderr);
    // Nor when the status is refused.
    assert!(
        said.stderr.contains("permissions: { statuses: write }"),
        "{}",
        said.stderr
    );
    assert_eq!(hub.attached()["acme-widgets-1.2.3.tgz"], theirs);
}

/// The run's page.
const RUN: &str = "https://git.example/acme/widgets/actions/runs/7";

/// What the block says about who approved.
fn governance(scene: &Scene, said: &Said) -> Value {
    let stdout = said.stdout.replace("[folder]", scene.folder().to_str().unwrap());
    let report: Value = serde_json::from_str(&stdout).unwrap();
    let evidence = Path::new(report["evidence"].as_str().unwrap()).join("evidence.json");
    let evidence: Value = serde_json::from_slice(&fs::read(evidence).unwrap()).unwrap();
    evidence["block"]["governance"].clone()
}

fn person(login: &str) -> Value {
    json!({ "login": login, "type": "User" })
}

fn review(login: &str, state: &str) -> Value {
    json!({ "user": person(login), "state": state, "author_association": "MEMBER", "submitted_at": "2025-12-24T08:00:00Z" })
}

fn approvals() -> Value {
    json!([{ "state": "approved", "user": person("olga"), "environments": [{ "name": "npm" }] }])
}

/// Answers what it was told to, keeps the files of release 9, and forbids everything else.
#[derive(Clone)]
struct Hub {
    address: String,
    answers: Arc<BTreeMap<String, Value>>,
    assets: Arc<Mutex<BTreeMap<String, String>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Hub {
    async fn with(answers: impl IntoIterator<Item = (&str, Value)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let answers = answers.into_iter().map(|(asked, answer)| (asked.to_owned(), answer));
        let hub = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            answers: Arc::new(answers.collect()),
            assets: Arc::default(),
            asked: Arc::default(),
        };
        let router = Router::new().fallback(answer).with_state(hub.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        hub
    }

    /// A run of the release v1.2.3, which ada started.
    async fn scene(&self) -> Scene {
        let variables = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_ACTOR", "ada"),
            ("GITHUB_API_URL", &self.address),
            ("GITHUB_EVENT_NAME", "release"),
            ("GITHUB_REF_NAME", "v1.2.3"),
            ("GITHUB_REF_TYPE", "tag"),
            ("GITHUB_REPOSITORY", "acme/widgets"),
            ("GITHUB_RUN_ID", "7"),
            ("GITHUB_SERVER_URL", "https://git.example"),
            ("GITHUB_SHA", "c0ffee"),
            ("GITHUB_TOKEN", "ghs_k3VbQ9zTf0LmXw7RaYc2Ns8E"),
        ];
        let set = |scene: Scene, (name, value): (&str, &str)| scene.with(name, value);
        variables.into_iter().fold(Scene::quiet().await, set)
    }

    fn attach(&self, name: &str, bytes: &[u8]) {
        self.assets
            .lock()
            .unwrap()
            .insert(name.to_owned(), Digest::of(bytes).to_string());
    }

    fn attached(&self) -> BTreeMap<String, String> {
        self.assets.lock().unwrap().clone()
    }

    /// `METHOD path`, without the repository's part.
    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn answer(State(hub): State<Hub>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let route = head.uri.path().strip_prefix("/repos/acme/widgets/").unwrap().to_owned();
    hub.asked.lock().unwrap().push(format!("{} {route}", head.method));
    let key = if head.method == "GET" {
        route.clone()
    } else {
        format!("{} {route}", head.method)
    };
    if let Some(answer) = hub.answers.get(&key) {
        return axum::Json(answer.clone()).into_response();
    }
    if route != "releases/9/assets" {
        let refusal = json!({ "message": "Resource not accessible by integration" });
        return (StatusCode::FORBIDDEN, axum::Json(refusal)).into_response();
    }
    if let Some(name) = head.uri.query().and_then(|query| query.strip_prefix("name=")) {
        hub.attach(name, &body);
        return (StatusCode::CREATED, axum::Json(json!({}))).into_response();
    }
    let assets = hub.attached();
    let assets = assets
        .iter()
        .map(|(name, digest)| json!({ "name": name, "state": "uploaded", "digest": digest }));
    axum::Json(Value::from_iter(assets)).into_response()
}
