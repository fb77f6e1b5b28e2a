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
use clap::{ArgMatches, CommandFactory as _};
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

/// The command line with what the project's file adds to it. The arguments were read once, so they are in order.
///
/// # Errors
/// When there is a file and it cannot be used.
pub(crate) fn completed(mut line: Vec<OsString>) -> Result<Vec<OsString>, ProjectFileError> {
    let matches = Arguments::command().get_matches_from(line.clone());
    let Some((_, matches)) = matches.subcommand() else {
        return Ok(line);
    };
    let Ok(Some(folder)) = matches.try_get_one::<PathBuf>("path") else {
        return Ok(line);
    };
    for (key, value) in settings(folder)? {
        if open(matches, &key.replace('-', "_")) {
            line.push(format!("--{key}{value}").into());
        }
    }
    Ok(line)
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

    use super::*;

    fn line(file: &str, arguments: &[&str]) -> Result<Vec<String>, ProjectFileError> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("certified-publish.toml"), file).unwrap();
        let mut line: Vec<OsString> = vec!["certified-publish".into()];
        line.extend(arguments.iter().map(OsString::from));
        line.push(folder.path().into());
        let completed = completed(line)?;
        Ok(completed
            .into_iter()
            .skip(arguments.len() + 2)
            .map(|word| word.into_string().unwrap())
            .collect())
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
