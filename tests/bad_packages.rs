//! Packages that cannot be published: each is refused with its reason and the way out, before anything is sent.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

#[allow(dead_code, unused_imports, reason = "each file of tests uses its part")]
mod meddling;

use meddling::{Said, Scene};

/// Runs on a package below fixtures/packages; nobody may be asked anything.
async fn refused(fixture: &str) -> Said {
    let scene = Scene::quiet().await.of(fixture);
    let said = scene.run().await;
    assert!(scene.asked().is_empty(), "{:?}", scene.asked());
    scene.nothing_written();
    said
}

#[tokio::test]
async fn a_folder_without_package_json_is_refused() {
    refused("bad/no-manifest")
        .await
        .stops(2, "build/no-manifest")
        .shows("no-manifest");
}

#[tokio::test]
async fn a_package_json_that_is_not_json_is_refused() {
    refused("bad/not-json")
        .await
        .stops(2, "build/manifest")
        .shows("not-json");
}

#[tokio::test]
async fn a_member_that_stands_twice_is_refused_because_readers_choose_differently() {
    refused("bad/duplicate-keys")
        .await
        .stops(2, "build/manifest")
        .shows("duplicate-keys");
}

#[tokio::test]
async fn a_name_that_npm_does_not_take_is_refused() {
    refused("bad/invalid-name")
        .await
        .stops(2, "build/name")
        .shows("invalid-name");
}

#[tokio::test]
async fn a_version_that_npm_does_not_keep_is_refused() {
    refused("bad/invalid-version")
        .await
        .stops(2, "build/version")
        .shows("invalid-version");
}

#[tokio::test]
async fn a_private_package_is_refused() {
    refused("bad/private").await.stops(2, "build/private").shows("private");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_refused() {
    let mut scene = Scene::quiet().await;
    scene.package.push("nowhere");
    let said = scene.run().await;
    said.stops(2, "build/no-manifest").shows("no-folder");
    assert!(scene.asked().is_empty());
}

#[tokio::test]
async fn a_package_that_names_another_registry_is_refused_because_nothing_goes_where_nobody_sent_it() {
    let scene = Scene::quiet().await;
    let manifest = r#"{ "name": "@acme/widgets", "version": "1.2.3", "publishConfig": { "registry": "https://npm.acme.example" } }"#;
    std::fs::write(scene.package.join("package.json"), manifest).unwrap();
    scene
        .run()
        .await
        .stops(2, "build/other-registry")
        .shows("other-registry");
    assert!(scene.asked().is_empty());
}

#[tokio::test]
async fn a_refusal_is_one_json_object_for_programs() {
    let scene = Scene::quiet().await.of("bad/private");
    let said = scene.run_with(&["--json"]).await;
    said.stops(2, "build/private");
    meddling::shows("private-as-json", &said.stdout);
}

#[cfg(unix)]
mod while_packing {
    //! The package is looked through before anybody is asked for anything, so what packing would stumble over stops the run there.

    use std::ffi::OsStr;
    use std::fs::{self, OpenOptions};
    use std::os::unix::ffi::OsStrExt as _;
    use std::process::Command;

    use super::Scene;

    /// The list of ignored files in the last folder is a pipe: while the program waits for what comes out of it, it has listed every other
    /// file and read none.
    #[tokio::test]
    async fn a_file_that_vanishes_is_named_and_nobody_is_told_anything() {
        let scene = Scene::quiet().await;
        let last = scene.package.join("zz");
        fs::create_dir(&last).unwrap();
        let (pipe, vanishing) = (last.join(".npmignore"), scene.package.join("lib/index.js"));
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let meddler = tokio::task::spawn_blocking(move || {
            let end = OpenOptions::new().write(true).open(pipe).unwrap();
            fs::remove_file(vanishing).unwrap();
            drop(end);
        });
        scene.run().await.stops(50, "build/pack").shows("file-vanished");
        meddler.await.unwrap();
        scene.nothing_written();
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_file_name_that_is_no_text_is_named_and_nobody_is_told_anything() {
        let scene = Scene::quiet().await;
        fs::write(scene.package.join(OsStr::from_bytes(b"caf\xe9.js")), "").unwrap();
        scene.run().await.stops(50, "build/pack").shows("file-name-not-utf8");
        scene.nothing_written();
    }
}
