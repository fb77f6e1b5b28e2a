//! Credentials that nobody stored: for the steps of a release, and for other steps of the job.

use std::collections::BTreeMap;
use std::fs;

use crate::canary;
use crate::leaks::below;
use crate::runner::{Runner, Step, pairs};
use crate::stage::folders::copy_of;
use crate::stage::issuer::{COMMIT, Platform, RUN_TOKEN};
use crate::stage::program::Program;
use crate::stage::services::Services;

/// The services, an issuer that they trust, and a runner that is told where they are and nothing else.
struct Town {
    services: Services,
    platform: Platform,
    place: tempfile::TempDir,
}

impl Town {
    fn start() -> Self {
        let (place, platform) = (tempfile::tempdir().unwrap(), Platform::start());
        let home = place.path().join("home");
        fs::create_dir(&home).unwrap();
        let trusted = ["--oidc-issuer", &platform.address];
        let services = Services::start(&place.path().join("services"), &home, &trusted);
        Self {
            services,
            platform,
            place,
        }
    }

    fn at(&self, name: &str) -> &str {
        &self.services.assignments[name]
    }

    fn runner(&self) -> Runner {
        let places = [
            ("connect-url", "CHITTY_CONNECT_SERVICE"),
            ("chitty-id-url", "CHITTY_ID_SERVICE"),
            ("api-gateway-url", "CHITTY_API_GATEWAY"),
            ("npm-registry", "CERTIFIED_PUBLISH_NPM_REGISTRY"),
            ("store", "CERTIFIED_PUBLISH_STORE"),
            ("anchors", "CERTIFIED_PUBLISH_ANCHORS"),
        ];
        let runner = places.iter().fold(Runner::new(), |runner, (input, name)| {
            runner.input(input, self.at(name))
        });
        copy_of("widgets", &runner.workspace());
        runner.input("package_path", "widgets").input("ignore-scripts", "true")
    }

    /// In a job with `id-token: write`.
    fn run(&self) -> Runner {
        identified(self.runner(), &self.platform)
    }

    /// In a job that has a key.
    fn keyed(&self) -> Runner {
        self.runner().input("api_key", self.at("CHITTYCONNECT_API_KEY"))
    }
}

/// The runner of a job with `id-token: write`, which is the run that the platform's tokens are about.
pub(crate) fn identified(runner: Runner, platform: &Platform) -> Runner {
    runner
        .with("ACTIONS_ID_TOKEN_REQUEST_URL", &platform.request_url())
        .with("ACTIONS_ID_TOKEN_REQUEST_TOKEN", RUN_TOKEN)
        .with("GITHUB_SHA", COMMIT)
        .with("GITHUB_RUN_ID", "31")
        .with("GITHUB_ACTOR", "octo")
}

/// What the step hid: everything that it was given and everything that it got.
pub(crate) fn hidden(step: &Step) -> Vec<String> {
    let mut hidden: Vec<_> = step.said("add-mask").iter().map(|said| said.data.clone()).collect();
    hidden.sort();
    hidden.dedup();
    hidden
}

/// Nothing of what was hidden stands in what was printed, in the runner's files or on its disk; in its outputs only where they are asked for.
pub(crate) fn keeps(runner: &Runner, step: &Step, outputs_too: bool) {
    let secrets = hidden(step);
    let printed: Vec<_> = step
        .raw
        .lines()
        .filter(|line| !line.starts_with("::add-mask::"))
        .collect();
    let found = canary::find(&secrets, printed.join("\n").as_bytes());
    assert!(found.is_empty(), "{found:?} in {}", printed.join("\n"));
    if !outputs_too {
        fs::remove_file(runner.temp().join("_runner_file_commands/github_output")).unwrap();
    }
    for folder in [
        runner.temp(),
        runner.workspace(),
        runner.place().join("home"),
        runner.place().join("cache"),
    ] {
        below(&secrets, &folder);
    }
}

fn asked(runner: &Runner, inputs: &[(&str, &str)]) -> Step {
    runner.step(&[&[("mode", "credentials")], inputs].concat())
}

/// Asked for nothing by name, it gives Cloudflare's token, hides it, and keeps it to its outputs.
fn gives_cloudflares(runner: &Runner) -> Step {
    let step = asked(runner, &[]).exits(0);
    assert_eq!(
        beginnings(&step),
        [("account_id", "0000"), ("cloudflare_token", "cf_ephemeral_")].into()
    );
    assert!(hidden(&step).contains(&step.outputs["cloudflare_token"]));
    keeps(runner, &step, false);
    step
}

/// The outputs by name, each as the beginning of its value.
fn beginnings(step: &Step) -> BTreeMap<&str, &str> {
    let known = ["cf_ephemeral_", "npm_", "ghs_", "0000"];
    let outputs = step.outputs.iter();
    outputs
        .map(|(name, value)| {
            (
                name.as_str(),
                known.into_iter().find(|known| value.starts_with(known)).unwrap_or("?"),
            )
        })
        .collect()
}

#[test]
fn a_run_that_says_who_it_is_gets_the_outputs_of_the_action_before_this_one() {
    let town = Town::start();
    let runner = town.run();
    let step = gives_cloudflares(&runner);
    // The identity token is a secret as long as it is good.
    let identities = town.platform.given.lock().unwrap().clone();
    assert!(!identities.is_empty() && identities.iter().all(|token| hidden(&step).contains(token)));
    assert_eq!(step.summary, "");

    let names = "NPM_TOKEN, GITHUB_TOKEN,CLOUDFLARE_API_TOKEN";
    let step = asked(
        &runner,
        &[("credentials", names), ("api_key", "a-key-that-nobody-may-see")],
    )
    .exits(0);
    let expected = [
        ("cloudflare_token", "cf_ephemeral_"),
        ("github_token", "ghs_"),
        ("npm_token", "npm_"),
    ];
    assert_eq!(beginnings(&step), expected.into());
    keeps(&runner, &step, false);
}

#[test]
fn a_key_gets_one_credential_of_the_kind_that_is_asked_for() {
    let town = Town::start();
    let runner = town.keyed();
    gives_cloudflares(&runner);

    let npm = [
        ("type", "npm_publish"),
        ("purpose", "npm-publish-1p-bridge"),
        ("service", "1p-bridge"),
        ("zones", "a, b"),
    ];
    let step = asked(&runner, &npm).exits(0);
    assert_eq!(beginnings(&step), [("npm_token", "npm_")].into());
    keeps(&runner, &step, false);
}

#[test]
fn what_is_not_given_is_said_and_nothing_is_written() {
    let town = Town::start();
    let refused = |runner: &Runner, inputs: &[(&str, &str)], code: i32, title: &str, words: &str| {
        let step = asked(runner, inputs).exits(code);
        let error = step.error();
        assert_eq!(
            error.properties["title"],
            format!("certified-publish: credentials/{title}")
        );
        assert!(error.data.contains(words), "{}", error.data);
        assert!(step.outputs.is_empty());
        keeps(runner, &step, true);
    };
    let nowhere = ("connect-url", "http://127.0.0.1:9");
    let (run, keyed) = (town.run(), town.keyed());
    refused(
        &run,
        &[("credentials", "NPM_TOKEN,CROWN_JEWELS")],
        2,
        "refused",
        "CHITTY_ID_TOKEN, CHITTY_API_KEY",
    );
    refused(
        &run,
        &[("credentials", "NEON_DATABASE_URL")],
        10,
        "unavailable",
        "NEON_DATABASE_URL",
    );
    refused(&run, &[nowhere], 10, "unavailable", "connect-url");
    refused(&keyed, &[nowhere], 10, "unavailable", "connect-url");
    refused(
        &keyed,
        &[("api_key", "chitty_key_of_nobody")],
        30,
        "not-permitted",
        "chittyconnect-api-key",
    );
    refused(
        &keyed,
        &[("type", "crown_jewels")],
        2,
        "refused",
        "there is no such type",
    );
    refused(&keyed, &[("purpose", "curiosity")], 2, "refused", "package-publish");
    refused(
        &town.runner(),
        &[],
        30,
        "not-permitted",
        "permissions: { id-token: write }",
    );
}

#[test]
fn a_run_whose_identity_is_not_accepted_does_not_show_a_stored_key_instead() {
    let (town, stranger) = (Town::start(), Platform::start());
    let runner = town.run().with("ACTIONS_ID_TOKEN_REQUEST_URL", &stranger.request_url());
    let runner = runner.input("chittyconnect-api-key", town.at("CHITTYCONNECT_API_KEY"));
    let step = asked(&runner, &[]).exits(30);
    assert_eq!(
        step.error().properties["title"],
        "certified-publish: credentials/not-permitted"
    );
    assert!(step.outputs.is_empty());
    let step = runner.step(&[]).exits(30);
    assert_eq!(
        step.error().properties["title"],
        "certified-publish: credentials/not-permitted"
    );
    keeps(&runner, &step, true);
}

#[test]
fn a_release_needs_no_stored_secret_where_the_run_says_who_it_is() {
    let town = Town::start();
    let runner = town.run();
    let step = runner.step(&[]).exits(0);
    assert_eq!(step.outputs["result"], "published");
    // Four of the release, an identity for each of them, and the two tokens that every job has.
    assert!(hidden(&step).len() >= 10, "{:?}", hidden(&step).len());
    keeps(&runner, &step, true);
    below(&hidden(&step), &town.place.path().join("services/objects"));
    let again = runner.step(&[]).exits(0);
    assert_eq!(again.outputs["result"], "already-published");
}

#[test]
fn nine_steps_need_no_stored_secret_either() {
    let town = Town::start();
    let runner = town.run();
    for mode in crate::stage::program::STEPS {
        let step = runner.step(&[("mode", mode)]).exits(0);
        keeps(&runner, &step, true);
    }
}

#[test]
fn a_release_needs_one_key_where_it_cannot_say_who_it_is() {
    let town = Town::start();
    let runner = town.keyed();
    let step = runner.step(&[]).exits(0);
    assert_eq!(step.outputs["result"], "published");
    keeps(&runner, &step, true);
    assert!(!step.log.contains("stored tokens are used"), "{}", step.log);
}

#[test]
fn a_release_without_any_means_is_told_the_line_to_add_before_anything_is_made() {
    let town = Town::start();
    let step = town.runner().step(&[]).exits(30);
    let error = step.error();
    assert_eq!(
        error.properties["title"],
        "certified-publish: certificate/not-permitted"
    );
    for words in ["add `id-token: write`", "chitty-id-token", "already done: nothing"] {
        assert!(error.data.contains(words), "{}", error.data);
    }
}

#[test]
fn there_is_no_place_for_credentials_outside_of_a_workflow() {
    let town = Town::start();
    let program = Program::new(town.place.path()).with("CHITTYCONNECT_API_KEY", town.at("CHITTYCONNECT_API_KEY"));
    let program = program.with("CHITTY_CONNECT_SERVICE", town.at("CHITTY_CONNECT_SERVICE"));
    let ran = program.run(town.place.path(), &["credentials"]).exits(2);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.starts_with("error[credentials/no-runner]"), "{}", ran.stderr);

    // As a line of a workflow's `run:` it does what the action does.
    let output = town.place.path().join("output");
    fs::write(&output, "").unwrap();
    let program = program
        .with("GITHUB_ACTIONS", "true")
        .with("GITHUB_REPOSITORY", "acme/widgets")
        .with("GITHUB_OUTPUT", output.to_str().unwrap());
    let ran = program.run(town.place.path(), &["credentials"]).exits(0);
    let outputs = pairs(&fs::read_to_string(&output).unwrap());
    let token = &outputs["cloudflare_token"];
    assert!(
        ran.stdout.starts_with(&format!("::add-mask::{token}\n")),
        "{}",
        ran.stdout
    );
    assert_eq!(
        format!("{}{}", ran.stdout, ran.stderr).matches(token.as_str()).count(),
        1
    );
}
