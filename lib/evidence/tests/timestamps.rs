//! Our timestamps must convince the `openssl` command line, and its must convince us.
//!
//! The program is part of what is tested, so its absence is a failure and not a reason to skip.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use certified_evidence::certificate::{Authority, SerialNumber};
use certified_evidence::timestamp_token::{TimestampAuthority, TimestampError, TimestampRequest, verify};
use certified_evidence::trust_root::{CertificateAuthority, ValidFor};
use certified_evidence::{KeyAlgorithm, SigningKey, Timestamp};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;

const BOTH: [KeyAlgorithm; 2] = [KeyAlgorithm::EcdsaP256, KeyAlgorithm::Rsa2048];
const SIGNATURE: &[u8] = b"the bytes of a signature";

#[test]
fn openssl_accepts_our_answers_to_its_requests() {
    for algorithm in BOTH {
        let desk = Desk::new("ours", algorithm);
        desk.must("ts -query -data signature -sha256 -cert -out request.tsq");
        let serial = SerialNumber::random(&mut UnwrapErr(SysRng));
        let answer = desk
            .authority()
            .answer(&desk.read("request.tsq"), desk.now, serial)
            .unwrap();
        desk.write("answer.tsr", answer);
        let said = desk.must("ts -verify -queryfile request.tsq -in answer.tsr -CAfile root.pem");
        assert!(said.contains("Verification: OK"), "{said}");
        let said = desk.must("ts -reply -in answer.tsr -text");
        assert!(
            said.contains("Status: Granted.") && said.contains("Accuracy: 0x01 seconds"),
            "{said}"
        );

        desk.write("signature", b"other bytes");
        let refused = desk.openssl("ts -verify -data signature -in answer.tsr -CAfile root.pem");
        assert!(!refused.status.success(), "{}", said_by(&refused));
    }
}

#[test]
fn openssl_reads_our_requests_and_we_accept_its_answers() {
    for algorithm in BOTH {
        let desk = Desk::new("theirs", algorithm);
        let request = TimestampRequest::about(SIGNATURE, &mut UnwrapErr(SysRng));
        desk.write("request.tsq", request.to_der().unwrap());
        desk.must("ts -reply -config tsa.cnf -queryfile request.tsq -out answer.tsr");
        let answer = desk.read("answer.tsr");
        let trusted = desk.trusted();
        // openssl asks the system's clock.
        let skew = request
            .accept(&answer, &trusted)
            .unwrap()
            .at()
            .unix()
            .abs_diff(desk.now.unix());
        assert!(skew < 3600, "{skew}");
        assert!(matches!(
            verify(&answer, b"other bytes", &trusted),
            Err(TimestampError::OtherBytes { .. })
        ));
    }
}

#[test]
fn openssl_understands_our_refusals() {
    let desk = Desk::new("refusals", KeyAlgorithm::EcdsaP256);
    desk.must("ts -query -data signature -sha512 -cert -out request.tsq");
    let serial = SerialNumber::random(&mut UnwrapErr(SysRng));
    let answer = desk
        .authority()
        .answer(&desk.read("request.tsq"), desk.now, serial)
        .unwrap();
    desk.write("answer.tsr", answer);
    let said = said_by(&desk.openssl("ts -reply -in answer.tsr -text"));
    for line in [
        "Status: Rejected.",
        "expected a digest by SHA-256",
        "unrecognized or unsupported algorithm",
    ] {
        assert!(said.contains(line), "no `{line}` in {said}");
    }
}

/// A folder with the files of one test, and the authority whose files they are.
struct Desk {
    folder: PathBuf,
    root: Authority,
    key: SigningKey,
    certificate: certified_evidence::Certificate,
    now: Timestamp,
}

impl Desk {
    fn new(name: &str, algorithm: KeyAlgorithm) -> Self {
        let mut rng = UnwrapErr(SysRng);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("timestamps-{name}-{algorithm}"));
        fs::create_dir_all(&folder).unwrap();
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        let now = Timestamp::from_unix(since.as_secs());
        let (start, day) = (now.minus_seconds(3600), 24 * 3600);
        let root_key = SigningKey::generate(algorithm, &mut rng).unwrap();
        let root = Authority::root("Acme Time Root", "Acme", start, 10 * day, root_key, &mut rng).unwrap();
        let key = SigningKey::generate(algorithm, &mut rng).unwrap();
        let life = (start, start.plus_seconds(day));
        let certificate = root
            .timestamping("Acme Time", "Acme", life, key.public_key(), &mut rng)
            .unwrap();
        let desk = Self {
            folder,
            root,
            key,
            certificate,
            now,
        };
        desk.write("signature", SIGNATURE);
        desk.write("root.pem", desk.root.certificate().to_pem());
        desk.write("tsa.pem", desk.certificate.to_pem());
        desk.write("key.der", desk.key.to_pkcs8_der().unwrap().expose());
        desk.must("pkey -inform DER -in key.der -out key.pem");
        desk.write("serial", "01\n");
        desk.write("tsa.cnf", CONFIGURATION);
        desk
    }

    fn authority(&self) -> TimestampAuthority {
        let key = SigningKey::from_pkcs8_der(self.key.to_pkcs8_der().unwrap().expose()).unwrap();
        TimestampAuthority::new(key, self.certificate.clone()).unwrap()
    }

    fn trusted(&self) -> [CertificateAuthority; 1] {
        let chain = [&self.certificate, self.root.certificate()];
        let valid_for = ValidFor::from(self.now.minus_seconds(3600));
        [CertificateAuthority::new("https://time.example", &chain, valid_for).unwrap()]
    }

    fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        fs::write(self.folder.join(name), contents).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.join(name)).unwrap()
    }

    fn must(&self, arguments: &str) -> String {
        let output = self.openssl(arguments);
        assert!(output.status.success(), "openssl {arguments}: {}", said_by(&output));
        said_by(&output)
    }

    fn openssl(&self, arguments: &str) -> Output {
        let mut command = Command::new("openssl");
        command.args(arguments.split_whitespace()).current_dir(&self.folder);
        command.output().unwrap()
    }
}

fn said_by(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr];
    streams.map(|bytes| String::from_utf8_lossy(bytes)).concat()
}

const CONFIGURATION: &str = "[tsa]
default_tsa = desk
[desk]
serial = serial
signer_cert = tsa.pem
signer_key = key.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
";
