//! Why a proof is not made, or proves nothing.

use super::{LeafIndex, NodeAt, TreeHash, TreeSize};

/// Why a proof is refused, or cannot exist.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofRefusal {
    /// The entry lies outside the tree.
    #[error("expected a log index below the tree size {size}, found {index}")]
    IndexBeyondTree {
        /// The index.
        index: LeafIndex,
        /// The tree's size.
        size: TreeSize,
    },
    /// A later tree that is smaller than the earlier one.
    #[error("expected a tree of at least {from} entries, found one of {to}: a log never shrinks")]
    Shrunk {
        /// The earlier size.
        from: TreeSize,
        /// The size that was to be the later one.
        to: TreeSize,
    },
    /// The proof is about a tree of another size than the head.
    #[error("expected a proof about a tree of {expected} entries, found one about {found}")]
    OtherSize {
        /// The head's size.
        expected: TreeSize,
        /// The proof's size.
        found: TreeSize,
    },
    /// Too few or too many hashes for these sizes.
    #[error("expected a proof of {expected} hashes, found {found}")]
    Length {
        /// How many hashes a proof for these sizes has.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The hashes lead to another root than the head's.
    #[error("expected the hashes to lead to the root {expected} of {size} entries, they lead to {found}")]
    OtherRoot {
        /// The size of the tree in question.
        size: TreeSize,
        /// The head's root.
        expected: TreeHash,
        /// Where the proof leads.
        found: TreeHash,
    },
    /// The nodes that the proof is made of are not all known.
    #[error(transparent)]
    Missing(#[from] MissingNode),
}

/// A node that is needed and not known.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the tree's node {} at level {} is not known", at.index(), at.level())]
pub struct MissingNode {
    /// Its place.
    pub at: NodeAt,
}
