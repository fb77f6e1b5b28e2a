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

use certified_pack::{Archive, Entry, EntryKind, Limits};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const CASES: u64 = 10_000;
/// GNU tar is a process for each question, so it is asked about some.
const ASKED_OF_TAR: usize = 150;

/// A tarball that the strict reader accepts.
struct Accepted {
    name: String,
    what: String,
    tgz: Vec<u8>,
    archive: Archive,
}

fn accepted() -> Vec<Accepted> {
    let cases = (0..CASES).map(|number| (number, generator::case(number)));
    cases
        .filter(|(_, case)| !case.refused)
        .filter_map(|(number, case)| {
            let archive = Archive::open(&case.tgz, &Limits::default()).ok()?;
            Some(Accepted {
                name: format!("{number:06}.tgz"),
                what: format!("case {number}: {:?}", case.tricks),
                tgz: case.tgz,
                archive,
            })
        })
        .collect()
}

#[test]
fn npm_sees_the_same_in_every_tarball_that_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let accepted = accepted();
    for one in &accepted {
        fs::write(folder.path().join(&one.name), &one.tgz).unwrap();
    }
    let listed = run(Command::new("node").arg(script()).arg(folder.path()));
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let listed = String::from_utf8(listed.stdout).unwrap();
    let mut answers = listed.lines();
    let mut differing = Vec::new();
    for one in &accepted {
        let theirs: Value = serde_json::from_str(answers.next().unwrap()).unwrap();
        let ours = json!({ "name": one.name, "entries": entries(&one.archive), "warnings": [] });
        if theirs != ours {
            differing.push(format!("{}\n  ours:   {ours}\n  npm's:  {theirs}", one.what));
        }
    }
    assert!(accepted.len() > 1_000, "{}", accepted.len());
    assert!(
        differing.is_empty(),
        "{} differ\n{}",
        differing.len(),
        differing.join("\n")
    );
}

#[test]
fn gnu_tar_sees_the_same_in_tarballs_that_are_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let accepted = accepted();
    for one in accepted.iter().step_by((accepted.len() / ASKED_OF_TAR).max(1)) {
        let file = folder.path().join(&one.name);
        fs::write(&file, &one.tgz).unwrap();
        let names = tar(&["--list"], &file);
        assert!(names.status.success(), "{}: {names:?}", one.what);
        let names = String::from_utf8(names.stdout).unwrap().replace("/\n", "\n");
        assert_eq!(names, names_of(&one.archive), "{}", one.what);
        let bodies = tar(&["--extract", "--to-stdout"], &file);
        assert!(bodies.status.success(), "{}: {bodies:?}", one.what);
        assert_eq!(bodies.stdout, bodies_of(&one.archive), "{}", one.what);
    }
}

/// As npm's reader lists them.
fn entries(archive: &Archive) -> Vec<Value> {
    let entries = archive.entries().iter().zip(bodies(archive));
    entries
        .map(|(entry, body)| {
            let mut sha256 = String::new();
            Sha256::digest(body)
                .iter()
                .for_each(|byte| write!(sha256, "{byte:02x}").unwrap());
            let kind = match entry.kind {
                EntryKind::File => "File",
                EntryKind::Directory => "Directory",
            };
            let path = whole(archive, entry);
            json!({ "path": path, "type": kind, "size": body.len(), "mode": entry.mode, "sha256": sha256 })
        })
        .collect()
}

fn bodies(archive: &Archive) -> impl Iterator<Item = &[u8]> {
    archive
        .entries()
        .iter()
        .map(|entry| archive.file(&entry.path).unwrap_or_default())
}

fn bodies_of(archive: &Archive) -> Vec<u8> {
    bodies(archive).flatten().copied().collect()
}

fn names_of(archive: &Archive) -> String {
    let entries = archive.entries().iter();
    entries.map(|entry| whole(archive, entry) + "\n").collect()
}

/// The path from the top, without the slash that may end a directory's.
fn whole(archive: &Archive, entry: &Entry) -> String {
    format!("{}/{}", archive.root(), entry.path)
        .trim_end_matches('/')
        .to_owned()
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
