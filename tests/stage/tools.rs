//! The tools that strangers have: npm and openssl.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::children::finish;
use super::program::scrubbed;

/// Runs npm in that folder against that registry, and answers with its stdout.
pub(crate) fn npm(folder: &Path, registry: &str, arguments: &[&str]) -> String {
    this_npm(Path::new("npm"), folder, registry, arguments)
}

/// The same with this program in the place of the npm of the machine.
pub(crate) fn this_npm(program: &Path, folder: &Path, registry: &str, arguments: &[&str]) -> String {
    let home = tempfile::tempdir().unwrap();
    success(
        npm_at(program, home.path(), registry)
            .args(arguments)
            .current_dir(folder),
    )
}

/// This npm as it is started to ask that registry and nobody else.
pub(crate) fn npm_at(program: &Path, home: &Path, registry: &str) -> Command {
    let mut command = scrubbed(program, home);
    command.env("npm_config_registry", registry);
    for quiet in ["audit", "fund", "update_notifier"] {
        command.env(format!("npm_config_{quiet}"), "false");
    }
    command
}

/// Lets npm show that registry this token, where it looks for such a thing in this folder.
pub(crate) fn log_in(folder: &Path, registry: &str, token: &str) {
    let host = registry.trim_start_matches("http:");
    fs::write(folder.join(".npmrc"), format!("{host}:_authToken={token}\n")).unwrap();
}

/// Runs openssl in that folder, and answers with its stdout.
pub(crate) fn openssl(folder: &Path, arguments: &[&str]) -> String {
    success(Command::new("openssl").args(arguments).current_dir(folder))
}

/// Runs openssl in that folder, which must say no.
pub(crate) fn openssl_refuses(folder: &Path, arguments: &[&str]) -> String {
    let output = finish(Command::new("openssl").args(arguments).current_dir(folder), |_| ());
    assert!(
        !output.status.success(),
        "openssl {arguments:?} was content: {}",
        both(&output)
    );
    both(&output)
}

/// What openssl says a file hashes to, in our notation.
pub(crate) fn sha256(file: &Path) -> String {
    assert!(fs::exists(file).unwrap(), "{} is missing", file.display());
    let said = openssl(
        file.parent().unwrap(),
        &["dgst", "-sha256", "-r", file.to_str().unwrap()],
    );
    format!("sha256:{}", said.split_whitespace().next().unwrap())
}

fn success(command: &mut Command) -> String {
    let output = finish(command, |_| ());
    assert!(output.status.success(), "{command:?}: {}", both(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// What a program said, on either stream.
pub(crate) fn both(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes))
        .concat()
}
