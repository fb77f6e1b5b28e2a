//! What a log says about a signature: made from the log's own proof, and checked against the logs that are trusted.

use super::{Checkpoint, InclusionProof, KindVersion, LogId, TransparencyLogEntry};
use crate::anchors::{NotInForce, NotTrusted, TrustedLog, trusted_at};
use crate::digest::Digest;
use crate::hashed_rekord::{HashedRekord, HashedRekordError};
use crate::log;
use crate::time::Timestamp;

impl TransparencyLogEntry {
    /// The entry with the proof that the log gave for it.
    ///
    /// # Errors
    /// [`WitnessError::Entry`], which an entry that was read or made here never gives.
    pub fn of(
        entry: &HashedRekord,
        proof: &log::InclusionProof,
        checkpoint: &log::Checkpoint,
        key: &log::LogKey,
    ) -> Result<Self, WitnessError> {
        let index = proof.index().get();
        Ok(Self {
            log_index: index,
            log_id: LogId { key_id: *key.log_id() },
            kind_version: KindVersion {
                kind: HashedRekord::KIND.to_owned(),
                version: HashedRekord::VERSION.to_owned(),
            },
            integrated_time: None,
            inclusion_promise: None,
            inclusion_proof: InclusionProof {
                log_index: index,
                root_hash: *checkpoint.stated_head().root().as_bytes(),
                tree_size: proof.size().get(),
                hashes: proof.path().iter().map(|hash| *hash.as_bytes()).collect(),
                checkpoint: Checkpoint {
                    envelope: checkpoint.as_str().to_owned(),
                },
            },
            canonicalized_body: entry.to_canonical()?,
        })
    }

    /// Checks that a log which was trusted at that time signed a tree with this entry in it, and reads the entry. What the entry is
    /// about is then for [`HashedRekord::check`].
    ///
    /// # Errors
    /// [`WitnessError`], with the fact that was wrong.
    pub fn verify(&self, logs: &[TrustedLog], at: Timestamp) -> Result<HashedRekord, WitnessError> {
        let gave_it = logs.iter().filter(|log| log.key.log_id() == &self.log_id.key_id);
        let log = trusted_at(gave_it, at).map_err(|not| match not {
            NotTrusted::Unknown => WitnessError::UnknownLog {
                log_id: Digest::from_bytes(self.log_id.key_id),
            },
            NotTrusted::NotInForce(refused) => WitnessError::NotInForce(refused),
        })?;
        self.check_inclusion(&log.key)?;
        if self.kind_version.kind != HashedRekord::KIND || self.kind_version.version != HashedRekord::VERSION {
            return Err(WitnessError::OtherKind {
                found: format!(
                    "{} {}",
                    beginning(&self.kind_version.kind),
                    beginning(&self.kind_version.version)
                ),
            });
        }
        Ok(HashedRekord::parse(&self.canonicalized_body)?)
    }

    fn check_inclusion(&self, key: &log::LogKey) -> Result<(), WitnessError> {
        let stated = &self.inclusion_proof;
        let checkpoint: log::Checkpoint = stated.checkpoint.envelope.parse()?;
        let trusted = checkpoint.verify(key)?;
        if trusted.head().root().as_bytes() != &stated.root_hash || self.log_index != stated.log_index {
            return Err(WitnessError::Contradiction);
        }
        let path = stated
            .hashes
            .iter()
            .map(|hash| log::TreeHash::from_bytes(*hash))
            .collect();
        let proof = log::InclusionProof::new(stated.log_index.try_into()?, stated.tree_size.try_into()?, path);
        proof.verify(log::LeafHash::of(&self.canonicalized_body), trusted.head())?;
        Ok(())
    }
}

/// Why a log's word about a signature is not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessError {
    /// A log that is not trusted.
    #[error("expected an entry of a trusted log, found one of the unknown log {log_id}")]
    UnknownLog {
        /// The log's name.
        log_id: Digest,
    },
    /// A log that was not trusted then.
    #[error("the log {0}")]
    NotInForce(NotInForce),
    /// An entry of another kind.
    #[error("expected an entry of kind hashedrekord 0.0.2, found {found}")]
    OtherKind {
        /// The beginning of what was found.
        found: String,
    },
    /// An entry that cannot be read.
    #[error(transparent)]
    Entry(#[from] HashedRekordError),
    /// A checkpoint that is none, or that the log did not sign.
    #[error("the log's checkpoint: {0}")]
    Checkpoint(#[from] log::CheckpointError),
    /// Two indexes or two roots that differ.
    #[error("expected a log entry whose index and root are those of its proof, found others")]
    Contradiction,
    /// An index or a size beyond what any log can hold.
    #[error(transparent)]
    OutOfRange(#[from] log::OutOfRange),
    /// A proof that does not lead from the entry to the signed root.
    #[error("the inclusion proof: {0}")]
    Proof(#[from] log::ProofRefusal),
}

fn beginning(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::Certificate;
    use crate::certificate::tests::{START, issuing, profile, root};
    use crate::key::KeyAlgorithm;
    use crate::key::tests::key;
    use crate::signature::Signature;

    const ORIGIN: &str = "log.example/chronicle";

    struct Town {
        signer: log::LogSigner,
        signature: Signature,
        certificate: Certificate,
        entry: TransparencyLogEntry,
    }

    impl Town {
        fn new(signer: log::LogSigner) -> Self {
            let key = key(KeyAlgorithm::EcdsaP256);
            let certificate = issuing(&root(KeyAlgorithm::EcdsaP256)).issue(profile(&key)).unwrap();
            let signature = key.sign(b"tarball").unwrap();
            let entry = HashedRekord::new(Digest::of(b"tarball"), signature.clone(), &certificate).unwrap();
            let mut tree = log::Tree::new();
            for other in [b"one".as_slice(), b"two", &entry.to_canonical().unwrap(), b"four"] {
                tree.push(log::LeafHash::of(other)).unwrap();
            }
            let proof = log::InclusionProof::make(2.try_into().unwrap(), tree.size(), &tree).unwrap();
            let checkpoint = log::Checkpoint::sign(&tree.head(), &signer).unwrap();
            let entry = TransparencyLogEntry::of(&entry, &proof, &checkpoint, signer.key()).unwrap();
            Self {
                signer,
                signature,
                certificate,
                entry,
            }
        }

        fn trusted(&self) -> TrustedLog {
            TrustedLog {
                key: self.signer.key().clone(),
                valid_from: START,
                valid_until: Timestamp::LAST,
            }
        }

        fn changed(&self, change: impl FnOnce(&mut TransparencyLogEntry)) -> WitnessError {
            let mut entry = self.entry.clone();
            change(&mut entry);
            entry.verify(&[self.trusted()], START).unwrap_err()
        }
    }

    fn ecdsa() -> log::LogSigner {
        log::LogSigner::ecdsa(ORIGIN.parse().unwrap(), key(KeyAlgorithm::EcdsaP256)).unwrap()
    }

    #[test]
    fn an_entry_of_a_trusted_log_is_accepted_whichever_key_the_log_has() {
        let seed = crate::Secret::new([7; 32]);
        let ed25519 = log::LogSigner::ed25519(ORIGIN.parse().unwrap(), &seed).unwrap();
        for signer in [ecdsa(), ed25519] {
            let town = Town::new(signer);
            let entry = town.entry.verify(&[town.trusted()], START).unwrap();
            assert!(
                entry
                    .check(Digest::of(b"tarball"), &town.signature, &town.certificate)
                    .is_ok()
            );
        }
    }

    #[test]
    fn an_unknown_log_or_one_that_was_not_trusted_then_is_refused() {
        let town = Town::new(ecdsa());
        let stranger = Town::new(ecdsa()).trusted();
        let refused = town.entry.verify(&[stranger], START).unwrap_err();
        assert!(matches!(refused, WitnessError::UnknownLog { .. }));
        let early = town
            .entry
            .verify(&[town.trusted()], START.minus_seconds(1))
            .unwrap_err();
        assert!(matches!(early, WitnessError::NotInForce(_)));
        let elsewhere = TrustedLog {
            key: log::LogKey::from_spki_der("other.example".parse().unwrap(), &town.signer.key().spki_der()).unwrap(),
            ..town.trusted()
        };
        let refused = town.entry.verify(&[elsewhere], START).unwrap_err();
        assert!(matches!(refused, WitnessError::Checkpoint(_)), "{refused}");
    }

    #[test]
    fn an_entry_with_anything_changed_is_refused() {
        let town = Town::new(ecdsa());
        let proof = town.changed(|entry| entry.inclusion_proof.hashes[0][0] ^= 1);
        assert!(matches!(proof, WitnessError::Proof(_)), "{proof}");
        let body = town.changed(|entry| entry.canonicalized_body[20] ^= 1);
        assert!(matches!(body, WitnessError::Proof(_)), "{body}");
        let root = town.changed(|entry| entry.inclusion_proof.root_hash[0] ^= 1);
        assert!(matches!(root, WitnessError::Contradiction), "{root}");
        let index = town.changed(|entry| entry.log_index = 1);
        assert!(matches!(index, WitnessError::Contradiction), "{index}");
        let both = town.changed(|entry| (entry.log_index, entry.inclusion_proof.log_index) = (1, 1));
        assert!(matches!(both, WitnessError::Proof(_)), "{both}");
        let huge = town.changed(|entry| entry.inclusion_proof.tree_size = u64::MAX);
        assert!(matches!(huge, WitnessError::OutOfRange(_)), "{huge}");
        let note = town.changed(|entry| {
            entry.inclusion_proof.checkpoint.envelope = entry.inclusion_proof.checkpoint.envelope.replacen('4', "5", 1)
        });
        assert!(matches!(note, WitnessError::Checkpoint(_)), "{note}");
        let kind = town.changed(|entry| entry.kind_version.version = "0.0.9".to_owned());
        assert!(matches!(kind, WitnessError::OtherKind { .. }), "{kind}");
    }
}
