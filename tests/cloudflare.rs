//! The archive with one secret: an API token of Cloudflare's, from which the S3 key follows. A real S3 server judges the signatures.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use stage::folders::files_below;
use stage::program::Program;
use stage::town::Town;

/// The program with the token in the place of the archive's key.
fn with_the_token(town: &Town, state: &str) -> Program {
    let (program, services) = (town.program(state), town.services());
    [
        "CERTIFIED_PUBLISH_CLOUDFLARE_API",
        "CLOUDFLARE_ACCOUNT_ID",
        "CLOUDFLARE_API_TOKEN",
    ]
    .into_iter()
    .fold(program, |program, name| program.with(name, &services[name]))
    .without(&["R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY"])
}

#[test]
fn a_release_is_archived_with_the_key_that_belongs_to_the_token() {
    let town = Town::with_a_cloudflare_token(&[]);
    let package = town.package("widgets");
    let program = with_the_token(&town, "state");
    let ran = program.run(&package, &["run", "--json"]).exits(0);
    assert_eq!(ran.json()["result"], "published");
    let archived = files_below(&town.bucket());
    assert!(
        archived.contains(&"packages/@acme/widgets/1.2.3.tgz".to_owned()),
        "{archived:?}"
    );
    let (id, secret) = town.s3_key();
    for hidden in [&town.services()["CLOUDFLARE_API_TOKEN"], secret, id] {
        assert!(!ran.stdout.contains(hidden.as_str()) && !ran.stderr.contains(hidden.as_str()));
        for file in files_below(&town.folder("state")) {
            let bytes = std::fs::read(town.folder("state").join(&file)).unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains(hidden.as_str()), "{file}");
        }
    }
}

#[test]
fn a_key_that_was_given_goes_before_the_token() {
    let town = Town::start();
    let package = town.package("widgets");
    let program = town.program("state").with("CLOUDFLARE_API_TOKEN", "not asked about");
    program.run(&package, &["run"]).exits(0);
}

#[test]
fn a_token_that_cloudflare_does_not_know_stops_the_run_before_anything_is_made() {
    let town = Town::with_a_cloudflare_token(&[]);
    let package = town.package("widgets");
    let program = with_the_token(&town, "state").with("CLOUDFLARE_API_TOKEN", "revoked-0123456789");
    let ran = program.run(&package, &["run"]).exits(30);
    assert!(
        ran.stderr
            .contains("error[upload/no-key]: Cloudflare does not accept the token"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("CLOUDFLARE_API_TOKEN (input `cloudflare-token`)"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("revoked-0123456789"));
    assert!(town.events().is_empty());
}

#[test]
fn a_token_needs_the_account_that_it_is_for() {
    let town = Town::with_a_cloudflare_token(&[]);
    let package = town.package("widgets");
    let program = with_the_token(&town, "state");
    let ran = program
        .clone()
        .without(&["CLOUDFLARE_ACCOUNT_ID"])
        .run(&package, &["run"])
        .exits(2);
    assert!(
        ran.stderr.contains("CLOUDFLARE_ACCOUNT_ID (input `account-id`)"),
        "{}",
        ran.stderr
    );
    let token = town.services()["CLOUDFLARE_API_TOKEN"].clone();
    let ran = program
        .with("CLOUDFLARE_ACCOUNT_ID", &token)
        .run(&package, &["run"])
        .exits(2);
    assert!(!ran.stderr.contains(&token), "{}", ran.stderr);
}

#[test]
fn what_builds_archives_nothing_and_needs_no_account() {
    let town = Town::start();
    let package = town.package("widgets");
    let program = town.program("state").with("CLOUDFLARE_ACCOUNT_ID", "no account");
    program.run(&package, &["build"]).exits(0);
}

#[test]
fn doctor_tries_the_token() {
    let town = Town::with_a_cloudflare_token(&[]);
    let package = town.package("widgets");
    let program = with_the_token(&town, "state");
    let ran = program.run(&package, &["doctor"]);
    assert!(
        ran.stderr.contains("made from the token of Cloudflare's"),
        "{}",
        ran.stderr
    );
    let ran = program
        .with("CLOUDFLARE_API_TOKEN", "revoked-0123456789")
        .run(&package, &["doctor"]);
    assert!(ran.stderr.contains("  WRONG  archive "), "{}", ran.stderr);
    assert!(
        ran.code == 30 && !ran.stderr.contains("revoked-0123456789"),
        "{}",
        ran.stderr
    );
}
