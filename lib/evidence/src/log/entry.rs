//! What stands in a log.

use super::LeafHash;

/// One entry of a log: bytes that a log of tiles can carry, at most 65535 of them.
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
            return Err(EntryError { found: bytes.len() });
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

/// More bytes than an entry can have.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected a log entry of at most {} bytes, found {found}", Entry::LONGEST)]
pub struct EntryError {
    /// How many there are.
    pub found: usize,
}
