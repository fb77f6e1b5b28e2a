//! A release by a workflow: its platform says which run this is, ChittyID checks that, and the certificate tells everybody.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::fs;
use std::path::Path;

use certified_evidence::Certificate;
use certified_evidence::certificate::Claim;
use stage::folders::files_below;
use stage::issuer::{COMMIT, Platform, RUN_TOKEN, WORKFLOW};
use stage::program::Program;
use stage::town::Town;

#[test]
fn a_release_by_a_workflow_tells_which_one_and_a_stranger_verifies_it() {
    let platform = Platform::start();
    let town = Town::with_services(&["--oidc-issuer", &platform.address]);
    let package = town.package("widgets");
    let ran = on_the_platform(town.program("state"), &platform)
        .run(&package, &["run", "--ignore-scripts", "--json"])
        .exits(0);
    let report = ran.json();

    let evidence = report["evidence"].as_str().unwrap();
    let certificate = fs::read_to_string(Path::new(evidence).join("acme-widgets-1.2.3.tgz.cert.pem")).unwrap();
    let certificate = Certificate::from_pem(&certificate).unwrap();
    let workflow = format!("{}/{WORKFLOW}", platform.address);
    assert_eq!(certificate.uri_names(), [workflow]);
    assert_eq!(certificate.release(), Ok(Some("pkg:npm/%40acme/widgets@1.2.3")));
    let claims = certificate.claims().unwrap();
    assert_eq!(claims.get(Claim::Issuer), Some(platform.address.as_str()));
    assert_eq!(claims.get(Claim::SourceRepositoryDigest), Some(COMMIT));

    let verdicts = town
        .stranger()
        .run(&town.folder("anywhere"), &["verify", "@acme/widgets@1.2.3", "--json"])
        .exits(0)
        .json();
    assert_eq!(verdicts[0]["verdict"], "verified");

    let given = platform.given.lock().unwrap().clone();
    assert_eq!(given.len(), 1);
    for secret in given.iter().map(String::as_str).chain([RUN_TOKEN]) {
        // But for the line that tells the runner's log to hide it.
        let lines = ran.stdout.lines().chain(ran.stderr.lines());
        let mut shown = lines.filter(|line| line.contains(secret));
        assert!(shown.all(|line| line.starts_with("::add-mask::")));
        for folder in ["state", "home", "services"].map(|folder| town.folder(folder)) {
            for file in files_below(&folder) {
                let bytes = fs::read(folder.join(&file)).unwrap();
                assert!(
                    !bytes.windows(secret.len()).any(|window| window == secret.as_bytes()),
                    "{file}"
                );
            }
        }
    }
}

#[test]
fn a_run_that_may_not_say_who_it_is_is_told_the_line_to_add() {
    let platform = Platform::start();
    let town = Town::with_services(&["--oidc-issuer", &platform.address]);
    let package = town.package("widgets");
    let refused = on_the_platform(town.program("state"), &platform).with("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "another");
    let ran = refused.run(&package, &["run", "--ignore-scripts"]).exits(30);
    assert!(
        ran.stderr.contains("permissions: { id-token: write }"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_run_that_says_something_else_than_its_platform_gets_no_certificate() {
    let platform = Platform::start();
    let town = Town::with_services(&["--oidc-issuer", &platform.address]);
    let package = town.package("widgets");
    let other = on_the_platform(town.program("state"), &platform).with("GITHUB_SHA", "0".repeat(40));
    let ran = other.run(&package, &["run", "--ignore-scripts"]).exits(2);
    assert!(ran.stderr.contains("OIDC_DISAGREES"), "{}", ran.stderr);
    assert!(town.events().is_empty());
}

fn on_the_platform(program: Program, platform: &Platform) -> Program {
    program
        .with("GITHUB_ACTIONS", "true")
        .with("GITHUB_ACTOR", "octo")
        .with("GITHUB_SHA", COMMIT)
        .with("GITHUB_RUN_ID", "31")
        .with("GITHUB_REPOSITORY", "acme/widgets")
        .with("GITHUB_EVENT_NAME", "release")
        .with("ACTIONS_ID_TOKEN_REQUEST_URL", platform.request_url())
        .with("ACTIONS_ID_TOKEN_REQUEST_TOKEN", RUN_TOKEN)
}
