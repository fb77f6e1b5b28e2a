//! Why a package may not be installed, and why a policy is none. Both lists are closed.

use super::{EvidenceLevel, Origin, Policy};

/// A text that is no policy.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Too many bytes.
    #[error("a policy has at most {} bytes, this one has {found}", Policy::LARGEST)]
    TooLarge {
        /// Bytes found.
        found: usize,
    },
    /// Not UTF-8.
    #[error("a policy is text in UTF-8, this one is not")]
    NotText,
    /// Not TOML, or a word that no policy has.
    #[error("this is no policy: {why}")]
    Toml {
        /// What the reader says, with the line.
        why: String,
    },
    /// A rule that nobody could keep.
    #[error("rule {rule} asks for no evidence and for an origin, which only evidence shows")]
    Contradiction {
        /// Which one, from 1.
        rule: usize,
    },
    /// Nothing to remember by.
    #[error("`no-downgrade` compares with what was verified before, and there is no trust state")]
    NoMemory,
}

impl PolicyError {
    /// A stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "policy/too-large",
            Self::NotText => "policy/not-text",
            Self::Toml { .. } => "policy/unreadable",
            Self::Contradiction { .. } => "policy/contradiction",
            Self::NoMemory => "policy/no-memory",
        }
    }

    /// What to do now.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::NotText | Self::Toml { .. } => {
                "write it as the README shows; every word of it is explained there"
            }
            Self::Contradiction { .. } => "ask for `evidence = \"certified\"`, or leave the origin out",
            Self::NoMemory => "name a file with --trust-state",
        }
    }
}

/// What a package does not keep.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyRefusal {
    /// Not at all.
    #[error("the policy denies it: {reason}")]
    Denied {
        /// What the policy gives as the reason.
        reason: String,
    },
    /// Nothing says what holds.
    #[error("no rule of the policy names {package}")]
    NoRule {
        /// The package.
        package: String,
    },
    /// Less than the rule asks for.
    #[error("the policy asks for the evidence `{}`, found `{}`", expected.as_str(), found.as_str())]
    TooLittleEvidence {
        /// Asked for.
        expected: EvidenceLevel,
        /// Found.
        found: EvidenceLevel,
    },
    /// Another origin than the rule asks for.
    #[error("the policy asks for the {} `{expected}`, the certificate says {}", what.as_str(), said(found.as_ref()))]
    OtherOrigin {
        /// What differs.
        what: Origin,
        /// Asked for.
        expected: String,
        /// Verified, if anything was.
        found: Option<String>,
    },
    /// Not from a registry.
    #[error("the policy takes packages from a registry alone, this is from elsewhere: {reason}")]
    NotFromRegistry {
        /// From where.
        reason: &'static str,
    },
    /// Unsigned or with less evidence than before.
    #[error("{since} was verified with the evidence `{}`, this later version has `{}`", before.as_str(), found.as_str())]
    Downgrade {
        /// The version that was verified.
        since: String,
        /// Its evidence.
        before: EvidenceLevel,
        /// What this version has.
        found: EvidenceLevel,
    },
    /// From another repository or workflow than before.
    #[error("{} was {}, it is {} now", what.as_str(), said(before.as_ref()), said(found.as_ref()))]
    IdentityChanged {
        /// What differs.
        what: Origin,
        /// When it was verified before.
        before: Option<String>,
        /// Now.
        found: Option<String>,
    },
}

impl PolicyRefusal {
    /// A stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Denied { .. } => "policy/denied",
            Self::NoRule { .. } => "policy/no-rule",
            Self::TooLittleEvidence { .. } => "policy/too-little-evidence",
            Self::OtherOrigin { .. } => "policy/other-origin",
            Self::NotFromRegistry { .. } => "policy/not-from-registry",
            Self::Downgrade { .. } => "policy/downgrade",
            Self::IdentityChanged { .. } => "policy/identity-changed",
        }
    }

    /// What to do now.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Denied { .. } => "take another package",
            Self::NoRule { .. } => "add a rule for it, or a last one for `*`",
            Self::TooLittleEvidence { .. } => {
                "take a version that is certified, or ask for less in a rule of its own before this one"
            }
            Self::OtherOrigin { .. } => "find out who published it before anything else; install nothing until then",
            Self::NotFromRegistry { .. } => "publish it to a registry, or leave `only-from-registry` out",
            Self::Downgrade { .. } => "stay with the version that was verified, and ask the maintainers what changed",
            Self::IdentityChanged { .. } => {
                "ask the maintainers; when the change is theirs, confirm it once with --confirm-identity NAME"
            }
        }
    }
}

fn said(text: Option<&String>) -> String {
    text.map_or_else(|| "nothing".to_owned(), |text| format!("`{text}`"))
}
