//! The real npm client against our registry: what it publishes for the identity of a workflow, and its commands for the stage.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use stage::children::finish;
use stage::folders::copy_of;
use stage::issuer::{Platform, RUN_TOKEN};
use stage::peers::peer;
use stage::services::Services;
use stage::tools::{both, log_in, npm_at};
use tempfile::TempDir;

/// The npm of the machine, and npm 12.
fn clients() -> [PathBuf; 2] {
    [PathBuf::from("npm"), peer("npm12")]
}

/// The services, a platform with workflows, and a package.
struct Scene {
    services: Services,
    platform: Platform,
    package: PathBuf,
    place: TempDir,
}

impl Scene {
    fn start(more: &[&str]) -> Self {
        let place = tempfile::tempdir().unwrap();
        let platform = Platform::altering(|claims| claims["repository_visibility"] = "private".into());
        let home = place.path().join("home");
        fs::create_dir(&home).unwrap();
        let arguments = [&["--oidc-issuer", &platform.address], more].concat();
        Self {
            services: Services::start(&place.path().join("services"), &home, &arguments),
            package: copy_of("widgets", place.path()),
            platform,
            place,
        }
    }

    fn registry(&self) -> &str {
        &self.services.assignments["CERTIFIED_PUBLISH_NPM_REGISTRY"]
    }

    /// npm with a token of the registry in its .npmrc, as a maintainer has it.
    fn maintainer(&self, npm: &Path, arguments: &[&str]) -> Output {
        let home = self.place.path().join("maintainer");
        fs::create_dir_all(&home).unwrap();
        log_in(&home, self.registry(), &self.services.assignments["NPM_TOKEN"]);
        finish(self.npm(npm, &home).args(arguments), |_| ())
    }

    /// npm without any token, in a job that may say who it is.
    fn workflow(&self, npm: &Path, arguments: &[&str]) -> Output {
        let home = self.place.path().join("runner");
        fs::create_dir_all(&home).unwrap();
        let mut command = self.npm(npm, &home);
        command
            .args(arguments)
            .env("GITHUB_ACTIONS", "true")
            .env("CI", "true")
            .env("ACTIONS_ID_TOKEN_REQUEST_URL", self.platform.request_url())
            .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", RUN_TOKEN);
        finish(&mut command, |_| ())
    }

    fn npm(&self, npm: &Path, home: &Path) -> Command {
        let mut command = npm_at(npm, home, self.registry());
        command.current_dir(&self.package);
        command
    }

    fn set_version(&self, version: &str) {
        let file = self.package.join("package.json");
        let mut manifest: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        manifest["version"] = version.into();
        fs::write(file, manifest.to_string()).unwrap();
    }

    /// Stages it from the workflow; what npm calls it there.
    fn stage(&self, npm: &Path) -> String {
        let staged = said(&self.workflow(npm, &STAGE));
        let (_, id) = staged.split_once("staged with id ").unwrap();
        id.trim_end_matches(')').to_owned()
    }

    fn latest(&self, npm: &Path) -> String {
        said(&self.maintainer(npm, &["view", "@acme/widgets", "version"]))
    }
}

/// What it says on stdout; it has to end well.
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", both(output));
    String::from_utf8(output.stdout.clone()).unwrap().trim().to_owned()
}

const PUBLISH: [&str; 2] = ["publish", "--ignore-scripts"];
const STAGE: [&str; 3] = ["stage", "publish", "--ignore-scripts"];

#[test]
fn npm_publishes_for_a_workflow_that_its_own_command_has_made_trusted() {
    for npm in clients() {
        let scene = Scene::start(&[]);
        // npm trusts nobody for a package that is not there.
        let trust = [
            "trust",
            "github",
            "@acme/widgets",
            "--file",
            "release.yml",
            "--repo",
            "acme/widgets",
            "--allow-publish",
            "--yes",
        ];
        assert!(!scene.maintainer(&npm, &trust).status.success());
        let stranger = scene.workflow(&npm, &PUBLISH);
        assert!(
            !stranger.status.success() && both(&stranger).contains("ENEEDAUTH"),
            "{}",
            both(&stranger)
        );

        said(&scene.maintainer(&npm, &PUBLISH));
        said(&scene.maintainer(&npm, &trust));
        let listed = said(&scene.maintainer(&npm, &["trust", "list", "@acme/widgets"]));
        assert!(
            listed.contains("acme/widgets") && listed.contains("release.yml"),
            "{listed}"
        );

        scene.set_version("1.2.4");
        said(&scene.workflow(&npm, &PUBLISH));
        assert_eq!(scene.latest(&npm), "1.2.4");
        // It may publish, and its publisher was not let stage.
        scene.set_version("1.2.5");
        let staged = scene.workflow(&npm, &STAGE);
        assert!(
            !staged.status.success() && both(&staged).contains("E403"),
            "{}",
            both(&staged)
        );
        for token in scene.platform.given.lock().unwrap().iter() {
            assert!(!both(&staged).contains(token));
        }
    }
}

#[test]
fn npm_stages_for_a_workflow_and_a_maintainer_lists_views_downloads_rejects_and_approves() {
    for npm in clients() {
        let scene = Scene::start(&["--trusted-publisher", "@acme/widgets=acme/widgets/release.yml"]);
        let id = scene.stage(&npm);

        let again = scene.workflow(&npm, &STAGE);
        assert!(!again.status.success(), "{}", both(&again));
        assert!(
            both(&again).contains("Cannot stage previously published version \"1.2.3\""),
            "{}",
            both(&again)
        );

        let listed = said(&scene.maintainer(&npm, &["stage", "list", "--json"]));
        let listed: Value = serde_json::from_str(&listed).unwrap();
        assert_eq!(
            (&listed[0]["id"], &listed[0]["version"]),
            (&id.clone().into(), &"1.2.3".into())
        );
        assert_eq!(listed[0]["actorType"], "trusted automation");
        let viewed = said(&scene.maintainer(&npm, &["stage", "view", &id]));
        assert!(viewed.contains("package name: @acme/widgets"), "{viewed}");
        let file = said(&scene.maintainer(&npm, &["stage", "download", &id]));
        assert!(scene.package.join(file.lines().last().unwrap()).is_file(), "{file}");
        // Nobody can install it, and a workflow decides nothing.
        assert!(!scene.maintainer(&npm, &["view", "@acme/widgets"]).status.success());
        assert!(!scene.workflow(&npm, &["stage", "approve", &id]).status.success());

        said(&scene.maintainer(&npm, &["stage", "reject", &id]));
        let id = scene.stage(&npm);
        said(&scene.maintainer(&npm, &["stage", "approve", &id]));
        assert_eq!(scene.latest(&npm), "1.2.3");
    }
}
