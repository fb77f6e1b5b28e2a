//! The page says what plain tools do with a release, so they are made to do it: every command is read out of README.md and run.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]
#![allow(
    dead_code,
    unused_imports,
    reason = "the example's own `main`, and what other tests need of a release"
)]

mod release;
#[path = "../examples/verify_release.rs"]
mod verify_release;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use release::Release;

const PAGE: &str = include_str!("../README.md");

#[test]
fn every_command_of_the_page_accepts_a_good_release() {
    for release in [Release::good(), Release::rsa()] {
        let (folder, name) = left_by(&release);
        for block in blocks("sh") {
            let ran = run(&block, folder.path(), &name);
            assert!(ran.status.success(), "{block}\n{ran:?}");
        }
    }
}

#[test]
fn every_part_of_the_page_refuses_what_it_is_there_for() {
    let (folder, name) = left_by(&Release::good());
    let mistakes = [
        (
            "anchors.pem".to_owned(),
            Release::rsa().anchors.certificate_authorities[0]
                .pem
                .clone()
                .into_bytes(),
        ),
        (format!("{name}.published"), Release::rsa().published),
        (name.clone(), b"another tarball".to_vec()),
    ];
    for ((file, bytes), block) in mistakes.into_iter().zip(blocks("sh")) {
        let good = fs::read(folder.path().join(&file)).unwrap();
        fs::write(folder.path().join(&file), bytes).unwrap();
        let ran = run(&block, folder.path(), &name);
        assert!(!ran.status.success(), "{file}\n{block}\n{ran:?}");
        fs::write(folder.path().join(&file), good).unwrap();
    }
}

#[test]
fn the_example_of_the_page_is_the_program_and_verifies() {
    let shown = blocks("rust,ignore").concat();
    let program = include_str!("../examples/verify_release.rs");
    assert!(
        program.contains(&shown),
        "show the function of examples/verify_release.rs in README.md again"
    );
    let release = Release::good();
    let (folder, name) = left_by(&release);
    let verified = verify_release::verify(folder.path()).unwrap();
    assert_eq!(verified.certified(), release.evidence.certified.sha256);
    fs::write(folder.path().join(format!("{name}.published")), &release.published[1..]).unwrap();
    assert!(verify_release::verify(folder.path()).is_err());
}

/// What a run leaves, in a folder of its own, and the name of the tarball.
fn left_by(release: &Release) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let evidence = &release.evidence;
    let name = evidence.certified.filename.clone();
    for (file, bytes) in [
        (name.clone(), release.maker.certified.bytes().to_vec()),
        (format!("{name}.published"), release.published.clone()),
        (format!("{name}.sig"), evidence.signatures.certified.as_bytes().to_vec()),
        (
            format!("{name}.published.sig"),
            evidence.signatures.published.as_bytes().to_vec(),
        ),
        (
            format!("{name}.cert.pem"),
            evidence.certificate.pem.clone().into_bytes(),
        ),
        (
            format!("{name}.chain.pem"),
            evidence.certificate.chain.concat().into_bytes(),
        ),
        ("evidence.json".to_owned(), serde_json::to_vec(evidence).unwrap()),
        (
            "anchors.json".to_owned(),
            release.anchors.to_json().unwrap().into_bytes(),
        ),
        (
            "anchors.pem".to_owned(),
            release.anchors.certificate_authorities[0].pem.clone().into_bytes(),
        ),
    ] {
        fs::write(folder.path().join(file), bytes).unwrap();
    }
    (folder, name)
}

fn run(commands: &str, folder: &Path, name: &str) -> Output {
    Command::new("sh")
        .args(["-euc", commands])
        .env("T", name)
        .env("npm_config_offline", "true")
        .env("npm_config_update_notifier", "false")
        .current_dir(folder)
        .output()
        .unwrap()
}

/// The fenced blocks of the page in this language.
fn blocks(language: &str) -> Vec<String> {
    let opening = format!("```{language}\n");
    let rest = PAGE.split(opening.as_str()).skip(1);
    rest.map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}
