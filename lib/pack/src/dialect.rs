//! Which npm's rules decide what is packed.
//!
//! npm 12 reads `files` in another way than npm 11 and leaves out more files, so the same folder can become two packages. The
//! tarball of a package is therefore always that of one dialect, and says of which.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The rules of one line of npm releases.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Dialect {
    /// npm 11. Earlier versions are taken for it, too.
    Npm11,
    /// npm 12: entries of `files` are patterns for what is on disk, in the order in which they are written.
    #[default]
    Npm12,
}

impl Dialect {
    /// What the package itself asks for, or else the npm that is installed, or else the newest.
    ///
    /// `package_manager` is the field of that name in package.json, `path` the value of the environment variable `PATH`. No
    /// program is run.
    ///
    /// # Examples
    ///
    /// ```
    /// use certified_pack::Dialect;
    ///
    /// assert_eq!(Dialect::choose(Some("npm@11.6.2+sha512.0123"), None), Dialect::Npm11);
    /// assert_eq!(Dialect::choose(Some("pnpm@10.34.9"), None), Dialect::Npm12);
    /// ```
    #[must_use]
    pub fn choose(package_manager: Option<&str>, path: Option<&OsStr>) -> Self {
        package_manager
            .and_then(Self::of_package_manager)
            .or_else(|| path.and_then(Self::installed))
            .unwrap_or_default()
    }

    /// The dialect of an npm by its version, for example `12.1.0`; none when the text does not begin with a number.
    #[must_use]
    pub fn of_version(version: &str) -> Option<Self> {
        let digits = version.split(|c: char| !c.is_ascii_digit()).next()?;
        let major: u32 = digits.parse().ok()?;
        Some(if major < 12 { Self::Npm11 } else { Self::Npm12 })
    }

    /// The dialect that the field `packageManager` of a package.json asks for, for example `npm@12.1.0+sha512.…`; none when it
    /// names another manager, because those pack by rules of their own.
    #[must_use]
    pub fn of_package_manager(field: &str) -> Option<Self> {
        Self::of_version(field.trim().strip_prefix("npm@")?)
    }

    /// The dialect of the npm that a shell with this `PATH` runs, found by looking at the files beside it and not by running
    /// it; none when there is no npm or when it does not show its version, as with the shims of version managers.
    #[must_use]
    pub fn installed(path: &OsStr) -> Option<Self> {
        let program = env::split_paths(path)
            .filter(|folder| folder.is_absolute())
            .flat_map(|folder| PROGRAMS.map(|name| folder.join(name)))
            .find(|program| is_program(program))?;
        packages(&program)
            .into_iter()
            .find_map(|package| version_of(&package))
            .and_then(|version| Self::of_version(&version))
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Npm11 => "npm 11",
            Self::Npm12 => "npm 12",
        })
    }
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// Where npm itself can be when this is its program: around the end of a link, or beside a script.
fn packages(program: &Path) -> Vec<PathBuf> {
    let real = program.canonicalize().unwrap_or_else(|_| program.to_owned());
    // A link leads to `bin/npm-cli.js` in the package.
    let mut found: Vec<PathBuf> = real.ancestors().skip(1).take(2).map(Path::to_owned).collect();
    for folder in [program.parent(), real.parent()].into_iter().flatten() {
        found.push(folder.join("node_modules/npm"));
        if let Some(prefix) = folder.parent().filter(|_| folder.ends_with("bin")) {
            found.push(prefix.join("lib/node_modules/npm"));
        }
    }
    found
}

/// The version in the package.json of a folder, when that is the one of npm.
fn version_of(package: &Path) -> Option<String> {
    let manifest: Value = serde_json::from_slice(&fs::read(package.join("package.json")).ok()?).ok()?;
    let is_npm = manifest.get("name").and_then(Value::as_str) == Some("npm");
    let version = manifest.get("version").and_then(Value::as_str)?;
    is_npm.then(|| version.to_owned())
}

/// What npm's program is called.
#[cfg(not(windows))]
const PROGRAMS: [&str; 1] = ["npm"];

/// What npm's program is called.
#[cfg(windows)]
const PROGRAMS: [&str; 2] = ["npm.exe", "npm.cmd"];

#[cfg(test)]
mod tests;
