//! The proofs of a transparency log: that an entry is in it, and that it was only ever appended to.
//!
//! A log is a Merkle tree over its entries (RFC 6962, section 2.1; RFC 9162, section 2.1). Whoever knows a tree's size and root hash, a
//! [`TreeHead`], can check with a few hashes that an entry is in that tree ([`InclusionProof`]), and that a later tree begins with all of
//! it ([`ConsistencyProof`]). The log signs its heads as [`Checkpoint`]s, which are [`Note`]s, and serves the tree as [`TilePath`]s.
//!
//! ```
//! use certified_evidence::log::{Entry, InclusionProof, Tree};
//!
//! let mut tree = Tree::new();
//! for entry in ["one", "two", "three"] {
//!     tree.push(Entry::new(entry)?.leaf_hash())?;
//! }
//! let head = tree.head();
//! let proof = InclusionProof::make(1.try_into()?, head.size(), &tree)?;
//! proof.verify(Entry::new("two")?.leaf_hash(), &head)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | format | specification |
//! |---|---|
//! | hashes and proofs | RFC 6962, RFC 9162 |
//! | [`Note`] | C2SP signed-note |
//! | [`Checkpoint`] | C2SP tlog-checkpoint |
//! | [`TilePath`], [`hash_tile`], [`entry_bundle`] | C2SP tlog-tiles |

mod checkpoint;
mod consistency;
mod entry;
mod frontier;
mod hash;
mod head;
mod inclusion;
mod key;
mod node;
mod note;
mod path;
mod refusal;
mod signer;
mod size;
mod tile;
mod tile_path;
mod tree;

pub use checkpoint::{Checkpoint, CheckpointError, TrustedHead};
pub use consistency::{ConsistencyProof, Consistent};
pub use entry::{Entry, EntryError};
pub use frontier::Frontier;
pub use hash::{HashError, LeafHash, TreeHash};
pub use head::TreeHead;
pub use inclusion::{Included, InclusionProof};
pub use key::{KeyName, LogKey, LogKeyError};
pub use node::{NodeAt, Nodes};
pub use note::{Note, NoteError, NoteSignature};
pub use refusal::{MissingNode, ProofRefusal};
pub use signer::LogSigner;
pub use size::{LeafIndex, OutOfRange, TreeSize};
pub use tile::{TileError, entry_bundle, hash_tile, read_entry_bundle, read_hash_tile};
pub use tile_path::{TileKind, TilePath, TilePathError};
pub use tree::Tree;

#[cfg(test)]
mod tests;
