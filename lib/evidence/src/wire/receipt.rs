//! What whoever recorded something takes home: the proof that it is in the log.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::chronicle::StoredEvent;
use crate::canonical_json::{CanonicalJsonError, canonical_json};
use crate::log::{
    Checkpoint, CheckpointError, Entry, EntryError, Included, InclusionProof, LeafHash, LeafIndex, LogKey,
    ProofRefusal, TreeHash, TreeSize, TrustedHead,
};

/// The proof that an entry is in the Chronicle's log: the entry as the log hashed it, the way from it to the root, and the log's signature
/// under that root.
///
/// It is about the smallest tree that holds the entry, so asking again gives the same bytes. It proves without asking anybody.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Receipt {
    /// Where in the log the entry stands.
    pub log_index: LeafIndex,
    /// The entry's hash in the tree.
    pub leaf_hash: LeafHash,
    /// The entry itself; for an event its canonical JSON (RFC 8785).
    pub entry: Entry,
    /// The way to the root.
    pub inclusion_proof: ReceiptProof,
    /// The log's signature under size and root.
    pub checkpoint: Checkpoint,
}

/// The way from an entry to the root of a tree (RFC 6962, section 2.1.1).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ReceiptProof {
    /// How many entries the tree has.
    pub tree_size: TreeSize,
    /// The hashes beside the way, the entry's sibling first.
    pub hashes: Vec<TreeHash>,
}

/// Why a receipt proves nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptRefusal {
    /// The entry and its hash contradict each other.
    #[error("the receipt's entry has the hash {computed}, it says {said}")]
    OtherLeaf {
        /// What the entry hashes to.
        computed: LeafHash,
        /// What the receipt says.
        said: LeafHash,
    },
    /// The entry is not in the tree of the checkpoint.
    #[error("the receipt's entry is not in the log: {0}")]
    Proof(#[from] ProofRefusal),
    /// The checkpoint is not the log's.
    #[error("the receipt's checkpoint cannot be believed: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The entry is about something else than the answer that came with it.
    #[error("the log's entry is another event than the one in the answer")]
    OtherEvent,
    /// The entry is spelled otherwise than the log spells events.
    #[error("the log's entry is not canonical JSON")]
    NotCanonical,
    /// The entry is not JSON of an event.
    #[error("the log's entry is no event: {0}")]
    NoEvent(#[from] serde_json::Error),
}

impl Receipt {
    /// The receipt for an entry.
    pub fn new(entry: Entry, proof: &InclusionProof, checkpoint: Checkpoint) -> Self {
        Self {
            log_index: proof.index(),
            leaf_hash: entry.leaf_hash(),
            entry,
            inclusion_proof: ReceiptProof {
                tree_size: proof.size(),
                hashes: proof.path().to_vec(),
            },
            checkpoint,
        }
    }

    /// The entry that stands for an event in the log.
    ///
    /// # Errors
    /// [`EventEntryError`] when the event has a number that JSON's readers would round, or is too long for a log.
    pub fn entry_of(event: &StoredEvent) -> Result<Entry, EventEntryError> {
        Ok(Entry::new(canonical_json(&serde_json::to_value(event)?)?)?)
    }

    /// Checks that the entry is in the tree that the checkpoint speaks of. Whether the checkpoint is the log's is not asked; that is for
    /// whoever does not know the log's key.
    ///
    /// # Errors
    /// [`ReceiptRefusal::OtherLeaf`] and [`ReceiptRefusal::Proof`].
    pub fn included(&self) -> Result<Included, ReceiptRefusal> {
        let computed = self.entry.leaf_hash();
        if computed != self.leaf_hash {
            return Err(ReceiptRefusal::OtherLeaf {
                computed,
                said: self.leaf_hash,
            });
        }
        let proof = &self.inclusion_proof;
        let proof = InclusionProof::new(self.log_index, proof.tree_size, proof.hashes.clone());
        Ok(proof.verify(computed, self.checkpoint.stated_head())?)
    }

    /// Checks everything: that the log with this key signed a tree, and that the entry is in it.
    ///
    /// # Errors
    /// [`ReceiptRefusal`], with the fact that was wrong.
    pub fn verify(&self, log: &LogKey) -> Result<Proven, ReceiptRefusal> {
        Ok(Proven {
            head: self.checkpoint.verify(log)?,
            included: self.included()?,
        })
    }

    /// Checks that the entry is this event in its canonical form. Members of the entry that this version does not know are passed over.
    ///
    /// # Errors
    /// [`ReceiptRefusal::NoEvent`], [`ReceiptRefusal::NotCanonical`] and [`ReceiptRefusal::OtherEvent`].
    pub fn is_about(&self, event: &StoredEvent) -> Result<(), ReceiptRefusal> {
        let said: Value = serde_json::from_slice(self.entry.as_bytes())?;
        // A second spelling could say one thing to this reader and another to the next, with a member twice for example.
        if canonical_json(&said).ok().as_deref() != Some(self.entry.as_bytes()) {
            return Err(ReceiptRefusal::NotCanonical);
        }
        let recorded: StoredEvent = serde_json::from_value(said)?;
        if recorded == *event {
            Ok(())
        } else {
            Err(ReceiptRefusal::OtherEvent)
        }
    }
}

/// Proof that an entry is in a log. Only [`Receipt::verify`] can make one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Proven {
    head: TrustedHead,
    included: Included,
}

impl Proven {
    /// The head that the log signed.
    pub const fn head(&self) -> &TrustedHead {
        &self.head
    }

    /// What is in the tree of that head, and where.
    pub const fn included(&self) -> &Included {
        &self.included
    }
}

/// Why an event cannot stand in a log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EventEntryError {
    /// JSON's writer is fallible; for an event it never fails.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// No canonical text.
    #[error(transparent)]
    Canonical(#[from] CanonicalJsonError),
    /// Too long.
    #[error(transparent)]
    Entry(#[from] EntryError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{LogSigner, Tree};
    use crate::wire::chronicle::ShownEvent;
    use crate::{KeyAlgorithm, SigningKey};

    fn event() -> StoredEvent {
        let golden = include_str!("../../../../fixtures/wire/chronicle/event.reply.json");
        serde_json::from_str(golden).unwrap()
    }

    fn signer(name: &str) -> LogSigner {
        let key = SigningKey::generate(KeyAlgorithm::EcdsaP256, &mut crate::key::tests::rng()).unwrap();
        LogSigner::ecdsa(name.parse().unwrap(), key).unwrap()
    }

    /// The receipt of the third of three entries.
    fn receipt(signer: &LogSigner) -> Receipt {
        let entry = Receipt::entry_of(&event()).unwrap();
        let mut tree = Tree::new();
        for leaf in [LeafHash::of(b"one"), LeafHash::of(b"two"), entry.leaf_hash()] {
            tree.push(leaf).unwrap();
        }
        let proof = InclusionProof::make(2.try_into().unwrap(), tree.size(), &tree).unwrap();
        Receipt::new(entry, &proof, Checkpoint::sign(&tree.head(), signer).unwrap())
    }

    #[test]
    fn a_receipt_survives_its_json_and_proves_its_event() {
        let signer = signer("log.example.com");
        let receipt = receipt(&signer);
        let json = serde_json::to_string(&receipt).unwrap();
        assert_eq!(serde_json::from_str::<Receipt>(&json).unwrap(), receipt);
        let proven = receipt.verify(signer.key()).unwrap();
        assert_eq!(proven.included().index(), receipt.log_index);
        assert_eq!(proven.head().head(), proven.included().head());
        assert!(receipt.is_about(&event()).is_ok());
        let text = std::str::from_utf8(receipt.entry.as_bytes()).unwrap();
        assert!(text.starts_with(r#"{"actor":"#), "{text}");
    }

    #[test]
    fn each_part_of_a_receipt_that_is_replaced_is_refused_by_name() {
        let (log, other) = (signer("log.example.com"), signer("log.example.com"));
        let good = receipt(&log);
        assert!(matches!(good.verify(other.key()), Err(ReceiptRefusal::Checkpoint(_))));
        let mut leaf = good.clone();
        leaf.leaf_hash = LeafHash::of(b"other");
        assert!(matches!(leaf.verify(log.key()), Err(ReceiptRefusal::OtherLeaf { .. })));
        let mut entry = good.clone();
        entry.entry = Entry::new("{}").unwrap();
        assert!(matches!(entry.verify(log.key()), Err(ReceiptRefusal::OtherLeaf { .. })));
        entry.leaf_hash = entry.entry.leaf_hash();
        assert!(matches!(entry.verify(log.key()), Err(ReceiptRefusal::Proof(_))));
        assert!(matches!(entry.is_about(&event()), Err(ReceiptRefusal::NoEvent(_))));
        let mut index = good.clone();
        index.log_index = 1.try_into().unwrap();
        assert!(matches!(index.included(), Err(ReceiptRefusal::Proof(_))));
        let mut size = good.clone();
        size.inclusion_proof.tree_size = 4.try_into().unwrap();
        assert!(matches!(size.included(), Err(ReceiptRefusal::Proof(_))));
        let mut spelled = good.clone();
        spelled.entry = Entry::new(serde_json::to_vec_pretty(&event()).unwrap()).unwrap();
        assert!(matches!(spelled.is_about(&event()), Err(ReceiptRefusal::NotCanonical)));
        let twice = [br#"{"actor":"x","#, &good.entry.as_bytes()[1..]].concat();
        spelled.entry = Entry::new(twice).unwrap();
        assert!(matches!(spelled.is_about(&event()), Err(ReceiptRefusal::NotCanonical)));
        let mut told = event();
        told.actor = "somebody else".to_owned();
        assert!(matches!(good.is_about(&told), Err(ReceiptRefusal::OtherEvent)));
    }

    #[test]
    fn an_event_is_read_with_its_receipt_and_without_one() {
        let event = event();
        let bare = serde_json::to_value(&event).unwrap();
        let read: ShownEvent = serde_json::from_value(bare).unwrap();
        assert_eq!((&read.event, &read.receipt), (&event, &None));
        let receipt = Some(receipt(&signer("log.example.com")));
        let shown = ShownEvent { event, receipt };
        let json = serde_json::to_value(&shown).unwrap();
        assert_eq!(serde_json::from_value::<ShownEvent>(json.clone()).unwrap(), shown);
        // Whoever knows no receipts reads the event as before.
        assert_eq!(serde_json::from_value::<StoredEvent>(json).unwrap(), shown.event);
    }
}
