//! A release as users make it: the services, an npm registry and an S3 server are other processes, and none of them is ours to look into.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use stage::folders::snapshot;
use stage::program::Program;
use stage::tarball::manifest;
use stage::tools::sha256;
use stage::town::Town;

#[test]
fn a_release_is_on_npm_with_our_integrity_and_can_be_installed() {
    let release = Release::of_widgets();
    let project = release.town.folder("project");
    fs::write(project.join("package.json"), "{}").unwrap();
    let seen = release.town.npm(&project, &["view", RELEASE, "dist.integrity"]);
    assert_eq!(seen.trim(), release.report["published"]["integrity"]);

    release.town.npm(&project, &["install", RELEASE]);
    let installed = fs::read(project.join("node_modules/@acme/widgets/package.json")).unwrap();
    let installed: Value = serde_json::from_slice(&installed).unwrap();
    let block = &installed["chittyos"];
    let groups: Vec<_> = block.as_object().unwrap().keys().collect();
    assert_eq!(groups, ["certificate", "provenance", "governance", "build"]);
    assert_eq!(
        block["provenance"]["tarball_hash"],
        release.report["certified"]["sha256"]
    );
    assert_eq!(
        block["certificate"]["cert_id"],
        release.report["certificate"]["cert_id"]
    );
}

#[test]
fn the_bucket_holds_tarball_certificate_signature_and_bundle() {
    let release = Release::of_widgets();
    let archived = release.town.bucket().join("packages/@acme/widgets");
    for (object, file) in [
        ("1.2.3.tgz", TARBALL.to_owned()),
        ("1.2.3.tgz.sig", format!("{TARBALL}.sig")),
        ("1.2.3.tgz.sigstore.json", format!("{TARBALL}.sigstore.json")),
    ] {
        assert_eq!(
            fs::read(archived.join(object)).unwrap(),
            fs::read(release.evidence().join(file)).unwrap(),
            "{object}"
        );
    }
    // One file for whoever fetches it: the certificate, then its chain.
    let read = |file: &str| fs::read_to_string(release.evidence().join(file)).unwrap();
    let (certificate, chain) = (
        read(&format!("{TARBALL}.cert.pem")),
        read(&format!("{TARBALL}.chain.pem")),
    );
    assert_eq!(
        fs::read_to_string(archived.join("1.2.3.tgz.cert.pem")).unwrap(),
        certificate + &chain
    );
    assert_eq!(fs::read_dir(archived).unwrap().count(), 4);
}

#[test]
fn a_second_run_says_already_published_and_changes_nothing() {
    let release = Release::of_widgets();
    let town = &release.town;
    let before = everything(town);
    assert_eq!(town.events().len(), 2);

    // On a machine that knows nothing of the first run, and then on the same one.
    for state in ["elsewhere", "state"] {
        let ran = town.program(state).run(&release.package, &["run"]).exits(0);
        assert!(ran.stderr.contains("already published, identical"), "{}", ran.stderr);
        assert!(everything(town) == before);
    }
    let again = town
        .program("third")
        .run(&release.package, &["run", "--json"])
        .exits(0)
        .json();
    assert_eq!(again["result"], "already-published");
    for same in ["certified", "published", "certificate", "event_ids", "reg_id"] {
        assert_eq!(again[same], release.report[same], "{same}");
    }
}

#[test]
fn other_bytes_under_a_published_version_are_refused_with_both_digests() {
    let release = Release::of_widgets();
    let town = &release.town;
    let before = everything(town);
    let file = release.package.join("lib/index.js");
    fs::write(&file, fs::read_to_string(&file).unwrap() + "\n").unwrap();

    let ran = town.program("state").run(&release.package, &["run"]).exits(20);
    let theirs = release.report["certified"]["sha256"].as_str().unwrap();
    assert!(ran.stderr.contains(theirs), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains(&packed(&town.program("state"), &release.package, &town.folder("ours"))),
        "{}",
        ran.stderr
    );
    assert!(everything(town) == before);
}

#[test]
fn a_stranger_without_any_token_verifies_every_check() {
    let release = Release::of_widgets();
    let ran = release
        .town
        .stranger()
        .run(&release.town.folder("anywhere"), &["verify", RELEASE, "--json"])
        .exits(0);
    let verdicts = ran.json();
    assert_eq!(verdicts[0]["verdict"], "verified");
    let checks = verdicts[0]["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 13);
    for check in checks {
        assert_eq!(check["finding"]["result"], "passed", "{check:#}");
    }
}

#[test]
fn a_tarball_that_was_tampered_with_is_refused() {
    let release = Release::of_widgets();
    let (place, published) = (
        release.town.folder("tampered"),
        release.evidence().join(format!("{TARBALL}.published")),
    );
    let file = tampered(&published, &place);
    let ran = release.town.stranger().run(&place, &["verify", text(&file)]).exits(40);
    assert!(
        ran.stderr.contains("  REFUSED  rebuild ") && ran.stderr.contains("\nrefused "),
        "{}",
        ran.stderr
    );

    let mut bytes = fs::read(&published).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    release.town.stranger().run(&place, &["verify", text(&file)]).exits(40);
}

#[test]
fn the_evidence_alone_is_judged_without_any_network() {
    let release = Release::of_widgets();
    let (evidence, nowhere) = (release.evidence(), release.town.folder("nowhere"));
    let published = evidence.join(format!("{TARBALL}.published"));
    let file = nowhere.join("downloaded.tgz");
    fs::copy(&published, &file).unwrap();
    // Nobody listens there, so whoever is asked does not answer.
    let deaf = [
        "CHITTY_ID_SERVICE",
        "CHITTY_API_GATEWAY",
        "CHITTY_REGISTRY",
        "CERTIFIED_PUBLISH_NPM_REGISTRY",
    ];
    let program = deaf.iter().fold(Program::new(&nowhere), |program, name| {
        program.with(name, "http://127.0.0.1:9/")
    });
    let anchors = evidence.join("anchors.json");
    let options = ["--evidence", text(evidence), "--anchors", text(&anchors), "--offline"];
    let ran = program
        .run(&nowhere, &[&["verify", text(&file)], options.as_slice()].concat())
        .exits(0);
    assert!(ran.stderr.contains("\nverified "), "{}", ran.stderr);

    let other = tampered(&published, &nowhere);
    program
        .run(&nowhere, &[&["verify", text(&other)], options.as_slice()].concat())
        .exits(40);
}

#[test]
fn the_receipt_travels_with_the_release_and_a_release_that_has_lost_it_is_refused() {
    let release = Release::of_widgets();
    let (file, nowhere) = (release.evidence().join("evidence.json"), release.town.folder("nowhere"));
    let mut evidence: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let recorded = &release.town.record(NAME, "1.2.3")["evidence"];
    assert_eq!(recorded["event"]["receipt"], evidence["event"]["receipt"]);
    let published = release.evidence().join(format!("{TARBALL}.published"));
    let anchors = release.evidence().join("anchors.json");
    let arguments = [
        "verify",
        text(&published),
        "--evidence",
        text(&file),
        "--anchors",
        text(&anchors),
        "--offline",
    ];
    let verify = || Program::new(&nowhere).run(&nowhere, &arguments);
    let ran = verify().exits(0);
    assert!(
        // The signature that the event is about was recorded before it.
        ran.stderr.contains("  ok       log          entry 1 of 2 in "),
        "{}",
        ran.stderr
    );

    evidence["event"]["receipt"]["log_index"] = 0.into();
    fs::write(&file, evidence.to_string()).unwrap();
    assert!(verify().exits(40).stderr.contains("[log/not-included]"));
    evidence["event"]
        .as_object_mut()
        .unwrap()
        .shift_remove("receipt")
        .unwrap();
    fs::write(&file, evidence.to_string()).unwrap();
    assert!(verify().exits(40).stderr.contains("[log/missing]"));
}

/// `@acme/widgets`, published.
struct Release {
    town: Town,
    package: PathBuf,
    report: Value,
}

impl Release {
    fn of_widgets() -> Self {
        let town = Town::start();
        let package = town.package("widgets");
        let report = town.program("state").run(&package, &["run", "--json"]).exits(0).json();
        assert_eq!(report["result"], "published");
        assert_eq!(report["dry_run"], false);
        Self { town, package, report }
    }

    fn evidence(&self) -> &Path {
        Path::new(self.report["evidence"].as_str().unwrap())
    }
}

/// What anybody can see of a release: objects, events, the npm document, the registry's record.
fn everything(town: &Town) -> impl PartialEq {
    (
        snapshot(&town.bucket()),
        town.events(),
        town.packument(NAME),
        town.record(NAME, "1.2.3"),
    )
}

/// SHA-256 of what the folder packs to.
fn packed(program: &Program, package: &Path, out: &Path) -> String {
    program.run(package, &["pack", "--out", text(out)]).exits(0);
    sha256(&out.join(TARBALL))
}

/// The same package with other code, packed again so that it still is a sound tarball.
fn tampered(published: &Path, place: &Path) -> PathBuf {
    let folder = place.join("unpacked");
    fs::create_dir_all(&folder).unwrap();
    let run = |arguments: &[&str]| {
        let status = std::process::Command::new("tar")
            .args(arguments)
            .current_dir(&folder)
            .status()
            .unwrap();
        assert!(status.success());
    };
    run(&["-xzf", text(published)]);
    fs::write(folder.join("package/lib/index.js"), "process.exit()\n").unwrap();
    run(&["--format=ustar", "-czf", "../tampered.tgz", "package"]);
    let file = place.join("tampered.tgz");
    assert!(manifest(&file)["chittyos"].is_object());
    file
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

const NAME: &str = "@acme/widgets";
const RELEASE: &str = "@acme/widgets@1.2.3";
const TARBALL: &str = "acme-widgets-1.2.3.tgz";
