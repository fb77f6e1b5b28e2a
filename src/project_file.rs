//! `certified-publish.toml` beside package.json: what a project wants to keep, so that nobody has to type it.
//!
//! ```toml
//! tag = "next"
//! access = "public"
//! key-algorithm = "ecdsa-p256"
//! ```
//!
//! A flag or a variable of the environment goes before it. It cannot say where the services are, whom to trust, what the secrets are, or which of
//! them may be published: package scripts can write into this folder, and must not decide where tokens go.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};
use toml::{Table, Value};

use crate::args::Arguments;

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProjectFileError {
    #[error("{} cannot be read: {error}", file.display())]
    Io { file: PathBuf, error: io::Error },
    #[error("{} is no TOML: {error}", file.display())]
    Toml { file: PathBuf, error: Box<toml::de::Error> },
    #[error("{} may not set `{key}`, only {}", file.display(), KEYS.join(", "))]
    Key { file: PathBuf, key: String },
    #[error("{} sets `{key}` to something that is neither text nor true or false", file.display())]
    Value { file: PathBuf, key: String },
}

/// Why there is nothing to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArgumentsError {
    /// Mistyped, or a question for help.
    #[error(transparent)]
    Line(#[from] clap::Error),
    #[error(transparent)]
    File(#[from] ProjectFileError),
}

/// Reads a command line, and again with what the project's file adds to it where that adds something.
///
/// # Errors
/// When the line is not understood, or there is a file and it cannot be used.
pub(crate) fn arguments(mut line: Vec<OsString>) -> Result<Arguments, ArgumentsError> {
    let mut matches = Arguments::command().try_get_matches_from(&line)?;
    let added = added(&matches)?;
    if !added.is_empty() {
        line.splice(BEHIND_COMMAND..BEHIND_COMMAND, added);
        matches = Arguments::command().try_get_matches_from(line)?;
    }
    Ok(Arguments::from_arg_matches(&matches)?)
}

/// What the project's file says and nobody has said otherwise.
fn added(matches: &ArgMatches) -> Result<Vec<OsString>, ProjectFileError> {
    let Some((_, matches)) = matches.subcommand() else {
        return Ok(Vec::new());
    };
    let Ok(Some(folder)) = matches.try_get_one::<PathBuf>("path") else {
        return Ok(Vec::new());
    };
    let settings = settings(folder)?.into_iter();
    let open = settings.filter(|(key, _)| open(matches, &key.replace('-', "_")));
    Ok(open.map(|(key, value)| format!("--{key}{value}").into()).collect())
}

/// Whether this command knows the option and nobody has set it.
fn open(matches: &ArgMatches, id: &str) -> bool {
    let known = matches.try_contains_id(id).is_ok();
    known
        && !matches!(
            matches.value_source(id),
            Some(ValueSource::CommandLine | ValueSource::EnvVariable)
        )
}

/// Options with their value as it follows them on a command line: `=next`, or nothing for a switch.
fn settings(folder: &Path) -> Result<Vec<(String, String)>, ProjectFileError> {
    let file = folder.join("certified-publish.toml");
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(ProjectFileError::Io { file, error }),
    };
    let table: Table = text.parse().map_err(|error| ProjectFileError::Toml {
        file: file.clone(),
        error: Box::new(error),
    })?;
    let mut settings = Vec::new();
    for (key, value) in table {
        if !KEYS.contains(&key.as_str()) {
            return Err(ProjectFileError::Key { file, key });
        }
        match value {
            Value::String(text) => settings.push((key, format!("={text}"))),
            Value::Boolean(true) => settings.push((key, String::new())),
            Value::Boolean(false) => {}
            _ => return Err(ProjectFileError::Value { file, key }),
        }
    }
    Ok(settings)
}

/// Where options are added: at the end they could stand behind a `--`, which makes a folder of what follows.
const BEHIND_COMMAND: usize = 2;

/// What a project may keep.
const KEYS: [&str; 7] = [
    "access",
    "ignore-scripts",
    "key-algorithm",
    "policy-version",
    "r2-bucket",
    "tag",
    "update-package-json",
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

    use tempfile::TempDir;

    use super::*;
    use crate::args::Command;

    /// A project with this file, and the command line for it.
    fn project(file: &str, arguments: &[&str]) -> (TempDir, Vec<OsString>) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("certified-publish.toml"), file).unwrap();
        let words = ["certified-publish"].iter().chain(arguments).map(OsString::from);
        let line = words.chain([folder.path().into()]).collect();
        (folder, line)
    }

    fn line(file: &str, arguments: &[&str]) -> Result<Vec<String>, ProjectFileError> {
        let (_folder, line) = project(file, arguments);
        let added = added(&Arguments::command().get_matches_from(line))?;
        Ok(added.into_iter().map(|word| word.into_string().unwrap()).collect())
    }

    #[test]
    fn what_the_file_says_is_added_to_the_command_line() {
        let added = line(
            "tag = \"next\"\nignore-scripts = true\nupdate-package-json = false\n",
            &["run", "--dry-run"],
        );
        assert_eq!(added.unwrap(), ["--ignore-scripts", "--tag=next"]);
    }

    #[test]
    fn it_is_added_to_a_line_whose_folder_stands_behind_two_dashes() {
        let (_folder, line) = project("tag = \"next\"", &["run", "--"]);
        match arguments(line).unwrap().command {
            Command::Run(run) => assert_eq!(run.release.tag.as_deref(), Some("next")),
            other => panic!("expected run, found {other:?}"),
        }
    }

    #[test]
    fn a_flag_goes_before_the_file() {
        assert!(line("tag = \"next\"", &["run", "--tag", "beta"]).unwrap().is_empty());
    }

    #[test]
    fn a_command_without_that_option_does_not_get_it() {
        assert!(line("tag = \"next\"", &["pack"]).unwrap().is_empty());
    }

    #[test]
    fn the_folder_of_a_package_does_not_decide_where_tokens_go() {
        for key in [
            "npm-registry",
            "chitty-id-url",
            "anchors",
            "store",
            "NPM_TOKEN",
            "allow-leak",
        ] {
            let error = line(&format!("{key} = \"https://elsewhere.example\""), &["run"]).unwrap_err();
            assert!(matches!(error, ProjectFileError::Key { .. }), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_no_toml_or_holds_no_plain_values_is_refused() {
        assert!(matches!(line("tag = ", &["run"]), Err(ProjectFileError::Toml { .. })));
        assert!(matches!(
            line("tag = [1]", &["run"]),
            Err(ProjectFileError::Value { .. })
        ));
    }
}
