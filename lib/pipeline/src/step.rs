//! The nine words.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// One of the nine steps. Its word is the subcommand, the file under `steps/`, the prefix of its error codes and the row in the summary.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Checks the tree and runs the package's scripts.
    Build,
    /// Asks ChittyID for the certificate of this release.
    Certificate,
    /// Packs the certified tarball and signs it.
    Sign,
    /// Tells the Chronicle.
    Chronicle,
    /// Archives tarball, certificate and signature.
    Upload,
    /// Puts the block into package.json and seals the published tarball.
    Metadata,
    /// Registers the release, as pending.
    Register,
    /// Publishes to npm, reads back, and calls the release certified.
    Publish,
    /// Writes the report.
    Summary,
}

impl Step {
    /// All nine, in order.
    pub const ALL: [Self; 9] = [
        Self::Build,
        Self::Certificate,
        Self::Sign,
        Self::Chronicle,
        Self::Upload,
        Self::Metadata,
        Self::Register,
        Self::Publish,
        Self::Summary,
    ];

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::Certificate => "certificate",
            Self::Sign => "sign",
            Self::Chronicle => "chronicle",
            Self::Upload => "upload",
            Self::Metadata => "metadata",
            Self::Register => "register",
            Self::Publish => "publish",
            Self::Summary => "summary",
        }
    }

    /// Its place, from 1 to 9.
    pub const fn number(self) -> usize {
        self as usize + 1
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no step.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{found}` is none of the nine steps")]
pub struct UnknownStep {
    /// The word found.
    pub found: String,
}

impl FromStr for Step {
    type Err = UnknownStep;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|step| step.as_str() == text)
            .ok_or_else(|| UnknownStep { found: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_and_numbers_are_those_of_the_documentation() {
        let words: Vec<_> = Step::ALL.iter().map(|s| format!("{} {s}", s.number())).collect();
        assert_eq!(
            words.join(", "),
            "1 build, 2 certificate, 3 sign, 4 chronicle, 5 upload, 6 metadata, 7 register, 8 publish, 9 summary"
        );
        assert!(Step::ALL.iter().all(|s| s.as_str().parse() == Ok(*s)));
        assert!("Build".parse::<Step>().is_err());
    }
}
