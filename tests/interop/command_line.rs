//! What a stranger types.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use certified_evidence::TrustRoot;

use crate::stage::peers::peer;
use crate::stage::tools::both;
use crate::town::{ARTIFACT, IDENTITY, ISSUER, Kinds, Town, message, provenance};

#[test]
fn sigstores_command_line_for_python_verifies_a_release_with_our_trust_config() {
    let town = Town::new(Kinds::default());
    let key = town.release_key();
    let certificate = town.certificate(town.profile(&key));
    for content in [message(&key, ARTIFACT), provenance(&key, ARTIFACT)] {
        let desk = tempfile::tempdir().unwrap();
        let bundle = town.bundle(certificate.clone(), content);
        fs::write(desk.path().join("widgets.tgz"), ARTIFACT).unwrap();
        fs::write(desk.path().join("widgets.tgz.sigstore.json"), bundle.to_json().unwrap()).unwrap();
        let config = town.trust_root().to_client_trust_config().unwrap();
        fs::write(desk.path().join("client_trust_config.json"), config).unwrap();
        let verified = sigstore(desk.path(), IDENTITY);
        assert!(
            verified.status.success() && both(&verified).contains("OK: widgets.tgz"),
            "{}",
            both(&verified)
        );
        let refused = sigstore(desk.path(), "pkg:npm/%40acme/gadgets@1.2.3");
        assert!(!refused.status.success(), "{}", both(&refused));
        fs::write(desk.path().join("widgets.tgz"), b"other bytes").unwrap();
        let refused = sigstore(desk.path(), IDENTITY);
        assert!(!refused.status.success(), "{}", both(&refused));
    }
}

#[test]
fn openssl_verifies_the_timestamp_in_a_bundle() {
    let town = Town::new(Kinds::default());
    let key = town.release_key();
    let bundle = town.bundle(town.certificate(town.profile(&key)), message(&key, ARTIFACT));
    let desk = tempfile::tempdir().unwrap();
    let authority = town.trust_root().timestamp_authorities.remove(0);
    let root = authority.chain().unwrap().pop().unwrap();
    fs::write(desk.path().join("root.pem"), root.to_pem()).unwrap();
    fs::write(
        desk.path().join("widgets.tgz.sig"),
        bundle.signature().unwrap().as_bytes(),
    )
    .unwrap();
    fs::write(desk.path().join("widgets.tgz.tsr"), &bundle.timestamps[0]).unwrap();
    let command = "ts -verify -data widgets.tgz.sig -in widgets.tgz.tsr -CAfile root.pem";
    let verified = Command::new("openssl")
        .args(command.split(' '))
        .current_dir(desk.path())
        .output()
        .unwrap();
    assert!(verified.status.success(), "{}", both(&verified));
}

/// The trust root that Sigstore's own client carries, with keys of kinds that sign nothing here, is read for those that do.
#[test]
fn the_trust_root_of_the_public_sigstore_is_read() {
    let find = "import pathlib, sigstore; print(*pathlib.Path(sigstore.__file__).parent.glob('_store/*/trusted_root.json'), sep='\\n')";
    let found = Command::new(peer("verifiers-python"))
        .args(["-c", find])
        .output()
        .unwrap();
    let paths = String::from_utf8(found.stdout).unwrap();
    assert!(paths.lines().count() > 0, "sigstore brings no trust root any more");
    for path in paths.lines() {
        let root = TrustRoot::parse(&fs::read(path).unwrap()).unwrap();
        assert!(!root.certificate_authorities.is_empty() && !root.ctlogs.is_empty() && !root.tlogs.is_empty());
        assert_eq!(
            root.anchors().unwrap().certificate_authorities.len(),
            root.certificate_authorities.len()
        );
        assert_eq!(TrustRoot::parse(root.to_json().unwrap().as_bytes()).unwrap(), root);
    }
}

fn sigstore(folder: &Path, identity: &str) -> Output {
    let mut command = Command::new(peer("verifiers-python"));
    command
        .args([
            "-m",
            "sigstore",
            "--trust-config",
            "client_trust_config.json",
            "verify",
            "identity",
        ])
        .args(["--bundle", "widgets.tgz.sigstore.json", "--cert-identity", identity])
        .args(["--cert-oidc-issuer", ISSUER, "widgets.tgz"])
        .current_dir(folder);
    command.output().unwrap()
}
