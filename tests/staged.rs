//! npm's stage: a release waits there until somebody lets it go out, and a later run confirms it.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

#[allow(dead_code, unused_imports, reason = "each file of tests uses its part")]
mod meddling;

use certified_client::Transport;
use certified_client::npm::{Npm, Publication};
use certified_evidence::Secret;
use certified_evidence::wire::registry::PackageStatus;
use meddling::{Act, Answer, Scene};
use serde_json::json;

const STAGE: &str = "POST /-/stage/package/@acme%2fwidgets";

fn npm(scene: &Scene) -> Npm {
    let (address, token) = scene.npm();
    Npm::new(
        Transport::new().unwrap(),
        address.parse().unwrap(),
        Some(Secret::new(token)),
    )
}

fn stagings(scene: &Scene) -> usize {
    scene.written().into_iter().filter(|line| line == STAGE).count()
}

/// What a maintainer does on npm.
async fn approve(scene: &Scene) {
    let (address, token) = scene.npm();
    let (name, version) = ("@acme/widgets".parse().unwrap(), "1.2.3".parse().unwrap());
    let id = npm(scene).staged(&name, &version).await.unwrap().unwrap().id;
    let done = scene.post(&format!("{address}-/stage/{id}/approve"), &token).await;
    assert_eq!(done, 201);
}

#[tokio::test]
async fn a_release_waits_is_said_to_wait_and_is_confirmed_once_it_was_approved() {
    let scene = Scene::quiet().await;
    scene.run_with(&["--stage"]).await.exits(75).shows("npm-staged");
    assert!(scene.on_npm().await.is_empty());
    assert_eq!(scene.registered().await, Some(PackageStatus::Pending));

    let again = scene.run_with(&["--stage", "--json"]).await;
    again.exits(75);
    let said: serde_json::Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(
        (&said["result"], &said["error"]["code"]),
        (&json!("staged"), &json!("publish/staged"))
    );
    assert_eq!(stagings(&scene), 1, "a second stage was asked for");

    scene
        .perform(&["status"])
        .await
        .exits(75)
        .shows("status-waits-on-the-stage");
    // Also without the option: whoever forgets it hears that it waits.
    scene.run().await.exits(75);
    approve(&scene).await;
    let confirmed = scene.run_with(&["--stage"]).await;
    confirmed.succeeds();
    assert!(
        confirmed.stderr.contains("already published, identical"),
        "{}",
        confirmed.stderr
    );
    assert_eq!(scene.on_npm().await, ["1.2.3"]);
    assert_eq!(scene.registered().await, Some(PackageStatus::Certified));
    assert_eq!(stagings(&scene), 1);
    scene.perform(&["status"]).await.succeeds();
}

#[tokio::test]
async fn other_bytes_on_the_stage_are_refused_with_both_digests() {
    let scene = Scene::quiet().await;
    let manifest = json!({ "name": "@acme/widgets", "version": "1.2.3" });
    let other = Publication::new(&manifest, "somebody else's", "latest").unwrap();
    npm(&scene).stage(&other).await.unwrap();
    let said = scene.run_with(&["--stage"]).await;
    said.stops(20, "publish/conflict").shows("npm-stage-other-bytes");
    let theirs = certified_evidence::Integrity::of(b"somebody else's").to_string();
    assert!(said.stderr.contains(&theirs), "{}", said.stderr);
    assert_eq!(stagings(&scene), 0);
    assert_eq!(scene.registered().await, Some(PackageStatus::Pending));
}

#[tokio::test]
async fn a_staging_whose_answer_is_lost_is_found_and_not_repeated() {
    let scene = Scene::meddled(|asked| match asked.is("POST", "/-/stage/package/@acme%2fwidgets") {
        true => Act::CarryOutThenHangUp,
        false => Act::Forward,
    })
    .await;
    let said = scene.run_with(&["--stage"]).await;
    said.exits(75);
    assert!(said.stderr.contains("staged[publish/staged]: "), "{}", said.stderr);
    assert_eq!(stagings(&scene), 1);
}

#[tokio::test]
async fn a_registry_without_a_stage_is_told_so() {
    let scene = Scene::meddled(|asked| match asked.path.starts_with("/-/stage") {
        true => Act::Answer(Answer::error(404, "NOT_FOUND", "no such thing")),
        false => Act::Forward,
    })
    .await;
    scene
        .run_with(&["--stage"])
        .await
        .stops(2, "publish/no-stage")
        .shows("npm-no-stage");
    assert_eq!(stagings(&scene), 0);
}

#[tokio::test]
async fn a_dry_run_publishes_at_once() {
    let scene = Scene::quiet().await;
    scene.run_with(&["--stage", "--dry-run"]).await.succeeds();
    scene.nothing_written();
}
