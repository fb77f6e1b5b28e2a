//! Tokens that are missing, wrong, or good for something else. The services are real; what they say is theirs.

use certified_evidence::wire::registry::PackageStatus;

use crate::meddling::{Act, Answer, Scene};
use crate::{ISSUE, RECORD, TIMESTAMP, writes};

/// A token that nobody gave out.
const WRONG: &str = "npm_00000000000000000000000000000000000000000000000000000000000000ff";

#[tokio::test]
async fn a_wrong_token_for_chittyid_is_named() {
    let scene = Scene::quiet().await.with("CHITTY_ID_TOKEN", WRONG);
    scene
        .run()
        .await
        .stops(30, "certificate/not-permitted")
        .shows("chittyid-401");
    assert_eq!(scene.written(), writes(1));
    assert!(scene.archived().is_empty());
}

#[tokio::test]
async fn a_wrong_token_for_the_chronicle_is_named() {
    // ChittyID is shown both tokens and wants them to be of one owner, so the wrong one is found out there.
    let scene = Scene::quiet().await.with("CHITTY_API_KEY", WRONG);
    scene
        .run()
        .await
        .stops(30, "certificate/not-permitted")
        .shows("chronicle-401");
    assert_eq!(scene.written(), writes(1));
    assert!(scene.archived().is_empty());
}

#[tokio::test]
async fn a_wrong_token_for_the_registry_is_named() {
    let scene = Scene::quiet().await.with("CHITTY_REGISTRY_TOKEN", WRONG);
    scene
        .run()
        .await
        .stops(30, "register/not-permitted")
        .shows("registry-401");
    assert_eq!(scene.written(), writes(3));
    assert_eq!(scene.registered().await, None);
}

#[tokio::test]
async fn a_wrong_token_for_npm_is_named() {
    let scene = Scene::quiet().await.with("NPM_TOKEN", WRONG);
    scene.run().await.stops(30, "publish/not-permitted").shows("npm-401");
    assert_eq!(scene.written(), writes(4));
    assert_eq!(
        (scene.registered().await, scene.on_npm().await.len()),
        (Some(PackageStatus::Pending), 0)
    );
}

#[tokio::test]
async fn a_token_that_may_not_ask_for_certificates_is_named_with_the_scope_that_it_lacks() {
    let scene = Scene::quiet().await;
    let other = scene.variable("CHITTY_REGISTRY_TOKEN");
    let scene = scene.with("CHITTY_ID_TOKEN", &other);
    scene
        .run()
        .await
        .stops(30, "certificate/not-permitted")
        .shows("chittyid-403");
    assert_eq!(scene.written(), writes(1));
    assert!(scene.archived().is_empty());
}

#[tokio::test]
async fn a_token_that_may_not_tell_the_chronicle_is_named_with_the_scope_that_it_lacks() {
    let scene = Scene::quiet().await;
    let other = scene.variable("CHITTY_REGISTRY_TOKEN");
    let scene = scene.with("CHITTY_API_KEY", &other);
    scene.run().await.stops(30, "sign/not-permitted").shows("chronicle-403");
    assert_eq!(scene.written(), [ISSUE, TIMESTAMP, RECORD]);
    assert!(scene.archived().is_empty());
}

#[tokio::test]
async fn a_token_that_may_not_register_is_named_with_the_scope_that_it_lacks() {
    let scene = Scene::quiet().await;
    let other = scene.variable("CHITTY_ID_TOKEN");
    let scene = scene.with("CHITTY_REGISTRY_TOKEN", &other);
    scene
        .run()
        .await
        .stops(30, "register/not-permitted")
        .shows("registry-403");
    assert_eq!(scene.written(), writes(3));
    assert_eq!(scene.registered().await, None);
}

#[tokio::test]
async fn a_token_that_may_not_publish_is_named_and_the_release_stays_pending() {
    let scene = Scene::quiet().await;
    let other = scene.variable("CHITTY_ID_TOKEN");
    let scene = scene.with("NPM_TOKEN", &other);
    scene.run().await.stops(30, "publish/not-permitted").shows("npm-403");
    assert_eq!(scene.written(), writes(4));
    assert_eq!(
        (scene.registered().await, scene.on_npm().await.len()),
        (Some(PackageStatus::Pending), 0)
    );
}

#[tokio::test]
async fn a_token_that_is_not_there_is_asked_for_by_its_name() {
    for variable in [
        "CHITTY_ID_TOKEN",
        "CHITTY_API_KEY",
        "CHITTY_REGISTRY_TOKEN",
        "NPM_TOKEN",
    ] {
        let scene = Scene::quiet().await.without(variable);
        let said = scene.run().await;
        said.stops(30, "certificate/not-permitted")
            .shows(&format!("no-{}", variable.to_lowercase().replace('_', "-")));
        // Before anything is asked for with those that are there.
        scene.nothing_written();
    }
}

#[tokio::test]
async fn a_token_with_a_line_break_is_not_sent() {
    let scene = Scene::quiet()
        .await
        .with("CHITTY_ID_TOKEN", "chitty_01234567\nchitty_89abcdef");
    scene
        .run()
        .await
        .stops(30, "certificate/not-permitted")
        .shows("token-with-a-line-break");
    scene.nothing_written();
}

#[tokio::test]
async fn an_answer_that_repeats_the_token_is_shown_without_it() {
    const ECHOED: &str = "chitty_ec40ec40ec40ec40ec40ec40ec40ec40";
    let scene = Scene::meddled(|asked| match asked.is("POST", "/v1/certificates/issue") {
        true => Act::Answer(Answer::error(
            401,
            "UNAUTHORIZED",
            &format!("nobody has the token {ECHOED}"),
        )),
        false => Act::Forward,
    })
    .await
    .with("CHITTY_ID_TOKEN", ECHOED);
    let said = scene.run().await;
    said.stops(30, "certificate/not-permitted").shows("token-repeated");
    assert!(!said.stderr.contains(ECHOED), "{}", said.stderr);
}
