//! Why step 1 could not run what it had to.

use std::io;
use std::process::ExitStatus;

use super::PackageManager;

/// Why the package was not built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptError {
    /// `packageManager` in package.json names somebody else.
    #[error("packageManager in package.json is `{found}`, expected npm, pnpm, yarn or bun with a version")]
    UnknownManager {
        /// The field.
        found: String,
    },
    /// The package manager is not installed.
    #[error("{manager} is not installed, or not on PATH")]
    ManagerMissing {
        /// The one that is needed.
        manager: PackageManager,
    },
    /// No folder could be made for the scripts' home.
    #[error("no private home folder can be made for the scripts: {error}")]
    Home {
        /// What the system said.
        error: io::Error,
    },
    /// The package manager could not be started or listened to.
    #[error("{manager} cannot be run: {error}")]
    Start {
        /// The one that was started.
        manager: PackageManager,
        /// What the system said.
        error: io::Error,
    },
    /// A script ended badly.
    #[error("`{command}` ended with {status}, expected success")]
    Failed {
        /// The script, or `install`.
        script: &'static str,
        /// What was run.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// The last lines that it printed, safe to show.
        last_lines: Vec<String>,
    },
}

impl ScriptError {
    pub(super) fn of_start(manager: PackageManager, error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound {
            Self::ManagerMissing { manager }
        } else {
            Self::Start { manager, error }
        }
    }

    /// What to do now.
    pub fn advice(&self) -> String {
        match self {
            Self::UnknownManager { .. } => {
                "write for example \"packageManager\": \"npm@11.6.0\", or leave the field out".into()
            }
            Self::ManagerMissing {
                manager: PackageManager::Npm,
            } => "install Node.js, in a workflow with actions/setup-node before this step".into(),
            Self::ManagerMissing {
                manager: PackageManager::Bun,
            } => "install Bun, in a workflow with oven-sh/setup-bun before this step".into(),
            Self::ManagerMissing { manager } => {
                format!("install {manager} before this step, for example with `corepack enable {manager}`")
            }
            Self::Home { .. } => {
                "check the space and the permissions of the folder for temporary files, or set TMPDIR".into()
            }
            Self::Start { manager, .. } => format!("check that `{manager} --version` works here"),
            Self::Failed {
                script: "install",
                command,
                ..
            } => {
                format!(
                    "try `{command}` by itself: the lock file may be out of date, or a dependency may need a \
                     credential, and no script is given one"
                )
            }
            Self::Failed { command, .. } => {
                format!(
                    "try `{command}` by itself; here it runs with an empty home folder, without credentials, and with few \
                     environment variables"
                )
            }
        }
    }
}
