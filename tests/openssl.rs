//! What a release leaves is checked with openssl alone: no program of ours is asked.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::fs;
use std::path::{Path, PathBuf};

use stage::folders::copy_of;
use stage::program::Program;
use stage::tools::{openssl, openssl_refuses};
use tempfile::TempDir;

#[test]
fn openssl_accepts_a_release_signed_with_ecdsa_p256() {
    let release = Release::of(&["--key-algorithm", "ecdsa-p256"]);
    release.assert_accepted();
    assert!(
        release.certificate().contains("ASN1 OID: prime256v1"),
        "{}",
        release.certificate()
    );
}

#[test]
fn openssl_accepts_a_release_signed_with_rsa_2048() {
    let release = Release::of(&["--key-algorithm", "rsa-2048"]);
    release.assert_accepted();
    assert!(
        release.certificate().contains("Public-Key: (2048 bit)"),
        "{}",
        release.certificate()
    );
}

#[test]
fn openssl_refuses_both_tarballs_after_one_byte_has_changed() {
    let release = Release::of(&[]);
    for name in [TARBALL.to_owned(), format!("{TARBALL}.published")] {
        let file = release.folder.join(&name);
        let mut bytes = fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&file, bytes).unwrap();
        let said = openssl_refuses(&release.folder, &signature_of(&name, &format!("{name}.sig")));
        assert!(said.contains("Verification failure"), "{said}");
    }
}

#[test]
fn openssl_refuses_the_signature_of_one_tarball_for_the_other() {
    let release = Release::of(&[]);
    let (published, signature) = (format!("{TARBALL}.published"), format!("{TARBALL}.sig"));
    openssl_refuses(&release.folder, &signature_of(&published, &signature));
}

#[test]
fn openssl_refuses_the_certificate_under_the_root_of_another_run() {
    let (one, other) = (Release::of(&[]), Release::of(&[]));
    fs::copy(other.folder.join("anchors.pem"), one.folder.join("anchors.pem")).unwrap();
    openssl_refuses(&one.folder, &CHAIN);
}

#[test]
fn the_certificate_says_who_signed_for_what_and_how_long() {
    let release = Release::of(&[]);
    let text = release.certificate();
    let chitty_id = release.report["certificate"]["chitty_id"].as_str().unwrap();
    assert!(text.contains("Version: 3 (0x2)"), "{text}");
    assert!(text.contains(&format!("Subject: CN = {chitty_id}\n")), "{text}");
    assert!(
        after(text, "X509v3 Subject Alternative Name:").contains("URI:"),
        "{text}"
    );
    assert!(text.contains("X509v3 Key Usage: critical\n"), "{text}");
    assert_eq!(after(text, "X509v3 Key Usage: critical"), "Digital Signature");
    assert_eq!(after(text, "X509v3 Extended Key Usage:"), "Code Signing");
}

#[test]
fn the_certificate_lives_for_a_year() {
    let release = Release::of(&[]);
    let in_force_after = |seconds| ["x509", "-in", CERTIFICATE, "-noout", "-checkend", seconds];
    openssl(&release.folder, &in_force_after(DAYS_364));
    openssl_refuses(&release.folder, &in_force_after(DAYS_366));
}

#[test]
fn the_fingerprint_is_that_of_the_certificate() {
    let release = Release::of(&[]);
    let said = openssl(
        &release.folder,
        &["x509", "-in", CERTIFICATE, "-noout", "-fingerprint", "-sha256"],
    );
    let hex = said.trim().split_once('=').unwrap().1.replace(':', "").to_lowercase();
    assert_eq!(release.report["certificate"]["fingerprint"], format!("sha256:{hex}"));
}

/// A release of `@acme/widgets` in a dry run, and what it left.
struct Release {
    report: serde_json::Value,
    folder: PathBuf,
    key: String,
    text: String,
    _place: TempDir,
}

impl Release {
    fn of(options: &[&str]) -> Self {
        let place = tempfile::tempdir().unwrap();
        let state = place.path().join("state");
        let arguments = [
            &["run", "--dry-run", "--json", "--state", state.to_str().unwrap()],
            options,
        ]
        .concat();
        let package = copy_of("widgets", place.path());
        let report = Program::new(place.path()).run(&package, &arguments).exits(0).json();
        let folder = Path::new(report["evidence"].as_str().unwrap()).to_owned();
        assert!(folder.starts_with(&state));
        let key = openssl(&folder, &["x509", "-in", CERTIFICATE, "-pubkey", "-noout"]);
        fs::write(folder.join(KEY), &key).unwrap();
        let text = openssl(&folder, &["x509", "-in", CERTIFICATE, "-text", "-noout"]);
        Self {
            report,
            folder,
            key,
            text,
            _place: place,
        }
    }

    fn certificate(&self) -> &str {
        &self.text
    }

    fn assert_accepted(&self) {
        assert!(self.key.starts_with("-----BEGIN PUBLIC KEY-----"));
        assert_eq!(openssl(&self.folder, &CHAIN), format!("{CERTIFICATE}: OK\n"));
        for name in [TARBALL.to_owned(), format!("{TARBALL}.published")] {
            assert_eq!(
                openssl(&self.folder, &signature_of(&name, &format!("{name}.sig"))),
                "Verified OK\n"
            );
        }
    }
}

fn signature_of<'a>(file: &'a str, signature: &'a str) -> [&'a str; 7] {
    ["dgst", "-sha256", "-verify", KEY, "-signature", signature, file]
}

/// The line after a heading.
fn after<'a>(text: &'a str, heading: &str) -> &'a str {
    text.split_once(heading).unwrap().1.lines().nth(1).unwrap().trim()
}

/// Without `-purpose`: openssl before 3.2 knows none for code signing, and without one it checks the chain for none.
const CHAIN: [&str; 7] = [
    "verify",
    "-x509_strict",
    "-CAfile",
    "anchors.pem",
    "-untrusted",
    CHAIN_FILE,
    CERTIFICATE,
];
const TARBALL: &str = "acme-widgets-1.2.3.tgz";
const CERTIFICATE: &str = "acme-widgets-1.2.3.tgz.cert.pem";
const CHAIN_FILE: &str = "acme-widgets-1.2.3.tgz.chain.pem";
const KEY: &str = "key.pem";
const DAYS_364: &str = "31449600";
const DAYS_366: &str = "31622400";
