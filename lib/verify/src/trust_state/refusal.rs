//! Why a memory, or what is held against it, is not believed. The list is closed.

use certified_evidence::Digest;
use certified_evidence::log::{TreeSize, TrustedHead};

use super::TrustState;

/// The reason.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustStateRefusal {
    /// Too many bytes.
    #[error("a trust state has at most {} bytes, this one has {found}", TrustState::LARGEST)]
    TooLarge {
        /// Bytes found.
        found: usize,
    },
    /// Not JSON, not whole, or of another form.
    #[error("this is no trust state: {why}")]
    Unreadable {
        /// What the reader says.
        why: String,
    },
    /// Its digest is another one.
    #[error("the trust state hashes to {found}, which is not what it says")]
    Tampered {
        /// The digest of what is there.
        found: Digest,
    },
    /// A checkpoint that no log of the anchors signed.
    #[error("no log of the anchors signed the checkpoint of `{origin}`")]
    UnknownLog {
        /// Which log it says.
        origin: String,
    },
    /// The head of one log says nothing about another.
    #[error("expected the log `{expected}`, found `{found}`")]
    OtherLog {
        /// The log that was seen.
        expected: String,
        /// The log that answers.
        found: String,
    },
    /// The log has lost entries.
    #[error("the log `{origin}` had {before} entries, and has {now} now")]
    Shrunk {
        /// Which log.
        origin: String,
        /// When it was seen.
        before: TreeSize,
        /// Now.
        now: TreeSize,
    },
    /// The log shows different histories to different readers.
    #[error("the log `{origin}` with {to} entries does not begin with what was seen at {from}: {why}")]
    SplitView {
        /// Which log.
        origin: String,
        /// What was seen.
        from: TreeSize,
        /// Where it was looked for.
        to: TreeSize,
        /// What the proof said.
        why: String,
    },
}

impl TrustStateRefusal {
    /// A stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "trust-state/too-large",
            Self::Unreadable { .. } => "trust-state/unreadable",
            Self::Tampered { .. } => "trust-state/tampered",
            Self::UnknownLog { .. } => "trust-state/unknown-log",
            Self::OtherLog { .. } => "trust-state/other-log",
            Self::Shrunk { .. } => "trust-state/shrunk",
            Self::SplitView { .. } => "trust-state/split-view",
        }
    }

    /// What to do now.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::Unreadable { .. } | Self::Tampered { .. } => {
                "restore the file from where it was kept; removing it begins a new memory, without what the old one knew"
            }
            Self::UnknownLog { .. } | Self::OtherLog { .. } => {
                "name the anchors and the gateway that the file was written with"
            }
            Self::Shrunk { .. } | Self::SplitView { .. } => {
                "install nothing; send the trust state and this message to the keepers of the log and to whoever audits it"
            }
        }
    }

    pub(super) fn shrunk(before: &TrustedHead, now: &TrustedHead) -> Self {
        Self::Shrunk {
            origin: before.origin().to_owned(),
            before: before.head().size(),
            now: now.head().size(),
        }
    }
}
