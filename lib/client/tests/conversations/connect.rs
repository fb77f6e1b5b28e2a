//! What ChittyConnect is asked, and what becomes of its answers.

use std::sync::Mutex;

use certified_client::{ChittyConnect, Class, ClientError, Failure, GithubOidc, Given};
use certified_evidence::wire::connect::{DeployRequest, NamedRequest, ProvisionContext, ProvisionRequest};
use certified_evidence::{Secret, Timestamp};
use serde_json::{Value, json};

use crate::samples::transport;
use crate::stub::{HASTY, Reply, Stub};

const NOW: Timestamp = Timestamp::from_unix(1_767_268_800);

/// Everything that was ever hidden here; each test has secrets of its own.
static HIDDEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn hide(secret: &Secret<String>) {
    HIDDEN.lock().unwrap().push(secret.expose().clone());
}

fn is_hidden(secret: &str) -> bool {
    HIDDEN.lock().unwrap().iter().any(|hidden| hidden == secret)
}

fn client(stub: &Stub) -> ChittyConnect {
    ChittyConnect::new(transport(), stub.base.clone(), hide).with_patience(HASTY)
}

fn given(credentials: &Value, until: Option<Timestamp>) -> Reply {
    let reply = json!({ "success": true, "credentials": credentials, "expires_at": until, "metadata": {} });
    Reply::json(200, &reply.to_string())
}

/// Asks with an identity for each attempt; the platform says `identity` and a number.
async fn ask(script: Vec<Reply>) -> (Result<Given, ClientError>, Stub) {
    let platform = Stub::new(["one", "two", "three", "four"].map(|word| {
        let token = json!({ "value": format!("identity {word}") });
        Reply::json(200, &token.to_string())
    }))
    .await;
    let address = format!("{}/token?api-version=2.0", platform.base);
    let run = GithubOidc::offered(transport(), Some(&address), Some("may-ask".into()))
        .unwrap()
        .unwrap();
    let stub = Stub::new(script).await;
    let request = NamedRequest {
        credentials: vec!["NPM_TOKEN".into()],
        zones: Vec::new(),
    };
    (client(&stub).for_run(&run, &request, NOW).await, stub)
}

fn deploy() -> DeployRequest {
    DeployRequest {
        purpose: "package-publish".into(),
        service: "widgets".into(),
        repo: String::new(),
        run_id: String::new(),
    }
}

#[tokio::test]
async fn what_was_not_asked_for_is_hidden_named_and_thrown_away() {
    let credentials = json!({ "NPM_TOKEN": "npm_asked_for", "CROWN_JEWELS": "jewels_not_asked_for" });
    let (outcome, stub) = ask(vec![given(&credentials, Some(NOW.plus_seconds(3600)))]).await;
    let outcome = outcome.unwrap();
    assert_eq!(outcome.credentials["NPM_TOKEN"].expose(), "npm_asked_for");
    assert_eq!(
        (outcome.credentials.len(), outcome.surplus),
        (1, vec!["CROWN_JEWELS".to_owned()])
    );
    assert!(is_hidden("npm_asked_for") && is_hidden("jewels_not_asked_for") && is_hidden("identity one"));
    let seen = stub.only();
    assert_eq!(seen.uri, "/base/api/github-actions/credentials");
    assert_eq!(seen.header("authorization"), Some("Bearer identity one"));
    assert_eq!(
        serde_json::from_slice::<Value>(&seen.body).unwrap(),
        json!({ "credentials": ["NPM_TOKEN"] })
    );
}

#[tokio::test]
async fn what_lives_longer_than_an_hour_is_hidden_and_refused() {
    let credentials = json!({ "NPM_TOKEN": "npm_for_a_year" });
    let (outcome, _) = ask(vec![given(&credentials, Some(NOW.plus_seconds(31_536_000)))]).await;
    let error = outcome.unwrap_err();
    assert!(matches!(error.what, Failure::LongLived { .. }), "{error}");
    assert_eq!(error.class(), Class::Verification);
    assert!(is_hidden("npm_for_a_year"));
    let year = json!({ "npm_token": "npm_deployed_for_a_year", "expires_at": NOW.plus_seconds(31_536_000) });
    let stub = Stub::new([Reply::json(200, &year.to_string())]).await;
    let error = client(&stub).deploy(&"key".into(), &deploy(), NOW).await.unwrap_err();
    assert!(matches!(error.what, Failure::LongLived { .. }) && is_hidden("npm_deployed_for_a_year"));
}

#[tokio::test]
async fn what_stands_in_an_answer_of_another_shape_is_hidden_all_the_same() {
    let shapes = [
        json!({ "credentials": { "NPM_TOKEN": "npm_without_metadata" } }),
        json!({ "credentials": { "NPM_TOKEN": { "value": "npm_in_an_object" } }, "metadata": {} }),
        json!({ "credentials": { "NPM_TOKEN": "npm_for_ever" }, "metadata": {}, "expires_at": ["never"] }),
    ];
    for shape in shapes {
        let (outcome, _) = ask(vec![Reply::json(200, &shape.to_string())]).await;
        assert!(matches!(outcome.unwrap_err().what, Failure::Unreadable(_)), "{shape}");
    }
    assert!(is_hidden("npm_without_metadata") && is_hidden("npm_in_an_object") && is_hidden("npm_for_ever"));
    let deployed = json!({ "npm_token": "npm_deployed_for_ever", "other_token": "of_no_name", "expires_at": "never" });
    let provisioned = json!({ "success": true, "credential": { "value": "npm_provisioned", "expires_at": "never" } });
    let stub = Stub::new([deployed, provisioned].map(|reply| Reply::json(200, &reply.to_string()))).await;
    let (client, key) = (client(&stub), "key".into());
    let error = client.deploy(&key, &deploy(), NOW).await.unwrap_err();
    assert!(matches!(error.what, Failure::Unreadable(_)), "{error}");
    assert!(is_hidden("npm_deployed_for_ever") && is_hidden("of_no_name"));
    let request = ProvisionRequest {
        kind: "npm_publish".into(),
        context: ProvisionContext::default(),
    };
    let error = client.provision(&key, &request, NOW).await.unwrap_err();
    assert!(
        matches!(error.what, Failure::Unreadable(_)) && is_hidden("npm_provisioned"),
        "{error}"
    );
}

#[tokio::test]
async fn every_attempt_comes_with_an_identity_of_its_own() {
    let credentials = json!({ "NPM_TOKEN": "npm_at_last" });
    let (outcome, stub) = ask(vec![Reply::status(503), given(&credentials, Some(NOW))]).await;
    assert!(outcome.is_ok());
    let shown: Vec<_> = stub
        .seen()
        .iter()
        .map(|seen| seen.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!(shown, ["Bearer identity one", "Bearer identity two"]);
}

#[tokio::test]
async fn a_refusal_is_final_and_says_what_to_do() {
    let refusal = |status, code: &str| {
        let body = json!({ "success": false, "error": { "code": code, "message": "no" } });
        Reply::json(status, &body.to_string())
    };
    for (status, code, words) in [
        (401, "OIDC_INVALID", "permissions: { id-token: write }"),
        (401, "MISSING_TOKEN", "permissions: { id-token: write }"),
        (403, "ORG_NOT_ALLOWED", "operators of ChittyConnect"),
        (400, "INVALID_CREDENTIALS", "input of the step"),
        (503, "CREDENTIAL_NOT_AVAILABLE", "input of the step"),
        (403, "OIDC_EVENT", "workflow_dispatch"),
    ] {
        let (outcome, stub) = ask(vec![refusal(status, code)]).await;
        let error = outcome.unwrap_err();
        assert!(error.advice().contains(words), "{code}: {}", error.advice());
        assert!(error.to_string().contains(code), "{error}");
        assert_eq!(stub.seen().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn an_answer_without_what_was_asked_for_is_none() {
    for credentials in [json!({}), json!({ "NPM_TOKEN": "" })] {
        let (outcome, _) = ask(vec![given(&credentials, None)]).await;
        assert!(matches!(outcome.unwrap_err().what, Failure::Unreadable(_)));
    }
}
