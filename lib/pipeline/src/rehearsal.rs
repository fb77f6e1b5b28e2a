//! The end of a dry run: the real npm client installs what was published to the embedded registry.
//!
//! Nothing may leave the machine, so none of the package's dependencies can be fetched. In a project of its own, npm's `overrides` put
//! one empty local package in the place of each of them, whatever its range or address; bundled ones come with the package. Git and
//! addresses outside the registry are switched off as well. What npm then lays under `node_modules` is compared with the
//! tarball byte for byte: it is what the users of the package will get.

mod compare;
mod project;

use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use certified_evidence::Digest;
use certified_evidence::block::MEMBER;
use certified_pack::{Archive, Limits, Manifest, ReadError};
use certified_verify::PublishedTarball;
use tokio::process::Command;
use url::Url;

use crate::scripts::child;
use crate::scripts::environment::Home;

/// What npm installed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Installed {
    /// The version of npm, or `unknown` when its log does not say.
    pub npm_version: String,
    /// Files of the package, all of them equal to those in the tarball.
    pub files: usize,
}

/// Why the package was not installed as it was published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RehearsalError {
    /// There is no npm to rehearse with; says nothing about the package.
    #[error("npm is not installed, or not on PATH")]
    NpmMissing,
    /// A folder or a file of the rehearsal.
    #[error("the folder of the rehearsal cannot be used: {error}")]
    Folder {
        /// What the system said.
        #[from]
        error: io::Error,
    },
    /// npm could not be started.
    #[error("npm cannot be run: {error}")]
    Start {
        /// What the system said.
        error: io::Error,
    },
    /// The published tarball cannot be read.
    #[error(transparent)]
    Archive(#[from] ReadError),
    /// npm did not come to an end.
    #[error("`npm install {package}` did not end within {seconds} seconds")]
    Endless {
        /// `name@version`.
        package: String,
        /// How long was waited.
        seconds: u64,
    },
    /// npm did not install the package.
    #[error("`npm install {package}` ended with {status}, expected success")]
    Failed {
        /// `name@version`.
        package: String,
        /// How npm ended.
        status: ExitStatus,
        /// The last lines that npm printed, safe to show.
        last_lines: Vec<String>,
    },
    /// npm installed a file with other contents.
    #[error("npm installed {path} as {installed}, the tarball has it as {published}")]
    Differs {
        /// Below the package's folder.
        path: String,
        /// Digest of the file in the tarball.
        published: Digest,
        /// Digest of the installed file.
        installed: Digest,
    },
    /// npm did not install a file.
    #[error("npm installed no {path}, the tarball has it as {published}")]
    Missing {
        /// Below the package's folder.
        path: String,
        /// Digest of the file in the tarball.
        published: Digest,
    },
    /// npm installed a file that is not in the tarball.
    #[error("npm installed {path}, which the tarball does not have")]
    Unexpected {
        /// Below the package's folder.
        path: String,
    },
    /// The installed package.json has no block.
    #[error("the installed package.json has no `{MEMBER}` member")]
    NoBlock,
}

impl RehearsalError {
    /// What to do now.
    pub fn advice(&self) -> String {
        match self {
            Self::NpmMissing => "install Node.js to see the package installed at the end of a dry run".into(),
            Self::Folder { .. } => {
                "check the space and the permissions of the folder for temporary files, or set TMPDIR".into()
            }
            Self::Start { .. } => "check that `npm --version` works here".into(),
            Self::Archive(_) => "mend the file that is named above, or leave it out with `files` or .npmignore".into(),
            Self::Endless { .. } => "run again; if it stays, check that `npm --version` answers".into(),
            Self::Failed { .. } => {
                "npm's own words say what it does not accept in package.json; mend it before you publish".into()
            }
            Self::Differs { .. } | Self::Missing { .. } | Self::Unexpected { .. } | Self::NoBlock => {
                "rename the file if npm treats its name in a way of its own; else report this with the package".into()
            }
        }
    }
}

/// Installs exactly this release from a registry on this machine, and compares every file.
///
/// Lifecycle scripts do not run. The project, npm's cache and npm's home are in a folder that is removed at the end.
///
/// # Errors
/// When there is no npm, when npm refuses the package, or when what it installs is not what was published.
pub async fn install(published: &PublishedTarball, registry: &Url) -> Result<Installed, RehearsalError> {
    let archive = Archive::open(published.bytes(), &Limits::default())?;
    let (name, version) = (published.name().to_string(), published.version().to_string());
    let manifest = published.manifest();
    let home = Home::new(std::env::vars_os().collect())?;
    let place = home.path().join("project");
    project::write(&place, &name, &version, manifest, &archive)?;
    npm(command(&home, &place, manifest, registry), format!("{name}@{version}")).await?;
    let installed = place.join("node_modules").join(&name);
    let files = compare::compare(&archive, &installed)?;
    check_block(&installed)?;
    Ok(Installed {
        npm_version: npm_version(&home.path().join(LOGS)).unwrap_or_else(|| "unknown".into()),
        files,
    })
}

async fn npm(mut command: Command, package: String) -> Result<(), RehearsalError> {
    let Ok(ended) = tokio::time::timeout(PATIENCE, child::run(&mut command, &mut |_| {})).await else {
        return Err(RehearsalError::Endless {
            package,
            seconds: PATIENCE.as_secs(),
        });
    };
    let ended = ended.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => RehearsalError::NpmMissing,
        _ => RehearsalError::Start { error },
    })?;
    if ended.status.success() {
        return Ok(());
    }
    // The log that npm points at goes with its folder.
    let last_lines = ended
        .last_lines
        .into_iter()
        .filter(|line| !line.contains("A complete log of this run"))
        .collect();
    Err(RehearsalError::Failed {
        package,
        status: ended.status,
        last_lines,
    })
}

fn command(home: &Home, place: &Path, manifest: &Manifest, registry: &Url) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    home.furnish(&mut command);
    for (name, file) in FILES {
        command.env(name, home.path().join(file));
    }
    command
        .envs(ALONE)
        .current_dir(place)
        .arg("install")
        .args(QUIETLY)
        .args(["--registry", registry.as_str()]);
    if ["os", "cpu", "libc"]
        .iter()
        .any(|field| manifest.root().contains_key(*field))
    {
        // The package may be for another machine than this one.
        command.arg("--force");
    }
    command
}

/// That the files are equal says so already; this says it in the words of whoever looks for the block.
fn check_block(installed: &Path) -> Result<(), RehearsalError> {
    let manifest =
        Manifest::parse(std::fs::read(installed.join("package.json"))?).map_err(|_| RehearsalError::NoBlock)?;
    if manifest.root().contains_key(MEMBER) {
        Ok(())
    } else {
        Err(RehearsalError::NoBlock)
    }
}

/// The second line of npm's log, `1 info using npm@11.6.0`; to ask npm itself would cost as long as half an installation.
fn npm_version(logs: &Path) -> Option<String> {
    let log = std::fs::read_dir(logs).ok()?.next()?.ok()?.path();
    let text = std::fs::read_to_string(log).ok()?;
    let version = text
        .lines()
        .take(10)
        .find_map(|line| line.split_once("info using npm@"))?
        .1;
    let plain = version
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
    plain.then(|| version.to_owned())
}

/// npm does less this way, and takes under a second.
const QUIETLY: [&str; 8] = [
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--no-save",
    "--no-progress",
    "--loglevel=error",
    "--logs-max=1",
];

/// No way out but the registry: no repository, no other address, no server that answers for one. Which of these words npm knows
/// depends on its version.
const ALONE: [(&str, &str); 7] = [
    ("npm_config_allow_git", "none"),
    ("npm_config_allow_remote", "none"),
    ("npm_config_proxy", "http://127.0.0.1:9/"),
    ("npm_config_https_proxy", "http://127.0.0.1:9/"),
    ("npm_config_noproxy", "127.0.0.1,localhost,::1"),
    ("npm_config_fetch_retry_mintimeout", "100"),
    ("GIT_ALLOW_PROTOCOL", "none"),
];

/// Of npm's own, all inside the home folder.
const FILES: [(&str, &str); 4] = [
    ("npm_config_logs_dir", LOGS),
    ("npm_config_cache", "cache"),
    ("npm_config_userconfig", "user"),
    ("npm_config_globalconfig", "global"),
];

const LOGS: &str = "logs";

/// Far longer than npm ever takes for one package on this machine.
const PATIENCE: Duration = Duration::from_secs(120);

#[cfg(test)]
mod tests;
