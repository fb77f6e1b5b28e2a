//! Whoever makes releases: two authorities, a key, and a packed folder.

use std::fs;
use std::sync::{Arc, LazyLock};

use certified_evidence::anchors::{CertificateAuthority, TrustedLog};
use certified_evidence::certificate::{Authority, LeafProfile, SerialNumber};
use certified_evidence::log::{Checkpoint, InclusionProof, LeafHash, LogSigner, Tree};
use certified_evidence::wire::chronicle::{Receipt, StoredEvent};
use certified_evidence::{
    Anchors, Archived, Certificate, CertificateFacts, Digest, Evidence, EvidenceFormat, KeyAlgorithm, RecordedEvent,
    Signatures, SigningKey,
};
use certified_pack::{Archive, Limits, Options, Tarball, pack};
use certified_verify::CertifiedTarball;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;

use super::block::{BEGIN, CERT_ID, CHITTY_ID, block};
use super::told::{self, Told};
use super::witnesses::{Witnesses, claims};
use super::{LOGGED_AT, Release, SIGNED_AT, YEAR};

/// Makes releases of one package.
pub(crate) struct Maker {
    pub(crate) root: Authority,
    pub(crate) issuing: Authority,
    /// The key that the certificates of the releases certify.
    pub(crate) key: SigningKey,
    pub(crate) certified: CertifiedTarball,
    /// The log of the Chronicle.
    pub(crate) log: LogSigner,
    pub(crate) witnesses: Witnesses,
}

impl Maker {
    /// The one with P-256 keys that the tests share.
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: LazyLock<Arc<Maker>> = LazyLock::new(|| Arc::new(Maker::new(KeyAlgorithm::EcdsaP256)));
        Arc::clone(&SHARED)
    }

    pub(crate) fn new(algorithm: KeyAlgorithm) -> Self {
        let (root_key, issuing_key, key) = (new_key(algorithm), new_key(algorithm), new_key(algorithm));
        let from = BEGIN.minus_seconds(YEAR);
        let mut random = UnwrapErr(SysRng);
        let root = Authority::root("Acme Root", "Acme", from, 20 * YEAR, root_key, &mut random).unwrap();
        let issuing = root
            .issuing("Acme Issuing", "Acme", from, 10 * YEAR, issuing_key, &mut random)
            .unwrap();
        Self {
            root,
            issuing,
            key,
            certified: CertifiedTarball::new(packed()).unwrap(),
            log: new_log(LOG),
            witnesses: Witnesses::new(algorithm),
        }
    }

    /// What stands in a good certificate: this package, this version, one year.
    pub(crate) fn leaf(&self) -> LeafProfile {
        LeafProfile {
            common_name: CHITTY_ID.to_owned(),
            san_uri: Some("pkg:npm/%40acme/widgets@1.2.3".to_owned()),
            release: Some("pkg:npm/%40acme/widgets@1.2.3".to_owned()),
            public_key: self.key.public_key().clone(),
            not_before: BEGIN,
            not_after: BEGIN.plus_seconds(YEAR),
            serial: SerialNumber::random(&mut UnwrapErr(SysRng)),
            claims: claims(),
        }
    }

    /// Everybody, trusted for as long as the root lives.
    pub(crate) fn anchors(&self) -> Anchors {
        let root = self.root.certificate();
        let authority = CertificateAuthority {
            name: "Acme Root".to_owned(),
            pem: root.to_pem(),
            valid_from: root.not_before(),
            valid_until: root.not_after(),
        };
        let log = TrustedLog {
            key: self.log.key().clone(),
            valid_from: authority.valid_from,
            valid_until: authority.valid_until,
        };
        let mut anchors = Anchors {
            certificate_authorities: vec![authority],
            logs: vec![log],
            ..Anchors::default()
        };
        self.witnesses.name_in(&mut anchors);
        anchors
    }

    /// A release with such a certificate, told to everybody.
    pub(crate) fn release(self: &Arc<Self>, leaf: LeafProfile) -> Release {
        self.release_by(&self.issuing.issue_logged(leaf, &self.witnesses.ct, LOGGED_AT).unwrap())
    }

    /// A release with this certificate, told to everybody and witnessed.
    pub(crate) fn release_by(self: &Arc<Self>, certificate: &Certificate) -> Release {
        let evidence = self.evidence(certificate);
        let sealed = self.certified.seal(&evidence.block).unwrap();
        let mut release = Release {
            published: sealed.bytes().to_vec(),
            anchors: self.anchors(),
            told: Told::about(&evidence, &self.certified),
            evidence,
            maker: Arc::clone(self),
        };
        release.witness();
        release
    }

    /// The log's receipt for an event, its third entry.
    pub(crate) fn receipt(&self, event: &StoredEvent) -> Receipt {
        let entry = Receipt::entry_of(event).unwrap();
        let mut tree = Tree::new();
        for leaf in [LeafHash::of(b"one"), LeafHash::of(b"two"), entry.leaf_hash()] {
            tree.push(leaf).unwrap();
        }
        let proof = InclusionProof::make(2.try_into().unwrap(), tree.size(), &tree).unwrap();
        Receipt::new(entry, &proof, Checkpoint::sign(&tree.head(), &self.log).unwrap())
    }

    /// The uncompressed archive of a tarball.
    pub(crate) fn tar_of(&self, tgz: &[u8]) -> Vec<u8> {
        Archive::open(tgz, &Limits::default()).unwrap().into_tar()
    }

    fn evidence(&self, certificate: &Certificate) -> Evidence {
        let fingerprint = Digest::from_bytes(certificate.fingerprint());
        let certified = self.certified.facts();
        let block = block(certified.sha256, fingerprint, certificate.not_after());
        let sealed = self.certified.seal(&block).unwrap();
        let event = told::event(&self.certified);
        Evidence {
            format: EvidenceFormat::V1,
            name: sealed.name().clone(),
            version: sealed.version().clone(),
            packed_by: "npm 12".to_owned(),
            published: sealed.facts(),
            certificate: CertificateFacts {
                cert_id: CERT_ID.parse().unwrap(),
                chitty_id: CHITTY_ID.parse().unwrap(),
                fingerprint,
                pem: certificate.to_pem(),
                chain: vec![self.issuing.certificate().to_pem()],
            },
            signatures: Signatures {
                certified: self.key.sign(self.certified.bytes()).unwrap(),
                published: self.key.sign(sealed.bytes()).unwrap(),
            },
            signed_at: SIGNED_AT,
            event: RecordedEvent {
                chronicle_url: block.provenance.chronicle_url.clone(),
                receipt: Some(self.receipt(&event)),
                event,
            },
            archive: Archived {
                r2_location: "acme-archive/packages/@acme/widgets/1.2.3.tgz".to_owned(),
                r2_url: block.provenance.r2_url.clone(),
            },
            certified,
            block,
            bundles: None,
        }
    }
}

/// A new key.
pub(crate) fn new_key(algorithm: KeyAlgorithm) -> SigningKey {
    SigningKey::generate(algorithm, &mut UnwrapErr(SysRng)).unwrap()
}

/// A log of this name with a new key.
pub(crate) fn new_log(name: &str) -> LogSigner {
    LogSigner::ecdsa(name.parse().unwrap(), new_key(KeyAlgorithm::EcdsaP256)).unwrap()
}

/// `@acme/widgets` 1.2.3: a manifest and one file.
fn packed() -> Tarball {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("package.json"), MANIFEST).unwrap();
    fs::write(folder.path().join("index.js"), "exports.widgets = 3;\n").unwrap();
    pack(folder.path(), &Options::default()).unwrap().1
}

/// The log's name.
pub(crate) const LOG: &str = "chronicle.example/log";

const MANIFEST: &str = r#"{
  "name": "@acme/widgets",
  "version": "1.2.3",
  "license": "MIT",
  "main": "index.js"
}
"#;
