//! Every bit of a release's evidence and of its published tarball turned over, and both cut off at every byte: nothing of it may be
//! accepted, and nothing may panic.
//!
//! `cargo test --release -p certified-verify --test flips` tries a sample, the same on every machine; with `CERTIFIED_FLIPS=all` in the
//! environment it tries all of them, which takes minutes.
//!
//! What no signature covers, and what a stranger is therefore not told as proven, is in [`HINTS`], each with its reason. A change there
//! is looked for too: it must leave everything else as it was.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]
#![allow(dead_code, unused_imports, reason = "what other tests need of a release")]

mod release;

use std::collections::BTreeSet;
use std::env;

use certified_evidence::Evidence;
use certified_verify::{Asked, PublishedTarball, judge};
use release::Release;
use serde_json::Value;

/// Places of the evidence that only inform, and why they may.
const HINTS: [(&str, &str); 10] = [
    (
        "/certificate/chain/0",
        "white space of the armour; the authority's signature covers every byte inside",
    ),
    (
        "/signed_at",
        "the clock of the signer, within an hour; an authority of time says when",
    ),
    (
        "/packed_by",
        "says whose rules selected the files; the files themselves are what is signed",
    ),
    (
        "/archive/r2_location",
        "says where to look for a copy; the copy is compared with the signed digest",
    ),
    (
        "/archive/r2_url",
        "says where to look for a copy; the copy is compared with the signed digest",
    ),
    (
        "/event/chronicle_url",
        "says where to look for the event; the log's receipt proves the event",
    ),
    (
        "/certificate/pem",
        "white space of the armour; the fingerprint pins every byte inside",
    ),
    (
        "/certified/filename",
        "npm's name for the file; name and version are in the signed manifest",
    ),
    (
        "/certified/integrity",
        "a second digest of bytes whose first one is signed",
    ),
    ("/certified/shasum", "a third digest of bytes whose first one is signed"),
];

#[test]
fn no_bit_of_the_evidence_can_be_turned_over() {
    let case = Case::new();
    let text = serde_json::to_vec(&case.release.evidence).unwrap();
    let mut accepted = BTreeSet::new();
    for bit in sample(text.len() * 8, 1024) {
        let mut changed = text.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        accepted.extend(case.accepts(&changed));
    }
    assert!(accepted.is_subset(&hints()), "{accepted:?}");
}

#[test]
fn no_text_of_the_evidence_can_be_cut_off() {
    let case = Case::new();
    let whole = serde_json::to_value(&case.release.evidence).unwrap();
    let mut accepted = BTreeSet::new();
    let mut texts = Vec::new();
    leaves(&whole, "", &mut texts);
    for (place, value) in texts {
        let Some(text) = value.as_str() else { continue };
        for length in sample(text.len(), 128) {
            let Some(cut) = text.get(..length) else { continue };
            let mut changed = whole.clone();
            *changed.pointer_mut(&place).unwrap() = Value::from(cut);
            accepted.extend(case.accepts(&serde_json::to_vec(&changed).unwrap()));
        }
    }
    assert!(accepted.is_subset(&hints()), "{accepted:?}");
}

#[test]
fn no_evidence_is_read_that_ends_early() {
    let text = serde_json::to_vec(&Release::good().evidence).unwrap();
    for length in 0..text.len() {
        assert!(serde_json::from_slice::<Evidence>(&text[..length]).is_err(), "{length}");
    }
}

#[test]
fn no_bit_of_the_published_tarball_can_be_turned_over_and_no_byte_left_out_at_its_end() {
    let case = Case::new();
    let bytes = &case.release.published;
    for bit in sample(bytes.len() * 8, 64) {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(!case.accepts_tarball(changed), "bit {bit}");
    }
    for length in sample(bytes.len(), 4) {
        assert!(!case.accepts_tarball(bytes[..length].to_vec()), "{length} bytes");
    }
}

struct Case {
    release: Release,
    tarball: PublishedTarball,
    whole: Value,
}

impl Case {
    fn new() -> Self {
        let release = Release::good();
        let whole = serde_json::to_value(&release.evidence).unwrap();
        let tarball = PublishedTarball::open(release.published.clone()).unwrap();
        let case = Self {
            release,
            tarball,
            whole,
        };
        assert!(case.holds(&case.release.evidence));
        case
    }

    /// The places in which evidence differs that is accepted all the same; `the same` when it says the very same in other words.
    fn accepts(&self, text: &[u8]) -> BTreeSet<String> {
        let Ok(evidence) = serde_json::from_slice::<Evidence>(text) else {
            return BTreeSet::new();
        };
        if !self.holds(&evidence) {
            return BTreeSet::new();
        }
        let found = serde_json::to_value(&evidence).unwrap();
        let changed = differing(&self.whole, &found);
        if changed.is_empty() {
            return BTreeSet::from(["the same".to_owned()]);
        }
        changed
    }

    fn accepts_tarball(&self, bytes: Vec<u8>) -> bool {
        let release = &self.release;
        PublishedTarball::open(bytes).is_ok_and(|tarball| {
            let judgement = judge(&tarball, &release.evidence, &release.anchors, &Asked::default());
            judgement.outcome.is_ok()
        })
    }

    fn holds(&self, evidence: &Evidence) -> bool {
        let judgement = judge(&self.tarball, evidence, &self.release.anchors, &Asked::default());
        judgement.outcome.is_ok()
    }
}

fn hints() -> BTreeSet<String> {
    HINTS.iter().map(|(place, _)| (*place).to_owned()).collect()
}

/// JSON pointers of all values in which two documents differ.
fn differing(one: &Value, other: &Value) -> BTreeSet<String> {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    leaves(one, "", &mut a);
    leaves(other, "", &mut b);
    let (a, b): (BTreeSet<_>, BTreeSet<_>) = (a.iter().map(told).collect(), b.iter().map(told).collect());
    a.symmetric_difference(&b).map(|(place, _)| place.clone()).collect()
}

fn told((place, value): &(String, Value)) -> (String, String) {
    (place.clone(), value.to_string())
}

fn leaves(value: &Value, place: &str, found: &mut Vec<(String, Value)>) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(key, value)| (escaped(key), value)).collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, value)| (at.to_string(), value))
            .collect(),
        leaf => return found.push((place.to_owned(), leaf.clone())),
    };
    for (key, value) in below {
        leaves(value, &format!("{place}/{key}"), found);
    }
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// All numbers below `count`, or one out of so many, scattered and the same each time.
fn sample(count: usize, out_of: usize) -> impl Iterator<Item = usize> {
    let all = env::var_os("CERTIFIED_FLIPS").is_some_and(|value| value == "all");
    // Fibonacci hashing scatters evenly, whatever repeats in the text.
    let chosen = move |number: &usize| all || (number.wrapping_mul(0x9e37_79b9) >> 8).is_multiple_of(out_of);
    (0..count).filter(chosen)
}
