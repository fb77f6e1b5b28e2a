//! Receipts in the golden files: those of the golden event, by a log whose key is no secret.

use std::convert::Infallible;

use certified_evidence::log::{Checkpoint, InclusionProof, LogSigner, Tree};
use certified_evidence::wire::chronicle::{Receipt, StoredEvent};
use certified_evidence::{KeyAlgorithm, SigningKey};
use rand_core::{TryCryptoRng, TryRng};
use serde_json::Value;

use crate::up::Up;

/// Makes known what the log of this run made up, after everything else in the answer about its first event is known.
pub(crate) fn learn(up: &mut Up, reply: &Value) {
    let event: StoredEvent = up.golden.said(&reply["event"]);
    let golden = serde_json::to_value(golden(&event)).unwrap();
    // The checkpoint before the hash that stands in it: what is replaced first is looked for as it was.
    for member in ["checkpoint", "entry", "leaf_hash"] {
        let actual = reply["receipt"][member].as_str().unwrap().to_owned();
        up.golden.learn(&actual, golden[member].as_str().unwrap());
    }
}

/// The receipt of the first entry of a log.
fn golden(event: &StoredEvent) -> Receipt {
    let entry = Receipt::entry_of(event).unwrap();
    let mut tree = Tree::new();
    let index = tree.push(entry.leaf_hash()).unwrap();
    let proof = InclusionProof::make(index, tree.size(), &tree).unwrap();
    Receipt::new(entry, &proof, Checkpoint::sign(&tree.head(), &signer()).unwrap())
}

/// Who signs the golden files.
pub(crate) fn signer() -> LogSigner {
    LogSigner::ecdsa("chronicle.local-only.invalid/log".parse().unwrap(), key(7)).unwrap()
}

/// A key that everybody knows.
pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::generate(KeyAlgorithm::EcdsaP256, &mut Known(number)).unwrap()
}

/// No randomness at all.
pub(crate) struct Known(pub(crate) u8);

impl TryRng for Known {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes([self.0; 4]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes([self.0; 8]))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(self.0);
        Ok(())
    }
}

impl TryCryptoRng for Known {}

#[test]
fn the_golden_receipt_proves_the_golden_event() {
    let read = |name: &str| {
        let path = format!("{}/../../fixtures/wire/chronicle/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).unwrap()
    };
    let shown: certified_evidence::wire::chronicle::ShownEvent =
        serde_json::from_slice(&read("event.reply.json")).unwrap();
    let receipt = shown.receipt.unwrap();
    receipt.verify(signer().key()).unwrap();
    receipt.is_about(&shown.event).unwrap();
}
