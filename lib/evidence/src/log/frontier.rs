//! What has to be known of a log to append to it.

use super::node::Span;
use super::{LeafHash, LeafIndex, MissingNode, NodeAt, Nodes, OutOfRange, TreeHash, TreeHead, TreeSize};

/// The right edge of a tree: its size and the complete nodes that it consists of, one for each one in the size's binary form.
///
/// That is all that appending needs, however large the log is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Frontier {
    size: TreeSize,
    nodes: Vec<(NodeAt, TreeHash)>,
}

impl Frontier {
    /// The nodes that [`Frontier::of`] will ask for.
    pub fn nodes(size: TreeSize) -> Vec<NodeAt> {
        Span::whole(size).nodes()
    }

    /// The edge of the tree of this size.
    ///
    /// # Errors
    /// [`MissingNode`] when the source does not know one of [`Frontier::nodes`].
    pub fn of(size: TreeSize, source: &impl Nodes) -> Result<Self, MissingNode> {
        let found = Self::nodes(size)
            .into_iter()
            .map(|at| source.node(at).map(|hash| (at, hash)).ok_or(MissingNode { at }));
        Ok(Self {
            size,
            nodes: found.collect::<Result<_, _>>()?,
        })
    }

    /// The tree's size.
    pub const fn size(&self) -> TreeSize {
        self.size
    }

    /// Appends a leaf. Gives its index and the nodes that are complete now and were not before, the leaf first.
    ///
    /// # Errors
    /// [`OutOfRange`] when the log is full.
    pub fn push(&mut self, leaf: LeafHash) -> Result<(LeafIndex, Vec<(NodeAt, TreeHash)>), OutOfRange> {
        let index = LeafIndex::try_from(self.size.get())?;
        let mut node = (NodeAt::leaf(index), TreeHash::from(leaf));
        let mut complete = vec![node];
        // A right child is complete together with its parent; its left sibling is the last node of the edge.
        while node.0.is_right() {
            let Some((_, left)) = self.nodes.pop() else { break };
            node = (node.0.parent(), TreeHash::join(&left, &node.1));
            complete.push(node);
        }
        self.nodes.push(node);
        self.size = index.smallest_tree();
        Ok((index, complete))
    }

    /// The head of the tree.
    pub fn head(&self) -> TreeHead {
        let join = |right: TreeHash, (_, left): &(NodeAt, TreeHash)| TreeHash::join(left, &right);
        let mut nodes = self.nodes.iter().rev();
        let root = nodes.next().map(|(_, last)| nodes.fold(*last, join));
        TreeHead::new(self.size, root.unwrap_or_else(TreeHash::empty))
    }
}
