//! Releases: all nine steps in one, each on its own, and checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde_json::json;

use crate::runner::Runner;
use crate::stage::folders::copy_of;
use crate::stage::peers::peer;
use crate::stage::program::STEPS;
use crate::stage::tools::sha256;
use crate::stage::town::Town;

/// A runner with `widgets` checked out, whose steps have the addresses and tokens of that town as inputs.
pub(crate) fn runner(town: &Town) -> Runner {
    let runner = at(town, Runner::new());
    copy_of("widgets", &runner.workspace());
    runner.input("package_path", "widgets")
}

/// The same for a runner that is there already, without a package.
pub(crate) fn at(town: &Town, runner: Runner) -> Runner {
    let inputs = inputs_of(town);
    inputs
        .into_iter()
        .fold(runner, |runner, (input, value)| runner.input(input, &value))
}

/// The addresses and tokens of that town, by their inputs.
pub(crate) fn inputs_of(town: &Town) -> Vec<(&'static str, String)> {
    let command = town.program("state").command();
    let of: BTreeMap<_, _> = command
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_str()?, value?.to_str()?)))
        .collect();
    INPUTS
        .iter()
        .map(|(input, variable)| (*input, of[variable].to_owned()))
        .collect()
}

#[test]
fn a_workflow_that_had_npm_make_provenance_is_told_where_it_is_now() {
    let town = Town::start();
    let runner = runner(&town);
    let step = runner.step(&[("provenance", "true")]).exits(0);
    assert!(step.log.contains("npm's page will show no provenance"), "{}", step.log);
    let evidence = std::path::Path::new(&step.outputs["evidence"]);
    let statement = format!("{}.published.provenance.sigstore.json", step.outputs["tarball_name"]);
    let statement = evidence.join(statement);
    assert!(statement.is_file(), "{}", statement.display());
}

#[test]
fn one_step_publishes_and_its_outputs_are_read_back_exactly() {
    let town = Town::start();
    let runner = runner(&town);
    // A folder whose name is everything that a name should not be.
    let state = runner
        .place()
        .join("a=b<<EOF\nEOF\n::set-output name=x::y\n%0A%25 é 雪\ncert_id=forged");
    let runner = runner.input("state", state.to_str().unwrap());
    let step = runner.step(&[]).exits(0);
    let outputs = &step.outputs;
    let evidence = fs::read_dir(&state)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path()
        .join("evidence");
    assert_eq!(outputs["evidence"], evidence.to_str().unwrap());
    let packument = town.packument("@acme/widgets");
    assert_eq!(
        packument["versions"]["1.2.3"]["dist"]["integrity"],
        outputs["integrity"]
    );
    let record = town.record("@acme/widgets", "1.2.3");
    let certificate = &record["evidence"]["certificate"];
    assert_eq!(certificate["cert_id"], outputs["cert_id"]);
    assert_eq!(certificate["chitty_id"], outputs["chitty_id"]);
    assert_eq!(certificate["fingerprint"], outputs["fingerprint"]);
    assert_eq!(record["evidence"]["certified"]["sha256"], outputs["hash"]);
    let fixed = [
        ("result", "published"),
        ("name", "@acme/widgets"),
        ("version", "1.2.3"),
        ("already_published", "false"),
        ("tarball_name", "acme-widgets-1.2.3.tgz"),
        ("r2_location", "chittyos-packages/packages/@acme/widgets/1.2.3.tgz"),
    ];
    for (name, value) in fixed {
        assert_eq!(outputs[name], value);
    }
    let names: BTreeSet<_> = outputs.keys().map(String::as_str).collect();
    assert_eq!(names, OUTPUTS.into_iter().collect());
    assert_eq!(
        (step.files["GITHUB_ENV"].as_str(), step.files["GITHUB_PATH"].as_str()),
        ("", "")
    );
    assert!(
        step.said("set-output").is_empty() && step.said("error").is_empty(),
        "{}",
        step.raw
    );
    assert!(
        step.summary
            .starts_with("### Published and certified: ` @acme/widgets@1.2.3 `"),
        "{}",
        step.summary
    );
    let block = &packument["versions"]["1.2.3"]["chittyos"]["governance"];
    assert_eq!(
        *block,
        json!({
            "approved_by": ["ada"], "approval_date": "2026-01-02", "policy_version": "v1.0",
            "approval_url": "https://github.com/acme/widgets/releases/tag/v1.2.3",
        })
    );

    let again = runner.step(&[]).exits(0);
    assert_eq!(
        (
            again.outputs["result"].as_str(),
            again.outputs["already_published"].as_str()
        ),
        ("already-published", "true")
    );
    assert!(
        again.summary.starts_with("### Already published, identical: "),
        "{}",
        again.summary
    );
    for same in ["integrity", "hash", "cert_id", "event_id", "reg_id"] {
        assert_eq!(again.outputs[same], outputs[same]);
    }
}

#[test]
fn nine_steps_have_the_outputs_of_one_and_the_end_of_the_job_leaves_nothing() {
    let town = Town::start();
    let runner = runner(&town);
    let mut outputs = BTreeMap::new();
    for mode in STEPS {
        let step = runner.step(&[("mode", mode)]).exits(0);
        assert_eq!(step.summary.is_empty(), mode != "summary", "{mode}: {}", step.summary);
        outputs.extend(step.outputs);
    }
    let names: BTreeSet<_> = outputs.keys().map(String::as_str).collect();
    assert_eq!(names, OUTPUTS.into_iter().collect());
    let integrity = &town.packument("@acme/widgets")["versions"]["1.2.3"]["dist"]["integrity"];
    assert_eq!(*integrity, outputs["integrity"]);

    let verified = runner
        .step(&[("mode", "verify"), ("targets", "@acme/widgets@1.2.3\n")])
        .exits(0);
    assert_eq!(
        verified.outputs,
        BTreeMap::from([("verdict".to_owned(), "verified".to_owned())])
    );
    assert!(
        verified.summary.contains("| ` certificate ` | ok | "),
        "{}",
        verified.summary
    );
    let evidence = std::path::Path::new(&outputs["evidence"]);
    assert!(evidence.starts_with(runner.temp()) && evidence.exists());
    runner.post().exits(0);
    let left: Vec<_> = fs::read_dir(runner.temp())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["_runner_file_commands"]);
}

#[test]
fn a_package_that_people_really_use_is_published_and_installed() {
    let town = Town::start();
    let runner = at(&town, Runner::new());
    let tarball = peer("../packages/left-pad-1.3.0.tgz");
    let mut tar = Command::new("tar");
    tar.arg("xzf")
        .arg(tarball)
        .arg("--no-same-owner")
        .current_dir(runner.workspace());
    assert!(tar.status().unwrap().success());
    let runner = runner.input("package_path", "package").input("ignore-scripts", "true");
    let runner = runner.event(&json!({ "release": { "tag_name": "v1.3.0" } }));
    let step = runner.step(&[]).exits(0);
    assert_eq!(
        (step.outputs["name"].as_str(), step.outputs["version"].as_str()),
        ("left-pad", "1.3.0")
    );
    let elsewhere = town.folder("elsewhere");
    town.npm(&elsewhere, &["install", "left-pad@1.3.0"]);
    let installed = fs::read(elsewhere.join("node_modules/left-pad/index.js")).unwrap();
    assert_eq!(
        installed,
        fs::read(runner.workspace().join("package/index.js")).unwrap()
    );
    let verified = runner
        .step(&[("mode", "verify"), ("targets", "left-pad@1.3.0")])
        .exits(0);
    assert_eq!(verified.outputs["verdict"], "verified");
}

#[test]
fn a_dry_run_needs_no_token_and_says_that_it_was_one() {
    let runner = Runner::new()
        .with("GITHUB_EVENT_NAME", "pull_request")
        .input("dry-run", "true");
    copy_of("widgets", &runner.workspace());
    let step = runner.step(&[("package_path", "widgets")]).exits(0);
    assert_eq!(step.outputs["result"], "published");
    assert!(step.summary.contains("This was a dry run"), "{}", step.summary);
}

#[test]
fn the_tag_of_a_release_names_the_package_among_many() {
    let town = Town::start();
    let runner = at(&town, Runner::new());
    for (folder, name) in [("packages/one", "one"), ("packages/two", "@acme/two")] {
        let folder = runner.workspace().join(folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(
            folder.join("package.json"),
            format!(r#"{{"name":"{name}","version":"1.2.3"}}"#),
        )
        .unwrap();
    }
    let runner = runner.event(&json!({ "release": { "tag_name": "two-v1.2.3" } }));
    let step = runner.step(&[]).exits(0);
    assert_eq!(step.outputs["name"], "@acme/two");
    let other = runner
        .event(&json!({ "release": { "tag_name": "two-v1.2.4" } }))
        .step(&[])
        .exits(2);
    assert_eq!(
        other.error().properties["title"],
        "certified-publish: action/other-version"
    );
}

#[test]
fn the_tarball_of_a_job_without_secrets_is_what_the_job_with_secrets_certifies() {
    let town = Town::start();
    // No address, no anchors, no token.
    let build = Runner::new();
    let package = copy_of("widgets", &build.workspace());
    build.step(&[("mode", "build"), ("package_path", "widgets")]).exits(0);
    assert!(package.join("lib/build.json").exists());
    let packed = town.npm(&package, &["pack", "--ignore-scripts", "--silent"]);
    let tarball = package.join(packed.trim());

    let certify = at(&town, Runner::new());
    let unpacked = Command::new("tar")
        .arg("-xzf")
        .arg(&tarball)
        .current_dir(certify.workspace())
        .status();
    assert!(unpacked.unwrap().success());
    let step = certify
        .step(&[("package_path", "package"), ("ignore-scripts", "true")])
        .exits(0);
    assert_eq!(step.outputs["hash"], sha256(&tarball));
}

#[test]
fn what_a_project_keeps_in_its_file_counts_in_a_step() {
    let town = Town::start();
    let runner = runner(&town);
    let package = runner.workspace().join("widgets");
    fs::write(package.join("certified-publish.toml"), "ignore-scripts = true\n").unwrap();
    runner.step(&[("mode", "build")]).exits(0);
    assert!(!package.join("lib/build.json").exists());
}

#[test]
fn each_step_of_the_readme_works_with_the_tokens_that_it_is_given() {
    let town = Town::start();
    let readme = include_str!("../../README.md");
    let block = readme
        .split("### Each step on its own")
        .nth(1)
        .unwrap()
        .split("```")
        .nth(1)
        .unwrap();
    let full = runner(&town);
    let tokens: BTreeSet<_> = INPUTS
        .iter()
        .map(|(input, _)| *input)
        .filter(|input| input.contains("token") || input.contains("key"))
        .collect();
    let mut steps = 0;
    for step in block.split("      - name: ").filter(|step| step.contains("mode: ")) {
        let value = |line: &str, name: &str| line.trim().strip_prefix(name).map(str::to_owned);
        let mode = step.lines().find_map(|line| value(line, "mode: ")).unwrap();
        let given: Vec<_> = tokens
            .iter()
            .filter(|token| step.contains(&format!(" {token}: ")))
            .collect();
        let withheld = tokens
            .iter()
            .filter(|token| !given.contains(token))
            .map(|token| (*token, ""));
        let inputs: Vec<_> = [("mode", mode.as_str())].into_iter().chain(withheld).collect();
        full.step(&inputs).exits(0);
        steps += 1;
    }
    assert_eq!(steps, 9);
    assert!(town.packument("@acme/widgets")["versions"]["1.2.3"].is_object());
}

/// Where the inputs of a step stand in the environment of the program.
const INPUTS: [(&str, &str); 11] = [
    ("chitty-id-url", "CHITTY_ID_SERVICE"),
    ("api-gateway-url", "CHITTY_API_GATEWAY"),
    ("anchors", "CERTIFIED_PUBLISH_ANCHORS"),
    ("npm-registry", "CERTIFIED_PUBLISH_NPM_REGISTRY"),
    ("npm-token", "NPM_TOKEN"),
    ("store", "CERTIFIED_PUBLISH_STORE"),
    ("r2-access-key-id", "R2_ACCESS_KEY_ID"),
    ("r2-secret-access-key", "R2_SECRET_ACCESS_KEY"),
    ("chitty-id-token", "CHITTY_ID_TOKEN"),
    ("chitty-api-key", "CHITTY_API_KEY"),
    ("chitty-registry-token", "CHITTY_REGISTRY_TOKEN"),
];

const OUTPUTS: [&str; 17] = [
    "already_published",
    "cert_id",
    "chitty_id",
    "chronicle_url",
    "event_id",
    "evidence",
    "fingerprint",
    "hash",
    "integrity",
    "name",
    "npm_url",
    "r2_location",
    "reg_id",
    "registry_url",
    "result",
    "tarball_name",
    "version",
];
