//! The program, started as its users start it, in an environment that holds only what the test put there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::children::finish;

/// How to start the program.
#[derive(Clone)]
pub(crate) struct Program {
    home: PathBuf,
    environment: BTreeMap<String, String>,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    /// `home` takes whatever a program leaves in a home folder or a temporary one.
    pub(crate) fn new(home: &Path) -> Self {
        Self {
            home: home.to_owned(),
            environment: BTreeMap::new(),
        }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    /// Without these variables.
    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        names.iter().for_each(|name| drop(self.environment.remove(*name)));
        self
    }

    /// Without everything that a stranger does not have.
    pub(crate) fn without_secrets(mut self) -> Self {
        self.environment
            .retain(|name, _| !["TOKEN", "KEY"].iter().any(|secret| name.contains(secret)));
        self
    }

    /// Runs it in that folder.
    pub(crate) fn run(&self, folder: &Path, arguments: &[&str]) -> Ran {
        self.run_watched(folder, arguments, |_| ())
    }

    /// The same; `meanwhile` is called with the process's number again and again.
    pub(crate) fn run_watched(&self, folder: &Path, arguments: &[&str], meanwhile: impl FnMut(u32)) -> Ran {
        let output = finish(self.command().args(arguments).current_dir(folder), meanwhile);
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = scrubbed(env!("CARGO_BIN_EXE_certified-publish"), &self.home);
        command.envs(&self.environment);
        command
    }
}

impl Ran {
    /// Insists on an exit code.
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// The one JSON value on stdout.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|why| panic!("{why}:\n{}\n{}", self.stdout, self.stderr))
    }
}

/// Any program, with nothing of this environment but the way to other programs.
pub(crate) fn scrubbed(program: impl AsRef<std::ffi::OsStr>, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("HOME", home).env("TMPDIR", home);
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
}

/// The nine steps, in order.
pub(crate) const STEPS: [&str; 9] = [
    "build",
    "certificate",
    "sign",
    "chronicle",
    "upload",
    "metadata",
    "register",
    "publish",
    "summary",
];
