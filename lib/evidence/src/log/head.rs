//! A tree in two values.

use super::{TreeHash, TreeSize};

/// The state of a log at one moment: how many entries it has, and the hash over all of them.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct TreeHead {
    size: TreeSize,
    root: TreeHash,
}

impl TreeHead {
    /// A head as somebody states it. That both values belong together only a signature or a proof can show.
    pub const fn new(size: TreeSize, root: TreeHash) -> Self {
        Self { size, root }
    }

    /// The head of the tree without entries.
    pub fn empty() -> Self {
        Self::new(TreeSize::EMPTY, TreeHash::empty())
    }

    /// How many entries there are.
    pub const fn size(&self) -> TreeSize {
        self.size
    }

    /// The hash over all of them.
    pub const fn root(&self) -> &TreeHash {
        &self.root
    }
}
