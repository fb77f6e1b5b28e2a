//! The few lines of JavaScript before the program: nothing that was not checked is started.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::runner::Runner;
use crate::stage::children::finish;
use crate::stage::peers::node;
use crate::stage::tools::{openssl, sha256};

#[test]
fn the_program_of_the_release_is_started_with_the_words_and_the_exit_code_is_its_own() {
    let release = Release::new(SAYS);
    let step = release.runner().step(&[]).exits(7);
    assert!(step.raw.contains("started action"), "{}", step.raw);
}

#[test]
fn a_program_with_other_bytes_is_not_started() {
    let release = Release::new(SAYS);
    fs::write(release.program(), format!("{SAYS}#")).unwrap();
    let step = release.runner().step(&[]).exits(50);
    assert!(
        !step.raw.contains("started") && step.error().data.contains("help: use a released version"),
        "{}",
        step.raw
    );
}

#[test]
fn a_variable_does_not_replace_the_program_of_a_release_nor_any_on_a_hosted_machine() {
    let other = tempfile::tempdir().unwrap();
    let evil = other.path().join("evil");
    fs::write(&evil, "#!/bin/sh\necho evil\n").unwrap();
    fs::set_permissions(&evil, PermissionsExt::from_mode(0o755)).unwrap();
    let evil = evil.to_str().unwrap();
    let release = Release::new(SAYS);
    let step = release
        .runner()
        .with("CERTIFIED_PUBLISH_PROGRAM", evil)
        .step(&[])
        .exits(7);
    assert!(!step.raw.contains("evil"), "{}", step.raw);
    release.write_table(&json!({ "version": "0.0.1", "development": true, "programs": release.programs() }));
    let hosted = release
        .runner()
        .with("CERTIFIED_PUBLISH_PROGRAM", evil)
        .with("RUNNER_ENVIRONMENT", "github-hosted");
    assert!(!hosted.step(&[]).exits(7).raw.contains("evil"));
    assert!(
        release
            .runner()
            .with("CERTIFIED_PUBLISH_PROGRAM", evil)
            .step(&[])
            .exits(0)
            .raw
            .contains("evil")
    );
}

#[test]
fn a_cache_that_somebody_wrote_to_is_checked_like_everything_else() {
    let release = Release::new(SAYS);
    let runner = release.runner();
    let cached = runner
        .place()
        .join("cache/certified-publish/0.0.1/x64")
        .join(release.digest());
    fs::create_dir_all(cached.parent().unwrap()).unwrap();
    fs::rename(release.program(), &cached).unwrap();
    runner.step(&[]).exits(7);
    fs::write(&cached, "#!/bin/sh\necho evil\n").unwrap();
    let step = runner.step(&[]).exits(50);
    assert!(!step.raw.contains("evil"), "{}", step.raw);
}

#[test]
fn a_machine_without_a_program_is_told_so() {
    let release = Release::new(SAYS);
    release.write_table(&json!({ "version": "0.0.1", "programs": { "plan9-mips": {} } }));
    let step = release.runner().step(&[]).exits(50);
    assert!(step.error().data.contains("only: plan9-mips"), "{}", step.raw);
}

#[test]
fn the_copy_is_for_nobody_else_and_the_end_of_the_job_removes_it() {
    let release = Release::new("#!/bin/sh\nstat -c '%a' \"$0\" \"$(dirname \"$0\")\"\n");
    let runner = release.runner();
    let step = runner.step(&[]).exits(0);
    assert_eq!(step.log.lines().collect::<Vec<_>>(), ["500", "700"]);
    runner.post().exits(0);
    let left: Vec<_> = fs::read_dir(runner.temp())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["_runner_file_commands"]);
}

#[test]
fn a_download_is_https_all_the_way_and_ends_at_its_limits() {
    let folder = tempfile::tempdir().unwrap();
    openssl(
        folder.path(),
        &[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
        ],
    );
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(node());
    command
        .arg(root.join("tests/action/download.cjs"))
        .arg(root.join("dist/launch.js"))
        .current_dir(folder.path())
        .env("NODE_EXTRA_CA_CERTS", folder.path().join("cert.pem"));
    let output = finish(&mut command, |_| ());
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let cases: Vec<_> = said.lines().collect();
    assert_eq!(
        cases,
        [
            "/whole: the program",
            "/moved: the program",
            "/moved-to-http: http://localhost is no https address",
            "/round-and-round: answered 302",
            "/missing: answered 404",
            "/endless: has more than 67108864 bytes",
            "/cut: failed",
        ]
    );
}

/// The action of a release: the launcher, and a program with its digest in the table.
struct Release {
    folder: TempDir,
}

impl Release {
    fn new(program: &str) -> Self {
        let release = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let dist = release.folder.path().join("dist");
        fs::create_dir(&dist).unwrap();
        for file in ["main.js", "post.js", "launch.js"] {
            fs::copy(
                Path::new(env!("CARGO_MANIFEST_DIR")).join("dist").join(file),
                dist.join(file),
            )
            .unwrap();
        }
        fs::write(release.program(), program).unwrap();
        release.write_table(&json!({ "version": "0.0.1", "programs": release.programs() }));
        release
    }

    fn program(&self) -> PathBuf {
        self.folder.path().join("dist/program")
    }

    fn digest(&self) -> String {
        sha256(&self.program()).trim_start_matches("sha256:").to_owned()
    }

    fn programs(&self) -> Value {
        // Nobody answers there.
        json!({ "linux-x64": { "file": "program", "sha256": self.digest(), "url": "https://127.0.0.1:9/program" } })
    }

    fn write_table(&self, table: &Value) {
        fs::write(self.folder.path().join("dist/checksums.json"), table.to_string()).unwrap();
    }

    fn runner(&self) -> Runner {
        Runner::with_action(self.folder.path()).without("CERTIFIED_PUBLISH_PROGRAM")
    }
}

const SAYS: &str = "#!/bin/sh\necho started $1\nexit 7\n";
