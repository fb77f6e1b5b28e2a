//! The search for secrets, in whatever form.

use aho_corasick::AhoCorasick;

use crate::canary::{encodings, encodings_of_bytes};
use crate::gate::Behind;

/// A secret, and who may see it.
#[derive(Clone)]
pub(super) struct Canary {
    pub(super) name: &'static str,
    pub(super) encoded: Vec<(&'static str, Vec<u8>)>,
    pub(super) owners: &'static [Behind],
    /// Whether its owners are told it in the body, too.
    pub(super) in_bodies: bool,
    /// Whether it is one of those that `mode: credentials` is asked for.
    pub(super) to_hand_on: bool,
}

/// All forms of all secrets, looked for at once.
pub(super) struct Search {
    machine: AhoCorasick,
    forms: Vec<(usize, &'static str)>,
    canaries: Vec<Canary>,
}

impl Search {
    pub(super) fn of(canaries: Vec<Canary>) -> Self {
        let (mut forms, mut texts) = (Vec::new(), Vec::new());
        for (number, canary) in canaries.iter().enumerate() {
            for (form, text) in &canary.encoded {
                forms.push((number, *form));
                texts.push(text);
            }
        }
        Self {
            machine: AhoCorasick::new(texts).unwrap(),
            forms,
            canaries,
        }
    }

    pub(super) fn finds_nothing(&self, place: &str, bytes: &[u8]) {
        self.finds_only(place, bytes, |_| false);
    }

    /// Those that may be there are passed over.
    pub(super) fn finds_only(&self, place: &str, bytes: &[u8], may: impl Fn(&Canary) -> bool) {
        for found in self.machine.find_overlapping_iter(bytes) {
            let (number, form) = self.forms[found.pattern().as_usize()];
            let canary = &self.canaries[number];
            let around = &bytes[found.start().saturating_sub(200)..bytes.len().min(found.end() + 50)];
            assert!(
                may(canary),
                "{place}: {} as {form}: {}",
                canary.name,
                String::from_utf8_lossy(around)
            );
        }
    }
}

impl Canary {
    pub(super) fn of(name: &'static str, secret: &str, owners: &'static [Behind]) -> Self {
        Self {
            name,
            encoded: encodings(secret),
            owners,
            in_bodies: false,
            to_hand_on: false,
        }
    }

    /// How a key begins that nobody may see.
    pub(super) fn beginning(name: &'static str, bytes: &[u8]) -> Self {
        Self {
            encoded: encodings_of_bytes(bytes),
            ..Self::of(name, "nobody", &[])
        }
    }
}

/// RFC 5958 and 5480: up to the first byte of a P-256 key.
pub(crate) const PKCS8: &[u8] = b"\x30\x81\x87\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x04\x6d\x30\x6b\x02\x01\x01\x04\x20";
/// RFC 5915: the same.
pub(super) const SEC1: &[u8] = b"\x30\x77\x02\x01\x01\x04\x20";
