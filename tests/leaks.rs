//! Packages that would give a secret away: nothing is packed, nobody is asked anything, and the way out is named.
//!
//! The secrets are put together when a test runs; nothing in this file looks like one.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

#[allow(dead_code, unused_imports, reason = "each file of tests uses its part")]
mod meddling;
mod stage;

use std::fs;
use std::sync::{Arc, OnceLock};

use meddling::{Act, Scene};
use stage::folders::{copy_of, files_below};
use stage::program::{Program, Ran};

fn npm_token() -> String {
    format!("{}_{}", "npm", "k3VbQ9zTf0LmXw7RaYc2Ns8EhJ5uDp4G1iBq")
}

/// `pack` of a copy of `widgets` with these files besides, and what it left in the folder for tarballs.
fn packed(files: &[(&str, &str)], arguments: &[&str], variables: &[(&str, &str)]) -> (Ran, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["home", "out"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let package = copy_of("widgets", folder.path());
    for (path, content) in files {
        let file = package.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }
    let mut program = Program::new(&folder.path().join("home"));
    for (name, value) in variables {
        program = program.with(name, *value);
    }
    let ran = program.run(&package, &[&["pack", "--out", "../out"], arguments].concat());
    (ran, files_below(&folder.path().join("out")))
}

fn shows(name: &str, ran: &Ran) {
    meddling::shows(name, &format!("{}exit {}\n", ran.stderr, ran.code));
}

#[tokio::test]
async fn a_package_with_a_token_is_refused_before_anybody_is_asked() {
    let scene = Scene::quiet().await;
    fs::write(
        scene.package.join("lib/key.js"),
        format!("// mine\nexport const key = \"{}\";\n", npm_token()),
    )
    .unwrap();
    scene.run().await.stops(2, "build/leak").shows("leak");
    assert!(scene.asked().is_empty(), "{:?}", scene.asked());
    scene.nothing_written();
}

#[tokio::test]
async fn a_secret_of_this_run_is_found_in_other_spellings_too_and_cannot_be_allowed() {
    let scene = Scene::quiet().await;
    let token = scene.variable("CHITTY_API_KEY");
    fs::write(
        scene.package.join("lib/key.js"),
        format!("fetch(`/?key={}`)", token.replace('-', "%2D")),
    )
    .unwrap();
    fs::write(scene.package.join("lib/raw.js"), format!("'{token}'")).unwrap();
    let said = scene.run_with(&["--allow-leak", "lib"]).await;
    said.stops(2, "build/leak").shows("leak-of-this-run");
    assert!(scene.asked().is_empty(), "{:?}", scene.asked());
}

#[tokio::test]
async fn a_secret_that_comes_after_the_package_was_looked_through_is_refused_when_it_is_packed() {
    let package: Arc<OnceLock<std::path::PathBuf>> = Arc::default();
    let meddler = package.clone();
    let scene = Scene::meddled(move |asked| {
        if asked.is("POST", "/v1/certificates/issue") {
            fs::write(meddler.get().unwrap().join("lib/late.js"), npm_token()).unwrap();
        }
        Act::Forward
    })
    .await;
    package.set(scene.package.clone()).unwrap();
    scene.run().await.stops(2, "sign/leak").shows("leak-late");
    assert_eq!(scene.written(), ["POST /v1/certificates/issue"]);
    assert!(scene.archived().is_empty());
}

#[test]
fn everything_that_was_found_is_told_at_once() {
    let key = format!(
        "-----BEGIN {} KEY-----\nMC4CAQAwBQYDK2VwBCIEI{}\n",
        "PRIVATE", "Kh3VbQ9zTf0LmXw7RaYc2Ns8EhJ5uDp4G1iBqWxZtS6"
    );
    let files = [
        (".env", "A=1"),
        ("lib/a.js", &format!("\n{}\n", npm_token())),
        ("keys/server.pem", &key),
        ("keys/id_rsa", ""),
    ];
    let (ran, left) = packed(&files, &[], &[]);
    shows("leaks-of-many-kinds", &ran);
    assert_eq!((ran.code, left), (2, vec![]));
    assert_eq!(ran.stdout, "");
}

#[test]
fn programs_are_told_each_place() {
    let (ran, _) = packed(&[("lib/a.js", &format!("\n{}\n", npm_token()))], &["--json"], &[]);
    let error = &ran.exits(2).json()["error"];
    assert_eq!(error["code"], "pack/leak");
    let finding = serde_json::json!({ "path": "lib/a.js", "line": 2, "rule": "npm-token", "what": "an npm token" });
    assert_eq!(error["findings"], serde_json::json!([finding]));
}

#[test]
fn what_everybody_may_have_can_be_allowed_by_flag_and_by_variable() {
    let token = npm_token();
    let files = [(".env", "A=1"), ("keys/a b.js", token.as_str())];
    let tarball = vec!["acme-widgets-1.2.3.tgz".to_owned()];
    let variable = [("CERTIFIED_PUBLISH_ALLOW_LEAK", ".env\nkeys/a b.js")];
    for (arguments, variables) in [
        (&["--allow-leak", ".env", "--allow-leak", "keys"][..], &[][..]),
        (&[], &variable),
    ] {
        let (ran, left) = packed(&files, arguments, variables);
        assert_eq!((ran.exits(0).code, left), (0, tarball.clone()));
    }
    let (ran, left) = packed(&files, &["--allow-leak", ".env"], &[]);
    assert_eq!((ran.exits(2).code, left), (2, vec![]));
}

#[test]
fn the_package_itself_allows_nothing() {
    let files = [(".env", "A=1"), ("certified-publish.toml", "allow-leak = \".env\"")];
    let (ran, _) = packed(&files, &[], &[]);
    assert!(ran.exits(2).stderr.contains("may not set `allow-leak`"));
}

#[test]
fn any_secret_variable_of_the_process_counts() {
    let value = "correct-horse-battery";
    let (ran, _) = packed(&[("lib/a.js", value)], &[], &[("DEPLOY_PASSWORD", value)]);
    let said = ran.exits(2).stderr;
    assert!(said.contains("lib/a.js:1: the value of DEPLOY_PASSWORD"), "{said}");
    assert!(!said.contains(value), "{said}");
    packed(&[("lib/a.js", value)], &[], &[("DEPLOY_FOLDER", value)])
        .0
        .exits(0);
}
