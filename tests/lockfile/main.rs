//! A whole dependency tree: what a lockfile names, verified at once, held against a policy, online and from files alone.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod sarif;
mod shelf;
mod sockets;
#[path = "../stage/mod.rs"]
mod stage;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use shelf::{Shelf, lockfile, publish, published};
use sockets::internet_sockets;
use stage::services::Services;
use stage::tools::npm;

#[test]
fn each_release_of_a_lockfile_gets_its_verdict_and_what_is_wrong_comes_first() {
    let shelf = Shelf::filled();
    let ran = shelf.verify(&["package-lock.json"]).exits(40);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    let line = |beginning: &str| {
        let found = lines.iter().position(|line| line.starts_with(beginning));
        found.unwrap_or_else(|| panic!("no line begins with `{beginning}`:\n{}", ran.stderr))
    };
    assert!(ran.stderr.contains("  REFUSED  archive "), "{}", ran.stderr);
    assert!(ran.stderr.contains("[lockfile/other-integrity]"), "{}", ran.stderr);
    let counts =
        line("1 verified, 1 unsigned, 2 refused, 0 cannot be judged, 0 against the policy, 2 not from a registry");
    assert!(line("refused @acme/gadget@1.0.0 (package-lock.json:") < counts);
    assert!(line("refused swapped@1.0.0 (package-lock.json:") < counts);
    assert!(line("  verified @acme/widgets@1.2.3") > counts);
    assert!(line("  unsigned plain@1.0.0") > counts);
    assert!(line("  not looked at from-git: git, git+ssh://") > counts);
    assert!(line("  not looked at local: link, packages/local") > counts);
}

#[test]
fn the_json_of_a_lockfile_has_a_summary_and_every_check_with_its_evidence() {
    let shelf = Shelf::filled();
    let found = shelf.verify(&["package-lock.json", "--json"]).exits(40).json();
    let summary = json!({ "packages": 4, "verified": 1, "unsigned": 1, "refused": 2, "cannot_judge": 0, "violations": 0, "elsewhere": 2 });
    assert_eq!(found["summary"], summary);
    let verdicts: Vec<_> = found["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["target"].as_str().unwrap(), p["verdict"].as_str().unwrap()))
        .collect();
    // In the order of the file.
    let expected = [
        ("@acme/gadget@1.0.0", "refused"),
        ("@acme/widgets@1.2.3", "verified"),
        ("plain@1.0.0", "unsigned"),
        ("swapped@1.0.0", "refused"),
    ];
    assert_eq!(verdicts, expected);
    let widgets = &found["packages"][1];
    for check in widgets["checks"].as_array().unwrap() {
        assert_eq!(check["finding"]["result"], "passed", "{check:#}");
        assert!(check["finding"]["evidence"].is_string(), "{check:#}");
    }
    assert_eq!(widgets["place"]["file"], "package-lock.json");
    let text = fs::read_to_string(shelf.project().join("package-lock.json")).unwrap();
    let line = usize::try_from(widgets["place"]["line"].as_u64().unwrap()).unwrap();
    assert!(text.lines().nth(line - 1).unwrap().contains("@acme/widgets"));
}

#[test]
fn unsigned_dependencies_and_the_projects_own_folders_fail_no_run_and_a_single_unsigned_release_does() {
    let shelf = Shelf::filled();
    shelf.lock(&["@acme/widgets", "plain"]);
    // The folder stands for its lockfile.
    let ran = shelf.verify(&["."]).exits(0);
    assert!(
        ran.stderr.starts_with("1 verified, 1 unsigned, 0 refused"),
        "{}",
        ran.stderr
    );
    shelf.verify(&["plain@1.0.0"]).exits(40);
    shelf.verify(&["@acme/widgets@1.2.3", "package-lock.json"]).exits(0);
}

#[test]
fn a_policy_decides_what_may_be_installed() {
    let shelf = Shelf::filled();
    shelf.lock(&["@acme/widgets", "plain"]);
    let held = |policy: &str, arguments: &[&str]| {
        fs::write(shelf.project().join("policy.toml"), policy).unwrap();
        shelf.verify(&[arguments, &["--policy", "policy.toml"]].concat())
    };
    held(LENIENT, &["package-lock.json"]).exits(0);
    held(LENIENT, &["plain@1.0.0"]).exits(0);
    let strict = "[[rule]]\npackages = [\"*\"]\n";
    let ran = held(strict, &["package-lock.json"]).exits(2);
    assert!(ran.stderr.contains("[policy/too-little-evidence]"), "{}", ran.stderr);
    let denied = format!("{LENIENT}[[rule]]\npackages = [\"plain\"]\ndeny = \"we have our own\"\n");
    let found = held(&denied, &["package-lock.json", "--json"]).exits(2).json();
    assert_eq!(found["summary"]["violations"], 1);
    assert_eq!(found["packages"][1]["violations"][0]["code"], "policy/denied");
    let elsewhere = format!("only-from-registry = true\n{LENIENT}");
    shelf.lock(&["@acme/widgets", "from-git", "local"]);
    let ran = held(&elsewhere, &["package-lock.json"]).exits(2);
    assert!(ran.stderr.contains("[policy/not-from-registry]"), "{}", ran.stderr);
    assert!(ran.stderr.contains("1 against the policy"), "{}", ran.stderr);
    let ran = held("[[rules]]\n", &["package-lock.json"]).exits(2);
    assert!(ran.stderr.contains("error[policy/unreadable]"), "{}", ran.stderr);
    let ran = held("no-downgrade = true\n", &["package-lock.json"]).exits(2);
    assert!(ran.stderr.contains("error[policy/no-memory]"), "{}", ran.stderr);
}

#[test]
fn a_lockfile_is_judged_from_npms_cache_and_a_folder_of_evidence_without_a_socket() {
    let shelf = Shelf::filled();
    let tarballs = shelf.folder("tarballs");
    let evidence = shelf.folder("evidence");
    let report = &shelf.reports["@acme/widgets"];
    let (folder, file) = (
        report["evidence"].as_str().unwrap(),
        report["certified"]["filename"].as_str().unwrap(),
    );
    fs::copy(
        Path::new(folder).join("evidence.json"),
        evidence.join("acme-widgets-1.2.3.evidence.json"),
    )
    .unwrap();
    // npm's cache keeps a tarball under its SHA-512; a folder keeps it under its name.
    let digest = published(report);
    let hex = digest.hex();
    let cached = tarballs
        .join("_cacache/content-v2/sha512")
        .join(&hex[..2])
        .join(&hex[2..4]);
    fs::create_dir_all(&cached).unwrap();
    fs::copy(
        Path::new(folder).join(format!("{file}.published")),
        cached.join(&hex[4..]),
    )
    .unwrap();
    npm(
        &tarballs,
        "http://127.0.0.1:9/",
        &["pack", shelf.folder("plain").to_str().unwrap()],
    );
    shelf.lock(&["@acme/widgets", "plain"]);
    let arguments = [
        "package-lock.json",
        "--offline",
        "--tarballs",
        tarballs.to_str().unwrap(),
        "--evidence",
        evidence.to_str().unwrap(),
    ];
    let ran = shelf.verify(&arguments).exits(0);
    assert!(ran.stderr.contains("  verified @acme/widgets@1.2.3"), "{}", ran.stderr);
    assert!(ran.stderr.contains("  unsigned plain@1.0.0"), "{}", ran.stderr);
    assert_eq!(internet_sockets(&shelf, &arguments), Vec::<String>::new());
    // The same look at a run that asks sees what it asks with.
    assert!(!internet_sockets(&shelf, &["plain@1.0.0"]).is_empty());

    fs::remove_dir_all(tarballs.join("_cacache")).unwrap();
    let ran = shelf.verify(&arguments).exits(2);
    assert!(
        ran.stderr.contains("cannot judge @acme/widgets@1.2.3"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_registry_that_hides_the_block_is_found_out_by_chittyregistry() {
    let shelf = Shelf::filled();
    let other = shelf.folder("other-services");
    // Another registry, of somebody who publishes the same release without its block.
    let theirs = Services::start(&other, &shelf.folder("home"), &[]);
    let bare = shelf.folder("bare");
    fs::write(
        bare.join("package.json"),
        r#"{"name":"@acme/widgets","version":"1.2.3"}"#,
    )
    .unwrap();
    publish(&theirs.assignments, &bare);
    let mut lock: Value = lockfile(&BTreeMap::new(), &["@acme/widgets"], &shelf.reports);
    lock["packages"]["node_modules/@acme/widgets"]
        .as_object_mut()
        .unwrap()
        .shift_remove("integrity");
    fs::write(shelf.project().join("package-lock.json"), lock.to_string()).unwrap();
    let program = shelf.program().with(
        "CERTIFIED_PUBLISH_NPM_REGISTRY",
        &theirs.assignments["CERTIFIED_PUBLISH_NPM_REGISTRY"],
    );
    let ran = program
        .run(&shelf.project(), &["verify", "package-lock.json"])
        .exits(40);
    assert!(ran.stderr.contains("[registry/hidden-block]"), "{}", ran.stderr);
}

#[test]
fn a_service_that_cannot_be_reached_leaves_the_verdict_open_and_may_be_asked_again() {
    let shelf = Shelf::filled();
    shelf.lock(&["@acme/widgets", "plain"]);
    let program = shelf.program().with("CHITTY_REGISTRY", "http://127.0.0.1:9/");
    let ran = program
        .run(&shelf.project(), &["verify", "package-lock.json", "--json"])
        .exits(10);
    let found = ran.json();
    assert_eq!(found["summary"]["cannot_judge"], 2);
    assert_eq!(found["packages"][0]["unavailable"], true);
}

#[test]
fn a_lockfile_that_cannot_be_read_is_refused_by_name() {
    let shelf = Shelf::filled();
    for (file, text, code) in [
        ("package-lock.json", "{", "lockfile/syntax"),
        ("yarn.lock", "hello", "lockfile/unknown-format"),
        ("pnpm-lock.yaml", "lockfileVersion: '3.0'\n", "lockfile/version"),
    ] {
        fs::write(shelf.project().join(file), text).unwrap();
        let ran = shelf.verify(&[file]).exits(2);
        assert!(ran.stderr.contains(&format!("error[{code}]")), "{}", ran.stderr);
    }
    // Two package managers, two opinions.
    let ran = shelf.verify(&["."]).exits(2);
    assert!(
        ran.stderr.contains("package-lock.json and pnpm-lock.yaml"),
        "{}",
        ran.stderr
    );
}

const LENIENT: &str =
    "[[rule]]\npackages = [\"@acme/*\"]\nevidence = \"logged\"\n\n[[rule]]\npackages = [\"*\"]\nevidence = \"none\"\n";
