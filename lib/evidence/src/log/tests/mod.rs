//! The log's proofs and formats, against definitions written down a second time and against vectors of others.

mod checkpoints;
mod flips;
mod notes;
mod proofs;
mod split_views;
mod tiles;
mod wycheproof;

use super::*;
use crate::{KeyAlgorithm, SigningKey};

/// Different for each index.
fn leaf(index: u64) -> LeafHash {
    LeafHash::of(format!("entry {index}").as_bytes())
}

/// The tree of the first entries.
fn tree(size: u64) -> Tree {
    let mut tree = Tree::new();
    for index in 0..size {
        assert_eq!(tree.push(leaf(index)), Ok(at(index)));
    }
    tree
}

fn size(number: u64) -> TreeSize {
    number.try_into().unwrap()
}

fn at(number: u64) -> LeafIndex {
    number.try_into().unwrap()
}

fn signer(name: &str) -> LogSigner {
    let key = SigningKey::generate(KeyAlgorithm::EcdsaP256, &mut crate::key::tests::rng()).unwrap();
    LogSigner::ecdsa(name.parse().unwrap(), key).unwrap()
}

/// The same numbers in every run (xorshift64*), for cases that are drawn and must be found again.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % bound
    }
}
