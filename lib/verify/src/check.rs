//! What was looked at, and what was found.

use std::fmt;

use serde::Serialize;

use crate::Refusal;

/// One question about a release and its answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// The question.
    pub name: CheckName,
    /// The answer.
    pub finding: Finding,
}

/// The questions, in the order in which they are asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CheckName {
    /// Is the package the one that was asked for, and does it carry the block of this evidence?
    Manifest,
    /// Are the published bytes those that the evidence names?
    Integrity,
    /// Does removing the block give the certified tarball?
    Rebuild,
    /// Were the signatures there at a time that an authority vouches for?
    Timestamp,
    /// Does the certificate chain to an anchor, belong to this release, and was it in force?
    Certificate,
    /// Did the certificate's key sign?
    Signature,
    /// Are the bundles of these signatures, this certificate and these tarballs, and does the provenance agree with them?
    Bundle,
    /// Have logs seen the certificate and the signatures?
    Transparency,
    /// Did the Chronicle record the certified tarball?
    Event,
    /// Is the event in a log that the anchors name?
    Log,
    /// Does the registry list the same release as certified?
    Registry,
    /// Is the archived copy the certified tarball?
    Archive,
    /// Was the certificate withdrawn before it signed?
    Revocation,
}

impl CheckName {
    /// The word for people and scripts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Integrity => "integrity",
            Self::Rebuild => "rebuild",
            Self::Timestamp => "timestamp",
            Self::Certificate => "certificate",
            Self::Signature => "signature",
            Self::Bundle => "bundle",
            Self::Transparency => "transparency",
            Self::Event => "event",
            Self::Log => "log",
            Self::Registry => "registry",
            Self::Archive => "archive",
            Self::Revocation => "revocation",
        }
    }
}

impl fmt::Display for CheckName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Finding {
    /// Yes; with what shows it.
    Passed {
        /// The digest, name or time that was compared.
        evidence: String,
    },
    /// Nobody was asked.
    NotAsked {
        /// Why not.
        reason: String,
    },
    /// No.
    Refused {
        /// A stable code, `check/what-is-wrong`.
        code: &'static str,
        /// Expected and found.
        message: String,
        /// What to do now.
        advice: &'static str,
    },
}

impl From<&Refusal> for Finding {
    fn from(refusal: &Refusal) -> Self {
        Self::Refused {
            code: refusal.code(),
            message: refusal.to_string(),
            advice: refusal.advice(),
        }
    }
}

/// The answers as checks, and the first refusal among them.
pub(crate) fn first_refusal(
    answers: impl IntoIterator<Item = (CheckName, Result<Finding, Refusal>)>,
) -> (Vec<Check>, Option<Refusal>) {
    let mut first = None;
    let checks = answers.into_iter().map(|(name, answer)| {
        let finding = answer.unwrap_or_else(|refusal| {
            let finding = Finding::from(&refusal);
            first.get_or_insert(refusal);
            finding
        });
        Check { name, finding }
    });
    (checks.collect(), first)
}
