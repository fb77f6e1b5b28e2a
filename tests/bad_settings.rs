//! Settings that cannot be used: each is refused by its name, before anything is sent.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

#[allow(dead_code, unused_imports, reason = "each file of tests uses its part")]
mod meddling;

use std::fs;

use meddling::{Said, Scene};

/// Runs; nobody may be asked anything.
async fn refused(scene: Scene) -> Said {
    let said = scene.run().await;
    assert!(scene.asked().is_empty(), "{:?}", scene.asked());
    scene.nothing_written();
    said
}

#[tokio::test]
async fn without_an_archive_nothing_begins() {
    let scene = Scene::quiet().await.without("CERTIFIED_PUBLISH_STORE");
    refused(scene).await.stops(2, "usage/store").shows("no-store");
}

#[tokio::test]
async fn without_anchors_nothing_begins() {
    let scene = Scene::quiet().await.without("CERTIFIED_PUBLISH_ANCHORS");
    refused(scene).await.stops(2, "usage/anchors").shows("no-anchors");
}

#[tokio::test]
async fn an_anchors_file_that_is_not_there_is_named() {
    let scene = Scene::quiet().await;
    fs::remove_file(scene.variable("CERTIFIED_PUBLISH_ANCHORS")).unwrap();
    refused(scene).await.stops(50, "local/file").shows("anchors-not-there");
}

#[tokio::test]
async fn an_anchors_file_that_is_none_is_named() {
    let scene = Scene::quiet().await;
    fs::write(
        scene.variable("CERTIFIED_PUBLISH_ANCHORS"),
        r#"{ "trust": "everybody" }"#,
    )
    .unwrap();
    refused(scene)
        .await
        .stops(2, "usage/anchors")
        .shows("anchors-unreadable");
}

#[tokio::test]
async fn tokens_do_not_travel_without_tls() {
    let scene = Scene::quiet().await.with("CHITTY_ID_SERVICE", "http://id.example");
    refused(scene)
        .await
        .stops(2, "usage/address")
        .shows("address-without-tls");
}

#[tokio::test]
async fn an_address_with_a_password_in_it_is_refused_and_not_shown() {
    let scene = Scene::quiet()
        .await
        .with("CERTIFIED_PUBLISH_NPM_REGISTRY", "https://ann:hunter2@npm.example");
    let said = refused(scene).await;
    said.stops(2, "usage/address").shows("address-with-a-password");
    assert!(!said.stderr.contains("hunter2"));
}

#[tokio::test]
async fn an_archive_folder_that_is_a_file_is_named() {
    let scene = Scene::quiet().await;
    let file = scene.package.join("README.md").display().to_string();
    refused(scene.with("CERTIFIED_PUBLISH_STORE", &file))
        .await
        .stops(50, "usage/store")
        .shows("store-is-a-file");
}

#[tokio::test]
async fn a_state_folder_that_is_a_file_is_named() {
    let scene = Scene::quiet().await;
    let file = scene.package.join("README.md").display().to_string();
    refused(scene.with("CERTIFIED_PUBLISH_STATE", &file))
        .await
        .stops(50, "build/state")
        .shows("state-is-a-file");
}
