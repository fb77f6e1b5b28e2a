//! What step 1 runs: the installation, and the scripts of the package.
//!
//! In this order, of those that package.json has: `test`, `build`, `prepublishOnly`, `prepack`, `prepare`. The last three are what
//! `npm publish` runs before it packs, in its order, `prepublishOnly` among them: npm leaves it out when it is given a tarball, and a
//! release is published as a tarball. The first two come before them because a release that fails its tests must not be
//! built, and because `prepack` may work on what `build` made. Each goes through `<manager> run`, which knows how to find the
//! package's tools.
//!
//! Scripts are code of strangers. They get an allow-listed [environment](environment), no terminal, and no chance to outlive the step.

pub(crate) mod child;
pub(crate) mod environment;
mod error;
mod lines;
mod manager;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use certified_pack::Manifest;
use serde_json::Value;
use tokio::process::Command;

pub use self::error::ScriptError;
pub use self::manager::PackageManager;
use crate::tree::owner;

/// What will run, in order.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct BuildPlan {
    /// The package manager that runs it.
    pub manager: PackageManager,
    /// Whether the dependencies are installed first, exactly as locked.
    pub install: bool,
    /// The scripts, by their names in package.json.
    pub scripts: Vec<&'static str>,
    /// Where the lock file lies: the package's folder, or the one that owns its workspace.
    pub lock_folder: PathBuf,
}

/// Whether dependencies are installed before scripts run.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Install {
    /// When there is a lock file that says which ones.
    #[default]
    WhenLocked,
    /// Never: they are there, or not needed.
    Never,
}

/// Finds out what there is to run for the package in that folder.
///
/// The package manager is the one that `packageManager` in package.json names, else the one whose lock file is there, else npm. Both
/// are looked for in the package first, then in the folder that owns its workspace.
///
/// # Errors
/// When `packageManager` names one that is not known.
pub(crate) fn plan(folder: &Path, manifest: &Manifest, install: Install) -> Result<BuildPlan, ScriptError> {
    let places: Vec<PathBuf> = [
        Some(folder.to_owned()),
        fs::canonicalize(folder).ok().and_then(|f| owner(&f)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut manager = None;
    for (place, own) in places.iter().zip([true, false]) {
        let above = if own {
            Value::Null
        } else {
            read(&place.join("package.json"))
        };
        let named = if own {
            manifest.root().get("packageManager")
        } else {
            above.get("packageManager")
        };
        manager = match named.and_then(Value::as_str) {
            Some(named) => Some(PackageManager::named(named)?),
            None => PackageManager::locked(place),
        };
        if manager.is_some() {
            break;
        }
    }
    let manager = manager.unwrap_or(PackageManager::Npm);
    let lock_folder = places.into_iter().find(|place| manager.has_lock(place));
    Ok(BuildPlan {
        manager,
        install: install == Install::WhenLocked && lock_folder.is_some(),
        scripts: scripts(manifest),
        lock_folder: lock_folder.unwrap_or_else(|| folder.to_owned()),
    })
}

/// Runs what is planned, and lets `heard` have every line that is printed: untrusted text, made visible and cut to a line's length.
///
/// When the future is dropped, everything that was started and has not moved itself to another process group is killed.
///
/// # Errors
/// The first command that could not be started or did not end well; nothing after it runs.
pub(crate) async fn build(
    folder: &Path,
    plan: &BuildPlan,
    heard: &mut (dyn FnMut(&str) + Send),
) -> Result<(), ScriptError> {
    build_in(folder, plan, std::env::vars_os().collect(), heard).await
}

/// `outer` is the environment that is allowed to pass in part.
async fn build_in(
    folder: &Path,
    plan: &BuildPlan,
    outer: Vec<(OsString, OsString)>,
    heard: &mut (dyn FnMut(&str) + Send),
) -> Result<(), ScriptError> {
    // One home for all: what the installation leaves there, the scripts may need.
    let home = environment::Home::new(outer).map_err(|error| ScriptError::Home { error })?;
    if plan.install {
        run(&plan.lock_folder, plan.manager, plan.manager.install(), &home, heard).await?;
    }
    for script in &plan.scripts {
        run(folder, plan.manager, &["run", script], &home, heard).await?;
    }
    Ok(())
}

async fn run(
    folder: &Path,
    manager: PackageManager,
    arguments: &[&'static str],
    home: &environment::Home,
    heard: &mut (dyn FnMut(&str) + Send),
) -> Result<(), ScriptError> {
    let mut command = Command::new(manager.program());
    command.args(arguments).current_dir(folder);
    home.furnish(&mut command);
    let ended = child::run(&mut command, heard)
        .await
        .map_err(|error| ScriptError::of_start(manager, error))?;
    if ended.status.success() {
        return Ok(());
    }
    let script = arguments
        .last()
        .filter(|_| arguments.first() == Some(&"run"))
        .copied()
        .unwrap_or("install");
    let command = format!("{manager} {}", arguments.join(" "));
    Err(ScriptError::Failed {
        script,
        command,
        status: ended.status,
        last_lines: ended.last_lines,
    })
}

/// Of the scripts that matter, those that the package has. npm's own placeholder for `test` fails by design and tests nothing.
fn scripts(manifest: &Manifest) -> Vec<&'static str> {
    let own = manifest.root().get("scripts").and_then(Value::as_object);
    let text = |script: &str| {
        own.and_then(|own| own.get(script))
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    ORDER
        .into_iter()
        .filter(|script| !text(script).is_empty() && text(script) != NO_TEST)
        .collect()
}

fn read(manifest: &Path) -> Value {
    let bytes = fs::read(manifest).unwrap_or_default();
    serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).unwrap_or_default()
}

const ORDER: [&str; 5] = ["test", "build", "prepublishOnly", "prepack", "prepare"];

/// What `npm init` writes for `test`.
const NO_TEST: &str = "echo \"Error: no test specified\" && exit 1";

#[cfg(test)]
mod tests;
