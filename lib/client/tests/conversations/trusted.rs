//! Tokens for the identity of a run, and versions that wait on npm's stage.

use std::sync::Mutex;

use certified_client::npm::Npm;
use certified_client::{Class, Failure, GithubOidc, Service};
use certified_evidence::Secret;
use serde_json::json;

use crate::samples::{TOKEN, name, publication, token, transport};
use crate::stub::{HASTY, Reply, Stub};

const IDENTITY: &str = "header.claims.signature";
const GIVEN: &str = "npm_given0123456789";

static MASKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn mask(token: &Secret<String>) {
    MASKED.lock().unwrap().push(token.expose().clone());
}

/// A run whose platform answers with this identity.
async fn run() -> (GithubOidc, Stub) {
    let platform = Stub::new([Reply::json(200, &json!({ "value": IDENTITY }).to_string())]).await;
    let address = format!("{}/token?api-version=2.0", platform.base);
    let run = GithubOidc::offered(transport(), Some(&address), Some(token()))
        .unwrap()
        .unwrap();
    (run.with_patience(HASTY).masking(mask), platform)
}

async fn npm(stub: &Stub) -> Npm {
    let npm = Npm::new(transport(), stub.base.clone(), None).with_patience(HASTY);
    npm.trusting(Some(run().await.0))
}

fn given() -> Reply {
    Reply::json(
        201,
        &json!({ "token_type": "oidc", "token": GIVEN, "expires": "2026-01-01T13:00:00.000Z" }).to_string(),
    )
}

#[tokio::test]
async fn an_identity_for_this_registry_is_exchanged_for_a_token_that_publishes() {
    let stub = Stub::new([given(), Reply::json(201, "{}")]).await;
    let (run, platform) = run().await;
    let npm = Npm::new(transport(), stub.base.clone(), None)
        .with_patience(HASTY)
        .trusting(Some(run));
    assert!(npm.may_write() && !npm.has_token());
    let writer = npm.exchanged(&name()).await.unwrap().unwrap();
    writer.publish(&publication()).await.unwrap();

    assert_eq!(
        platform.only().uri,
        "/base/token?api-version=2.0&audience=npm%3A127.0.0.1"
    );
    let seen = stub.seen();
    assert_eq!(
        (seen[0].method.as_str(), seen[0].uri.as_str(), seen[0].body.len()),
        ("POST", "/base/-/npm/v1/oidc/token/exchange/package/@acme%2fwidgets", 0)
    );
    assert_eq!(
        seen[0].header("authorization"),
        Some(format!("Bearer {IDENTITY}").as_str())
    );
    assert_eq!(
        seen[1].header("authorization"),
        Some(format!("Bearer {GIVEN}").as_str())
    );
    assert!(!format!("{writer:?}").contains(GIVEN));
    // Whoever prints knew both before they were used.
    let masked = MASKED.lock().unwrap();
    assert!(masked.iter().any(|token| token == IDENTITY) && masked.iter().any(|token| token == GIVEN));
}

#[tokio::test]
async fn a_stored_token_goes_first_and_nobody_is_asked_for_another() {
    let stub = Stub::new([Reply::json(201, "{}")]).await;
    let npm = Npm::new(transport(), stub.base.clone(), Some(token())).trusting(Some(run().await.0));
    assert!(npm.exchanged(&name()).await.unwrap().is_none());
    npm.publish(&publication()).await.unwrap();
    assert_eq!(
        stub.only().header("authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
}

#[tokio::test]
async fn a_package_that_does_not_trust_this_run_is_an_error_that_says_where_to_name_it() {
    let body = r#"{"message":"OIDC token exchange error - package not found"}"#;
    let stub = Stub::new([Reply::json(404, body)]).await;
    let error = npm(&stub).await.exchanged(&name()).await.unwrap_err();
    assert_eq!(
        (error.service, error.class()),
        (Service::NpmTrust, Class::Authentication)
    );
    assert!(error.to_string().contains("package not found"), "{error}");
    for words in [
        "Trusted Publisher",
        "the file of this workflow",
        "first version with NPM_TOKEN",
    ] {
        assert!(error.advice().contains(words), "{}", error.advice());
    }
}

#[tokio::test]
async fn an_identity_is_shown_once_whatever_comes_of_it() {
    for (reply, what) in [
        (
            Reply::json(401, r#"{"message":"OIDC token exchange error - unauthorized"}"#),
            Class::Authentication,
        ),
        (Reply::json(500, "{}"), Class::Unavailable),
        (Reply::json(201, r#"{"token":""}"#), Class::Verification),
        (Reply::json(201, r#"{"token_type":"oidc"}"#), Class::Verification),
    ] {
        let stub = Stub::new([reply]).await;
        let error = npm(&stub).await.exchanged(&name()).await.unwrap_err();
        assert_eq!(error.class(), what, "{error}");
        assert!(!error.to_string().contains(IDENTITY));
        stub.only();
    }
}

#[tokio::test]
async fn a_token_in_an_answer_of_another_shape_is_hidden_all_the_same() {
    let body = json!({ "token": "npm_that_never_ends", "expires": ["never"] });
    let stub = Stub::new([Reply::json(201, &body.to_string())]).await;
    let error = npm(&stub).await.exchanged(&name()).await.unwrap_err();
    assert!(matches!(error.what, Failure::Unreadable(_)), "{error}");
    assert!(
        MASKED
            .lock()
            .unwrap()
            .iter()
            .any(|token| token == "npm_that_never_ends")
    );
}

#[tokio::test]
async fn a_publisher_that_may_stage_only_is_told_of_the_stage() {
    for body in [
        r#"{"message":"OIDC permission denied for this action"}"#,
        r#"{"error":"OIDC permission denied for this action"}"#,
    ] {
        let stub = Stub::new([given(), Reply::json(403, body)]).await;
        let writer = npm(&stub).await.exchanged(&name()).await.unwrap().unwrap();
        let error = writer.publish(&publication()).await.unwrap_err();
        assert!(error.advice().contains("`stage: true` (--stage)"), "{}", error.advice());
    }
}

#[tokio::test]
async fn a_version_is_staged_as_it_would_be_published() {
    let id = "0d9c2a54-6c1e-4f0a-9d56-2f6f0b5b8a11";
    let reply = json!({ "message": "Package version staged successfully.", "stageId": id }).to_string();
    let stub = Stub::new([Reply::json(201, &reply), Reply::json(201, "{}")]).await;
    let npm = Npm::new(transport(), stub.base.clone(), Some(token())).with_patience(HASTY);
    assert_eq!(npm.stage(&publication()).await.unwrap().unwrap().as_str(), id);
    npm.publish(&publication()).await.unwrap();
    let seen = stub.seen();
    assert_eq!(
        (seen[0].method.as_str(), seen[0].uri.as_str()),
        ("POST", "/base/-/stage/package/@acme%2fwidgets")
    );
    assert_eq!(seen[0].header("npm-command"), Some("stage"));
    assert_eq!(seen[0].body, seen[1].body);
}

#[tokio::test]
async fn what_waits_is_found_on_whatever_page_it_is() {
    let item = |version: &str| json!({ "id": format!("id-{}", version.replace('.', "-")), "packageName": "@acme/widgets", "version": version, "createdAt": "2026-01-01T12:00:00.000Z" });
    let page = |items: Vec<_>| Reply::json(200, &json!({ "items": items, "total": 101 }).to_string());
    let first: Vec<_> = (0..100).map(|patch| item(&format!("1.0.{patch}"))).collect();
    let stub = Stub::new([page(first), page(vec![item("1.2.3")])]).await;
    let npm = Npm::new(transport(), stub.base.clone(), Some(token())).with_patience(HASTY);
    let found = npm.staged(&name(), &"1.2.3".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(found.id.as_str(), "id-1-2-3");
    let seen = stub.seen();
    assert_eq!(
        seen[1].uri,
        "/base/-/stage?package=%40acme%2Fwidgets&page=1&perPage=100"
    );
    assert!(npm.staged(&name(), &"9.9.9".parse().unwrap()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_lost_answer_to_an_exchange_or_a_staging_is_not_asked_for_again() {
    let stub = Stub::new([Reply::json(503, "{}")]).await;
    let npm = Npm::new(transport(), stub.base.clone(), Some(token())).with_patience(HASTY);
    let error = npm.stage(&publication()).await.unwrap_err();
    assert!(matches!(error.what, Failure::Unavailable { .. }));
    stub.only();
}
