//! Identity tokens that become tokens of this registry, and those that do not.

use certified_evidence::PackageName;
use certified_evidence::wire::npm::ExchangeReply;
use serde_json::{Value, json};

use super::{Npm, name, npm, publication};
use crate::auth::{Auth, Caller};
use crate::oidc::tests::issued::{Forge, claims};
use crate::refusal::Refusal;
use crate::staged::{Later, NOW, caller, request_id};

/// A token for this registry, with some claims replaced.
fn token(changes: &[(&str, Value)]) -> String {
    let mut claims = claims();
    claims["aud"] = json!("npm:127.0.0.1");
    for (claim, value) in changes {
        claims[claim] = value.clone();
    }
    Forge::rs256().sign(&claims)
}

async fn exchanged(npm: &Npm, token: &str, name: &PackageName) -> Result<ExchangeReply, Refusal> {
    npm.exchange(Some(token), &request_id(), name).await
}

/// Who a token turns out to be.
async fn bearer(npm: &Npm, later: &Later, reply: &ExchangeReply) -> Result<Caller, Refusal> {
    let auth = Auth::new(npm.credentials.clone(), later.clock());
    auth.admit(Some(&format!("Bearer {}", reply.token.expose())), None)
        .await
}

#[tokio::test]
async fn a_trusted_publisher_gets_a_token_for_its_package_for_an_hour() {
    let later = Later::default();
    let (_folder, npm) = npm(&later).await;
    let reply = exchanged(&npm, &token(&[]), &name()).await.unwrap();
    assert_eq!(
        (reply.created, reply.expires),
        (Some(NOW), Some(NOW.plus_seconds(3600)))
    );
    let publisher = bearer(&npm, &later, &reply).await.unwrap();
    let publish = |version: &str, tarball| {
        let body = publication(version, "latest", tarball);
        let (npm, publisher) = (&npm, &publisher);
        async move { npm.publish(publisher, &request_id(), name(), body).await }
    };
    publish("1.2.3", b"bytes").await.unwrap();
    let other: PackageName = "@acme/gadgets".parse().unwrap();
    assert!(Npm::may_publish(&publisher, &other).is_err() && Npm::maintains(&publisher).is_err());
    later.pass(3600);
    let refused = bearer(&npm, &later, &reply).await.unwrap_err();
    assert_eq!(refused.to_string(), "the credential expired at 2026-01-01T13:00:00Z");
}

#[tokio::test]
async fn the_same_identity_token_is_exchanged_once() {
    let (_folder, npm) = npm(&Later::default()).await;
    let token = token(&[]);
    // A refusal for another reason does not spend it.
    let other: PackageName = "@acme/gadgets".parse().unwrap();
    assert!(exchanged(&npm, &token, &other).await.is_err());
    assert!(exchanged(&npm, &token, &name()).await.is_ok());
    let refused = exchanged(&npm, &token, &name()).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "OIDC token exchange error - unauthorized: this identity token was used before"
    );
}

#[tokio::test]
async fn a_run_that_the_package_does_not_trust_hears_that_there_is_no_such_package() {
    let (_folder, npm) = npm(&Later::default()).await;
    let workflow = |path: &str| json!(format!("acme/widgets/{path}@refs/heads/main"));
    let strangers = [
        vec![
            ("repository", json!("acme/other")),
            (
                "workflow_ref",
                json!("acme/other/.github/workflows/release.yml@refs/heads/main"),
            ),
        ],
        vec![("workflow_ref", workflow(".github/workflows/other.yml"))],
        vec![("workflow_ref", workflow("release.yml"))],
    ];
    for stranger in strangers {
        let refused = exchanged(&npm, &token(&stranger), &name()).await.unwrap_err();
        assert!(matches!(refused, Refusal::NotFound { .. }), "{refused:?}");
        assert!(refused.to_string().contains("package not found"), "{refused}");
    }
}

#[tokio::test]
async fn an_identity_token_that_proves_nothing_here_is_refused() {
    let (_folder, npm) = npm(&Later::default()).await;
    let refused = [
        token(&[("aud", json!("https://id.example"))]),
        token(&[("exp", json!(NOW.unix() - 600)), ("iat", json!(NOW.unix() - 900))]),
        token(&[("event_name", json!("pull_request_target"))]),
        Forge::stranger().sign(&claims()),
        "npm_not-a-token".to_owned(),
    ];
    for token in refused {
        let refused = exchanged(&npm, &token, &name()).await.unwrap_err();
        assert!(matches!(refused, Refusal::Unauthorized { .. }), "{refused:?}");
        assert!(!refused.to_string().contains(&token));
    }
    let nothing = npm.exchange(None, &request_id(), &name()).await;
    assert!(matches!(nothing, Err(Refusal::Unauthorized { .. })));
}

#[tokio::test]
async fn a_package_trusts_the_one_that_its_maintainer_names() {
    let later = Later::default();
    let (_folder, npm) = npm(&later).await;
    let (maintainer, gadgets) = (caller("publisher", &["package:publish"]), || {
        "@acme/gadgets".parse::<PackageName>().unwrap()
    });
    let config = |environment: &str| {
        let claims = json!({ "repository": "acme/widgets", "workflow_ref": { "file": "release.yml" }, "environment": environment });
        serde_json::from_value(json!([{ "type": "github", "claims": claims, "permissions": ["createStagedPackage"] }]))
            .unwrap()
    };
    let trust =
        |environment: &'static str| npm.trust(&maintainer, ID.get_or_init(request_id), gadgets(), config(environment));
    // npm knows no trusted publisher of a package that does not exist.
    assert!(matches!(trust("npm").await, Err(Refusal::NotFound { .. })));
    let body = String::from_utf8(publication("1.0.0", "latest", b"one").to_vec()).unwrap();
    let body = body.replace("@acme/widgets", "@acme/gadgets").into();
    npm.publish(&maintainer, &request_id(), gadgets(), body).await.unwrap();
    assert_eq!(trust("npm").await.unwrap().len(), 1);
    assert!(matches!(trust("other").await, Err(Refusal::Conflict { .. })));
    assert_eq!(npm.trusted(&maintainer, &gadgets()).await.unwrap().len(), 1);

    let elsewhere = exchanged(&npm, &token(&[("environment", json!("other"))]), &gadgets()).await;
    assert!(matches!(elsewhere, Err(Refusal::NotFound { .. })));
    let reply = exchanged(&npm, &token(&[]), &gadgets()).await.unwrap();
    let publisher = bearer(&npm, &later, &reply).await.unwrap();
    let refused = Npm::may_publish(&publisher, &gadgets()).unwrap_err();
    assert_eq!(refused.to_string(), "OIDC permission denied for this action");
    assert!(Npm::may_stage(&publisher, &gadgets()).is_ok());
}

static ID: std::sync::OnceLock<certified_evidence::RequestId> = std::sync::OnceLock::new();
