//! The runner of GitHub Actions as far as a step can tell: its environment, its files, and how it reads what a step prints and writes.
//!
//! Written after the runner's own source (actions/runner, `Handler.cs`, `ActionCommand.cs`, `ActionCommandManager.cs`,
//! `FileCommandManager.cs`), and after nothing of ours: it is the judge.

mod reading;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) use self::reading::{Said, obey, pairs};
use crate::stage::children::finish_hearing;
use crate::stage::peers::node;

/// A job on a machine.
pub(crate) struct Runner {
    place: TempDir,
    environment: BTreeMap<String, String>,
    action: PathBuf,
}

/// One step, as the runner has it when it ended.
pub(crate) struct Step {
    pub(crate) code: i32,
    /// Everything that came from the process, of both streams.
    pub(crate) raw: String,
    /// What people see: without commands, without masked values.
    pub(crate) log: String,
    pub(crate) commands: Vec<Said>,
    pub(crate) outputs: BTreeMap<String, String>,
    pub(crate) summary: String,
    /// The runner's files, by the variable that named them.
    pub(crate) files: BTreeMap<String, String>,
}

impl Runner {
    /// A machine of one's own, with the repository's action as it stands.
    pub(crate) fn new() -> Self {
        Self::with_action(Path::new(env!("CARGO_MANIFEST_DIR")))
    }

    pub(crate) fn with_action(action: &Path) -> Self {
        let runner = Self {
            place: tempfile::tempdir().unwrap(),
            environment: BTreeMap::new(),
            action: action.to_owned(),
        };
        for folder in ["workspace", "temp", "cache", "home"] {
            fs::create_dir(runner.place().join(folder)).unwrap();
        }
        let folder = runner.place().to_str().unwrap().to_owned();
        let path = |name: &str| format!("{folder}/{name}");
        let fixed = [
            ("CI", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_ACTION", "__chittyos_certified-publish"),
            ("GITHUB_ACTOR", "ada"),
            ("GITHUB_API_URL", "https://api.github.example"),
            ("GITHUB_EVENT_NAME", "release"),
            ("GITHUB_REF", "refs/tags/v1.2.3"),
            ("GITHUB_REF_NAME", "v1.2.3"),
            ("GITHUB_REF_TYPE", "tag"),
            ("GITHUB_REPOSITORY", "acme/widgets"),
            ("GITHUB_RUN_ATTEMPT", "1"),
            ("GITHUB_RUN_ID", "77"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_SHA", "0123456789abcdef0123456789abcdef01234567"),
            (
                "GITHUB_WORKFLOW_REF",
                "acme/widgets/.github/workflows/release.yml@refs/tags/v1.2.3",
            ),
            ("RUNNER_ARCH", "X64"),
            ("RUNNER_ENVIRONMENT", "self-hosted"),
            ("RUNNER_OS", "Linux"),
            ("ACTIONS_RUNTIME_TOKEN", "canary-runtime-token-Zq8L2v"),
            ("CERTIFIED_PUBLISH_PROGRAM", env!("CARGO_BIN_EXE_certified-publish")),
        ];
        let event = json!({ "release": {
            "tag_name": "v1.2.3", "published_at": "2026-01-02T03:04:05Z", "author": { "login": "ada" },
            "html_url": "https://github.com/acme/widgets/releases/tag/v1.2.3",
        }});
        fixed
            .into_iter()
            .fold(runner, |runner, (name, value)| runner.with(name, value))
            .with("GITHUB_WORKSPACE", &path("workspace"))
            .with("RUNNER_TEMP", &path("temp"))
            .with("RUNNER_TOOL_CACHE", &path("cache"))
            .with("HOME", &path("home"))
            .with("PATH", &std::env::var("PATH").unwrap())
            .event(&event)
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// What a variable says.
    pub(crate) fn value(&self, name: &str) -> String {
        self.environment.get(name).cloned().unwrap()
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.environment.remove(name).unwrap();
        self
    }

    pub(crate) fn event(self, payload: &Value) -> Self {
        let file = self.place.path().join("event.json");
        fs::write(&file, payload.to_string()).unwrap();
        self.with("GITHUB_EVENT_PATH", file.to_str().unwrap())
    }

    /// An input for all steps, as the runner hands it over.
    pub(crate) fn input(self, name: &str, value: &str) -> Self {
        self.with(&variable(name), value)
    }

    pub(crate) fn workspace(&self) -> PathBuf {
        self.place.path().join("workspace")
    }

    pub(crate) fn temp(&self) -> PathBuf {
        self.place.path().join("temp")
    }

    pub(crate) fn place(&self) -> &Path {
        self.place.path()
    }

    /// `uses: ./` with these inputs, to its end.
    pub(crate) fn step(&self, inputs: &[(&str, &str)]) -> Step {
        self.watched("dist/main.js", inputs, |_| ())
    }

    /// The post step.
    pub(crate) fn post(&self) -> Step {
        self.watched("dist/post.js", &[], |_| ())
    }

    /// Runs a script of the action; `meanwhile` is called with the process's number again and again.
    pub(crate) fn watched(&self, script: &str, inputs: &[(&str, &str)], meanwhile: impl FnMut(u32)) -> Step {
        self.heard(script, inputs, meanwhile, |_| ())
    }

    /// The same; `heard` is told every line that is printed, as soon as it is there.
    pub(crate) fn heard(
        &self,
        script: &str,
        inputs: &[(&str, &str)],
        meanwhile: impl FnMut(u32),
        heard: impl FnMut(&[u8]) + Send + 'static,
    ) -> Step {
        let mut command = self.command(script, inputs);
        let output = finish_hearing(&mut command, meanwhile, heard);
        self.read(&output)
    }

    /// The process that the runner starts for a step, with files of its own.
    pub(crate) fn command(&self, script: &str, inputs: &[(&str, &str)]) -> Command {
        let mut command = Command::new(node());
        command
            .arg(self.action.join(script))
            .env_clear()
            .envs(&self.environment);
        command.current_dir(self.workspace());
        // The runner sets every input of action.yml, empty ones too.
        for input in declared() {
            if !self.environment.contains_key(&variable(&input)) {
                command.env(variable(&input), if input == "mode" { "all" } else { "" });
            }
        }
        for (name, value) in inputs {
            command.env(variable(name), value);
        }
        let folder = self.temp().join("_runner_file_commands");
        fs::create_dir_all(&folder).unwrap();
        for name in FILES {
            let file = folder.join(name.to_lowercase());
            fs::write(&file, "").unwrap();
            command.env(name, file);
        }
        command
    }

    /// What the runner makes of a process that has ended.
    pub(crate) fn read(&self, output: &std::process::Output) -> Step {
        let raw = String::from_utf8([output.stdout.as_slice(), output.stderr.as_slice()].concat()).unwrap();
        let folder = self.temp().join("_runner_file_commands");
        let files: BTreeMap<_, _> = FILES
            .iter()
            .map(|name| {
                (
                    (*name).to_owned(),
                    fs::read_to_string(folder.join(name.to_lowercase())).unwrap(),
                )
            })
            .collect();
        let (commands, log) = obey(&raw);
        Step {
            code: exit_code(output.status),
            log,
            commands,
            outputs: pairs(&files["GITHUB_OUTPUT"]),
            summary: files["GITHUB_STEP_SUMMARY"].clone(),
            raw,
            files,
        }
    }
}

impl Step {
    /// Insists on an exit code.
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}", self.raw);
        self
    }

    /// The one error that the runner shows beside the workflow's file.
    pub(crate) fn error(&self) -> &Said {
        let errors: Vec<_> = self.commands.iter().filter(|said| said.name == "error").collect();
        assert_eq!(errors.len(), 1, "{}", self.raw);
        errors[0]
    }

    /// The commands of that name.
    pub(crate) fn said(&self, name: &str) -> Vec<&Said> {
        self.commands.iter().filter(|said| said.name == name).collect()
    }
}

/// .NET's `Process.ExitCode`, which the runner goes by: a process that a signal ended has 128 and the signal's number.
fn exit_code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap())
}

/// The inputs of action.yml.
pub(crate) fn declared() -> Vec<String> {
    let text = include_str!("../../action.yml");
    let below = text
        .split_once("\ninputs:\n")
        .unwrap()
        .1
        .split_once("\noutputs:\n")
        .unwrap()
        .0;
    let keys = below
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_once(':'));
    keys.map(|(key, _)| key.to_owned())
        .filter(|key| !key.starts_with([' ', '#']))
        .collect()
}

/// `Handler.AddInputsToEnvironment`.
fn variable(input: &str) -> String {
    format!("INPUT_{}", input.replace(' ', "_").to_uppercase())
}

/// What the runner names and reads when a step has ended.
const FILES: [&str; 5] = [
    "GITHUB_OUTPUT",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_STATE",
    "GITHUB_ENV",
    "GITHUB_PATH",
];
