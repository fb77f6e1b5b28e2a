//! Every bit of a release's evidence and of its published tarball turned over, and both cut off at every byte: nothing of it may be
//! accepted, and nothing may panic.
//!
//! The bits are turned over twice: in the text of the document, and in the bytes that stand in it as base64 (certificate, chain, signatures,
//! checkpoints, proofs, timestamps, entries of logs), spelled anew as the document spells them.
//!
//! `cargo test --release -p certified-verify --test flips` tries a sample, the same on every machine; with `CERTIFIED_FLIPS=all` in the
//! environment it tries all of them on as many threads as there are processors, which takes minutes, and says how many there were.
//!
//! A release that nobody witnessed has no statement, and so tells two things that no signature covers: [`HINTS`]. A change there is looked
//! for too: it must leave everything else as it was. A witnessed release has none.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]
#![allow(dead_code, unused_imports, reason = "what other tests need of a release")]

mod release;

use std::collections::BTreeSet;
use std::env;
use std::io::Write as _;
use std::thread;

use base64ct::{Base64, Encoding as _};
use certified_evidence::{Certificate, Evidence};
use certified_verify::{Asked, PublishedTarball, judge};
use release::Release;
use serde_json::Value;

/// Places of an unwitnessed release that only inform, and why they may.
const HINTS: [(&str, &str); 2] = [
    (
        "/packed_by",
        "says whose rules selected the files; the files themselves are what is signed",
    ),
    (
        "/archive/r2_location",
        "says where to look for a copy; the copy is compared with the signed digest",
    ),
];

#[test]
fn no_bit_of_the_evidence_can_be_turned_over() {
    Case::new(Release::good(), &[]).flip_text();
}

#[test]
fn no_bit_of_what_the_evidence_has_in_base64_can_be_turned_over() {
    Case::new(Release::good(), &[]).flip_contents();
}

#[test]
fn no_bit_of_the_evidence_of_an_unwitnessed_release_can_be_turned_over() {
    let case = Case::new(Release::unwitnessed(), &HINTS);
    case.flip_text();
    case.flip_contents();
}

#[test]
fn no_text_of_the_evidence_can_be_cut_off() {
    for case in [
        Case::new(Release::good(), &[]),
        Case::new(Release::unwitnessed(), &HINTS),
    ] {
        case.cut_texts();
    }
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
    let case = Case::new(Release::good(), &[]);
    let bytes = &case.release.published;
    let flips = sample(bytes.len() * 8, 64);
    case.refuses_all("bits of the published tarball", flips, |case, bit| {
        case.accepts_tarball(flipped(bytes, bit))
    });
    let lengths = sample(bytes.len(), 4);
    case.refuses_all("lengths of the published tarball", lengths, |case, length| {
        case.accepts_tarball(bytes[..length].to_vec())
    });
}

struct Case {
    release: Release,
    tarball: PublishedTarball,
    whole: Value,
    hints: BTreeSet<String>,
}

impl Case {
    fn new(release: Release, hints: &[(&str, &str)]) -> Self {
        let whole = serde_json::to_value(&release.evidence).unwrap();
        let tarball = PublishedTarball::open(release.published.clone()).unwrap();
        let case = Self {
            release,
            tarball,
            whole,
            hints: hints.iter().map(|(place, _)| (*place).to_owned()).collect(),
        };
        assert!(case.holds(&case.release.evidence));
        case
    }

    fn flip_text(&self) {
        let text = serde_json::to_vec(&self.release.evidence).unwrap();
        let flips = sample(text.len() * 8, 1024);
        self.refuses_all("bits of the text", flips, |case, bit| {
            case.accepts(&flipped(&text, bit))
        });
    }

    fn flip_contents(&self) {
        let mut texts = Vec::new();
        leaves(&self.whole, "", &mut texts);
        let contents: Vec<_> = texts
            .iter()
            .filter_map(|(place, text)| Some((place, Contents::of(text)?)))
            .collect();
        // Two certificates, two signatures, and whatever the witnesses have to say.
        assert!(contents.len() >= 4, "{contents:?}");
        let places: Vec<_> = contents
            .iter()
            .flat_map(|(place, contents)| (0..contents.bytes().len() * 8).map(move |bit| (place, contents, bit)))
            .collect();
        let flips = sample(places.len(), 1024);
        self.refuses_all("bits in base64", flips, |case, number| {
            let (place, contents, bit) = places[number];
            case.accepts_value(place, &contents.spelled(&flipped(contents.bytes(), bit)))
        });
    }

    fn cut_texts(&self) {
        let mut texts = Vec::new();
        leaves(&self.whole, "", &mut texts);
        let cuts: Vec<(&str, &str)> = texts
            .iter()
            .filter_map(|(place, value)| Some((place.as_str(), value.as_str()?)))
            .flat_map(|(place, text)| (0..text.len()).filter_map(move |length| Some((place, text.get(..length)?))))
            .collect();
        self.refuses_all("texts cut off", sample(cuts.len(), 128), |case, number| {
            let (place, cut) = cuts[number];
            case.accepts_value(place, cut)
        });
    }

    /// Tries all of the numbers, on every processor. What is accepted may differ in hints alone.
    fn refuses_all(&self, what: &str, numbers: Vec<usize>, accepts: impl Fn(&Self, usize) -> BTreeSet<String> + Sync) {
        assert!(numbers.len() > 20, "{} {what}", numbers.len());
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let some = |first: usize| -> BTreeSet<String> {
            let numbers = numbers.iter().skip(first).step_by(threads);
            numbers.flat_map(|number| accepts(self, *number)).collect()
        };
        let accepted: BTreeSet<String> = thread::scope(|scope| {
            let running: Vec<_> = (0..threads).map(|first| scope.spawn(move || some(first))).collect();
            running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert!(accepted.is_subset(&self.hints), "{what}: {accepted:?}");
        if all() {
            // Not captured: whoever tries all of them wants to know how many there were.
            let said = format!("{} {what}, accepted {accepted:?}\n", numbers.len());
            std::io::stderr().write_all(said.as_bytes()).unwrap();
        }
    }

    fn accepts_value(&self, place: &str, text: &str) -> BTreeSet<String> {
        let mut changed = self.whole.clone();
        *changed.pointer_mut(place).unwrap() = Value::from(text);
        self.accepts(&serde_json::to_vec(&changed).unwrap())
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

    fn accepts_tarball(&self, bytes: Vec<u8>) -> BTreeSet<String> {
        let release = &self.release;
        let accepted = PublishedTarball::open(bytes).is_ok_and(|tarball| {
            let judgement = judge(&tarball, &release.evidence, &release.anchors, &Asked::default());
            judgement.outcome.is_ok()
        });
        accepted.then(|| "the tarball".to_owned()).into_iter().collect()
    }

    fn holds(&self, evidence: &Evidence) -> bool {
        let judgement = judge(&self.tarball, evidence, &self.release.anchors, &Asked::default());
        judgement.outcome.is_ok()
    }
}

/// Bytes that a text stands for.
#[derive(Debug)]
enum Contents {
    Pem(Vec<u8>),
    Base64(Vec<u8>),
    /// A checkpoint: its text, and the signature at its end.
    Note(String, Vec<u8>),
}

impl Contents {
    fn of(value: &Value) -> Option<Self> {
        let text = value.as_str()?;
        if text.starts_with("-----BEGIN CERTIFICATE") {
            return Some(Self::Pem(Certificate::from_pem(text).unwrap().der().to_vec()));
        }
        if let Some((head, signature)) = text.trim_end().rsplit_once(' ')
            && text.contains("\n\n\u{2014} ")
        {
            let signature = Base64::decode_vec(signature).unwrap();
            return Some(Self::Note(head.to_owned(), signature));
        }
        let bytes = Base64::decode_vec(text).ok().filter(|bytes| bytes.len() >= 32);
        bytes.map(Self::Base64)
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Pem(bytes) | Self::Base64(bytes) | Self::Note(_, bytes) => bytes,
        }
    }

    /// Other bytes, spelled as these are.
    fn spelled(&self, bytes: &[u8]) -> String {
        match self {
            Self::Pem(_) => pem(bytes),
            Self::Base64(_) => Base64::encode_string(bytes),
            Self::Note(head, _) => format!("{head} {}\n", Base64::encode_string(bytes)),
        }
    }
}

/// RFC 7468, whatever the bytes are.
fn pem(der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed[bit / 8] ^= 1 << (bit % 8);
    changed
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
fn sample(count: usize, out_of: usize) -> Vec<usize> {
    // Fibonacci hashing scatters evenly, whatever repeats in the text.
    let chosen = |number: &usize| all() || (number.wrapping_mul(0x9e37_79b9) >> 8).is_multiple_of(out_of);
    (0..count).filter(chosen).collect()
}

fn all() -> bool {
    env::var_os("CERTIFIED_FLIPS").is_some_and(|value| value == "all")
}
