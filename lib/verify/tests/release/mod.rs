//! A whole good release, made in memory, to tamper with.
//!
//! Times are fixed: the certificate begins at [`BEGIN`] and is logged at [`LOGGED_AT`], the certified tarball is signed at [`SIGNED_AT`], the
//! Chronicle records at [`RECORDED_AT`], the published tarball is signed at [`SEALED_AT`]. Keys and certificates are made once for each test binary.

mod block;
mod maker;
mod told;
mod witnesses;

use std::sync::Arc;

use certified_evidence::certificate::LeafProfile;
use certified_evidence::wire::chronicle::StoredEvent;
use certified_evidence::{Anchors, Block, Digest, Evidence, Integrity, KeyAlgorithm, Shasum, TarballFacts, Timestamp};
use certified_pack::Tarball;
use certified_verify::{Asked, Judgement, PublishedTarball, judge};

pub(crate) use self::block::{BEGIN, SIGNED_AT};
pub(crate) use self::maker::{LOG, Maker, new_key, new_log};
use self::told::Told;
pub(crate) use self::witnesses::{ISSUER, Witnesses, certificate, claims, log_entry, record};

/// When the log of certificates saw it.
pub(crate) const LOGGED_AT: Timestamp = BEGIN.plus_seconds(1);
/// When the Chronicle recorded the event.
pub(crate) const RECORDED_AT: Timestamp = BEGIN.plus_seconds(120);
/// When the published tarball and the provenance were signed.
pub(crate) const SEALED_AT: Timestamp = BEGIN.plus_seconds(180);
/// Seconds.
pub(crate) const YEAR: u64 = 365 * 24 * 60 * 60;
/// Seconds.
pub(crate) const DAY: u64 = 24 * 60 * 60;

/// The published bytes, and everything that proves them.
#[derive(Clone)]
pub(crate) struct Release {
    /// What npm serves.
    pub(crate) published: Vec<u8>,
    pub(crate) evidence: Evidence,
    pub(crate) anchors: Anchors,
    /// What the services and the archive answer.
    pub(crate) told: Told,
    pub(crate) maker: Arc<Maker>,
}

impl Release {
    /// With which nothing is wrong.
    pub(crate) fn good() -> Self {
        Self::with_certificate(|_| ())
    }

    /// As good, where nobody is trusted to say when and which certificates there are, and nobody said it.
    pub(crate) fn unwitnessed() -> Self {
        let mut release = Self::good();
        release.anchors.certificate_logs.clear();
        release.anchors.timestamp_authorities.clear();
        release.evidence.bundles = None;
        release
    }

    /// As good, signed with RSA below authorities that do so, too.
    pub(crate) fn rsa() -> Self {
        let maker = Arc::new(Maker::new(KeyAlgorithm::Rsa2048));
        maker.release(maker.leaf())
    }

    /// A release whose certificate says something else, and is otherwise good.
    pub(crate) fn with_certificate(change: fn(&mut LeafProfile)) -> Self {
        let maker = Maker::shared();
        let mut leaf = maker.leaf();
        change(&mut leaf);
        maker.release(leaf)
    }

    /// Judged with everybody asked.
    pub(crate) fn judge(&self) -> Judgement {
        self.judge_with(&self.told.asked())
    }

    /// Judged with nobody asked.
    pub(crate) fn judge_offline(&self) -> Judgement {
        self.judge_with(&Asked::default())
    }

    fn judge_with(&self, asked: &Asked<'_>) -> Judgement {
        let tarball = PublishedTarball::open(self.published.clone()).unwrap();
        judge(&tarball, &self.evidence, &self.anchors, asked)
    }

    /// npm serves these bytes, signed, and all that is said about the published tarball is said about them.
    pub(crate) fn publish(&mut self, bytes: Vec<u8>) {
        let facts = PublishedTarball::open(bytes.clone()).unwrap().facts();
        self.evidence.signatures.published = self.maker.key.sign(&bytes).unwrap();
        if let Some(record) = &mut self.told.record {
            record.release.integrity = facts.integrity;
        }
        self.evidence.published = facts;
        self.published = bytes;
        self.witness_again();
    }

    fn witness_again(&mut self) {
        if self.evidence.bundles.is_some() {
            self.witness();
        }
    }

    /// The published tarball with another archive inside.
    pub(crate) fn publish_tar(&mut self, change: fn(Vec<u8>) -> Vec<u8>) {
        self.publish(
            Tarball::compress(change(self.maker.tar_of(&self.published)))
                .unwrap()
                .bytes()
                .to_vec(),
        );
    }

    /// Sealed again with another block.
    pub(crate) fn publish_block(&mut self, change: fn(&mut Block)) {
        change(&mut self.evidence.block);
        let sealed = self.maker.certified.seal(&self.evidence.block).unwrap();
        self.publish(sealed.bytes().to_vec());
    }

    /// Signed at this time, by the clock of the signer.
    pub(crate) fn sign_at(&mut self, at: Timestamp) {
        self.evidence.signed_at = at;
        self.evidence.block.build.timestamp = at;
        self.publish_block(|_| ());
    }

    /// The certified tarball as another compressor would have written it: other bytes around the same tar.
    pub(crate) fn certify_with_another_compressor(&mut self) {
        let bytes = another_compressor(self.maker.certified.bytes());
        let digest = Digest::of(&bytes);
        self.evidence.certified = TarballFacts {
            size: bytes.len() as u64,
            sha256: digest,
            integrity: Integrity::of(&bytes),
            shasum: Shasum::of(&bytes),
            ..self.evidence.certified.clone()
        };
        self.evidence.signatures.certified = self.maker.key.sign(&bytes).unwrap();
        self.told.archived = Some(bytes);
        if let Some(record) = &mut self.told.record {
            record.release.tarball_hash = digest;
        }
        self.record(|_| ());
        self.evidence.block.provenance.tarball_hash = digest;
        self.publish_block(|_| ());
    }

    /// The Chronicle recorded something else, and the evidence carries the same.
    pub(crate) fn record(&mut self, change: fn(&mut StoredEvent)) {
        let (event, certified) = (&mut self.evidence.event.event, &self.evidence.certified);
        let artifacts = &mut event.payload.artifacts;
        (artifacts.tarball_hash, artifacts.integrity) = (certified.sha256, certified.integrity);
        artifacts.size_bytes = certified.size;
        change(event);
        self.evidence.event.receipt = Some(self.maker.receipt(event));
        self.told.event = Some(event.clone());
    }
}

/// The last byte of a gzip header names the operating system (RFC 1952) and changes nothing inside.
pub(crate) fn another_compressor(tgz: &[u8]) -> Vec<u8> {
    let mut bytes = tgz.to_vec();
    bytes[9] ^= 1;
    bytes
}
