//! What stands in a log.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Encoding};

use super::LeafHash;
use crate::text::serde_as_text;

/// One entry of a log: bytes that a log of tiles can carry, at most 65535 of them. As text standard base64.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Entry(Vec<u8>);

impl Entry {
    /// The most bytes of one entry: its length is written in two bytes.
    pub const LONGEST: usize = 65_535;

    /// Takes bytes as an entry.
    ///
    /// # Errors
    /// [`EntryError`] when there are too many.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, EntryError> {
        let bytes = bytes.into();
        if bytes.len() > Self::LONGEST {
            return Err(EntryError::TooLong { found: bytes.len() });
        }
        Ok(Self(bytes))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The hash that stands for it in the tree.
    pub fn leaf_hash(&self) -> LeafHash {
        LeafHash::of(&self.0)
    }
}

/// What is no entry of a log.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// More bytes than an entry can have.
    #[error("expected a log entry of at most {} bytes, found {found}", Entry::LONGEST)]
    TooLong {
        /// How many there are, or how many characters carry them.
        found: usize,
    },
    /// Text that is not padded standard base64.
    #[error("expected a log entry in standard base64, found {length} characters that are not")]
    NotBase64 {
        /// How many characters were found.
        length: usize,
    },
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Base64::encode_string(&self.0))
    }
}

impl FromStr for Entry {
    type Err = EntryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Four characters carry three bytes; the text is measured before a copy of it is made.
        if text.len() > Self::LONGEST.div_ceil(3) * 4 {
            return Err(EntryError::TooLong { found: text.len() });
        }
        Self::new(Base64::decode_vec(text).map_err(|_| EntryError::NotBase64 { length: text.len() })?)
    }
}

serde_as_text!(Entry);
