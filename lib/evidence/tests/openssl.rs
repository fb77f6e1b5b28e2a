//! Everything that is signed here must convince a program that none of us wrote: the `openssl` command line.
//!
//! The program is part of what is tested, so its absence is a failure and not a reason to skip.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use certified_evidence::certificate::{Authority, Certificate, Claim, LeafProfile, SerialNumber, WorkflowClaims};
use certified_evidence::{CertificateRequest, KeyAlgorithm, Signature, SigningKey, Timestamp};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;

const START: Timestamp = Timestamp::from_unix(1_767_268_800);
const YEAR: u64 = 365 * 24 * 3600;
const BOTH: [KeyAlgorithm; 2] = [KeyAlgorithm::EcdsaP256, KeyAlgorithm::Rsa2048];

#[test]
fn openssl_accepts_every_mix_of_authority_and_release_keys() {
    let desk = Desk::new("chains");
    for authority in BOTH {
        for release in BOTH {
            let (root, issuing) = authorities(authority);
            let leaf = issuing.issue(profile(&key(release))).unwrap();
            desk.write_chain(&root, &issuing, &leaf);
            let verified = desk.verify_chain();
            assert!(
                verified.status.success(),
                "{authority} issues for {release}: {}",
                said(&verified)
            );
        }
    }
}

#[test]
fn openssl_refuses_the_chain_below_another_root() {
    let desk = Desk::new("foreign");
    let (_, issuing) = authorities(KeyAlgorithm::EcdsaP256);
    let (other, _) = authorities(KeyAlgorithm::EcdsaP256);
    let leaf = issuing.issue(profile(&key(KeyAlgorithm::EcdsaP256))).unwrap();
    desk.write_chain(&other, &issuing, &leaf);
    assert!(!desk.verify_chain().status.success());
}

#[test]
fn openssl_reads_the_profile_of_a_release_as_it_was_meant() {
    let desk = Desk::new("profile");
    let (_, issuing) = authorities(KeyAlgorithm::EcdsaP256);
    let leaf = issuing.issue(profile(&key(KeyAlgorithm::EcdsaP256))).unwrap();
    desk.write("leaf.pem", leaf.to_pem());
    let text = said(&desk.openssl(&["x509", "-in", "leaf.pem", "-noout", "-text"]));
    for line in [
        "Version: 3 (0x2)",
        "Subject: CN = chittyos.certificate.1",
        "X509v3 Key Usage: critical\n                Digital Signature\n",
        "X509v3 Extended Key Usage: \n                Code Signing\n",
        "X509v3 Subject Alternative Name: \n                URI:https://github.com/acme/widgets",
        "X509v3 Authority Key Identifier:",
        "1.3.6.1.4.1.57264.1.8:",
    ] {
        assert!(text.contains(line), "no `{line}` in {text}");
    }
    assert!(!text.contains("X509v3 Basic Constraints"), "{text}");
    let serial = said(&desk.openssl(&["x509", "-in", "leaf.pem", "-noout", "-serial"]));
    assert!(serial.contains(&format!("serial={}\n", leaf.serial_hex())), "{serial}");
}

#[test]
fn openssl_accepts_our_requests_and_we_accept_its() {
    let desk = Desk::new("requests");
    for algorithm in BOTH {
        let key = key(algorithm);
        let request = CertificateRequest::create(&key, "@acme/widgets").unwrap();
        desk.write("ours.pem", request.to_pem());
        let verified = desk.openssl(&["req", "-verify", "-noout", "-in", "ours.pem"]);
        assert!(
            verified.status.success() && said(&verified).contains("verify OK"),
            "{algorithm}: {}",
            said(&verified)
        );

        desk.write_key(&key);
        desk.must(&[
            "req",
            "-new",
            "-key",
            "key.der",
            "-keyform",
            "DER",
            "-subj",
            "/CN=acme",
            "-addext",
            SAN,
            "-out",
            "theirs.pem",
        ]);
        let theirs = CertificateRequest::parse(&desk.read_text("theirs.pem")).unwrap();
        assert_eq!(theirs.verify(), Ok(key.public_key()), "{algorithm}");
    }
}

#[test]
fn openssl_accepts_our_signatures_and_we_accept_its() {
    let desk = Desk::new("signatures");
    let message = b"the bytes of a tarball";
    for algorithm in BOTH {
        let key = key(algorithm);
        desk.write("message", message);
        desk.write("public.pem", key.public_key().to_pem());
        desk.write("ours.sig", key.sign(message).unwrap().as_bytes());
        let verify = [
            "dgst",
            "-sha256",
            "-verify",
            "public.pem",
            "-signature",
            "ours.sig",
            "message",
        ];
        desk.must(&verify);

        desk.write_key(&key);
        desk.must(&[
            "dgst",
            "-sha256",
            "-sign",
            "key.der",
            "-keyform",
            "DER",
            "-out",
            "theirs.sig",
            "message",
        ]);
        let theirs = Signature::from_bytes(fs::read(desk.0.join("theirs.sig")).unwrap()).unwrap();
        assert_eq!(key.public_key().verify(message, &theirs), Ok(()), "{algorithm}");

        desk.write("message", b"the bytes of another tarball");
        assert!(!desk.openssl(&verify).status.success(), "{algorithm}");
    }
}

#[test]
fn we_read_the_keys_that_openssl_makes() {
    let desk = Desk::new("keys");
    desk.must(&[
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-out",
        "key.pem",
    ]);
    let key = SigningKey::from_pkcs8_pem(&desk.read_text("key.pem").into()).unwrap();
    assert_eq!(key.algorithm(), KeyAlgorithm::EcdsaP256);
    desk.must(&[
        "genpkey",
        "-algorithm",
        "RSA",
        "-pkeyopt",
        "rsa_keygen_bits:2048",
        "-out",
        "key.pem",
    ]);
    let key = SigningKey::from_pkcs8_pem(&desk.read_text("key.pem").into()).unwrap();
    desk.must(&["pkey", "-in", "key.pem", "-pubout", "-out", "public.pem"]);
    assert_eq!(key.public_key().to_pem(), desk.read_text("public.pem"));
    desk.must(&[
        "genpkey",
        "-algorithm",
        "RSA",
        "-pkeyopt",
        "rsa_keygen_bits:1024",
        "-out",
        "key.pem",
    ]);
    assert!(SigningKey::from_pkcs8_pem(&desk.read_text("key.pem").into()).is_err());
}

/// A folder of its own for each test, and the program that looks into it.
struct Desk(PathBuf);

impl Desk {
    fn new(test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("openssl-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), contents).unwrap();
    }

    fn write_key(&self, key: &SigningKey) {
        self.write("key.der", key.to_pkcs8_der().unwrap().expose());
    }

    fn write_chain(&self, root: &Authority, issuing: &Authority, leaf: &Certificate) {
        self.write("root.pem", root.certificate().to_pem());
        self.write("issuing.pem", issuing.certificate().to_pem());
        self.write("leaf.pem", leaf.to_pem());
    }

    fn read_text(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn verify_chain(&self) -> Output {
        let during = (START.unix() + 3600).to_string();
        let files = ["-CAfile", "root.pem", "-untrusted", "issuing.pem", "leaf.pem"];
        self.openssl(
            &[
                &["verify", "-x509_strict", "-check_ss_sig", "-attime", &during],
                &files[..],
            ]
            .concat(),
        )
    }

    fn must(&self, arguments: &[&str]) {
        let output = self.openssl(arguments);
        assert!(
            output.status.success(),
            "openssl {}: {}",
            arguments.join(" "),
            said(&output)
        );
    }

    fn openssl(&self, arguments: &[&str]) -> Output {
        let started = Command::new("openssl").args(arguments).current_dir(&self.0).output();
        assert!(
            started.is_ok(),
            "this test needs the program `openssl` on the PATH: {started:?}"
        );
        started.unwrap()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // The folder held private keys, worthless as they are. A failure to remove it must not hide the test's own.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn key(algorithm: KeyAlgorithm) -> SigningKey {
    SigningKey::generate(algorithm, &mut UnwrapErr(SysRng)).unwrap()
}

fn authorities(algorithm: KeyAlgorithm) -> (Authority, Authority) {
    let rng = &mut UnwrapErr(SysRng);
    let root = Authority::root("Acme Root (local only)", "Acme", START, 10 * YEAR, key(algorithm), rng).unwrap();
    let issuing = root
        .issuing(
            "Acme Issuing (local only)",
            "Acme",
            START,
            5 * YEAR,
            key(algorithm),
            rng,
        )
        .unwrap();
    (root, issuing)
}

fn profile(key: &SigningKey) -> LeafProfile {
    LeafProfile {
        common_name: "chittyos.certificate.1".to_owned(),
        san_uri: Some("https://github.com/acme/widgets/.github/workflows/release.yml@refs/tags/v1.2.0".to_owned()),
        release: None,
        public_key: key.public_key().clone(),
        not_before: START,
        not_after: START.plus_seconds(YEAR),
        serial: SerialNumber::random(&mut UnwrapErr(SysRng)),
        claims: WorkflowClaims::default()
            .with(Claim::Issuer, "https://issuer.example")
            .unwrap(),
    }
}

const SAN: &str = "subjectAltName=URI:https://acme.example/widgets";
