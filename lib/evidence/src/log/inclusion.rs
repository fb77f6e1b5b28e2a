//! That an entry is in a tree.

use super::{LeafHash, LeafIndex, NodeAt, Nodes, ProofRefusal, TreeHash, TreeHead, TreeSize, path};

/// A proof that some entry stands at an index of a tree (RFC 6962, section 2.1.1): the hashes beside the way from the leaf to the root, the
/// leaf's sibling first.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct InclusionProof {
    index: LeafIndex,
    size: TreeSize,
    path: Vec<TreeHash>,
}

impl InclusionProof {
    /// A proof as it was received. [`InclusionProof::verify`] tells what it is worth.
    pub const fn new(index: LeafIndex, size: TreeSize, path: Vec<TreeHash>) -> Self {
        Self { index, size, path }
    }

    /// The nodes that [`InclusionProof::make`] will ask for, for whoever has to fetch them first.
    ///
    /// # Errors
    /// [`ProofRefusal::IndexBeyondTree`].
    pub fn nodes(index: LeafIndex, size: TreeSize) -> Result<Vec<NodeAt>, ProofRefusal> {
        within(index, size)?;
        Ok(path::nodes(&path::inclusion(index.get(), size)))
    }

    /// Makes the proof for the entry at an index of the tree of the first `size` entries.
    ///
    /// # Errors
    /// [`ProofRefusal::IndexBeyondTree`], and [`ProofRefusal::Missing`] when the source does not know a node.
    pub fn make(index: LeafIndex, size: TreeSize, source: &impl Nodes) -> Result<Self, ProofRefusal> {
        within(index, size)?;
        let path = path::hashes(&path::inclusion(index.get(), size), source)?;
        Ok(Self::new(index, size, path))
    }

    /// Where the entry stands.
    pub const fn index(&self) -> LeafIndex {
        self.index
    }

    /// The size of the tree it is about.
    pub const fn size(&self) -> TreeSize {
        self.size
    }

    /// The hashes, the leaf's sibling first.
    pub fn path(&self) -> &[TreeHash] {
        &self.path
    }

    /// Checks that the entry with this hash stands at the proof's index of exactly this tree (RFC 9162, section 2.1.3.2).
    ///
    /// # Errors
    /// [`ProofRefusal`], with the fact that was wrong.
    pub fn verify(&self, leaf: LeafHash, head: &TreeHead) -> Result<Included, ProofRefusal> {
        // A root alone does not fix the size: for some indexes the paths in trees of neighbouring sizes look alike.
        if self.size != head.size() {
            return Err(ProofRefusal::OtherSize {
                expected: head.size(),
                found: self.size,
            });
        }
        let found = self.root(leaf)?;
        if found != *head.root() {
            return Err(ProofRefusal::OtherRoot {
                size: self.size,
                expected: *head.root(),
                found,
            });
        }
        Ok(Included {
            leaf,
            index: self.index,
            head: *head,
        })
    }

    /// The root that the proof leads to from this leaf. For logs whose head comes without a signature of its own; everybody else asks
    /// [`InclusionProof::verify`].
    ///
    /// # Errors
    /// [`ProofRefusal::IndexBeyondTree`] and [`ProofRefusal::Length`].
    pub fn root(&self, leaf: LeafHash) -> Result<TreeHash, ProofRefusal> {
        within(self.index, self.size)?;
        let mut node = self.index.get();
        let mut last = self.size.get() - 1;
        let mut hash = TreeHash::from(leaf);
        let mut path = self.path.iter();
        while last != 0 {
            // The last node of a level without a sibling is its own parent.
            if node & 1 == 1 || node != last {
                let sibling = path.next().ok_or_else(|| self.length())?;
                hash = if node & 1 == 1 {
                    TreeHash::join(sibling, &hash)
                } else {
                    TreeHash::join(&hash, sibling)
                };
            }
            node >>= 1;
            last >>= 1;
        }
        match path.next() {
            None => Ok(hash),
            Some(_) => Err(self.length()),
        }
    }

    fn length(&self) -> ProofRefusal {
        ProofRefusal::Length {
            expected: path::inclusion(self.index.get(), self.size).len(),
            found: self.path.len(),
        }
    }
}

/// Proof that an entry is in a tree. Only [`InclusionProof::verify`] can make one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Included {
    leaf: LeafHash,
    index: LeafIndex,
    head: TreeHead,
}

impl Included {
    /// The entry's hash.
    pub const fn leaf(&self) -> LeafHash {
        self.leaf
    }

    /// Where it stands.
    pub const fn index(&self) -> LeafIndex {
        self.index
    }

    /// The tree it stands in.
    pub const fn head(&self) -> &TreeHead {
        &self.head
    }
}

fn within(index: LeafIndex, size: TreeSize) -> Result<(), ProofRefusal> {
    if index.get() < size.get() {
        Ok(())
    } else {
        Err(ProofRefusal::IndexBeyondTree { index, size })
    }
}
