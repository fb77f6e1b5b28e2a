//! A run that was stopped on a machine that is gone is finished by the next run, and nothing is published twice.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use stage::once::assert_published_once;
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
    assert_published_once(
        &town,
        "@acme/widgets",
        "1.2.3",
        report["certified"]["sha256"].as_str().unwrap(),
    );
    // Whether this run made the bundles or found them in the registry, the evidence has them.
    let evidence = Path::new(report["evidence"].as_str().unwrap());
    let recorded = &town.record("@acme/widgets", "1.2.3")["evidence"]["bundles"];
    for (which, file) in BUNDLES {
        let bundle: Value = serde_json::from_slice(&fs::read(evidence.join(file)).unwrap()).unwrap();
        assert_eq!(recorded[which], bundle, "{which}");
    }
    town.stranger()
        .run(&package, &["verify", "@acme/widgets@1.2.3"])
        .exits(0);

    let again = town
        .program("third-machine")
        .run(&package, &["run", "--json"])
        .exits(0)
        .json();
    assert_eq!(again["result"], "already-published");
    assert_published_once(
        &town,
        "@acme/widgets",
        "1.2.3",
        report["certified"]["sha256"].as_str().unwrap(),
    );
}

#[test]
fn a_run_that_was_killed_in_any_step_is_finished_by_the_next_one() {
    // Killed as soon as a step has ended, so somewhere in the one after it.
    for (number, step) in (1..).zip(&STEPS[..8]) {
        let town = Town::start();
        let package = town.package("widgets");
        killed_after(&town, &package, number);

        let report = town
            .program("second-machine")
            .run(&package, &["run", "--json"])
            .exits(0)
            .json();
        assert_published_once(
            &town,
            "@acme/widgets",
            "1.2.3",
            report["certified"]["sha256"].as_str().unwrap(),
        );
        let verified = town.stranger().run(&package, &["verify", "@acme/widgets@1.2.3"]);
        assert_eq!(verified.code, 0, "killed after {step}: {}", verified.stderr);
    }
}

fn killed_after(town: &Town, package: &Path, number: usize) {
    let mut command = town.program("first-machine").command();
    command
        .arg("run")
        .current_dir(package)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let said = BufReader::new(child.stderr.take().unwrap());
    let awaited = format!("{number} of 9 ");
    assert!(
        said.lines()
            .map_while(Result::ok)
            .any(|line| line.starts_with(&awaited))
    );
    child.kill().unwrap();
    child.wait().unwrap();
}

/// By their names in the evidence, and their files.
const BUNDLES: [(&str, &str); 3] = [
    ("certified", "acme-widgets-1.2.3.tgz.sigstore.json"),
    ("published", "acme-widgets-1.2.3.tgz.published.sigstore.json"),
    (
        "provenance",
        "acme-widgets-1.2.3.tgz.published.provenance.sigstore.json",
    ),
];
