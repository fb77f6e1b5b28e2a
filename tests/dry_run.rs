//! A dry run does all of it for real, on this machine only, and leaves the work tree as it was.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use stage::folders::{copy_of, snapshot};
use stage::program::{Program, STEPS};
use stage::tarball::{entry, inserted, manifest};
use stage::tools::{npm, sha256};
use tempfile::TempDir;

#[test]
fn a_dry_run_does_the_nine_steps_and_npm_installs_what_a_stranger_can_verify() {
    let place = Place::new();
    let ran = place
        .program()
        .run(&copy_of("widgets", &place.work()), &["run", "--dry-run"])
        .exits(0);
    assert_eq!(ran.stdout, "");
    for (number, step) in (1..).zip(STEPS) {
        assert!(
            ran.stderr.contains(&format!("{number} of 9 {step:<12} ")),
            "{step}:\n{}",
            ran.stderr
        );
    }
    assert!(
        ran.stderr.contains("installed it from the embedded registry: 6 files"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.stderr.matches("\n  ok       ").count(), 13, "{}", ran.stderr);
    assert!(
        !ran.stderr.contains("skipped") && !ran.stderr.contains("REFUSED"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("\nverified @acme/widgets@1.2.3\n"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_dry_run_leaves_the_work_tree_as_it_was() {
    let place = Place::new();
    let package = copy_of("widgets", &place.work());
    let before = snapshot(&place.work());
    let arguments = ["run", "--dry-run", "--json", "--update-package-json"];
    place.program().run(&package, &arguments).exits(0);
    assert_eq!(snapshot(&place.work()), before);
}

#[test]
fn nothing_but_the_evidence_is_left_in_the_temporary_folder() {
    let place = Place::new();
    let report = place
        .program()
        .run(&copy_of("widgets", &place.work()), &["run", "--dry-run", "--json"])
        .exits(0)
        .json();
    let temporary = place.folder("home");
    let evidence = Path::new(report["evidence"].as_str().unwrap());
    let kept = evidence.strip_prefix(&temporary).unwrap().components().next().unwrap();
    let left: Vec<_> = fs::read_dir(&temporary)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, [kept.as_os_str()]);
}

#[test]
fn the_json_report_has_every_field_that_scripts_rely_on() {
    let place = Place::new();
    let report = place.dry_run(&copy_of("widgets", &place.work()));
    assert_has(&report, &FIELDS);
    assert_eq!(report["result"], "published");
    assert_eq!(
        (&report["name"], &report["version"]),
        (&json!("@acme/widgets"), &json!("1.2.3"))
    );
    assert_eq!(report["dry_run"], true);
    let steps = report["steps"].as_array().unwrap();
    steps
        .iter()
        .for_each(|step| assert_has(step, &["step", "outcome", "millis"]));
    assert_eq!(
        steps
            .iter()
            .map(|step| step["step"].as_str().unwrap())
            .collect::<Vec<_>>(),
        STEPS
    );
    for tarball in [&report["certified"], &report["published"]] {
        assert_has(tarball, &["filename", "size", "sha256", "integrity", "tar_sha256"]);
    }
    assert_has(&report["certificate"], &["cert_id", "chitty_id", "fingerprint"]);
    assert_eq!(report["event_ids"].as_array().unwrap().len(), 2);
    let (certified, published) = tarballs(&report);
    assert_eq!(sha256(&certified), report["certified"]["sha256"]);
    assert_eq!(sha256(&published), report["published"]["sha256"]);
    assert_eq!(fs::metadata(&published).unwrap().len(), report["published"]["size"]);
}

#[test]
fn the_certified_tarball_is_what_npm_packs() {
    let place = Place::new();
    let package = copy_of("widgets", &place.work());
    let report = place.dry_run(&package);
    // Nobody is asked while packing, so the address need not exist.
    let packed: Value =
        serde_json::from_str(&npm(&package, "http://127.0.0.1:9/", &["pack", "--dry-run", "--json"])).unwrap();
    assert_eq!(packed[0]["integrity"], report["certified"]["integrity"]);
    assert_eq!(packed[0]["filename"], report["certified"]["filename"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_dry_run_listens_on_loopback_and_speaks_to_loopback_alone() {
    let place = Place::new();
    let package = copy_of("widgets", &place.work());
    let mut sockets = stage::listening::Sockets::default();
    let ran = place
        .program()
        .run_watched(&package, &["run", "--dry-run"], |process| sockets.look(process));
    ran.exits(0);
    assert!(
        !sockets.listening.is_empty() && !sockets.connected.is_empty(),
        "nothing was seen: {sockets:?}"
    );
    assert!(
        sockets
            .listening
            .iter()
            .chain(&sockets.connected)
            .all(std::net::IpAddr::is_loopback),
        "{sockets:?}"
    );
}

#[test]
fn a_manifest_on_one_line_keeps_every_byte_but_the_block() {
    assert_only_the_block_is_added("plain");
}

#[test]
fn a_manifest_with_crlf_keeps_every_byte_but_the_block() {
    assert_only_the_block_is_added("crlf");
}

#[test]
fn a_manifest_with_a_byte_order_mark_keeps_every_byte_but_the_block() {
    assert_only_the_block_is_added("bom");
}

#[test]
fn the_block_of_an_earlier_release_is_replaced_by_ours() {
    let place = Place::new();
    let package = copy_of("old-block", &place.work());
    let source = fs::read_to_string(package.join("package.json")).unwrap();
    let (head, rest) = source.split_once("  \"chittyos\": {\n").unwrap();
    let (_, tail) = rest.split_once("\n  },\n").unwrap();
    let report = place.dry_run(&package);
    assert_eq!(String::from_utf8(bare(&report)).unwrap(), format!("{head}{tail}"));
    assert_block_is_ours(&report);
}

#[test]
fn only_the_block_of_the_root_object_is_replaced() {
    let place = Place::new();
    let package = copy_of("nested-block", &place.work());
    let source = fs::read_to_string(package.join("package.json")).unwrap();
    // The block there is the last member, with an escaped first letter.
    let (head, _) = source.split_once(",\n  \"\\u0063hittyos\": {\n").unwrap();
    let report = place.dry_run(&package);
    assert_eq!(String::from_utf8(bare(&report)).unwrap(), format!("{head}\n}}\n"));
    assert_block_is_ours(&report);
}

#[test]
fn a_package_of_a_workspace_is_released_from_its_own_folder() {
    let place = Place::new();
    let workspace = copy_of("workspace", &place.work());
    let before = snapshot(&workspace);
    let report = place.dry_run(&workspace.join("packages/gadget"));
    assert_eq!(report["name"], "@acme/gadget");
    assert_block_is_ours(&report);
    // What its `prepack` script writes is in the tarball, and not in the work tree.
    let (_, published) = tarballs(&report);
    assert_eq!(entry(&published, "package/lib/built.js"), b"module.exports = 'built'\n");
    assert_eq!(snapshot(&workspace), before);
}

fn assert_only_the_block_is_added(fixture: &str) {
    let place = Place::new();
    let package = copy_of(fixture, &place.work());
    let source = fs::read(package.join("package.json")).unwrap();
    let report = place.dry_run(&package);
    assert_eq!(bare(&report), source);
    assert_block_is_ours(&report);
}

/// The published manifest is the bare one with the block put in at one place.
fn assert_block_is_ours(report: &Value) {
    let (certified, published) = tarballs(report);
    let added = inserted(&bare(report), &entry(&published, "package/package.json")).unwrap();
    assert!(String::from_utf8(added).unwrap().contains("\"chittyos\""));
    let (mut with, without) = (manifest(&published), manifest(&certified));
    let block = with.as_object_mut().unwrap().shift_remove("chittyos").unwrap();
    assert_eq!(with, without);
    assert_eq!(keys(&block), ["certificate", "provenance", "governance", "build"]);
    assert_eq!(block["certificate"]["cert_id"], report["certificate"]["cert_id"]);
    assert_eq!(block["provenance"]["tarball_hash"], report["certified"]["sha256"]);
}

/// package.json of the certified tarball.
fn bare(report: &Value) -> Vec<u8> {
    entry(&tarballs(report).0, "package/package.json")
}

fn tarballs(report: &Value) -> (PathBuf, PathBuf) {
    let (folder, stem) = (
        report["evidence"].as_str().unwrap(),
        report["certified"]["filename"].as_str().unwrap(),
    );
    (
        Path::new(folder).join(stem),
        Path::new(folder).join(format!("{stem}.published")),
    )
}

/// A later version may tell more, never less.
fn assert_has(object: &Value, fields: &[&str]) {
    let missing: Vec<_> = fields
        .iter()
        .filter(|field| object.get(field).is_none_or(Value::is_null))
        .collect();
    assert!(missing.is_empty(), "{missing:?} in {object:#}");
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The folders of one test.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.0.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn work(&self) -> PathBuf {
        self.folder("work")
    }

    fn program(&self) -> Program {
        Program::new(&self.folder("home"))
    }

    /// The report of a dry run of that package.
    fn dry_run(&self, package: &Path) -> Value {
        self.program()
            .run(package, &["run", "--dry-run", "--json"])
            .exits(0)
            .json()
    }
}

const FIELDS: [&str; 15] = [
    "result",
    "name",
    "version",
    "dry_run",
    "steps",
    "certified",
    "published",
    "certificate",
    "event_ids",
    "chronicle_url",
    "r2_url",
    "reg_id",
    "registry_url",
    "npm_url",
    "evidence",
];
