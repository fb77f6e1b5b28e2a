//! Workflows in a runner that nobody here wrote: act, on this machine, without Docker and without any network but loopback.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tempfile::TempDir;

use crate::archive::Scene;
use crate::canary;
use crate::leaks::secrets_of;
use crate::releases::inputs_of;
use crate::stage::children::finish;
use crate::stage::folders::{copy_of, files_below};
use crate::stage::issuer::{Platform, RUN_TOKEN};
use crate::stage::peers::{node, peer};
use crate::stage::program::scrubbed;

#[test]
fn a_dry_run_is_certified_verified_and_told_to_later_steps_and_jobs() {
    let job = Job::new(include_str!("story.yml"));
    let said = job.runs("workflow_dispatch", &[]);
    for (step, line) in [
        ("rehearse", "9 of 9 summary"),
        ("rehearse", "told: published @acme/widgets@1.2.3"),
        ("rehearse", "verified "),
        ("rehearse", "went on"),
        ("after", "another job was told: sha256:"),
    ] {
        assert!(said.contains(line), "{step}: {line}:\n{said}");
    }
    // What stands on the job's page.
    for heading in [
        "### Went well in a dry run: ` @acme/widgets@1.2.3 `",
        "This was a dry run",
    ] {
        assert!(said.contains(heading), "{heading}:\n{said}");
    }
    assert!(said.contains("Success - Post Rehearse"), "{said}");
}

#[test]
fn the_workflow_of_the_readme_publishes_a_first_version_and_its_log_shows_no_secret() {
    let readme = include_str!("../../README.md");
    let section = readme.split("### One job\n").nth(1).unwrap();
    let workflow = section.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let job = Job::new(workflow);
    let widgets = copy_of("widgets", job.place.path());
    for file in files_below(&widgets) {
        let to = job.repository().join(&file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(widgets.join(&file), to).unwrap();
    }
    // Who this runner's jobs are: it cannot say so itself.
    let commit = Arc::new(OnceLock::<String>::new());
    let of_run = Arc::clone(&commit);
    let scene = Scene::on(Platform::altering(move |claims| {
        claims["actor"] = "ada".into();
        claims["run_id"] = "1".into();
        claims["sha"] = of_run.get().unwrap().as_str().into();
    }));
    let (inputs, services): (BTreeMap<_, _>, _) = (inputs_of(&scene.town).into_iter().collect(), scene.town.services());
    fs::copy(&inputs["anchors"], job.repository().join("anchors.json")).unwrap();
    commit.set(job.commit()).unwrap();
    let account = &services["CLOUDFLARE_ACCOUNT_ID"];
    let mut settings = vec![
        format!("--var=CLOUDFLARE_ACCOUNT_ID={account}"),
        format!("--secret=NPM_TOKEN={}", inputs["npm-token"]),
    ];
    let environment = [
        ("CHITTY_ID_SERVICE", inputs["chitty-id-url"].as_str()),
        ("CHITTY_API_GATEWAY", &inputs["api-gateway-url"]),
        ("CERTIFIED_PUBLISH_NPM_REGISTRY", &inputs["npm-registry"]),
        ("CHITTY_CONNECT_SERVICE", &scene.connect),
        (
            "CERTIFIED_PUBLISH_CLOUDFLARE_API",
            &services["CERTIFIED_PUBLISH_CLOUDFLARE_API"],
        ),
        // R2 has an address for which nobody on this machine can answer.
        ("CERTIFIED_PUBLISH_STORE", &inputs["store"]),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", &scene.platform.request_url()),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", RUN_TOKEN),
    ];
    settings.extend(environment.map(|(name, value)| format!("--env={name}={value}")));
    let said = job.runs("release", &settings);
    let integrity = &scene.town.packument("@acme/widgets")["versions"]["1.2.3"]["dist"]["integrity"];
    assert!(
        said.contains(&format!("::set-output:: integrity={}", integrity.as_str().unwrap())),
        "{said}"
    );
    let (id, key) = scene.town.s3_key();
    let mut secrets = secrets_of(&scene.town);
    secrets.extend([id, key, &services["CLOUDFLARE_API_TOKEN"]].map(String::to_owned));
    secrets.extend(scene.platform.given.lock().unwrap().iter().cloned());
    assert_eq!(canary::find(&secrets, said.as_bytes()), Vec::<String>::new(), "{said}");
}

/// A repository with one workflow, and the actions that it uses as folders.
struct Job {
    place: TempDir,
}

impl Job {
    fn new(workflow: &str) -> Self {
        let job = Self {
            place: tempfile::tempdir().unwrap(),
        };
        fs::create_dir_all(job.repository().join(".github/workflows")).unwrap();
        fs::write(job.repository().join(".github/workflows/story.yml"), workflow).unwrap();
        copy_of("widgets", &job.repository());
        for folder in ["home", "action/dist", "stub"] {
            fs::create_dir_all(job.place.path().join(folder)).unwrap();
        }
        let ours = Path::new(env!("CARGO_MANIFEST_DIR"));
        for file in [
            "action.yml",
            "dist/main.js",
            "dist/post.js",
            "dist/launch.js",
            "dist/checksums.json",
        ] {
            fs::copy(ours.join(file), job.place.path().join("action").join(file)).unwrap();
        }
        fs::write(job.place.path().join("stub/action.yml"), STUB).unwrap();
        job.commit();
        job
    }

    fn repository(&self) -> PathBuf {
        self.place.path().join("repository")
    }

    /// Everything, and answers with the commit.
    fn commit(&self) -> String {
        let mut said = String::new();
        for arguments in [
            &["init", "--quiet"][..],
            &["add", "--all"],
            &["commit", "--quiet", "--message", "x"],
            &["rev-parse", "HEAD"],
        ] {
            let mut git = scrubbed("git", &self.place.path().join("home"));
            git.args([
                "-c",
                "user.name=ada",
                "-c",
                "user.email=ada@acme.example",
                "-c",
                "init.defaultBranch=main",
            ]);
            let output = git.args(arguments).current_dir(self.repository()).output().unwrap();
            assert!(output.status.success(), "{arguments:?}: {output:?}");
            said = String::from_utf8(output.stdout).unwrap();
        }
        said.trim().to_owned()
    }

    /// All jobs of the workflow to a good end, and everything that the runner said.
    fn runs(&self, event: &str, settings: &[String]) -> String {
        let mut act = scrubbed(peer("act"), &self.place.path().join("home"));
        // The runner takes the node that it finds; GitHub's brings its own.
        let path = format!(
            "{}:{}",
            node().parent().unwrap().display(),
            std::env::var("PATH").unwrap()
        );
        act.env("PATH", path).env("DOCKER_HOST", "unix:///nowhere");
        act.args([
            event,
            "--platform=ubuntu-24.04=-self-hosted",
            "--action-offline-mode",
            "--pull=false",
            "--no-cache-server",
        ]);
        act.args([
            "--artifact-server-addr=127.0.0.1",
            "--cache-server-addr=127.0.0.1",
            "--actor=ada",
        ]);
        act.arg(format!(
            "--local-repository=chittyos/certified-publish@v1={}",
            self.place.path().join("action").display()
        ));
        for action in stubbed(&self.repository()) {
            act.arg(format!(
                "--local-repository={action}={}",
                self.place.path().join("stub").display()
            ));
        }
        act.arg(format!(
            "--env=CERTIFIED_PUBLISH_PROGRAM={}",
            env!("CARGO_BIN_EXE_certified-publish")
        ));
        act.args(settings).current_dir(self.repository());
        let output = finish(&mut act, |_| ());
        let said = [output.stdout, output.stderr]
            .map(|bytes| String::from_utf8(bytes).unwrap())
            .concat();
        assert!(output.status.success(), "{said}");
        said
    }
}

/// The actions of others, but for the one that the runner does itself.
fn stubbed(repository: &Path) -> Vec<String> {
    let workflow = fs::read_to_string(repository.join(".github/workflows/story.yml")).unwrap();
    let used = workflow
        .lines()
        .filter_map(|line| line.trim().strip_prefix("uses: actions/"));
    let used = used.filter(|action| !action.starts_with("checkout@"));
    used.map(|action| format!("actions/{}", action.split(' ').next().unwrap()))
        .collect()
}

/// An action that takes any of these inputs and does nothing.
const STUB: &str = "\
name: Stub
description: Does nothing
inputs:
  node-version: { description: any }
  package-manager-cache: { description: any }
  name: { description: any }
  path: { description: any }
runs:
  using: composite
  steps:
    - run: echo stub
      shell: bash
";
