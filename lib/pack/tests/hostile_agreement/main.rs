//! Whatever the strict reader accepts, npm and GNU tar accept too, and see the same in it: the same files in the same order,
//! with the same bytes. Where they would differ it refuses, so that nobody can sign one package and install another.
//!
//! Needs `node` with `npm`, and `tar` (GNU): without them these tests fail.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

#[path = "../hostile/generator/mod.rs"]
mod generator;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use certified_pack::{Archive, Audit, Entry, EntryKind, Limits, Remark};
use generator::Case;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const CASES: u64 = 10_000;
/// GNU tar is a process for each question, so it is asked about some.
const ASKED_OF_TAR: usize = 150;

/// A tarball that is accepted, and what we see in it.
struct Read {
    name: String,
    what: String,
    tgz: Vec<u8>,
    /// Paths from the top, without the slash that may end a directory's, and contents.
    entries: Vec<(String, Entry, Vec<u8>)>,
    /// Files that npm lists and does not install. Only an audit leaves any out.
    outside: Vec<String>,
}

impl Read {
    fn strictly(case: &Case) -> Option<Self> {
        let archive = Archive::open(&case.tgz, &Limits::default()).ok()?;
        let file = |path: &str| archive.file(path).unwrap_or_default().to_vec();
        Some(Self::new(case, archive.root(), archive.entries(), file))
    }

    /// What only an audit accepts.
    fn audited(case: &Case) -> Option<Self> {
        let audit = Audit::open(&case.tgz, &Limits::default()).ok()?;
        let remarks = audit.remarks().iter();
        let outside = remarks.filter_map(|remark| match remark {
            Remark::Outside { path } => Some(path.clone()),
            _ => None,
        });
        let file = |path: &str| audit.file(path).unwrap_or_default().to_vec();
        (!audit.remarks().is_empty()).then(|| Self {
            outside: outside.collect(),
            ..Self::new(case, audit.root(), audit.entries(), file)
        })
    }

    fn new(case: &Case, root: &str, entries: &[Entry], file: impl Fn(&str) -> Vec<u8>) -> Self {
        let whole = |entry: &Entry| format!("{root}/{}", entry.path).trim_end_matches('/').to_owned();
        let entries = entries.iter();
        Self {
            name: format!("{:06}.tgz", case.number),
            what: format!(
                "case {}: {:?}, must be refused: {}",
                case.number, case.tricks, case.refused
            ),
            tgz: case.tgz.clone(),
            entries: entries
                .map(|entry| (whole(entry), entry.clone(), file(&entry.path)))
                .collect(),
            outside: Vec::new(),
        }
    }

    /// As npm's reader lists it.
    fn listed(&self) -> Value {
        let entries = self.entries.iter().map(|(path, entry, body)| {
            let mut sha256 = String::new();
            let hash = Sha256::digest(body);
            hash.iter().for_each(|byte| write!(sha256, "{byte:02x}").unwrap());
            let kind = match entry.kind {
                EntryKind::File => "File",
                EntryKind::Directory => "Directory",
            };
            json!({ "path": path, "type": kind, "size": body.len(), "mode": entry.mode, "sha256": sha256 })
        });
        json!({ "name": self.name, "entries": entries.collect::<Vec<_>>(), "warnings": [] })
    }
}

#[test]
fn npm_sees_the_same_in_every_tarball_that_is_accepted() {
    let read = &READ.strictly;
    assert!(read.len() > 1_000, "{}", read.len());
    let differing = read.iter().zip(npm(read)).filter_map(|(one, theirs)| {
        let ours = one.listed();
        (theirs != ours).then(|| format!("{}\n  ours:   {ours}\n  npm's:  {theirs}\n", one.what))
    });
    assert_eq!(differing.collect::<String>(), "");
}

#[test]
fn npm_sees_the_same_in_what_only_an_audit_accepts() {
    let read = &READ.audited;
    assert!(read.len() > 300, "{}", read.len());
    let differing = read.iter().zip(npm(read)).filter_map(|(one, mut theirs)| {
        let mut ours = one.listed();
        let is_outside = |entry: &Value| one.outside.iter().any(|path| *path == entry["path"]);
        entries(&mut theirs).retain(|entry| !is_outside(entry));
        // What is no mode is another one for each of us.
        for entry in entries(&mut ours).iter_mut().chain(entries(&mut theirs)) {
            entry.as_object_mut().unwrap().remove("mode");
        }
        (theirs != ours).then(|| format!("{}\n  ours:   {ours}\n  npm's:  {theirs}\n", one.what))
    });
    assert_eq!(differing.collect::<String>(), "");
}

fn entries(listed: &mut Value) -> &mut Vec<Value> {
    listed["entries"].as_array_mut().unwrap()
}

#[test]
fn gnu_tar_sees_the_same_in_tarballs_that_are_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let read = &READ.strictly;
    for one in read.iter().step_by((read.len() / ASKED_OF_TAR).max(1)) {
        let file = folder.path().join(&one.name);
        fs::write(&file, &one.tgz).unwrap();
        let names = tar(&["--list"], &file);
        assert!(names.status.success(), "{}: {names:?}", one.what);
        let names = String::from_utf8(names.stdout).unwrap().replace("/\n", "\n");
        let ours: String = one.entries.iter().map(|(path, ..)| format!("{path}\n")).collect();
        assert_eq!(names, ours, "{}", one.what);
        let bodies = tar(&["--extract", "--to-stdout"], &file);
        assert!(bodies.status.success(), "{}: {bodies:?}", one.what);
        let ours: Vec<u8> = one.entries.iter().flat_map(|(.., body)| body.clone()).collect();
        assert_eq!(bodies.stdout, ours, "{}", one.what);
    }
}

/// Made once for all tests.
static READ: LazyLock<All> = LazyLock::new(|| {
    let mut all = All::default();
    for case in (0..CASES).map(generator::case) {
        all.strictly.extend(Read::strictly(&case));
        all.audited.extend(Read::audited(&case));
    }
    all
});

/// Every tarball that is accepted.
#[derive(Default)]
struct All {
    strictly: Vec<Read>,
    /// What only an audit accepts.
    audited: Vec<Read>,
}

/// What npm sees in each.
fn npm(read: &[Read]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    for one in read {
        fs::write(folder.path().join(&one.name), &one.tgz).unwrap();
    }
    let listed = run(Command::new("node").arg(script()).arg(folder.path()));
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let listed = String::from_utf8(listed.stdout).unwrap();
    let lines: Vec<_> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), read.len());
    lines
}

fn script() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hostile_agreement/list.js"))
}

fn tar(what: &[&str], file: &Path) -> Output {
    let mut tar = Command::new("tar");
    tar.args(what);
    tar.args(["--gzip", "--quoting-style=literal", "--show-stored-names", "--file"])
        .arg(file);
    run(tar.env("LC_ALL", "C.UTF-8"))
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}
