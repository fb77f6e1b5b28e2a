//! A whole tree in memory.

use super::node::Span;
use super::{Frontier, LeafHash, LeafIndex, MissingNode, NodeAt, Nodes, OutOfRange, TreeHash, TreeHead, TreeSize};

/// A tree with all its complete nodes, about 64 bytes for each entry. For logs that fit into memory: those of tests, and parts of others.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    frontier: Frontier,
    levels: Vec<Vec<TreeHash>>,
}

impl Tree {
    /// The tree without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a leaf and gives its index.
    ///
    /// # Errors
    /// [`OutOfRange`] when the tree is full.
    pub fn push(&mut self, leaf: LeafHash) -> Result<LeafIndex, OutOfRange> {
        let (index, complete) = self.frontier.push(leaf)?;
        for (at, hash) in complete {
            // One node on each level, from the lowest, so that at most one level is new.
            match self.levels.get_mut(usize::from(at.level())) {
                Some(level) => level.push(hash),
                None => self.levels.push(vec![hash]),
            }
        }
        Ok(index)
    }

    /// The tree's size.
    pub const fn size(&self) -> TreeSize {
        self.frontier.size()
    }

    /// The head of the whole tree.
    pub fn head(&self) -> TreeHead {
        self.frontier.head()
    }

    /// The head that the tree had at an earlier size.
    ///
    /// # Errors
    /// [`MissingNode`] when it never had that size.
    pub fn head_at(&self, size: TreeSize) -> Result<TreeHead, MissingNode> {
        Ok(TreeHead::new(size, Span::whole(size).hash(self)?))
    }
}

impl Nodes for Tree {
    fn node(&self, at: NodeAt) -> Option<TreeHash> {
        let level = self.levels.get(usize::from(at.level()))?;
        level.get(usize::try_from(at.index()).ok()?).copied()
    }
}
