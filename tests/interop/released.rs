//! What one run of the program leaves, shown to everybody: only files of the evidence folder and what `trust-root` prints, as a stranger has
//! them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::case::{Case, table};
use crate::stage::folders::copy_of;
use crate::stage::peers::peer;
use crate::stage::program::Program;
use crate::stage::services::Services;
use crate::stage::tools::{both, openssl, openssl_refuses};
use crate::town::IDENTITY;

#[test]
fn the_verifiers_of_others_accept_the_bundles_of_a_run() {
    let releases = [Release::signed_with("ecdsa-p256"), Release::signed_with("rsa-2048")];
    let cases: Vec<_> = releases.iter().flat_map(Release::cases).collect();
    insta::assert_snapshot!("released", table(&cases));
}

#[test]
fn openssl_accepts_chain_signatures_and_timestamps_of_a_run() {
    for algorithm in ["ecdsa-p256", "rsa-2048"] {
        let release = Release::signed_with(algorithm);
        for (format, file) in [("pem", "roots.pem"), ("timestamp-pem", "time.pem")] {
            fs::write(release.file(file), release.trust_root(format)).unwrap();
        }
        let said = release.openssl("verify -x509_strict -CAfile roots.pem -untrusted T.chain.pem T.cert.pem");
        assert!(said.ends_with(": OK\n"), "{said}");
        fs::write(
            release.file("key.pem"),
            release.openssl("x509 -in T.cert.pem -pubkey -noout"),
        )
        .unwrap();
        for (artifact, bundle) in [
            (TARBALL.to_owned(), "T"),
            (format!("{TARBALL}.published"), "T.published"),
        ] {
            let said = release.openssl(&format!(
                "dgst -sha256 -verify key.pem -signature {bundle}.sig {artifact}"
            ));
            assert_eq!(said, "Verified OK\n");
            fs::write(
                release.file("stamp.tsr"),
                release.timestamp(&format!("{artifact}.sigstore.json")),
            )
            .unwrap();
            release.openssl(&format!("ts -verify -data {bundle}.sig -in stamp.tsr -CAfile time.pem"));
            // Who may say what time it is may not say who somebody is, and the other way round.
            release.openssl_refuses(&format!(
                "ts -verify -data {bundle}.sig -in stamp.tsr -CAfile roots.pem"
            ));
        }
        release.openssl_refuses("verify -x509_strict -CAfile time.pem -untrusted T.chain.pem T.cert.pem");
    }
}

/// That command line insists on an issuer of identities. The certificate of a dry run names the embedded one, which is local only.
#[test]
fn sigstores_command_line_for_python_accepts_the_bundles_of_a_run() {
    let release = Release::signed_with("ecdsa-p256");
    fs::write(release.file("config.json"), release.trust_root("sigstore-client")).unwrap();
    for (artifact, bundle) in [(TARBALL, CERTIFIED), (PUBLISHED, PROVENANCE)] {
        let accepted = release.sigstore(bundle, [IDENTITY, ISSUER], artifact);
        assert!(
            accepted.status.success() && both(&accepted).contains(&format!("OK: {artifact}")),
            "{}",
            both(&accepted)
        );
        let others = [
            ([IDENTITY, "https://token.actions.githubusercontent.com"], artifact),
            (["pkg:npm/%40acme/gadgets@1.2.3", ISSUER], artifact),
            ([IDENTITY, ISSUER], "evidence.json"),
        ];
        for (expected, artifact) in others {
            let refused = release.sigstore(bundle, expected, artifact);
            assert!(!refused.status.success(), "{expected:?} {artifact}: {}", both(&refused));
        }
    }
}

/// Only who asks can know it: the verifiers of others ask nobody, and accept. Withdrawn is the certificate since before it signed.
#[tokio::test]
async fn a_release_whose_certificate_was_withdrawn_is_refused_by_ours_alone() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    fs::create_dir(at("home")).unwrap();
    let services = Services::start(&at("services"), &at("home"), &[]);
    let told = &services.assignments;
    let state = at("state");
    let program = || {
        let program = services.program(&at("home"));
        program.with("CERTIFIED_PUBLISH_STATE", state.to_str().unwrap())
    };
    let package = copy_of("widgets", place.path());
    let report = program()
        .run(&package, &["run", "--ignore-scripts", "--json"])
        .exits(0)
        .json();
    let verify = |code| {
        let verify = ["verify", "@acme/widgets@1.2.3", "--json"];
        program()
            .without_secrets()
            .run(place.path(), &verify)
            .exits(code)
            .json()
    };
    assert_eq!(verify(0)[0]["verdict"], "verified");

    let folder = PathBuf::from(report["evidence"].as_str().unwrap());
    let json = |file: &Path| -> Value { serde_json::from_slice(&fs::read(file).unwrap()).unwrap() };
    let evidence = json(&folder.join("evidence.json"));
    let cert_id = report["certificate"]["cert_id"].as_str().unwrap();
    let address = format!("{}v1/certificates/{cert_id}/revoke", told["CHITTY_ID_SERVICE"]);
    let reason = json!({ "reason": "the key was lost", "revoked_at": evidence["block"]["certificate"]["issued_at"] });
    let revoke = reqwest::Client::builder().no_proxy().build().unwrap().post(address);
    let revoked = revoke
        .bearer_auth(&told["CHITTY_ID_TOKEN"])
        .json(&reason)
        .send()
        .await
        .unwrap();
    assert!(revoked.status().is_success(), "{}", revoked.text().await.unwrap());

    let refused = verify(40);
    let checks = refused[0]["checks"].as_array().unwrap();
    let codes: Vec<&str> = checks
        .iter()
        .filter_map(|check| check["finding"]["code"].as_str())
        .collect();
    assert_eq!(codes, ["revocation/revoked"]);
    let cases = [
        ("tarball", TARBALL, "certified"),
        ("provenance", PUBLISHED, "provenance"),
    ];
    let cases = cases.map(|(kind, artifact, bundle)| Case {
        name: format!("{kind}, certificate withdrawn"),
        bundle: evidence["bundles"][bundle].clone(),
        trust_root: json(Path::new(&told["CERTIFIED_PUBLISH_TRUSTED_ROOT"])),
        artifact: fs::read(folder.join(artifact)).unwrap(),
        identity: IDENTITY.to_owned(),
        issuer: None,
        released: Some(format!("refuses: {}", codes.join(" "))),
    });
    insta::assert_snapshot!("withdrawn", table(&cases));
}

#[test]
fn the_provenance_says_what_was_built_from_what_and_that_nobody_vouches_for_the_run() {
    let release = Release::signed_with("ecdsa-p256");
    let bundle = release.json(PROVENANCE);
    let payload = bundle["dsseEnvelope"]["payload"].as_str().unwrap();
    let statement: Value = serde_json::from_slice(&Base64::decode_vec(payload).unwrap()).unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\b[0-9a-f]{128}\b", "[sha512]");
    settings.add_filter(r"\b[0-9a-f]{64}\b", "[sha256]");
    settings.add_filter(r"\b[0-9a-f]{40}\b", "[commit]");
    settings.add_filter(r"npm [0-9]+", "npm [version]");
    settings.add_filter(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "[time]");
    settings.bind(|| insta::assert_snapshot!("provenance", format!("{statement:#}")));
    let byproducts = statement.pointer("/predicate/runDetails/byproducts").unwrap();
    let certified = &release.report["certified"];
    for (place, member) in [(0, "sha256"), (1, "tar_sha256")] {
        let named = format!("sha256:{}", byproducts[place]["digest"]["sha256"].as_str().unwrap());
        assert_eq!(certified[member], named);
    }
}

/// A release of `@acme/widgets` in a dry run, and what it left.
struct Release {
    algorithm: &'static str,
    report: Value,
    folder: PathBuf,
    place: TempDir,
}

impl Release {
    fn signed_with(algorithm: &'static str) -> Self {
        let place = tempfile::tempdir().unwrap();
        let package = copy_of("widgets", place.path());
        let options = [
            "run",
            "--dry-run",
            "--ignore-scripts",
            "--json",
            "--key-algorithm",
            algorithm,
        ];
        let report = Program::new(place.path()).run(&package, &options).exits(0).json();
        Self {
            algorithm,
            folder: PathBuf::from(report["evidence"].as_str().unwrap()),
            report,
            place,
        }
    }

    /// The three bundles, each with what it is about and the trust root beside them.
    fn cases(&self) -> [Case; 3] {
        [
            ("tarball", TARBALL, CERTIFIED),
            ("published", PUBLISHED, "acme-widgets-1.2.3.tgz.published.sigstore.json"),
            ("provenance", PUBLISHED, PROVENANCE),
        ]
        .map(|(kind, artifact, bundle)| Case {
            name: format!("{kind}, {}", self.algorithm),
            bundle: self.json(bundle),
            trust_root: self.json("trusted_root.json"),
            artifact: fs::read(self.file(artifact)).unwrap(),
            identity: IDENTITY.to_owned(),
            issuer: Some(ISSUER.to_owned()),
            released: None,
        })
    }

    /// What `trust-root` prints about this evidence.
    fn trust_root(&self, format: &str) -> String {
        let arguments = [
            "trust-root",
            "--anchors",
            "anchors.json",
            "--evidence",
            ".",
            "--format",
            format,
        ];
        Program::new(self.place.path())
            .run(&self.folder, &arguments)
            .exits(0)
            .stdout
    }

    /// The timestamp in a bundle.
    fn timestamp(&self, bundle: &str) -> Vec<u8> {
        let stamp = "/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp";
        Base64::decode_vec(self.json(bundle).pointer(stamp).unwrap().as_str().unwrap()).unwrap()
    }

    /// What a stranger types.
    fn sigstore(&self, bundle: &str, [identity, issuer]: [&str; 2], artifact: &str) -> Output {
        let command = ["-m", "sigstore", "--trust-config", "config.json", "verify", "identity"];
        Command::new(peer("verifiers-python"))
            .args(command)
            .args(["--bundle", bundle, "--cert-identity", identity])
            .args(["--cert-oidc-issuer", issuer, artifact])
            .current_dir(&self.folder)
            .output()
            .unwrap()
    }

    fn json(&self, file: &str) -> Value {
        serde_json::from_slice(&fs::read(self.file(file)).unwrap()).unwrap()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Runs openssl among the evidence; `T.` stands for the tarball's name.
    fn openssl(&self, command: &str) -> String {
        let command = command.replace("T.", &format!("{TARBALL}."));
        openssl(&self.folder, &command.split(' ').collect::<Vec<_>>())
    }

    fn openssl_refuses(&self, command: &str) {
        let command = command.replace("T.", &format!("{TARBALL}."));
        openssl_refuses(&self.folder, &command.split(' ').collect::<Vec<_>>());
    }
}
/// Who vouches for whoever makes a dry run: nobody outside of it.
const ISSUER: &str = "https://issuer.local-only.invalid";
const TARBALL: &str = "acme-widgets-1.2.3.tgz";
const PUBLISHED: &str = "acme-widgets-1.2.3.tgz.published";
const CERTIFIED: &str = "acme-widgets-1.2.3.tgz.sigstore.json";
const PROVENANCE: &str = "acme-widgets-1.2.3.tgz.published.provenance.sigstore.json";
