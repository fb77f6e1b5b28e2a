//! Signed heads of logs.

use std::fmt;
use std::str::FromStr;

use super::{LogKey, LogSigner, Note, NoteError, TreeHead, TreeSize};
use crate::text::serde_as_text;

/// A log's head, signed (C2SP tlog-checkpoint):
///
/// ```text
/// example.com/behind-the-sofa
/// 20852163
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///
/// — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
/// ```
///
/// The head is what somebody says until [`Checkpoint::verify`].
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Checkpoint {
    note: Note,
    origin: String,
    head: TreeHead,
    extensions: Vec<String>,
}

impl Checkpoint {
    /// Signs a head. The origin is the signer's name, which is a log's name everywhere.
    ///
    /// # Errors
    /// [`NoteError::Signing`].
    pub fn sign(head: &TreeHead, signer: &LogSigner) -> Result<Self, CheckpointError> {
        let text = format!("{}\n{}\n{}\n", signer.key().name(), head.size(), head.root());
        Note::sign(&text, &[signer])?.try_into()
    }

    /// The log's name on the first line.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The head, as somebody says.
    pub const fn stated_head(&self) -> &TreeHead {
        &self.head
    }

    /// Lines after the third; nothing here reads them.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// The note that it is.
    pub const fn note(&self) -> &Note {
        &self.note
    }

    /// The whole note, byte for byte.
    pub fn as_str(&self) -> &str {
        self.note.as_str()
    }

    /// Checks that the log with this key signed this head under its own name.
    ///
    /// # Errors
    /// [`CheckpointError::OtherOrigin`], and [`CheckpointError::Note`] when the signature is missing or wrong.
    pub fn verify(&self, log: &LogKey) -> Result<TrustedHead, CheckpointError> {
        self.verify_as(log.name().as_str(), log)
    }

    /// As [`Checkpoint::verify`], for a log whose key has another name than its origin.
    ///
    /// # Errors
    /// As [`Checkpoint::verify`].
    pub fn verify_as(&self, origin: &str, key: &LogKey) -> Result<TrustedHead, CheckpointError> {
        // Before the signature: a key may sign for several logs, and the head of one says nothing about another.
        if self.origin != origin {
            return Err(CheckpointError::OtherOrigin {
                expected: beginning(origin),
                found: beginning(&self.origin),
            });
        }
        self.note.verify(std::slice::from_ref(key))?;
        Ok(TrustedHead {
            origin: self.origin.clone(),
            head: self.head,
        })
    }
}

/// Proof that a log signed a head. Only [`Checkpoint::verify`] can make one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TrustedHead {
    origin: String,
    head: TreeHead,
}

impl TrustedHead {
    /// The log's name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The head it signed.
    pub const fn head(&self) -> &TreeHead {
        &self.head
    }
}

/// A note that is no checkpoint, or a checkpoint that proves nothing.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// Not a note, or not signed as it has to be.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Fewer than three lines.
    #[error("expected the lines origin, size and root hash, found {found} lines")]
    Lines {
        /// How many there are.
        found: usize,
    },
    /// An empty line.
    #[error("expected no empty line in a checkpoint, found one")]
    EmptyLine,
    /// A size that is no decimal number of one spelling, or too large for any log.
    #[error(
        "expected a tree size in decimal digits without leading zeroes, at most {}, found `{found}`",
        TreeSize::LARGEST
    )]
    Size {
        /// The beginning of what was found.
        found: String,
    },
    /// A root that is not the base64 of 32 bytes.
    #[error("expected a root hash as the base64 of 32 bytes, found `{found}`")]
    Root {
        /// The beginning of what was found.
        found: String,
    },
    /// The head of another log.
    #[error("expected a checkpoint of the log `{expected}`, found one of `{found}`")]
    OtherOrigin {
        /// The log that was asked about.
        expected: String,
        /// The log that the checkpoint is about.
        found: String,
    },
}

impl TryFrom<Note> for Checkpoint {
    type Error = CheckpointError;

    fn try_from(note: Note) -> Result<Self, Self::Error> {
        let text = note.text().strip_suffix('\n').unwrap_or_default();
        let lines: Vec<_> = text.split('\n').collect();
        let [origin, size, root, extensions @ ..] = lines.as_slice() else {
            return Err(CheckpointError::Lines { found: lines.len() });
        };
        if lines.iter().any(|line| line.is_empty()) {
            return Err(CheckpointError::EmptyLine);
        }
        let root = root
            .parse()
            .map_err(|_| CheckpointError::Root { found: beginning(root) })?;
        Ok(Self {
            origin: (*origin).to_owned(),
            head: TreeHead::new(tree_size(size)?, root),
            extensions: extensions.iter().map(|&line| line.to_owned()).collect(),
            note,
        })
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<Note>()?.try_into()
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

serde_as_text!(Checkpoint);

fn tree_size(text: &str) -> Result<TreeSize, CheckpointError> {
    let size: Option<u64> = text.parse().ok();
    let size = size.filter(|size| size.to_string() == text);
    size.and_then(|size| TreeSize::try_from(size).ok())
        .ok_or_else(|| CheckpointError::Size { found: beginning(text) })
}

fn beginning(text: &str) -> String {
    text.chars().take(80).flat_map(char::escape_debug).collect()
}
