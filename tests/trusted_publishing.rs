//! npm without a stored token: the run says who it is, npm gives a token for the package, and it ends with the step.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

#[allow(dead_code, unused_imports, reason = "each file of tests uses its part")]
mod meddling;
mod stage;

use std::sync::atomic::{AtomicUsize, Ordering};

use certified_evidence::wire::registry::PackageStatus;
use certified_services::{Options, TokenIssuer};
use meddling::{Act, Answer, Asked, Said, Scene};
use serde_json::json;
use stage::issuer::{COMMIT, Platform, RUN_TOKEN};

const PUBLISHER: &str = "@acme/widgets=acme/widgets/release.yml";
const EXCHANGE: &str = "POST /-/npm/v1/oidc/token/exchange/package/@acme%2fwidgets";
const PUT: &str = "PUT /@acme%2fwidgets";

/// A run on a platform, without NPM_TOKEN, against a registry that trusts this publisher.
async fn scene(platform: &Platform, publisher: &str, hook: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Scene {
    let issuer = TokenIssuer::new(&platform.address).unwrap();
    let publisher = publisher.parse().unwrap();
    let choose = |options: &mut Options| {
        options.identity_tokens.issuers.push(issuer);
        options.trusted_publishers.push(publisher);
    };
    let scene = Scene::of_services(choose, hook).await.without("NPM_TOKEN");
    let chitty_id = scene.chitty_id();
    let variables = [
        ("CHITTY_ID_SERVICE", chitty_id.as_str()),
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_ACTOR", "octo"),
        ("GITHUB_SHA", COMMIT),
        ("GITHUB_RUN_ID", "31"),
        ("GITHUB_REPOSITORY", "acme/widgets"),
        ("GITHUB_EVENT_NAME", "release"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", &platform.request_url()),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", RUN_TOKEN),
    ];
    variables
        .into_iter()
        .fold(scene, |scene, (name, value)| scene.with(name, value))
}

/// npm says of the first token that it is none.
fn refusing_one_put() -> impl Fn(&Asked) -> Act + Send + Sync + 'static {
    let refused = AtomicUsize::new(0);
    move |asked| match asked.is("PUT", "/@acme%2fwidgets") && refused.fetch_add(1, Ordering::SeqCst) == 0 {
        true => Act::Answer(Answer::error(401, "UNAUTHORIZED", "the credential expired")),
        false => Act::Forward,
    }
}

async fn trusted(platform: &Platform) -> Scene {
    scene(platform, PUBLISHER, |_| Act::Forward).await
}

/// What was asked of npm to be written.
fn written(scene: &Scene) -> Vec<String> {
    let written = scene.written().into_iter();
    written.filter(|line| line == EXCHANGE || line == PUT).collect()
}

/// No identity token, and no token that was obtained, stands where people read; on a platform the log is told to hide them.
fn keeps_secrets(said: &Said, scene: &Scene, platform: &Platform) {
    let shown = scene.asked().into_iter().filter_map(|asked| asked.authorization);
    let obtained = shown.filter_map(|header| Some(header.strip_prefix("Bearer npm_")?.to_owned()));
    for secret in platform.given.lock().unwrap().iter().cloned().chain(obtained) {
        for line in said.stdout.lines().chain(said.stderr.lines()) {
            assert!(line.starts_with("::add-mask::") || !line.contains(&secret), "{line}");
        }
    }
}

fn without_masks(said: &Said) -> String {
    let lines = said.stderr.lines().filter(|line| !line.starts_with("::add-mask::"));
    lines.map(|line| format!("{line}\n")).collect()
}

#[tokio::test]
async fn a_release_is_published_with_a_token_that_is_asked_for_right_before() {
    let platform = Platform::start();
    let scene = trusted(&platform).await;
    let said = scene.run().await;
    said.succeeds();
    assert_eq!(scene.on_npm().await, ["1.2.3"]);
    assert_eq!(scene.registered().await, Some(PackageStatus::Certified));
    assert_eq!(written(&scene), [EXCHANGE, PUT]);
    // Nothing but a look at what npm has lies between the two.
    let asked = scene.asked();
    let at = |line: &str| {
        asked
            .iter()
            .position(|asked| format!("{} {}", asked.method, asked.path) == line)
    };
    assert_eq!(at(PUT), at(EXCHANGE).map(|place| place + 1));
    keeps_secrets(&said, &scene, &platform);
    // Each token is hidden before anything that comes after it is printed.
    let given = platform.given.lock().unwrap().clone();
    assert_eq!(given.len(), 2);
    for token in &given {
        assert!(said.stderr.contains(&format!("::add-mask::{token}")));
    }

    // What is published is confirmed without any token.
    let again = scene.run().await;
    again.succeeds();
    assert!(
        again.stderr.contains("already published, identical"),
        "{}",
        again.stderr
    );
    assert_eq!(written(&scene), [EXCHANGE, PUT]);
}

#[tokio::test]
async fn doctor_tries_whether_npm_trusts_this_workflow() {
    let platform = Platform::start();
    let known = trusted(&platform).await;
    let said = known.perform(&["doctor"]).await;
    assert!(
        said.stderr
            .contains("npm gives one to this workflow, its trusted publisher"),
        "{}",
        said.stderr
    );
    keeps_secrets(&said, &known, &platform);
    let stranger = scene(&platform, "@acme/widgets=acme/widgets/other.yml", |_| Act::Forward).await;
    let said = stranger.perform(&["doctor"]).await;
    said.exits(30);
    assert!(said.stderr.contains("  WRONG  npm token "), "{}", said.stderr);
    assert!(
        said.stderr.contains("name under Trusted Publisher this repository"),
        "{}",
        said.stderr
    );
    assert!(written(&stranger).iter().all(|line| line == EXCHANGE));
}

#[tokio::test]
async fn a_stored_token_goes_before_the_identity() {
    let platform = Platform::start();
    let scene = trusted(&platform).await;
    let (_, token) = {
        let other = Scene::quiet().await;
        other.npm()
    };
    // It is of other services, so npm refuses it, and nothing takes its place.
    let scene = scene.with("NPM_TOKEN", &token);
    scene.run().await.stops(30, "publish/not-permitted");
    assert_eq!(written(&scene), [PUT]);
}

#[tokio::test]
async fn a_package_that_does_not_trust_this_workflow_is_not_published_and_says_where_to_name_it() {
    for publisher in [
        "@acme/widgets=acme/widgets/other.yml",
        "@acme/gadgets=acme/widgets/release.yml",
    ] {
        let platform = Platform::start();
        let scene = scene(&platform, publisher, |_| Act::Forward).await;
        let said = scene.run().await;
        said.stops(30, "publish/not-permitted");
        meddling::shows("npm-does-not-trust", &without_masks(&said));
        assert_eq!(written(&scene), [EXCHANGE]);
        assert!(scene.on_npm().await.is_empty());
        assert_eq!(scene.registered().await, Some(PackageStatus::Pending));
        keeps_secrets(&said, &scene, &platform);
    }
}

#[tokio::test]
async fn an_identity_that_is_over_or_was_shown_before_is_refused() {
    let over = Platform::altering(|claims| {
        if claims["aud"] == "npm:127.0.0.1" {
            for claim in ["iat", "exp"] {
                claims[claim] = json!(claims[claim].as_u64().unwrap() - 900);
            }
        }
    });
    let late = trusted(&over).await;
    let said = late.run().await;
    said.stops(30, "publish/not-permitted");
    meddling::shows("npm-identity-over", &without_masks(&said));
    keeps_secrets(&said, &late, &over);

    let repeated = Platform::altering(|claims| {
        if claims["aud"] == "npm:127.0.0.1" {
            claims["jti"] = json!("always the same");
        }
    });
    let scene = scene(&repeated, PUBLISHER, refusing_one_put()).await;
    let said = scene.run().await;
    said.stops(30, "publish/not-permitted");
    meddling::shows("npm-identity-repeated", &without_masks(&said));
    assert_eq!(written(&scene), [EXCHANGE, PUT, EXCHANGE]);
    keeps_secrets(&said, &scene, &repeated);
}

#[tokio::test]
async fn a_token_that_npm_does_not_take_any_more_is_exchanged_anew_once() {
    let platform = Platform::start();
    let scene_of_one = scene(&platform, PUBLISHER, refusing_one_put()).await;
    let said = scene_of_one.run().await;
    said.succeeds();
    assert_eq!(written(&scene_of_one), [EXCHANGE, PUT, EXCHANGE, PUT]);
    let shown: Vec<_> = scene_of_one
        .asked()
        .into_iter()
        .filter(|asked| asked.is("PUT", "/@acme%2fwidgets"))
        .map(|asked| asked.authorization.unwrap())
        .collect();
    assert_ne!(shown[0], shown[1], "the refused token was shown again");

    let always = scene(&platform, PUBLISHER, |asked| {
        match asked.is("PUT", "/@acme%2fwidgets") {
            true => Act::Answer(Answer::error(401, "UNAUTHORIZED", "the credential expired")),
            false => Act::Forward,
        }
    })
    .await;
    always.run().await.stops(30, "publish/not-permitted");
    assert_eq!(written(&always), [EXCHANGE, PUT, EXCHANGE, PUT]);
}

#[tokio::test]
async fn an_exchange_whose_answer_is_lost_is_not_repeated_and_the_next_run_publishes() {
    let platform = Platform::start();
    let lost = AtomicUsize::new(0);
    let scene = scene(&platform, PUBLISHER, move |asked| {
        match asked.path.contains("/oidc/token/exchange/") && lost.fetch_add(1, Ordering::SeqCst) == 0 {
            true => Act::CarryOutThenHangUp,
            false => Act::Forward,
        }
    })
    .await;
    scene.run().await.exits(75);
    assert_eq!(written(&scene), [EXCHANGE]);
    scene.run().await.succeeds();
    assert_eq!(written(&scene), [EXCHANGE, EXCHANGE, PUT]);
}

#[tokio::test]
async fn a_publisher_that_may_stage_only_is_told_of_the_stage() {
    let platform = Platform::start();
    let scene = scene(&platform, PUBLISHER, |asked| {
        match asked.is("PUT", "/@acme%2fwidgets") {
            true => {
                let body = json!({ "message": "OIDC permission denied for this action" });
                Act::Answer(Answer {
                    status: 403,
                    headers: vec![("content-type", "application/json".to_owned())],
                    body: body.to_string().into_bytes(),
                })
            }
            false => Act::Forward,
        }
    })
    .await;
    let said = scene.run().await;
    said.stops(30, "publish/not-permitted");
    meddling::shows("npm-stage-only", &without_masks(&said));
}

#[tokio::test]
async fn a_version_that_a_workflow_staged_waits_unseen_and_says_so_again() {
    let platform = Platform::start();
    let scene = trusted(&platform).await;
    let said = scene.run_with(&["--stage"]).await;
    said.exits(75);
    assert!(
        said.stderr.contains("approve it on npm, then run again to confirm"),
        "{}",
        said.stderr
    );
    let again = scene.run_with(&["--stage"]).await;
    again.exits(75);
    meddling::shows("npm-staged-unseen", &without_masks(&again));
    assert_eq!(scene.registered().await, Some(PackageStatus::Pending));
    assert!(scene.on_npm().await.is_empty());
    keeps_secrets(&again, &scene, &platform);
}
