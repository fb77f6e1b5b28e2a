//! The action without a stored token for npm: it shows who the run is, and a release may wait on npm's stage.

use serde_json::Value;

use crate::credentials::identified;
use crate::releases::runner;
use crate::runner::{Runner, Step};
use crate::stage::issuer::Platform;
use crate::stage::tools;
use crate::stage::town::Town;

fn town(platform: &Platform) -> Town {
    let publisher = "@acme/widgets=acme/widgets/release.yml";
    Town::with_services(&["--oidc-issuer", &platform.address, "--trusted-publisher", publisher])
}

/// A job with `id-token: write` and without `npm-token`, on the registry of the services.
fn job(town: &Town, platform: &Platform) -> Runner {
    identified(runner(town), platform)
        .input("npm-token", "")
        .input("npm-registry", &town.services()["CERTIFIED_PUBLISH_NPM_REGISTRY"])
        .input("ignore-scripts", "true")
}

/// Every token that the platform gave was hidden from the log, and stands nowhere else.
fn hides_tokens(step: &Step, platform: &Platform) {
    for token in platform.given.lock().unwrap().iter() {
        let shown: Vec<_> = step.raw.lines().filter(|line| line.contains(token)).collect();
        assert!(shown.iter().all(|line| line.starts_with("::add-mask::")), "{shown:?}");
        assert!(!step.summary.contains(token));
        assert!(step.files.values().all(|file| !file.contains(token)));
    }
}

#[test]
fn a_job_that_may_say_who_it_is_publishes_without_a_token_for_npm() {
    let platform = Platform::start();
    let town = town(&platform);
    let runner = job(&town, &platform);
    let step = runner.step(&[]).exits(0);
    assert_eq!(step.outputs["result"], "published");
    assert_eq!(platform.given.lock().unwrap().len(), 2);
    hides_tokens(&step, &platform);
    // The token that npm gave was hidden before it was used: one mask for each identity, and one for it.
    assert!(
        step.raw.lines().any(|line| line.starts_with("::add-mask::npm_")),
        "{}",
        step.raw
    );
}

#[test]
fn a_release_is_staged_and_confirmed_by_the_same_job_after_the_approval() {
    let platform = Platform::start();
    let town = town(&platform);
    let runner = job(&town, &platform);
    for _ in 0..2 {
        let step = runner.step(&[("stage", "true")]).exits(75);
        assert_eq!(step.outputs["result"], "staged");
        assert!(
            step.summary.starts_with("### Staged: approve it on npm\n"),
            "{}",
            step.summary
        );
        assert!(
            step.raw.contains("approve it on npm, then run again to confirm"),
            "{}",
            step.raw
        );
        // It is no error, and GitHub does not show it as one.
        assert!(step.said("error").is_empty());
        hides_tokens(&step, &platform);
    }
    let folder = town.folder("maintainer");
    let registry = &town.services()["CERTIFIED_PUBLISH_NPM_REGISTRY"];
    tools::log_in(&folder, registry, &town.services()["NPM_TOKEN"]);
    let npm = |arguments: &[&str]| tools::npm(&folder, registry, arguments);
    let listed: Value = serde_json::from_str(&npm(&["stage", "list", "--json"])).unwrap();
    npm(&["stage", "approve", listed[0]["id"].as_str().unwrap()]);

    let step = runner.step(&[("stage", "true")]).exits(0);
    assert_eq!(step.outputs["result"], "already-published");
    assert_eq!(town.record("@acme/widgets", "1.2.3")["status"], "certified");
}

#[test]
fn a_job_whose_package_does_not_trust_it_is_refused_and_says_so_in_its_outputs() {
    let platform = Platform::start();
    let town = Town::with_services(&["--oidc-issuer", &platform.address]);
    let step = job(&town, &platform).step(&[]).exits(30);
    assert_eq!(step.outputs["result"], "refused");
    assert!(step.error().data.contains("Trusted Publisher"), "{}", step.raw);
    hides_tokens(&step, &platform);
}
