//! That a log was only appended to.

use super::{NodeAt, Nodes, ProofRefusal, TreeHash, TreeHead, TreeSize, path};

/// A proof that a tree begins with all entries of an earlier one, in their order (RFC 6962, section 2.1.2).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ConsistencyProof {
    from: TreeSize,
    to: TreeSize,
    path: Vec<TreeHash>,
}

impl ConsistencyProof {
    /// A proof as it was received. [`ConsistencyProof::verify`] tells what it is worth.
    pub const fn new(from: TreeSize, to: TreeSize, path: Vec<TreeHash>) -> Self {
        Self { from, to, path }
    }

    /// The nodes that [`ConsistencyProof::make`] will ask for, for whoever has to fetch them first.
    ///
    /// # Errors
    /// [`ProofRefusal::Shrunk`].
    pub fn nodes(from: TreeSize, to: TreeSize) -> Result<Vec<NodeAt>, ProofRefusal> {
        grown(from, to)?;
        Ok(path::nodes(&path::consistency(from, to)))
    }

    /// Makes the proof between two sizes of one tree. Between equal sizes, and from the empty tree, it has no hashes.
    ///
    /// # Errors
    /// [`ProofRefusal::Shrunk`], and [`ProofRefusal::Missing`] when the source does not know a node.
    pub fn make(from: TreeSize, to: TreeSize, source: &impl Nodes) -> Result<Self, ProofRefusal> {
        grown(from, to)?;
        let path = path::hashes(&path::consistency(from, to), source)?;
        Ok(Self::new(from, to, path))
    }

    /// The size of the earlier tree.
    pub const fn from(&self) -> TreeSize {
        self.from
    }

    /// The size of the later tree.
    pub const fn to(&self) -> TreeSize {
        self.to
    }

    /// The hashes, in the order of RFC 6962.
    pub fn path(&self) -> &[TreeHash] {
        &self.path
    }

    /// Checks that the later tree begins with the earlier one (RFC 9162, section 2.1.4.2).
    ///
    /// # Errors
    /// [`ProofRefusal`], with the fact that was wrong. [`ProofRefusal::OtherRoot`] between two heads that one log signed means that the
    /// log shows different histories to different readers.
    pub fn verify(&self, earlier: &TreeHead, later: &TreeHead) -> Result<Consistent, ProofRefusal> {
        self.about(earlier, later)?;
        let (old, new) = if self.from == TreeSize::EMPTY {
            // Every tree begins with nothing, and nothing has one hash only, also when it is still nothing later.
            self.has_hashes(0)?;
            let still_nothing = self.to == TreeSize::EMPTY;
            let new = if still_nothing {
                TreeHash::empty()
            } else {
                *later.root()
            };
            (TreeHash::empty(), new)
        } else if self.from == self.to {
            self.has_hashes(0)?;
            (*later.root(), *later.root())
        } else {
            self.has_hashes(path::consistency(self.from, self.to).len())?;
            self.roots(earlier)?
        };
        for (head, found) in [(earlier, old), (later, new)] {
            if found != *head.root() {
                return Err(ProofRefusal::OtherRoot {
                    size: head.size(),
                    expected: *head.root(),
                    found,
                });
            }
        }
        Ok(Consistent {
            earlier: *earlier,
            later: *later,
        })
    }

    fn about(&self, earlier: &TreeHead, later: &TreeHead) -> Result<(), ProofRefusal> {
        grown(self.from, self.to)?;
        for (head, found) in [(earlier, self.from), (later, self.to)] {
            if found != head.size() {
                return Err(ProofRefusal::OtherSize {
                    expected: head.size(),
                    found,
                });
            }
        }
        Ok(())
    }

    fn has_hashes(&self, expected: usize) -> Result<(), ProofRefusal> {
        let found = self.path.len();
        if expected == found {
            Ok(())
        } else {
            Err(ProofRefusal::Length { expected, found })
        }
    }

    /// Both roots that the hashes lead to. The earlier size lies between nothing and the later one.
    fn roots(&self, earlier: &TreeHead) -> Result<(TreeHash, TreeHash), ProofRefusal> {
        let missing = || ProofRefusal::Length {
            expected: path::consistency(self.from, self.to).len(),
            found: self.path.len(),
        };
        let mut node = self.from.get() - 1;
        let mut last = self.to.get() - 1;
        let climb = node.trailing_ones();
        node >>= climb;
        last >>= climb;
        let mut path = self.path.iter();
        // An earlier tree that is one complete node is where both ways begin; its root is known and not sent.
        let first = if node == 0 {
            *earlier.root()
        } else {
            *path.next().ok_or_else(missing)?
        };
        let (mut old, mut new) = (first, first);
        while last != 0 {
            if node & 1 == 1 || node != last {
                let hash = path.next().ok_or_else(missing)?;
                if node & 1 == 1 {
                    old = TreeHash::join(hash, &old);
                    new = TreeHash::join(hash, &new);
                } else {
                    new = TreeHash::join(&new, hash);
                }
            }
            node >>= 1;
            last >>= 1;
        }
        match path.next() {
            None => Ok((old, new)),
            Some(_) => Err(missing()),
        }
    }
}

/// Proof that a tree begins with all of an earlier one. Only [`ConsistencyProof::verify`] can make one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Consistent {
    earlier: TreeHead,
    later: TreeHead,
}

impl Consistent {
    /// The earlier tree.
    pub const fn earlier(&self) -> &TreeHead {
        &self.earlier
    }

    /// The later tree, which begins with it.
    pub const fn later(&self) -> &TreeHead {
        &self.later
    }
}

fn grown(from: TreeSize, to: TreeSize) -> Result<(), ProofRefusal> {
    if from <= to {
        Ok(())
    } else {
        Err(ProofRefusal::Shrunk { from, to })
    }
}
