//! The nine steps in nine processes, which hand over through the state folder, make the release that one process makes.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::fs;
use std::path::Path;

use serde_json::Value;
use stage::folders::{files_below, snapshot};
use stage::program::{Program, Ran, STEPS};
use stage::town::Town;

#[test]
fn nine_processes_make_the_release_that_one_process_makes() {
    let town = Town::start();
    let package = town.package("widgets");
    let outputs = STEPS.map(|step| one(&town.program("state"), step, &package).exits(0).json());
    let report = &outputs[8];
    assert_eq!(report["result"], "published");
    assert_eq!(
        town.packument(NAME)["versions"]["1.2.3"]["dist"]["integrity"],
        report["published"]["integrity"]
    );
    let chronicled = &outputs[3]["receipt"];
    assert!(chronicled.is_object());
    let recorded = town.record(NAME, "1.2.3")["evidence"].clone();
    assert_eq!(*chronicled, recorded["event"]["receipt"]);
    let certified = bundle(report, "acme-widgets-1.2.3.tgz.sigstore.json");
    assert_eq!(certified, recorded["bundles"]["certified"]);
    assert!(recorded["bundles"]["provenance"]["dsseEnvelope"].is_object());
    town.stranger()
        .run(&package, &["verify", "@acme/widgets@1.2.3"])
        .exits(0);

    // The same folder in another town, where nobody has heard of the release.
    let elsewhere = Town::start();
    let whole = elsewhere
        .program("state")
        .run(&package, &["run", "--json"])
        .exits(0)
        .json();
    assert_eq!(whole["certified"], report["certified"]);
    assert_eq!(keys(&whole), keys(report));
}

#[test]
fn the_signing_key_is_gone_after_its_last_signature_and_lies_in_the_kernel_until_then() {
    let town = Town::start();
    let package = town.package("widgets");
    let (program, state) = (town.program("state"), town.folder("state"));
    one(&program, "build", &package).exits(0);
    for step in ["certificate", "sign", "chronicle", "upload"] {
        one(&program, step, &package).exits(0);
        match kernel_keeps(&state) {
            // Where the kernel keeps no keys for us it is a file for the owner alone.
            None => assert_eq!(keys_on_disk(&state).len(), 1, "after {step}"),
            Some(_) => assert!(keys_on_disk(&state).is_empty(), "after {step}"),
        }
    }
    for step in ["metadata", "register", "publish", "summary"] {
        one(&program, step, &package).exits(0);
        assert!(keys_on_disk(&state).is_empty(), "after {step}");
        assert_eq!(kernel_keeps(&state), None, "after {step}");
    }
}

#[test]
fn no_token_lies_in_the_state_folder() {
    let town = Town::start();
    let package = town.package("widgets");
    STEPS
        .iter()
        .for_each(|step| _ = one(&town.program("state"), step, &package).exits(0));
    let state = town.folder("state");
    let tokens = town.tokens();
    for file in files_below(&state) {
        let bytes = fs::read(state.join(&file)).unwrap();
        assert!(tokens.iter().all(|token| !contains(&bytes, token.as_bytes())), "{file}");
    }
}

#[test]
fn a_step_without_its_predecessor_names_the_step_to_run_first() {
    let town = Town::start();
    let package = town.package("widgets");
    let program = town.program("state");
    for (first, step) in STEPS.iter().skip(1).zip(STEPS.iter().skip(2)) {
        let ran = one(&program, step, &package).exits(50);
        assert!(
            ran.stderr.contains(&format!("run `certified-publish {first}` first")),
            "{step}:\n{}",
            ran.stderr
        );
        assert_eq!(ran.json()["result"], "refused", "{step}");
        if *first == "certificate" {
            one(&program, "build", &package).exits(0);
        }
        // So that the next step lacks only the one before it.
        one(&program, first, &package).exits(0);
    }
    assert_eq!(town.events().len(), 2);
}

#[test]
fn a_signature_that_was_witnessed_again_goes_with_the_bundle_that_is_archived_already() {
    let town = Town::start();
    let package = town.package("widgets");
    let program = town.program("state");
    one(&program, "build", &package).exits(0);
    one(&program, "certificate", &package).exits(0);
    let archived = || snapshot(&town.bucket());
    let mut before = None;
    for _ in 0..3 {
        for step in ["sign", "chronicle", "upload"] {
            one(&program, step, &package).exits(0);
        }
        // The timestamp is another one each time; nothing that is there is replaced, and nothing is put beside it.
        assert!(archived() == *before.get_or_insert_with(archived));
    }
    let objects = files_below(&town.bucket().join("packages/@acme/widgets"));
    assert_eq!(
        objects,
        ["", ".cert.pem", ".sig", ".sigstore.json"].map(|ending| format!("1.2.3.tgz{ending}"))
    );
    for step in ["metadata", "register", "publish"] {
        one(&program, step, &package).exits(0);
    }
}

#[test]
fn the_nine_again_find_what_an_earlier_run_has_done() {
    let town = Town::start();
    let package = town.package("widgets");
    STEPS
        .iter()
        .for_each(|step| _ = one(&town.program("state"), step, &package).exits(0));
    let before = (town.events(), town.packument(NAME));
    for state in ["state", "elsewhere"] {
        for step in STEPS {
            let ran = one(&town.program(state), step, &package).exits(0);
            let said = match step {
                "certificate" => ", from an earlier run",
                "sign" | "chronicle" | "upload" | "metadata" | "register" => "done by an earlier run",
                "publish" => "already published, identical",
                _ => "",
            };
            assert!(ran.stderr.contains(said), "{step}:\n{}", ran.stderr);
        }
    }
    assert_eq!((town.events(), town.packument(NAME)), before);
}

fn one(program: &Program, step: &str, package: &Path) -> Ran {
    program.run(package, &[step, "--json"])
}

/// Files with a private key in them: PKCS#8 (RFC 5958) for P-256, or any key as text.
fn keys_on_disk(state: &Path) -> Vec<String> {
    let has_key = |file: &String| {
        let bytes = fs::read(state.join(file)).unwrap();
        contains(&bytes, PKCS8_P256) || contains(&bytes, b"PRIVATE KEY")
    };
    files_below(state).into_iter().filter(has_key).collect()
}

/// The line of `/proc/keys` about this release's key (keyrings(7)); invalidated keys may stand there until the kernel sweeps.
fn kernel_keeps(state: &Path) -> Option<String> {
    let operation = fs::read_dir(state).unwrap().next().unwrap().unwrap().file_name();
    let description = format!("certified-publish:{}", operation.to_str().unwrap());
    let invalidated = |line: &&str| line.split_whitespace().nth(1).is_some_and(|flags| flags.contains('i'));
    let keys = fs::read_to_string("/proc/keys").ok()?;
    keys.lines()
        .filter(|line| !invalidated(line))
        .find(|line| line.contains(&description))
        .map(str::to_owned)
}

fn bundle(report: &Value, file: &str) -> Value {
    let evidence = Path::new(report["evidence"].as_str().unwrap());
    serde_json::from_slice(&fs::read(evidence.join(file)).unwrap()).unwrap()
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn keys(value: &Value) -> Vec<&String> {
    value.as_object().unwrap().keys().collect()
}

/// Version 0, then the algorithm: an elliptic curve key on P-256. A certificate has no version before its algorithm.
const PKCS8_P256: &[u8] =
    b"\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
const NAME: &str = "@acme/widgets";
