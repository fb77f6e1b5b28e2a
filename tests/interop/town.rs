//! Everything that a release's evidence comes from, in this process: authorities, logs, and the bundles they make.

use std::time::{SystemTime, UNIX_EPOCH};

use certified_evidence::bundle::{Content, TransparencyLogEntry};
use certified_evidence::certificate::{Authority, Certificate, Claim, LeafProfile, SerialNumber, WorkflowClaims};
use certified_evidence::dsse::Envelope;
use certified_evidence::hashed_rekord::HashedRekord;
use certified_evidence::log::{Checkpoint, InclusionProof, LeafHash, LogSigner, Tree};
use certified_evidence::sct::CtLogKey;
use certified_evidence::statement::{Provenance, Statement, Subject};
use certified_evidence::timestamp_token::{TimestampAuthority, TimestampRequest};
use certified_evidence::trust_root::{CertificateAuthority, TransparencyLog, ValidFor};
use certified_evidence::{Bundle, Digest, KeyAlgorithm, Secret, SigningKey, Timestamp, TrustRoot};
use getrandom::SysRng;
use rand_core::UnwrapErr;

/// What the releases are called.
pub(crate) const PACKAGE: (&str, &str) = ("@acme/widgets", "1.2.3");
/// Whom their certificates name.
pub(crate) const IDENTITY: &str = "pkg:npm/%40acme/widgets@1.2.3";
/// Who vouched for the workflow.
pub(crate) const ISSUER: &str = "https://token.example";
/// What is released.
pub(crate) const ARTIFACT: &[u8] = b"the bytes of a tarball";

const LOG: &str = "chronicle.example/log";
const P256: KeyAlgorithm = KeyAlgorithm::EcdsaP256;
const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;

/// The keys of a town: which kind each has.
#[derive(Clone, Copy)]
pub(crate) struct Kinds {
    pub(crate) authority: KeyAlgorithm,
    pub(crate) release: KeyAlgorithm,
    pub(crate) time: KeyAlgorithm,
    pub(crate) ed25519_log: bool,
    pub(crate) tree: usize,
}

impl Default for Kinds {
    fn default() -> Self {
        Self {
            authority: P256,
            release: P256,
            time: P256,
            ed25519_log: false,
            tree: 7,
        }
    }
}

/// One set of authorities and logs.
pub(crate) struct Town {
    pub(crate) now: Timestamp,
    kinds: Kinds,
    root: Certificate,
    issuing: Authority,
    ct: CtLogKey,
    log: LogSigner,
    time_root: Certificate,
    time: TimestampAuthority,
}

impl Town {
    pub(crate) fn new(kinds: Kinds) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let now = Timestamp::from_unix(since.as_secs());
        let from = now.minus_seconds(DAY);
        let root = Authority::root("Acme Root", "Acme", from, 9 * DAY, key(kinds.authority), &mut rng()).unwrap();
        let issuing = root.issuing("Acme Issuing", "Acme", from, 8 * DAY, key(kinds.authority), &mut rng());
        let time_root = Authority::root("Acme Time Root", "Acme", from, 9 * DAY, key(kinds.time), &mut rng()).unwrap();
        let time_key = key(kinds.time);
        let life = (from, from.plus_seconds(8 * DAY));
        let time = time_root
            .timestamping("Acme Time", "Acme", life, time_key.public_key(), &mut rng())
            .unwrap();
        let name = LOG.parse().unwrap();
        let log = if kinds.ed25519_log {
            LogSigner::ed25519(name, &Secret::new([7; 32]))
        } else {
            LogSigner::ecdsa(name, key(P256))
        };
        Self {
            now,
            kinds,
            root: root.certificate().clone(),
            issuing: issuing.unwrap(),
            ct: CtLogKey::new(key(P256)),
            log: log.unwrap(),
            time_root: time_root.certificate().clone(),
            time: TimestampAuthority::new(time_key, time).unwrap(),
        }
    }

    /// What a verifier of this town's releases is given.
    pub(crate) fn trust_root(&self) -> TrustRoot {
        let valid_for = ValidFor::from(self.now.minus_seconds(DAY));
        let releases = [self.issuing.certificate(), &self.root];
        let times = [self.time.certificate(), &self.time_root];
        TrustRoot {
            tlogs: vec![TransparencyLog::of_log(
                format!("https://{LOG}"),
                self.log.key(),
                valid_for,
            )],
            certificate_authorities: vec![
                CertificateAuthority::new("https://id.example", &releases, valid_for).unwrap(),
            ],
            ctlogs: vec![TransparencyLog::new("https://id.example/ct", self.ct.public_key(), valid_for).unwrap()],
            timestamp_authorities: vec![CertificateAuthority::new("https://time.example", &times, valid_for).unwrap()],
            ..TrustRoot::default()
        }
    }

    pub(crate) fn release_key(&self) -> SigningKey {
        key(self.kinds.release)
    }

    /// What stands in a release's certificate: ten minutes from a minute ago.
    pub(crate) fn profile(&self, key: &SigningKey) -> LeafProfile {
        let not_before = self.now.minus_seconds(MINUTE);
        LeafProfile {
            common_name: "chittyos.acme-widgets.0d9c2a54-6c1e-4f0a-9d56-2f6f0b5b8a11".to_owned(),
            san_uri: Some(IDENTITY.to_owned()),
            release: Some(IDENTITY.to_owned()),
            public_key: key.public_key().clone(),
            not_before,
            not_after: not_before.plus_seconds(10 * MINUTE),
            serial: SerialNumber::random(&mut rng()),
            claims: claims(),
        }
    }

    pub(crate) fn certificate(&self, profile: LeafProfile) -> Certificate {
        let logged = self.issuing.issue_logged(profile, &self.ct, self.now);
        logged.unwrap()
    }

    pub(crate) fn certificate_without_a_log(&self, profile: LeafProfile) -> Certificate {
        self.issuing.issue(profile).unwrap()
    }

    pub(crate) fn certificate_of_another_log(&self, profile: LeafProfile) -> Certificate {
        let stranger = CtLogKey::new(key(P256));
        self.issuing.issue_logged(profile, &stranger, self.now).unwrap()
    }

    /// The whole bundle: signature, certificate, log entry and timestamp.
    pub(crate) fn bundle(&self, certificate: Certificate, content: Content) -> Bundle {
        let mut bundle = Bundle {
            certificate,
            log_entries: Vec::new(),
            timestamps: Vec::new(),
            content,
        };
        let signature = bundle.signature().unwrap();
        bundle.timestamps = vec![self.timestamp(signature.as_bytes(), self.now)];
        let entry = HashedRekord::new(bundle.content.signed_digest(), signature, &bundle.certificate).unwrap();
        bundle.log_entries = vec![self.log_entry(&entry)];
        bundle
    }

    pub(crate) fn timestamp(&self, bytes: &[u8], at: Timestamp) -> Vec<u8> {
        let request = TimestampRequest::about(bytes, &mut rng()).to_der().unwrap();
        self.time
            .answer(&request, at, SerialNumber::random(&mut rng()))
            .unwrap()
    }

    /// Puts the entry in the middle of a tree.
    pub(crate) fn log_entry(&self, entry: &HashedRekord) -> TransparencyLogEntry {
        let entry_hash = LeafHash::of(&entry.to_canonical().unwrap());
        let place = self.kinds.tree / 2;
        let mut tree = Tree::new();
        for leaf in 0..self.kinds.tree {
            let other = LeafHash::of(format!("other {leaf}").as_bytes());
            tree.push(if leaf == place { entry_hash } else { other }).unwrap();
        }
        let index = u64::try_from(place).unwrap().try_into().unwrap();
        let proof = InclusionProof::make(index, tree.size(), &tree).unwrap();
        let checkpoint = Checkpoint::sign(&tree.head(), &self.log).unwrap();
        TransparencyLogEntry::of(entry, &proof, &checkpoint, self.log.key()).unwrap()
    }
}

/// The tarball itself, signed.
pub(crate) fn message(key: &SigningKey, artifact: &[u8]) -> Content {
    Content::Message {
        digest: Digest::of(artifact),
        signature: key.sign(artifact).unwrap(),
    }
}

/// How the tarball was built, signed.
pub(crate) fn provenance(key: &SigningKey, artifact: &[u8]) -> Content {
    let provenance = Provenance::of_run(&claims()).unwrap();
    let statement = Statement::of_provenance(Subject::tarball(IDENTITY, artifact), &provenance).unwrap();
    let payload = statement.to_json().unwrap();
    Content::Envelope(Envelope::sign(key, Statement::PAYLOAD_TYPE, payload).unwrap())
}

/// What the authority verified about the workflow.
fn claims() -> WorkflowClaims {
    let workflow = "https://github.com/acme/widgets/.github/workflows/release.yml@refs/tags/v1.2.3";
    [
        (Claim::BareIssuer, ISSUER),
        (Claim::Issuer, ISSUER),
        (Claim::BuildSignerUri, workflow),
        (Claim::SourceRepositoryUri, "https://github.com/acme/widgets"),
        (
            Claim::SourceRepositoryDigest,
            "c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeeabcd",
        ),
        (Claim::SourceRepositoryRef, "refs/tags/v1.2.3"),
        (Claim::SourceRepositoryIdentifier, "1"),
        (Claim::SourceRepositoryOwnerIdentifier, "2"),
        (Claim::BuildConfigUri, workflow),
        (Claim::BuildTrigger, "release"),
        (
            Claim::RunInvocationUri,
            "https://github.com/acme/widgets/actions/runs/1/attempts/1",
        ),
    ]
    .into_iter()
    .fold(WorkflowClaims::default(), |claims, (claim, value)| {
        claims.with(claim, value).unwrap()
    })
}

pub(crate) fn key(algorithm: KeyAlgorithm) -> SigningKey {
    SigningKey::generate(algorithm, &mut rng()).unwrap()
}

pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}
