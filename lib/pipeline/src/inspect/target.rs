//! What can be verified.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use certified_evidence::{PackageName, Version};
use certified_verify::lockfile::Lockfile;

/// What to verify.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Target {
    /// What npm serves as this version.
    Release(PackageName, Version),
    /// A tarball on this machine.
    File(PathBuf),
    /// Everything that a lockfile names.
    Lockfile(PathBuf),
}

/// A word that is no target.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// Nothing of that name, and no release.
    #[error("`{found}` is neither a file nor `name@version`")]
    Unknown {
        /// The word.
        found: String,
    },
    /// A folder without one of the lockfiles.
    #[error("the folder {} has no lockfile", folder.display())]
    NoLockfile {
        /// The folder.
        folder: PathBuf,
    },
    /// A folder with the lockfiles of two package managers, which may say different things.
    #[error("the folder {} has {one} and {other}", folder.display())]
    TwoLockfiles {
        /// The folder.
        folder: PathBuf,
        /// One.
        one: &'static str,
        /// Another.
        other: &'static str,
    },
}

impl FromStr for Target {
    type Err = TargetError;

    /// `name@version` unless a file or a folder of that name exists or the word ends like a tarball's name.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = Path::new(text);
        if path.is_dir() {
            return in_folder(path);
        }
        if text.ends_with(".tgz") || text.ends_with(".tar.gz") {
            return Ok(Self::File(path.to_owned()));
        }
        if is_lockfile(path) {
            return Ok(Self::Lockfile(path.to_owned()));
        }
        if path.is_file() {
            return Ok(Self::File(path.to_owned()));
        }
        let refused = || TargetError::Unknown { found: text.to_owned() };
        let (name, version) = text.rsplit_once('@').ok_or_else(refused)?;
        match (name.parse(), version.parse()) {
            (Ok(name), Ok(version)) => Ok(Self::Release(name, version)),
            _ => Err(refused()),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Release(name, version) => write!(f, "{name}@{version}"),
            Self::File(path) | Self::Lockfile(path) => path.display().fmt(f),
        }
    }
}

/// Of that kind, whatever it is called besides.
fn is_lockfile(path: &Path) -> bool {
    let named = path.file_name().and_then(|name| name.to_str());
    if named.is_some_and(|name| Lockfile::NAMES.contains(&name)) {
        return true;
    }
    let ending = path.extension().and_then(|ending| ending.to_str());
    path.is_file() && ending.is_some_and(|ending| ["json", "yaml", "yml", "lock"].contains(&ending))
}

fn in_folder(folder: &Path) -> Result<Target, TargetError> {
    let mut found = Lockfile::NAMES.into_iter().filter(|name| folder.join(name).is_file());
    let one = found.next().ok_or_else(|| TargetError::NoLockfile {
        folder: folder.to_owned(),
    })?;
    // npm itself does not look at package-lock.json beside npm-shrinkwrap.json.
    match found.find(|other| !(one == Lockfile::NAMES[0] && *other == Lockfile::NAMES[1])) {
        None => Ok(Target::Lockfile(folder.join(one))),
        Some(other) => Err(TargetError::TwoLockfiles {
            folder: folder.to_owned(),
            one,
            other,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_a_name_and_a_version_and_a_file_is_a_file() {
        let release = |name: &str, version: &str| Target::Release(name.parse().unwrap(), version.parse().unwrap());
        assert_eq!("left-pad@1.3.0".parse(), Ok(release("left-pad", "1.3.0")));
        assert_eq!(
            "@acme/widgets@1.2.3-rc.1".parse(),
            Ok(release("@acme/widgets", "1.2.3-rc.1"))
        );
        assert_eq!("acme-1.0.0.tgz".parse(), Ok(Target::File("acme-1.0.0.tgz".into())));
        assert_eq!("x/yarn.lock".parse(), Ok(Target::Lockfile("x/yarn.lock".into())));
    }

    #[test]
    fn a_tag_a_range_or_a_bare_name_is_no_target() {
        for text in [
            "",
            "left-pad",
            "@acme/widgets",
            "left-pad@latest",
            "left-pad@^1.0.0",
            "@1.0.0",
        ] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_folder_stands_for_its_one_lockfile() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().to_str().unwrap();
        assert!(matches!(text.parse::<Target>(), Err(TargetError::NoLockfile { .. })));
        let touch = |name: &str| std::fs::write(folder.path().join(name), "").unwrap();
        touch("package-lock.json");
        assert_eq!(
            text.parse(),
            Ok(Target::Lockfile(folder.path().join("package-lock.json")))
        );
        touch("npm-shrinkwrap.json");
        assert_eq!(
            text.parse(),
            Ok(Target::Lockfile(folder.path().join("npm-shrinkwrap.json")))
        );
        touch("yarn.lock");
        assert!(matches!(text.parse::<Target>(), Err(TargetError::TwoLockfiles { .. })));
    }
}
