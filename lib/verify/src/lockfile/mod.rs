//! Lockfiles: what a project installs, by whichever package manager wrote it down.
//!
//! | file | versions |
//! |---|---|
//! | `package-lock.json`, `npm-shrinkwrap.json` | 1, 2, 3 |
//! | `pnpm-lock.yaml` | 5.x, 6.x, 9.x |
//! | `yarn.lock` of Yarn 1 | 1 |
//! | `yarn.lock` of Yarn 2 and later ("berry") | 4 to 8 |
//!
//! Everything that is written down comes out, once: as a [`Locked`] release that a registry serves, or as a [`Elsewhere`] that says why no
//! registry was its source. Nothing is passed over in silence. Aliases (`npm:other@1.0.0`) come out under their real name.
//!
//! A lockfile is untrusted input: its size, its entries and its nesting are limited, a member that stands twice is refused (two readers
//! would take different ones), and so are YAML's anchors, with which a small file can stand for a huge one.

mod berry;
mod classic;
mod gathered;
mod integrity;
mod json;
mod npm;
mod place;
mod pnpm;
mod refusal;
#[cfg(test)]
mod tests;
mod tree;
mod yaml;

use std::fmt;

use certified_evidence::{PackageName, Version};
use serde::Serialize;

pub use integrity::LockedDigest;
pub use refusal::LockfileRefusal;

use gathered::Gathered;

/// A lockfile that was read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Lockfile {
    /// Who wrote it.
    pub format: LockfileFormat,
    /// What comes from a registry, in the order of the file, each release once.
    pub locked: Vec<Locked>,
    /// What does not.
    pub elsewhere: Vec<Elsewhere>,
}

/// The formats that are read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LockfileFormat {
    /// npm's.
    Npm,
    /// pnpm's.
    Pnpm,
    /// That of Yarn 1.
    YarnClassic,
    /// That of Yarn 2 and later.
    YarnBerry,
}

/// A release that will be installed from a registry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Locked {
    /// The package, by its real name.
    pub name: PackageName,
    /// Its version.
    pub version: Version,
    /// What the tarball has to hash to; every one of them. Yarn 2 and later write down the digest of an archive of their own, which says
    /// nothing about the tarball, so there is none.
    pub digests: Vec<LockedDigest>,
    /// Where it was found, if that is written down.
    pub resolved: Option<String>,
    /// The line on which it stands, from 1.
    pub line: usize,
}

/// Something that is installed from elsewhere.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Elsewhere {
    /// How the lockfile calls it.
    pub name: String,
    /// Why no registry is its source.
    pub reason: Reason,
    /// The place, as the lockfile writes it.
    pub place: String,
    /// The line on which it stands, from 1.
    pub line: usize,
}

/// Why something does not come from a registry.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// A package of the same workspace.
    Workspace,
    /// A link to a folder.
    Link,
    /// A folder or a tarball on the machine.
    File,
    /// A commit of a repository.
    Git,
    /// A tarball at an address that is no registry's.
    Url,
    /// Inside the tarball of the package that depends on it.
    Bundled,
    /// A package of a registry that is changed after the download.
    Patched,
    /// A name or a version that no registry takes.
    Unreadable,
}

impl Reason {
    /// Whether it is part of the project itself, rather than brought in from outside.
    pub const fn is_own(self) -> bool {
        matches!(self, Self::Workspace | Self::Link | Self::File)
    }

    /// The word for people and scripts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Link => "link",
            Self::File => "file",
            Self::Git => "git",
            Self::Url => "url",
            Self::Bundled => "bundled",
            Self::Patched => "patched",
            Self::Unreadable => "unreadable",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Lockfile {
    /// The largest file that is read, in bytes; the lockfiles of the largest monorepositories have a fifth of it.
    pub const LARGEST: usize = 32 * 1024 * 1024;
    /// The most dependencies that one may have.
    pub const MOST: usize = 100_000;
    /// How deep its members may be nested.
    pub const DEEPEST: usize = 64;

    /// The names under which package managers keep their lockfiles; npm prefers the first to the second.
    pub const NAMES: [&'static str; 4] = [
        "npm-shrinkwrap.json",
        "package-lock.json",
        "pnpm-lock.yaml",
        "yarn.lock",
    ];

    /// Reads a lockfile of any of the formats, which show themselves in the text.
    ///
    /// # Errors
    /// [`LockfileRefusal`], which names the line where there is one.
    pub fn read(bytes: &[u8]) -> Result<Self, LockfileRefusal> {
        if bytes.len() > Self::LARGEST {
            return Err(LockfileRefusal::TooLarge { found: bytes.len() });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| LockfileRefusal::NotText)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut gathered = Gathered::default();
        let format = if text.trim_start().starts_with('{') {
            npm::read(&json::read(text)?, &mut gathered)?;
            LockfileFormat::Npm
        } else if has_line(text, |line| line.trim_end() == classic::FIRST_LINE) {
            classic::read(text, &mut gathered)?;
            LockfileFormat::YarnClassic
        } else if has_line(text, |line| line.starts_with("__metadata:")) {
            berry::read(&yaml::read(text)?, &mut gathered)?;
            LockfileFormat::YarnBerry
        } else if has_line(text, |line| line.starts_with("lockfileVersion:")) {
            pnpm::read(&yaml::read(text)?, &mut gathered)?;
            LockfileFormat::Pnpm
        } else {
            return Err(LockfileRefusal::UnknownFormat);
        };
        Ok(gathered.into_lockfile(format))
    }
}

fn has_line(text: &str, is: impl Fn(&str) -> bool) -> bool {
    text.lines().any(is)
}
