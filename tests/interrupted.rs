//! A run that was stopped on a machine that is gone is finished by the next run, and nothing is published twice.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::fs;

use stage::folders::files_below;
use stage::program::STEPS;
use stage::town::Town;

#[test]
fn a_run_that_was_stopped_after_certificate_ends_published_once() {
    stopped_after("certificate");
}

#[test]
fn a_run_that_was_stopped_after_sign_ends_published_once() {
    stopped_after("sign");
}

#[test]
fn a_run_that_was_stopped_after_chronicle_ends_published_once() {
    stopped_after("chronicle");
}

#[test]
fn a_run_that_was_stopped_after_upload_ends_published_once() {
    stopped_after("upload");
}

#[test]
fn a_run_that_was_stopped_after_metadata_ends_published_once() {
    stopped_after("metadata");
}

#[test]
fn a_run_that_was_stopped_after_register_ends_published_once() {
    stopped_after("register");
}

#[test]
fn a_run_that_was_stopped_after_publish_ends_published_once() {
    stopped_after("publish");
}

fn stopped_after(last: &str) {
    let town = Town::start();
    let package = town.package("widgets");
    for step in STEPS.split_inclusive(|step| *step == last).next().unwrap() {
        town.program("first-machine").run(&package, &[step, "--json"]).exits(0);
    }
    // What the first machine had is lost with it.
    fs::remove_dir_all(town.folder("first-machine")).unwrap();

    let report = town
        .program("second-machine")
        .run(&package, &["run", "--json"])
        .exits(0)
        .json();
    let expected = if last == "publish" {
        "already-published"
    } else {
        "published"
    };
    assert_eq!(report["result"], expected);
    assert_published_once(&town, report["certified"]["sha256"].as_str().unwrap());
    town.stranger()
        .run(&package, &["verify", "@acme/widgets@1.2.3"])
        .exits(0);

    let again = town
        .program("third-machine")
        .run(&package, &["run", "--json"])
        .exits(0)
        .json();
    assert_eq!(again["result"], "already-published");
    assert_published_once(&town, report["certified"]["sha256"].as_str().unwrap());
}

/// One object, one event of each kind, one version.
fn assert_published_once(town: &Town, digest: &str) {
    let tarballs: Vec<_> = files_below(&town.bucket())
        .into_iter()
        .filter(|file| file.ends_with(".tgz"))
        .collect();
    assert_eq!(tarballs, ["packages/@acme/widgets/1.2.3.tgz"]);
    let of_type = |kind: &str| {
        town.events()
            .into_iter()
            .filter(|event| event["type"] == kind)
            .collect::<Vec<_>>()
    };
    let built = of_type("package.build.complete");
    assert_eq!(built.len(), 1);
    assert_eq!(built[0]["payload"]["artifacts"]["tarball_hash"], digest);
    assert_eq!(of_type("package.published").len(), 1);
    let packument = town.packument("@acme/widgets");
    assert_eq!(
        packument["versions"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["1.2.3"]
    );
}
