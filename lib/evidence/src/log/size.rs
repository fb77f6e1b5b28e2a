//! How large a tree is, and where in it an entry stands.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How many entries a tree has, at most [`TreeSize::LARGEST`].
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct TreeSize(u64);

/// Where in a log an entry stands, counted from zero, below [`TreeSize::LARGEST`].
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct LeafIndex(u64);

/// A number beyond what any log can hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected a {what} of at most {most}, found {found}")]
pub struct OutOfRange {
    /// What the number was to be.
    pub what: &'static str,
    /// The largest that is accepted.
    pub most: u64,
    /// The number.
    pub found: u64,
}

impl TreeSize {
    /// 2^63 - 1: larger numbers fit neither a database's integer nor the proofs' arithmetic.
    pub const LARGEST: u64 = i64::MAX as u64;
    /// The tree without entries.
    pub const EMPTY: Self = Self(0);

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The index of the entry that is appended next, when there is still room for one.
    pub const fn next(self) -> Option<LeafIndex> {
        if self.0 < Self::LARGEST {
            Some(LeafIndex(self.0))
        } else {
            None
        }
    }
}

impl LeafIndex {
    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The smallest tree that holds this entry.
    pub const fn smallest_tree(self) -> TreeSize {
        TreeSize(self.0 + 1)
    }
}

impl TryFrom<u64> for TreeSize {
    type Error = OutOfRange;

    fn try_from(found: u64) -> Result<Self, Self::Error> {
        if found > Self::LARGEST {
            return Err(OutOfRange {
                what: "tree size",
                most: Self::LARGEST,
                found,
            });
        }
        Ok(Self(found))
    }
}

impl TryFrom<u64> for LeafIndex {
    type Error = OutOfRange;

    fn try_from(found: u64) -> Result<Self, Self::Error> {
        if found >= TreeSize::LARGEST {
            return Err(OutOfRange {
                what: "log index",
                most: TreeSize::LARGEST - 1,
                found,
            });
        }
        Ok(Self(found))
    }
}

impl From<TreeSize> for u64 {
    fn from(size: TreeSize) -> Self {
        size.0
    }
}

impl From<LeafIndex> for u64 {
    fn from(index: LeafIndex) -> Self {
        index.0
    }
}

impl fmt::Display for TreeSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for LeafIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_indexes_end_where_sixty_three_bits_end() {
        let most = TreeSize::LARGEST;
        assert_eq!(TreeSize::try_from(most).map(TreeSize::get), Ok(most));
        assert!(TreeSize::try_from(most + 1).is_err() && TreeSize::try_from(u64::MAX).is_err());
        assert_eq!(
            LeafIndex::try_from(most - 1).map(|last| last.smallest_tree().get()),
            Ok(most)
        );
        assert!(LeafIndex::try_from(most).is_err());
        assert_eq!(TreeSize(most).next(), None);
        assert_eq!(TreeSize::EMPTY.next(), Some(LeafIndex(0)));
    }
}
