//! Ten thousand malformed and hostile tarballs: whatever arrives, the reader answers at once, in little memory, without a panic.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

mod generator;

use std::alloc::System;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use certified_pack::{Archive, Audit, Limits, ReadError};
use generator::item::Item;
use peakmem_alloc::{INSTRUMENTED_SYSTEM, PeakMemAlloc, PeakMemAllocTrait as _};

/// Counts what the reader asks of the system.
#[global_allocator]
static MEMORY: &PeakMemAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The memory is counted for the whole process, so one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

const CASES: u64 = 10_000;
/// A reader that is not done by then hangs.
const PATIENCE: Duration = Duration::from_secs(2);
/// What the reader needs for itself, whatever it reads.
const OWN: usize = 256 * 1024;

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.unpacked = 4 << 20;
    limits.entries = 5_000;
    limits
}

/// What the reader said, and how much memory it had at most while it read.
struct Answer {
    said: Result<Archive, ReadError>,
    audit: Result<Audit, ReadError>,
    peak: usize,
}

/// A reader in a thread of its own, so that one that hangs or panics is noticed.
struct Reader {
    ask: Sender<(Vec<u8>, Limits)>,
    answers: Receiver<Answer>,
}

impl Reader {
    fn new() -> Self {
        let (ask, asked) = channel::<(Vec<u8>, Limits)>();
        let (answer, answers) = channel();
        thread::spawn(move || {
            for (tgz, limits) in asked {
                MEMORY.reset_peak_memory();
                let said = Archive::open(&tgz, &limits);
                let peak = MEMORY.get_peak_memory();
                MEMORY.reset_peak_memory();
                let audit = Audit::open(&tgz, &limits);
                let peak = peak.max(MEMORY.get_peak_memory());
                answer.send(Answer { said, audit, peak }).unwrap();
            }
        });
        Self { ask, answers }
    }

    fn open(&self, what: &str, tgz: Vec<u8>, limits: Limits) -> Answer {
        // What it may unfold to, twice while its buffer grows, and the list of entries, which are smaller than their headers.
        let unfolds = tgz.len().saturating_mul(limits.ratio).min(limits.unpacked);
        let allowed = OWN + 3 * unfolds;
        self.ask.send((tgz, limits)).unwrap();
        let answer = self.answers.recv_timeout(PATIENCE);
        let answer = answer.unwrap_or_else(|error| panic!("the reader hangs or panics on {what}: {error}"));
        let peak = answer.peak;
        assert!(peak <= allowed, "{what}: {peak} bytes of memory, {allowed} allowed");
        answer
    }
}

#[test]
fn ten_thousand_hostile_tarballs_are_read_or_refused_at_once_and_in_little_memory() {
    let _alone = ALONE.lock();
    let reader = Reader::new();
    let (mut accepted, mut refusals) = (0_u64, std::collections::BTreeSet::new());
    for number in 0..CASES {
        let case = generator::case(number);
        let what = format!("case {}: {:?}", case.number, case.tricks);
        let Answer { said, audit, .. } = reader.open(&what, case.tgz, limits());
        audited(&what, &said, &audit);
        match said {
            Ok(archive) => {
                assert!(!case.refused, "accepted: {what}");
                assert!(archive.entries().iter().all(|entry| is_inside(&entry.path)), "{what}");
                accepted += 1;
            }
            Err(refusal) => {
                assert!(!case.tricks.is_empty(), "{what}: {refusal}");
                refusals.insert(kind(&refusal));
            }
        }
    }
    // Neither a reader that refuses everything passes, nor a generator that has lost its variety.
    assert!((CASES / 10..CASES / 2).contains(&accepted), "{accepted} accepted");
    assert!(refusals.len() >= 45, "{refusals:#?}");
}

#[test]
fn a_tarball_cut_after_any_byte_is_refused() {
    let _alone = ALONE.lock();
    let reader = Reader::new();
    let case = (0..).map(generator::case).find(|case| case.tricks.is_empty()).unwrap();
    for cut in 0..case.tgz.len() {
        let Answer { said, audit, .. } = reader.open("a cut", case.tgz[..cut].to_vec(), limits());
        assert!(said.is_err() && audit.is_err(), "{cut}");
    }
    reader.open("the whole", case.tgz, limits()).said.unwrap();
}

#[test]
fn a_tarball_of_more_entries_than_the_default_allows_is_refused_in_bounded_memory() {
    let _alone = ALONE.lock();
    let limits = Limits::default();
    let mut tar = Vec::new();
    for number in 0..=limits.entries {
        Item::file(&format!("package/{number}"), b"").write(&mut tar);
    }
    tar.resize(tar.len() + 1024, 0);
    let before = tar.len();
    MEMORY.reset_peak_memory();
    let refusal = Archive::from_tar(tar, &limits).unwrap_err();
    assert_eq!(refusal, ReadError::TooManyEntries { limit: limits.entries });
    assert!(MEMORY.get_peak_memory() < before, "{} bytes", MEMORY.get_peak_memory());
}

/// An audit sees what the strict reader sees, and elsewhere remarks on what that one refuses.
fn audited(what: &str, said: &Result<Archive, ReadError>, audit: &Result<Audit, ReadError>) {
    let Ok(audit) = audit else {
        return assert!(said.is_err(), "the audit refuses what is accepted: {what}");
    };
    assert!(audit.entries().iter().all(|entry| is_inside(&entry.path)), "{what}");
    match said {
        Ok(archive) => {
            assert_eq!(audit.entries(), archive.entries(), "{what}");
            assert_eq!(audit.remarks(), [], "{what}");
        }
        Err(refusal) => assert!(!audit.remarks().is_empty(), "{what}: no word about {refusal}"),
    }
}

/// A path below the root that every system takes for one below the root.
fn is_inside(path: &str) -> bool {
    let segments = || path.split(['/', '\\']);
    !path.starts_with(['/', '\\'])
        && !path.contains('\0')
        && segments().all(|segment| segment != ".." && segment != ".")
}

/// The name of the refusal, down to the innermost.
fn kind(refusal: &ReadError) -> String {
    let debug = format!("{refusal:?}");
    let names = debug.split(['(', '{', ' ', ',', ':', ')', '}']);
    names
        .filter(|name| name.starts_with(|first: char| first.is_ascii_uppercase()))
        .collect::<Vec<_>>()
        .join(" ")
}
