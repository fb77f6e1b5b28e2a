//! `status`: what there is, what the next run would do, and that asking changes nothing.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

#[allow(dead_code, unused_imports, reason = "each file of tests uses its part")]
mod meddling;

use std::fs;

use meddling::{Act, Answer, Scene, nobody};
use serde_json::Value;

#[tokio::test]
async fn nothing_is_there_before_the_first_run_and_asking_needs_no_token() {
    let scene = without_tokens(Scene::quiet().await);
    let said = scene.perform(&["status"]).await;
    said.succeeds().shows("status-nothing");
    scene.nothing_written();
    assert!(scene.asked().iter().all(|asked| asked.method == "GET"));
    // Not even a folder on this machine.
    assert!(!scene.folder().join("state").exists());
}

#[tokio::test]
async fn a_finished_release_is_told_place_by_place() {
    let scene = Scene::quiet().await;
    scene.run().await.succeeds();
    let (written, archived) = (scene.written(), scene.archived());
    scene.perform(&["status"]).await.succeeds().shows("status-certified");
    let told: Value = serde_json::from_str(&scene.perform(&["status", "--json"]).await.succeeds().stdout).unwrap();
    assert_eq!(told["next"]["action"], "nothing");
    let states: Vec<_> = told["places"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| &place["state"])
        .collect();
    assert_eq!(states, ["present"; 6]);
    assert_eq!((scene.written(), scene.archived()), (written, archived));
}

#[tokio::test]
async fn a_release_that_stopped_before_npm_goes_on_at_publish() {
    let scene = Scene::meddled(|asked| {
        if asked.method == "PUT" && asked.path.starts_with("/@acme") {
            Act::Answer(Answer::error(403, "FORBIDDEN", "no"))
        } else {
            Act::Forward
        }
    })
    .await;
    scene.run().await;
    scene.perform(&["status"]).await.exits(75).shows("status-half-way");
}

#[tokio::test]
async fn other_content_under_the_same_version_is_told_before_a_run_stops_at_it() {
    let scene = Scene::quiet().await;
    scene.run().await.succeeds();
    fs::write(scene.package.join("index.js"), "changed\n").unwrap();
    scene.perform(&["status"]).await.exits(20).shows("status-conflict");
}

#[tokio::test]
async fn what_cannot_be_reached_is_told_beside_what_can() {
    let scene = Scene::quiet().await.with("CHITTY_API_GATEWAY", &nobody());
    let said = scene.perform(&["status"]).await;
    said.exits(10);
    assert!(said.stderr.contains("  npm          absent"), "{}", said.stderr);
    assert!(said.stderr.contains("  registry     unavailable"), "{}", said.stderr);
    assert!(
        said.stderr.contains("what a run would do cannot be told"),
        "{}",
        said.stderr
    );
}

#[tokio::test]
async fn a_folder_that_is_no_package_is_refused() {
    let scene = Scene::quiet().await;
    fs::remove_file(scene.package.join("package.json")).unwrap();
    scene.perform(&["status"]).await.stops(2, "build/no-manifest");
}

fn without_tokens(scene: Scene) -> Scene {
    let tokens = [
        "CHITTY_ID_TOKEN",
        "CHITTY_API_KEY",
        "CHITTY_REGISTRY_TOKEN",
        "NPM_TOKEN",
    ];
    tokens.into_iter().fold(scene, Scene::without)
}
