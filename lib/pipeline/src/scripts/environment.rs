//! The environment of every program that a run starts: what is named here, and nothing else.
//!
//! A list of what may pass cannot forget a credential; a list of what may not would. So no variable with a token, none of the CI
//! system's own, none of npm's configuration, and none that makes a program load code (`NODE_OPTIONS`, `LD_PRELOAD`) reaches a script.
//! The home folder is a fresh and empty one, because `~/.npmrc`, `~/.netrc` and `~/.config` are where other credentials lie.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

use tempfile::TempDir;
use tokio::process::Command;

/// A private, empty home folder and the environment around it; removed with everything in it when dropped.
pub(crate) struct Home {
    folder: TempDir,
    variables: Vec<(OsString, OsString)>,
}

impl Home {
    /// Makes the folder; `outer` is the environment of this process.
    pub(crate) fn new(outer: Vec<(OsString, OsString)>) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("certified-home-").tempdir()?;
        let temporary = folder.path().join("tmp");
        std::fs::create_dir(&temporary)?;
        let mut variables: Vec<_> = outer.into_iter().filter(|(name, _)| is_allowed(name)).collect();
        variables.extend(HOMES.map(|name| (name.into(), folder.path().into())));
        variables.extend(TEMPORARY.map(|name| (name.into(), temporary.clone().into())));
        variables.extend(FIXED.map(|(name, value)| (name.into(), value.into())));
        Ok(Self { folder, variables })
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Gives a command this environment in place of its own.
    pub(crate) fn furnish(&self, command: &mut Command) {
        command
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
    }
}

fn is_allowed(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    // Windows takes `Path` for `PATH`.
    PASSING.iter().any(|passing| {
        if cfg!(windows) {
            passing.eq_ignore_ascii_case(name)
        } else {
            *passing == name
        }
    })
}

/// Where programs are, and how people write. The locale's categories are named one by one, so that the list has no open end.
const PASSING: &[&str] = &[
    "PATH",
    "TZ",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_ADDRESS",
    "LC_COLLATE",
    "LC_CTYPE",
    "LC_IDENTIFICATION",
    "LC_MEASUREMENT",
    "LC_MESSAGES",
    "LC_MONETARY",
    "LC_NAME",
    "LC_NUMERIC",
    "LC_PAPER",
    "LC_TELEPHONE",
    "LC_TIME",
    #[cfg(windows)]
    "COMSPEC",
    #[cfg(windows)]
    "NUMBER_OF_PROCESSORS",
    #[cfg(windows)]
    "OS",
    #[cfg(windows)]
    "PATHEXT",
    #[cfg(windows)]
    "PROCESSOR_ARCHITECTURE",
    #[cfg(windows)]
    "PROGRAMDATA",
    #[cfg(windows)]
    "PROGRAMFILES",
    #[cfg(windows)]
    "SYSTEMDRIVE",
    #[cfg(windows)]
    "SYSTEMROOT",
    #[cfg(windows)]
    "WINDIR",
];

#[cfg(not(windows))]
const HOMES: [&str; 1] = ["HOME"];
#[cfg(windows)]
const HOMES: [&str; 4] = ["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"];

#[cfg(not(windows))]
const TEMPORARY: [&str; 1] = ["TMPDIR"];
#[cfg(windows)]
const TEMPORARY: [&str; 3] = ["TMPDIR", "TEMP", "TMP"];

/// Programs shall not ask, colour, advertise, or call home.
const FIXED: [(&str, &str); 5] = [
    ("CI", "true"),
    ("NO_COLOR", "1"),
    ("npm_config_update_notifier", "false"),
    ("npm_config_fund", "false"),
    ("npm_config_audit", "false"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_listed_passes() {
        let outer = [
            "PATH",
            "LANG",
            "LC_TIME",
            "LC_TOKEN",
            "HOME",
            "TMPDIR",
            "NPM_TOKEN",
            "NODE_AUTH_TOKEN",
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            "GITHUB_TOKEN",
            "GITHUB_OUTPUT",
            "NPM_CONFIG_USERCONFIG",
            "npm_config__auth",
            "NODE_OPTIONS",
            "LD_PRELOAD",
            "DYLD_INSERT_LIBRARIES",
            "BASH_ENV",
            "HTTPS_PROXY",
            "CERTIFIED_PUBLISH_NPM_TOKEN",
        ];
        let home = Home::new(outer.map(|name| (name.into(), "canary".into())).into()).unwrap();
        let passed: Vec<_> = home
            .variables
            .iter()
            .filter(|(_, value)| value == "canary")
            .map(|(name, _)| name)
            .collect();
        assert_eq!(passed, ["PATH", "LANG", "LC_TIME"]);
    }

    #[test]
    fn home_is_empty_but_for_a_folder_for_temporary_files_and_vanishes() {
        let home = Home::new(Vec::new()).unwrap();
        let path = home.path().to_owned();
        let value = |name: &str| {
            home.variables
                .iter()
                .find(|(found, _)| found == name)
                .map(|(_, value)| value.clone())
        };
        assert_eq!(value("HOME").unwrap(), path);
        assert_eq!(value("TMPDIR").unwrap(), path.join("tmp"));
        assert_eq!(std::fs::read_dir(&path).unwrap().count(), 1);
        drop(home);
        assert!(!path.exists());
    }
}
