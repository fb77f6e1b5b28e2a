//! What the log appends, signs and shows.

use std::sync::Arc;

use certified_evidence::log::{
    Checkpoint, ConsistencyProof, Frontier, InclusionProof, LeafIndex, LogKey, LogSigner, ProofRefusal, TileKind,
    TilePath, TreeHead, TreeSize, entry_bundle, hash_tile,
};
use certified_evidence::wire::chronicle::Receipt;
use certified_evidence::wire::log::ConsistencyReply;

use super::head::HeadFile;
use super::sequencer::Sequencer;
use crate::refusal::Refusal;
use crate::storage::{Append, LogStore, Written};

/// The log.
pub(crate) struct Log {
    store: Arc<dyn LogStore>,
    sequencer: Sequencer,
    signer: LogSigner,
}

impl Log {
    /// A log whose entries are there, signed with this key, whose newest head is kept in that file. Only inside a runtime.
    pub(crate) fn new(store: Arc<dyn LogStore>, signer: LogSigner, head: Option<HeadFile>) -> Self {
        Self {
            sequencer: Sequencer::start(Arc::clone(&store), head),
            store,
            signer,
        }
    }

    /// The key that its checkpoints are checked with.
    pub(crate) const fn key(&self) -> &LogKey {
        self.signer.key()
    }

    /// Appends something, or finds it appended. What is answered is on the disk.
    pub(crate) async fn append(&self, append: Append) -> Result<Written<LeafIndex>, Refusal> {
        self.sequencer.append(append).await
    }

    /// The newest head, signed.
    pub(crate) async fn checkpoint(&self) -> Result<Checkpoint, Refusal> {
        let size = self.store.size().await?;
        self.checkpoint_at(size).await
    }

    /// The receipt of an entry. It is about the smallest tree that holds the entry and signatures repeat, so it is always the same one.
    pub(crate) async fn receipt(&self, index: LeafIndex) -> Result<Receipt, Refusal> {
        let mut entries = self.store.entries(index, 1).await?;
        let entry = entries.pop().ok_or_else(|| Refusal::NotFound {
            code: "LOG_ENTRY_NOT_FOUND",
            reason: format!("the log has no entry {index}"),
        })?;
        let size = index.smallest_tree();
        let known = self
            .store
            .nodes(&InclusionProof::nodes(index, size).map_err(damaged)?)
            .await?;
        let proof = InclusionProof::make(index, size, &known).map_err(damaged)?;
        let root = proof.root(entry.leaf_hash()).map_err(damaged)?;
        let checkpoint = self.sign(&TreeHead::new(size, root))?;
        Ok(Receipt::new(entry, &proof, checkpoint))
    }

    /// The proof that the log at one size begins with all of the log at another one; at its present size when no later one is asked for.
    pub(crate) async fn consistency(&self, from: u64, to: Option<u64>) -> Result<ConsistencyReply, Refusal> {
        let size = self.store.size().await?;
        let (from, to) = (of_log(from, size)?, of_log(to.unwrap_or(size.get()), size)?);
        let places = ConsistencyProof::nodes(from, to).map_err(|cause| Refusal::invalid(cause.to_string()))?;
        let known = self.store.nodes(&places).await?;
        let proof = ConsistencyProof::make(from, to, &known).map_err(damaged)?;
        Ok(ConsistencyReply {
            from,
            to,
            hashes: proof.path().to_vec(),
            checkpoint: self.checkpoint_at(to).await?,
        })
    }

    /// The bytes of a tile of the present log.
    pub(crate) async fn tile(&self, path: TilePath) -> Result<Vec<u8>, Refusal> {
        let absent = || Refusal::NotFound {
            code: "TILE_NOT_FOUND",
            reason: format!("the log has no {path} yet"),
        };
        if !path.is_in_tree(self.store.size().await?) {
            return Err(absent());
        }
        let first = path.nodes().next().ok_or_else(absent)?;
        let (found, bytes) = match path.kind() {
            TileKind::Hashes(_) => {
                let hashes = self.store.row(first, path.width()).await?;
                (hashes.len(), hash_tile(&hashes))
            }
            TileKind::Entries => {
                let first = path.entries().next().ok_or_else(absent)?;
                let entries = self.store.entries(first, path.width()).await?;
                (entries.len(), entry_bundle(&entries))
            }
        };
        // The size was read first and the log only grows, so less than that means damage, which must not be served as a tile.
        if found == usize::from(path.width()) {
            Ok(bytes)
        } else {
            Err(damaged(format!("{path} has {found} members")))
        }
    }

    /// The head at a size that the log has or had.
    async fn checkpoint_at(&self, size: TreeSize) -> Result<Checkpoint, Refusal> {
        let known = self.store.nodes(&Frontier::nodes(size)).await?;
        self.sign(&Frontier::of(size, &known).map_err(damaged)?.head())
    }

    fn sign(&self, head: &TreeHead) -> Result<Checkpoint, Refusal> {
        Checkpoint::sign(head, &self.signer).map_err(damaged)
    }
}

/// A size that the log has had.
fn of_log(asked: u64, present: TreeSize) -> Result<TreeSize, Refusal> {
    match TreeSize::try_from(asked) {
        Ok(size) if size <= present => Ok(size),
        _ => Err(Refusal::NotFound {
            code: "TREE_SIZE_NOT_FOUND",
            reason: ProofRefusal::Shrunk {
                from: TreeSize::try_from(asked).unwrap_or(present),
                to: present,
            }
            .to_string(),
        }),
    }
}

/// What was stored contradicts itself: no answer is better than a wrong one.
pub(super) fn damaged(cause: impl std::fmt::Display) -> Refusal {
    Refusal::Failed {
        code: "LOG_DAMAGED",
        reason: cause.to_string(),
    }
}
