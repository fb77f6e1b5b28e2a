//! Whoever saw that a release was signed, and the bundles that say so.

use certified_evidence::bundle::{Content, TransparencyLogEntry};
use certified_evidence::certificate::{Authority, Claim, SerialNumber, WorkflowClaims};
use certified_evidence::dsse::Envelope;
use certified_evidence::hashed_rekord::HashedRekord;
use certified_evidence::log::{Checkpoint, InclusionProof, LeafHash, LogSigner, Tree};
use certified_evidence::sct::CtLogKey;
use certified_evidence::statement::{ClaimedRun, Provenance, ResourceDescriptor, Statement, Subject};
use certified_evidence::timestamp_token::{TimestampAuthority, TimestampRequest};
use certified_evidence::trust_root::{CertificateAuthority, TransparencyLog, ValidFor};
use certified_evidence::{Anchors, Bundle, Bundles, Certificate, Evidence, KeyAlgorithm, Timestamp};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;

use super::block::BEGIN;
use super::maker::{Maker, new_key};
use super::{Release, SEALED_AT, SIGNED_AT, YEAR};

/// A log of certificates and an authority of time.
pub(crate) struct Witnesses {
    pub(crate) ct: CtLogKey,
    time_root: Certificate,
    time: TimestampAuthority,
}

impl Witnesses {
    pub(crate) fn new(algorithm: KeyAlgorithm) -> Self {
        let from = BEGIN.minus_seconds(YEAR);
        let (root_key, key) = (new_key(algorithm), new_key(algorithm));
        let mut random = UnwrapErr(SysRng);
        let root = Authority::root("Acme Time Root", "Acme", from, 20 * YEAR, root_key, &mut random).unwrap();
        let life = (from, from.plus_seconds(10 * YEAR));
        let time = root.timestamping("Acme Time", "Acme", life, key.public_key(), &mut random);
        Self {
            ct: CtLogKey::new(new_key(algorithm)),
            time_root: root.certificate().clone(),
            time: TimestampAuthority::new(key, time.unwrap()).unwrap(),
        }
    }

    /// Puts both among the anchors, trusted for as long as the authority's root lives.
    pub(crate) fn name_in(&self, anchors: &mut Anchors) {
        let valid_for = ValidFor {
            start: self.time_root.not_before(),
            end: Some(self.time_root.not_after()),
        };
        let chain = [self.time.certificate(), &self.time_root];
        let log = TransparencyLog::new("https://id.example/ct", self.ct.public_key(), valid_for);
        let time = CertificateAuthority::new("https://id.example", &chain, valid_for);
        (anchors.certificate_logs, anchors.timestamp_authorities) = (vec![log.unwrap()], vec![time.unwrap()]);
    }

    /// A timestamp over these bytes.
    pub(crate) fn timestamp(&self, bytes: &[u8], at: Timestamp) -> Vec<u8> {
        let mut random = UnwrapErr(SysRng);
        let request = TimestampRequest::about(bytes, &mut random).to_der().unwrap();
        self.time
            .answer(&request, at, SerialNumber::random(&mut random))
            .unwrap()
    }
}

impl Maker {
    /// The whole bundle: signature, certificate, timestamp and log entry.
    pub(crate) fn bundle(&self, certificate: &Certificate, content: Content, at: Timestamp) -> Bundle {
        let mut bundle = Bundle {
            certificate: certificate.clone(),
            log_entries: Vec::new(),
            timestamps: Vec::new(),
            content,
        };
        let signature = bundle.signature().unwrap();
        bundle.timestamps = vec![self.witnesses.timestamp(signature.as_bytes(), at)];
        bundle.log_entries = vec![log_entry(&record(&bundle), &self.log)];
        bundle
    }

    /// How the published tarball of this evidence was built, signed.
    pub(crate) fn provenance(&self, evidence: &Evidence, change: fn(&mut Provenance)) -> Statement {
        let claims = certificate(evidence).claims().unwrap();
        let mut provenance = Provenance::of_run(&claims).unwrap_or_else(|_| Provenance::of_claimed_run(claimed()));
        provenance.run_details.metadata.finished_on = Some(SIGNED_AT);
        let certified = &evidence.certified;
        provenance.run_details.byproducts = vec![
            ResourceDescriptor::file(&certified.filename, &certified.sha256)
                .annotated(ResourceDescriptor::PACKED_BY, &evidence.packed_by)
                .annotated(ResourceDescriptor::ARCHIVED_AT, &evidence.archive.r2_location),
            ResourceDescriptor::file("acme-widgets-1.2.3.tar", &certified.tar_sha256),
        ];
        change(&mut provenance);
        let subject = Subject {
            name: "pkg:npm/%40acme/widgets@1.2.3".to_owned(),
            sha256: Some(evidence.published.sha256),
            sha512: Some(evidence.published.integrity),
        };
        Statement::of_provenance(subject, &provenance).unwrap()
    }

    pub(crate) fn envelope(&self, statement: &Statement) -> Content {
        let json = statement.to_json().unwrap();
        Content::Envelope(Envelope::sign(&self.key, Statement::PAYLOAD_TYPE, json).unwrap())
    }
}

impl Release {
    /// The bundles again, from what the evidence says now.
    pub(crate) fn witness(&mut self) {
        let certificate = certificate(&self.evidence);
        let (maker, evidence) = (&self.maker, &self.evidence);
        let message = |digest, signature: &certified_evidence::Signature| Content::Message {
            digest,
            signature: signature.clone(),
        };
        let signatures = &evidence.signatures;
        let certified = message(evidence.certified.sha256, &signatures.certified);
        let published = message(evidence.published.sha256, &signatures.published);
        let provenance = maker.envelope(&maker.provenance(evidence, |_| ()));
        self.evidence.bundles = Some(Bundles {
            certified: maker.bundle(&certificate, certified, SIGNED_AT.plus_seconds(1)),
            published: maker.bundle(&certificate, published, SEALED_AT),
            provenance: maker.bundle(&certificate, provenance, SEALED_AT),
        });
    }

    /// Another statement in the place of the provenance, signed and witnessed.
    pub(crate) fn state(&mut self, change: impl FnOnce(&mut Statement)) {
        let mut statement = self.maker.provenance(&self.evidence, |_| ());
        change(&mut statement);
        self.state_as(self.maker.envelope(&statement));
    }

    /// Provenance that says something else, signed and witnessed.
    pub(crate) fn build(&mut self, change: fn(&mut Provenance)) {
        let statement = self.maker.provenance(&self.evidence, change);
        self.state_as(self.maker.envelope(&statement));
    }

    /// Other content in the place of the provenance, witnessed.
    pub(crate) fn state_as(&mut self, content: Content) {
        let bundle = self.maker.bundle(&certificate(&self.evidence), content, SEALED_AT);
        self.bundles().provenance = bundle;
    }

    pub(crate) fn bundles(&mut self) -> &mut Bundles {
        self.evidence.bundles.as_mut().unwrap()
    }
}

pub(crate) fn certificate(evidence: &Evidence) -> Certificate {
    Certificate::from_pem(&evidence.certificate.pem).unwrap()
}

/// What a log records about the signature of a bundle.
pub(crate) fn record(bundle: &Bundle) -> HashedRekord {
    HashedRekord::new(
        bundle.content.signed_digest(),
        bundle.signature().unwrap(),
        &bundle.certificate,
    )
    .unwrap()
}

/// The third entry of a log.
pub(crate) fn log_entry(record: &HashedRekord, log: &LogSigner) -> TransparencyLogEntry {
    let mut tree = Tree::new();
    for other in [b"one".as_slice(), b"two", &record.to_canonical().unwrap(), b"four"] {
        tree.push(LeafHash::of(other)).unwrap();
    }
    let proof = InclusionProof::make(2.try_into().unwrap(), tree.size(), &tree).unwrap();
    let checkpoint = Checkpoint::sign(&tree.head(), log).unwrap();
    TransparencyLogEntry::of(record, &proof, &checkpoint, log.key()).unwrap()
}

/// What the authority verified about the workflow; commit and run are those of the block.
pub(crate) fn claims() -> WorkflowClaims {
    let workflow = "https://github.com/acme/widgets/.github/workflows/release.yml@refs/tags/v1.2.3";
    [
        (Claim::BareIssuer, ISSUER),
        (Claim::Issuer, ISSUER),
        (Claim::BuildSignerUri, workflow),
        (Claim::SourceRepositoryUri, "https://github.com/acme/widgets"),
        (Claim::SourceRepositoryDigest, COMMIT),
        (Claim::SourceRepositoryRef, "refs/tags/v1.2.3"),
        (Claim::SourceRepositoryIdentifier, "1"),
        (Claim::SourceRepositoryOwnerIdentifier, "2"),
        (Claim::BuildConfigUri, workflow),
        (Claim::BuildTrigger, "release"),
        (
            Claim::RunInvocationUri,
            "https://github.com/acme/widgets/actions/runs/123/attempts/1",
        ),
    ]
    .into_iter()
    .fold(WorkflowClaims::default(), |claims, (claim, value)| {
        claims.with(claim, value).unwrap()
    })
}

fn claimed() -> ClaimedRun {
    ClaimedRun {
        id: "123".to_owned(),
        repository: Some("acme/widgets".to_owned()),
        commit: Some(COMMIT.to_owned()),
        machinery: "local".to_owned(),
        actor: "octo".to_owned(),
    }
}

/// Who vouched for the workflow.
pub(crate) const ISSUER: &str = "https://token.example";
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
