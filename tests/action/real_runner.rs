//! Workflows in a runner that nobody here wrote: act, on this machine, without Docker and without any network but loopback.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::canary;
use crate::leaks::secrets_of;
use crate::releases::inputs_of;
use crate::stage::children::finish;
use crate::stage::folders::{copy_of, files_below};
use crate::stage::peers::{node, peer};
use crate::stage::program::scrubbed;
use crate::stage::town::Town;

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
fn the_workflow_of_the_readme_publishes_and_its_log_shows_no_secret() {
    let town = Town::start();
    let readme = include_str!("../../README.md");
    let block = readme
        .split("### One job\n")
        .nth(1)
        .unwrap()
        .split("```yaml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    // R2 has an address for which nobody on this machine can answer.
    let workflow = block.replace(
        "store: https://${{ vars.R2_ACCOUNT }}.r2.cloudflarestorage.com",
        "store: ${{ vars.STORE }}",
    );
    assert_ne!(workflow, block);
    let job = Job::new(&workflow);
    let widgets = copy_of("widgets", job.place.path());
    for file in files_below(&widgets) {
        let to = job.repository().join(&file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(widgets.join(&file), to).unwrap();
    }
    let inputs: BTreeMap<_, _> = inputs_of(&town).into_iter().collect();
    fs::copy(&inputs["anchors"], job.repository().join("anchors.json")).unwrap();
    job.commit();
    let mut settings = vec![format!("--var=STORE={}", inputs["store"])];
    for (name, input) in SECRETS {
        settings.push(format!("--secret={name}={}", inputs[input]));
    }
    for (name, input) in ADDRESSES {
        settings.push(format!("--env={name}={}", inputs[input]));
    }
    let said = job.runs("release", &settings);
    let integrity = &town.packument("@acme/widgets")["versions"]["1.2.3"]["dist"]["integrity"];
    assert!(
        said.contains(&format!("::set-output:: integrity={}", integrity.as_str().unwrap())),
        "{said}"
    );
    assert_eq!(
        canary::find(&secrets_of(&town), said.as_bytes()),
        Vec::<String>::new(),
        "{said}"
    );
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

    fn commit(&self) {
        for arguments in [
            &["init", "--quiet"][..],
            &["add", "--all"],
            &["commit", "--quiet", "--message", "x"],
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
            assert!(
                git.args(arguments)
                    .current_dir(self.repository())
                    .status()
                    .unwrap()
                    .success()
            );
        }
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

const SECRETS: [(&str, &str); 6] = [
    ("CHITTY_ID_TOKEN", "chitty-id-token"),
    ("CHITTY_API_KEY", "chitty-api-key"),
    ("CHITTY_REGISTRY_TOKEN", "chitty-registry-token"),
    ("NPM_TOKEN", "npm-token"),
    ("R2_ACCESS_KEY_ID", "r2-access-key-id"),
    ("R2_SECRET_ACCESS_KEY", "r2-secret-access-key"),
];

const ADDRESSES: [(&str, &str); 3] = [
    ("CHITTY_ID_SERVICE", "chitty-id-url"),
    ("CHITTY_API_GATEWAY", "api-gateway-url"),
    ("CERTIFIED_PUBLISH_NPM_REGISTRY", "npm-registry"),
];
