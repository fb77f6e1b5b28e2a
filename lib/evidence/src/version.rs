//! Versions of npm packages.

use std::fmt;
use std::str::FromStr;

use crate::text::serde_as_text;

/// A version by Semantic Versioning 2.0.0, for example `1.2.3` or `2.0.0-rc.1`, in the one spelling that npm keeps.
///
/// A leading `v` and build metadata (`+…`) are refused: npm silently drops both when it publishes, so the version that people
/// install would not be the one that was certified.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Version(semver::Version);

impl Version {
    /// The longest text that npm reads as a version, in bytes.
    pub const LONGEST: usize = 256;

    /// Whether this is a pre-release, which npm does not tag as `latest` by itself.
    pub fn is_prerelease(&self) -> bool {
        !self.0.pre.is_empty()
    }

    /// Whether it comes before another one (Semantic Versioning 2.0.0, section 11).
    pub fn precedes(&self, other: &Self) -> bool {
        self.0.cmp_precedence(&other.0).is_lt()
    }
}

/// Why a text is no version.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum VersionError {
    /// Not `major.minor.patch` with an optional pre-release.
    #[error("a version reads like 1.2.3 or 1.2.3-rc.1, found `{found}`")]
    Shape {
        /// The beginning of what was found.
        found: String,
    },
    /// Build metadata.
    #[error("npm drops what follows the `+` in a version, found `{found}`")]
    BuildMetadata {
        /// The version found.
        found: String,
    },
    /// A number that JavaScript cannot hold.
    #[error("the numbers of a version are at most 9007199254740991, found `{found}`")]
    TooLarge {
        /// The version found.
        found: String,
    },
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = || text.chars().take(80).collect();
        if text.len() > Self::LONGEST {
            return Err(VersionError::Shape { found: found() });
        }
        let version = semver::Version::parse(text).map_err(|_| VersionError::Shape { found: found() })?;
        if !version.build.is_empty() {
            return Err(VersionError::BuildMetadata { found: found() });
        }
        if [version.major, version.minor, version.patch]
            .iter()
            .any(|&n| n > LARGEST_SAFE_INTEGER)
        {
            return Err(VersionError::TooLarge { found: found() });
        }
        Ok(Self(version))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

serde_as_text!(Version);

const LARGEST_SAFE_INTEGER: u64 = 9_007_199_254_740_991;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_keeps_its_spelling() {
        for text in ["0.0.0", "1.2.3", "2.0.0-rc.1", "1.0.0-alpha-beta.0"] {
            assert_eq!(text.parse::<Version>().map(|v| v.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn spellings_that_npm_would_change_are_refused() {
        for text in [
            "v1.2.3",
            "=1.2.3",
            " 1.2.3",
            "1.2.3 ",
            "1.2.3+build",
            "1.2",
            "01.2.3",
            "latest",
            "",
            "1.2.9007199254740992",
        ] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }
}
