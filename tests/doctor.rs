//! `doctor`: every token, service and permission is tried before a run, and nothing is written.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

#[allow(dead_code, unused_imports, reason = "each file of tests uses its part")]
mod meddling;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use meddling::{Scene, nobody};
use serde_json::Value;

#[tokio::test]
async fn a_run_can_begin_where_everything_is_in_place() {
    let scene = examined().await;
    scene.perform(&["doctor"]).await.succeeds().shows("doctor-fine");
    let said: Value = serde_json::from_str(&scene.perform(&["doctor", "--json"]).await.succeeds().stdout).unwrap();
    assert!(
        said["checks"]
            .as_array()
            .unwrap()
            .iter()
            .all(|check| check["health"] != "wrong")
    );
    scene.nothing_written();
    scene.run().await.succeeds();
}

#[tokio::test]
async fn each_missing_token_comes_with_the_line_to_add() {
    let tokens = [
        "CHITTY_ID_TOKEN",
        "CHITTY_API_KEY",
        "CHITTY_REGISTRY_TOKEN",
        "NPM_TOKEN",
    ];
    let scene = tokens.into_iter().fold(examined().await, Scene::without);
    scene.perform(&["doctor"]).await.exits(30).shows("doctor-no-tokens");
    scene.nothing_written();
}

#[tokio::test]
async fn a_token_that_is_not_in_force_or_lacks_its_scope_is_told_apart() {
    let scene = examined().await;
    let registry = scene.variable("CHITTY_REGISTRY_TOKEN");
    let scene = scene
        .with("CHITTY_API_KEY", &registry)
        .with("CHITTY_ID_TOKEN", "svc_revoked");
    let said = scene.perform(&["doctor"]).await;
    said.exits(30);
    for expected in [
        "CHITTY_ID_TOKEN        is not in force",
        "help: give CHITTY_API_KEY the scope chronicle:write",
    ] {
        assert!(said.stderr.contains(expected), "{}", said.stderr);
    }
}

#[tokio::test]
async fn services_that_are_not_there_are_told_beside_those_that_are() {
    let scene = examined().await.with("CHITTY_API_GATEWAY", &nobody());
    let said = scene.perform(&["doctor"]).await;
    said.exits(10);
    assert!(said.stderr.contains("  WRONG  gateway "), "{}", said.stderr);
    assert!(said.stderr.contains("  ok     ChittyID "), "{}", said.stderr);
}

#[tokio::test]
async fn a_job_is_told_the_permission_that_it_lacks() {
    let scene = examined().await.with("GITHUB_ACTIONS", "true");
    let said = scene.perform(&["doctor"]).await;
    assert!(
        said.stderr.contains("permissions: { contents: read, id-token: write }"),
        "{}",
        said.stderr
    );
}

#[tokio::test]
async fn a_package_that_cannot_be_published_is_told_first() {
    let scene = examined().await;
    fs::write(
        scene.package.join("package.json"),
        r#"{"name":"a","version":"1.0.0","private":true}"#,
    )
    .unwrap();
    let said = scene.perform(&["doctor"]).await;
    said.exits(2);
    assert!(said.stderr.starts_with("  WRONG  package "), "{}", said.stderr);
}

/// A scene with ChittyAuth, and with programs whose versions never change.
async fn examined() -> Scene {
    let scene = Scene::quiet().await;
    let bin = scene.folder().join("bin");
    fs::create_dir(&bin).unwrap();
    for (program, says) in [("node", "v24.1.0"), ("npm", "11.6.2")] {
        let file = bin.join(program);
        fs::write(&file, format!("#!/bin/sh\necho {says}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let (auth, bin) = (scene.auth(), bin.display().to_string());
    scene.with("CHITTY_AUTH_SERVICE", &auth).with("PATH", &bin)
}
