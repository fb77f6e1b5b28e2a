//! What the services tell a verifier to trust is in two files that say the same: ours, and the one that Sigstore's clients read.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::fs;
use std::path::Path;

use certified_evidence::{Anchors, Certificate, TrustRoot};
use stage::folders::copy_of;
use stage::program::Program;
use stage::services::Services;

#[test]
fn the_services_print_where_both_files_lie_and_the_same_stands_in_both() {
    let place = tempfile::tempdir().unwrap();
    let services = Services::start(&place.path().join("data"), place.path(), &[]);
    let path = |name: &str| Path::new(&services.assignments[name]);
    let (anchors, root) = (
        path("CERTIFIED_PUBLISH_ANCHORS"),
        path("CERTIFIED_PUBLISH_TRUSTED_ROOT"),
    );
    assert_eq!(anchors.parent(), root.parent());
    assert_same_trust(anchors, root);
}

#[test]
fn a_dry_run_leaves_both_files_in_the_evidence_and_the_same_stands_in_both() {
    let place = tempfile::tempdir().unwrap();
    let package = copy_of("widgets", place.path());
    let report = Program::new(place.path())
        .run(&package, &["run", "--dry-run", "--ignore-scripts", "--json"])
        .exits(0)
        .json();
    let evidence = Path::new(report["evidence"].as_str().unwrap());
    assert_same_trust(&evidence.join("anchors.json"), &evidence.join("trusted_root.json"));
}

/// One authority for releases and one log in each, and they are the same.
fn assert_same_trust(anchors: &Path, root: &Path) {
    let ours = Anchors::parse(&fs::read(anchors).unwrap()).unwrap();
    let root = TrustRoot::parse(&fs::read(root).unwrap()).unwrap();
    let theirs = root.anchors().unwrap();
    let roots = |anchors: &Anchors| -> Vec<_> {
        let pems = anchors.certificate_authorities.iter();
        pems.map(|authority| Certificate::from_pem(&authority.pem).unwrap().fingerprint())
            .collect()
    };
    let keys = |anchors: &Anchors| -> Vec<_> { anchors.logs.iter().map(|log| log.key.clone()).collect() };
    assert_eq!((roots(&ours).len(), keys(&ours).len()), (1, 1));
    assert_eq!((roots(&ours), keys(&ours)), (roots(&theirs), keys(&theirs)));
    // What only Sigstore's clients ask about.
    assert_eq!((root.ctlogs.len(), root.timestamp_authorities.len()), (1, 1));
}
