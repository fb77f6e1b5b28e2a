//! Nodes by their place, and trees as sums of complete ones.

use std::collections::HashMap;
use std::hash::BuildHasher;

use super::{LeafIndex, MissingNode, TreeHash, TreeSize};

/// The place of a complete node: at level `l` and index `i` it covers the entries from `i * 2^l` to `(i + 1) * 2^l`. Leaves are level 0.
///
/// A log stores its complete nodes only. They never change, because whatever is appended stands to their right.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct NodeAt {
    level: u8,
    index: u64,
}

impl NodeAt {
    /// The node of one entry.
    pub const fn leaf(index: LeafIndex) -> Self {
        Self {
            level: 0,
            index: index.get(),
        }
    }

    /// A node at a level, when the entries it covers have numbers at all.
    pub fn new(level: u8, index: u64) -> Option<Self> {
        let end = index.checked_add(1)?.checked_mul(1_u64.checked_shl(level.into())?)?;
        (end <= TreeSize::LARGEST).then_some(Self { level, index })
    }

    /// How many levels it stands above the leaves.
    pub const fn level(self) -> u8 {
        self.level
    }

    /// Which one of its level, from the left.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// The node above it, complete as soon as this one's right sibling is.
    pub(super) const fn parent(self) -> Self {
        Self {
            level: self.level + 1,
            index: self.index >> 1,
        }
    }

    pub(super) const fn is_right(self) -> bool {
        self.index & 1 == 1
    }
}

/// Whoever knows the complete nodes of a tree.
pub trait Nodes {
    /// The hash at this place, if it is known.
    fn node(&self, at: NodeAt) -> Option<TreeHash>;
}

impl<S: BuildHasher> Nodes for HashMap<NodeAt, TreeHash, S> {
    fn node(&self, at: NodeAt) -> Option<TreeHash> {
        self.get(&at).copied()
    }
}

/// The entries from one to before another, where RFC 6962 would compute one hash over them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Span {
    pub(super) from: u64,
    pub(super) to: u64,
}

impl Span {
    /// All entries of a tree.
    pub(super) const fn whole(size: TreeSize) -> Self {
        Self {
            from: 0,
            to: size.get(),
        }
    }

    pub(super) const fn length(self) -> u64 {
        self.to - self.from
    }

    /// The two halves: the left one has the largest power of two entries that leaves something to the right. Only for two entries or more.
    pub(super) const fn split(self) -> (Self, Self) {
        let middle = self.from + (1 << (self.length() - 1).ilog2());
        let (left, right) = (Self { to: middle, ..self }, Self { from: middle, ..self });
        (left, right)
    }

    /// The complete nodes that it consists of, from the left, the largest first.
    pub(super) fn nodes(self) -> Vec<NodeAt> {
        let mut nodes = Vec::new();
        let mut from = self.from;
        while from < self.to {
            let level = (self.to - from).ilog2();
            nodes.push(NodeAt {
                // Below 64, as the logarithm of 64 bits is.
                level: level as u8,
                index: from >> level,
            });
            from += 1 << level;
        }
        nodes
    }

    /// The hash over it, from its complete nodes: the last two are joined, then that and the one before, and so on.
    pub(super) fn hash(self, source: &impl Nodes) -> Result<TreeHash, MissingNode> {
        let mut hash = None;
        for at in self.nodes().into_iter().rev() {
            let node = source.node(at).ok_or(MissingNode { at })?;
            hash = Some(hash.map_or(node, |right| TreeHash::join(&node, &right)));
        }
        Ok(hash.unwrap_or_else(TreeHash::empty))
    }
}
