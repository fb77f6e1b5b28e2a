//! Why a release is not accepted. The list is closed: whatever is wrong has one of these names.
//!
//! It is longer than a file should be, because it is one list: who handles a refusal, and who looks for what can be refused at all, finds
//! everything here, in the order of the checks. What the refusals are called and advise is in `words`.

mod words;

use certified_evidence::wire::registry::PackageStatus;
use certified_evidence::{Digest, Integrity, Timestamp};

/// The reason, with what was expected and what was found.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The tarball is another package or version than the one asked for.
    #[error("expected {expected}, the tarball's package.json says {found}")]
    OtherPackage {
        /// `name@version` asked for.
        expected: String,
        /// `name@version` found.
        found: String,
    },
    /// The block in package.json is not the block of the evidence.
    #[error("the block in package.json differs from the one in the evidence in `{group}`")]
    OtherBlock {
        /// The group that differs.
        group: &'static str,
    },
    /// The evidence says something else than the block about the same thing.
    #[error("the block in package.json gives {expected} as the {what}, the evidence {found}")]
    OtherFact {
        /// `time of signing`, `page of the event` or `address of the archived copy`.
        what: &'static str,
        /// In the block.
        expected: String,
        /// In the evidence.
        found: String,
    },
    /// The published bytes are others.
    #[error("the evidence is about a published tarball with {expected}, this one has {found}")]
    OtherPublished {
        /// Integrity in the evidence.
        expected: Integrity,
        /// Integrity of the bytes.
        found: Integrity,
    },
    /// The archive cannot be taken apart and put together again.
    #[error("the certified tarball cannot be made again: {why}")]
    NotRebuilt {
        /// What stood in the way.
        why: String,
    },
    /// Without the block it is another tarball.
    #[error("the certified tarball hashes to {expected}, the published one without its block to {found}")]
    OtherCertified {
        /// The digest that was signed.
        expected: Digest,
        /// The digest of the rebuilt tarball.
        found: Digest,
    },
    /// Without the block the tar is another one.
    #[error("the certified tar hashes to {expected}, the published one without its block to {found}")]
    OtherTar {
        /// The tar digest that was recorded.
        expected: Digest,
        /// The tar digest of the rebuilt tarball.
        found: Digest,
    },
    /// The evidence gives a name or measure that the certified tarball does not have.
    #[error("the evidence gives {expected} as the {what} of the certified tarball, it is {found}")]
    OtherMeasure {
        /// `name`, `size`, `integrity` or `SHA-1`.
        what: &'static str,
        /// In the evidence.
        expected: String,
        /// Of the bytes.
        found: String,
    },
    /// The certificate cannot be read.
    #[error("the certificate cannot be read: {why}")]
    CertificateUnreadable {
        /// What is wrong with it.
        why: String,
    },
    /// A certificate of the evidence is spelled otherwise than evidence spells it.
    #[error("a certificate in the evidence is not written as evidence writes it: {why}")]
    CertificateOtherSpelling {
        /// What was expected.
        why: String,
    },
    /// A certificate in the chain that is good for nothing.
    #[error("the chain has the certificate {found}, through which nothing leads to a trusted authority")]
    CertificateStray {
        /// Its fingerprint.
        found: Digest,
    },
    /// The certificate is not the one that the block names.
    #[error("the certificate that is named has the fingerprint {expected}, the one that is given has {found}")]
    OtherCertificate {
        /// Fingerprint in the block.
        expected: Digest,
        /// Fingerprint of the certificate.
        found: Digest,
    },
    /// The certificate was issued to another package, version or identity.
    #[error("the certificate was issued to `{}`, not to `{expected}`", if found.is_empty() { "nobody" } else { found })]
    CertificateOtherName {
        /// Whom it had to be issued to.
        expected: String,
        /// Whom it was issued to.
        found: String,
    },
    /// The certificate certifies another key.
    #[error("the certificate certifies the key {found}, the request was for {expected}")]
    CertificateOtherKey {
        /// SHA-256 of the key that asked.
        expected: Digest,
        /// SHA-256 of the certified key.
        found: Digest,
    },
    /// The certificate does not chain to an anchor.
    #[error("the certificate does not chain to a trusted authority: {why}")]
    CertificateUnknownAuthority {
        /// What the path validation said.
        why: String,
    },
    /// Somebody else vouched for the identity in the certificate.
    #[error(
        "{} vouched for the identity in the certificate, expected {}",
        somebody(found),
        somebody(expected)
    )]
    CertificateOtherIssuer {
        /// Who had to vouch for it; empty for nobody.
        expected: String,
        /// Who did; empty for nobody.
        found: String,
    },
    /// The certificate's life had not begun, or was over.
    #[error("the certificate is good from {not_before} to {not_after}, it was used at {at}")]
    CertificateNotInForce {
        /// Beginning of its life.
        not_before: Timestamp,
        /// End of its life.
        not_after: Timestamp,
        /// When it was used.
        at: Timestamp,
    },
    /// The certificate lives longer than the policy allows.
    #[error("the certificate lives {} days, at most {} are accepted", found.div_ceil(DAY), allowed / DAY)]
    CertificateTooLong {
        /// Longest life accepted, in seconds.
        allowed: u64,
        /// Its life, in seconds.
        found: u64,
    },
    /// The signature over one of the tarballs does not hold.
    #[error("the signature over the {which} does not hold: {why}")]
    SignatureInvalid {
        /// `certified tarball`, `published tarball`, `provenance` or `file`.
        which: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The anchors name an authority of time, and none vouches for this signature.
    #[error("expected a timestamp over the signature of the {of}, found none")]
    TimestampMissing {
        /// `certified tarball`, `published tarball`, `provenance` or `file`.
        of: &'static str,
    },
    /// The only timestamps are of authorities that nobody named.
    #[error("no timestamp of the {of}'s signature is of an authority of the anchors: {why}")]
    TimestampUnknownAuthority {
        /// What was signed.
        of: &'static str,
        /// What is wrong.
        why: String,
    },
    /// The authority, or its certificate, was not trusted at the time that it gives.
    #[error("the timestamp of the {of}'s signature does not count: {why}")]
    TimestampNotInForce {
        /// What was signed.
        of: &'static str,
        /// Who was not in force when.
        why: String,
    },
    /// The timestamp is over something else, or cannot be read, or was not made by its authority.
    #[error("the timestamp of the {of}'s signature does not hold: {why}")]
    TimestampInvalid {
        /// What was signed.
        of: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The clock of the machine that signed was far from the authority's.
    #[error(
        "the evidence says that it was signed at {found}, the timestamp authority says {expected}; at most {tolerance} seconds may lie between"
    )]
    TimestampOtherTime {
        /// The time in the timestamp.
        expected: Timestamp,
        /// The time in the evidence.
        found: Timestamp,
        /// Seconds.
        tolerance: u64,
    },
    /// The bundle cannot be read.
    #[error("the bundle cannot be read: {why}")]
    BundleUnreadable {
        /// What is wrong with it.
        why: String,
    },
    /// The bundle has a signature over a file where an envelope has to be, or the other way round.
    #[error("the bundle of the {of} has {found}, expected {expected}")]
    BundleOtherKind {
        /// What was signed.
        of: &'static str,
        /// `a signature over the file` or `an envelope`.
        expected: &'static str,
        /// The other.
        found: &'static str,
    },
    /// The bundle is by another certificate than the release.
    #[error("the release is by the certificate {expected}, the bundle of its {of} by {found}")]
    BundleOtherCertificate {
        /// What was signed.
        of: &'static str,
        /// Fingerprint of the release's certificate.
        expected: Digest,
        /// Fingerprint of the bundle's.
        found: Digest,
    },
    /// The bundle has another signature than the evidence.
    #[error("the bundle of the {of} has another signature than the evidence")]
    BundleOtherSignature {
        /// What was signed.
        of: &'static str,
    },
    /// The bundle is about something else.
    #[error("the bundle is about {found}, expected {expected}")]
    BundleOtherSubject {
        /// What it has to be about.
        expected: String,
        /// What it is about.
        found: String,
    },
    /// The envelope is no statement of the kind that it has to be.
    #[error("the envelope in the bundle is not the statement that it has to be: {why}")]
    BundleOtherStatement {
        /// What is wrong with it.
        why: String,
    },
    /// The provenance tells of another build than the certificate or the block.
    #[error("the provenance names {found} as its {part}, expected {expected}")]
    BundleOtherBuild {
        /// `build`, `builder`, `commit`, `run`, `packer` or `archive`.
        part: &'static str,
        /// What the certificate, the block or the evidence says.
        expected: String,
        /// What the provenance says.
        found: String,
    },
    /// No log's word at all.
    #[error("expected the word of a log that it has the {of}, found none")]
    TransparencyMissing {
        /// `certificate`, or what was signed.
        of: &'static str,
    },
    /// Only the words of logs that nobody named.
    #[error("no log of the anchors has the {of}: {why}")]
    TransparencyUnknownLog {
        /// `certificate`, or what was signed.
        of: &'static str,
        /// Whose word there is.
        why: String,
    },
    /// The log was not trusted then.
    #[error("the word of the log that has the {of} does not count: {why}")]
    TransparencyNotInForce {
        /// `certificate`, or what was signed.
        of: &'static str,
        /// Which log, and when it is trusted.
        why: String,
    },
    /// The log's word does not hold.
    #[error("the word of the log that has the {of} does not hold: {why}")]
    TransparencyNotProven {
        /// `certificate`, or what was signed.
        of: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The log's entry is about something else.
    #[error("the entry of the log is not about the {of}: {why}")]
    TransparencyOtherEntry {
        /// What was signed.
        of: &'static str,
        /// What differs.
        why: String,
    },
    /// The log saw the certificate when it was not in force.
    #[error("the certificate is good from {not_before} to {not_after}, its log saw it at {at}")]
    TransparencyOutsideLife {
        /// Beginning of its life.
        not_before: Timestamp,
        /// End of its life.
        not_after: Timestamp,
        /// When the log saw it.
        at: Timestamp,
    },
    /// The event is about another tarball.
    #[error("the Chronicle recorded {found}, the certified tarball is {expected}")]
    EventOtherDigest {
        /// Digest of the certified tarball.
        expected: Digest,
        /// Digest in the event.
        found: Digest,
    },
    /// The event is about another package, version or kind of event, or has another name than the block says.
    #[error("the event is `{found}`, expected `{expected}`")]
    EventOther {
        /// What it had to be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// The Chronicle has no such event.
    #[error("the Chronicle has no event {event}")]
    EventMissing {
        /// The event's name.
        event: String,
    },
    /// The Chronicle's event differs from the one in the evidence.
    #[error("the Chronicle's event {event} differs from the one in the evidence")]
    EventChanged {
        /// The event's name.
        event: String,
    },
    /// The release has no receipt, and the anchors name a log.
    #[error("the anchors name a log, and the release carries no receipt that its event {event} is in one")]
    LogMissing {
        /// The event's name.
        event: String,
    },
    /// The receipt is about something else than this event.
    #[error("the receipt is not about the event of this release: {why}")]
    LogOtherEvent {
        /// What differs.
        why: String,
    },
    /// The receipt's proof does not lead from the event to the head of the log.
    #[error("the event is not in the log of its receipt: {why}")]
    LogNotIncluded {
        /// What is wrong with the proof.
        why: String,
    },
    /// No log of the anchors signed the head in the receipt.
    #[error("no log of the anchors signed the receipt's checkpoint: {why}")]
    LogUnknown {
        /// What is wrong with the checkpoint.
        why: String,
    },
    /// The log was not trusted when it recorded the event.
    #[error("the log {log} is trusted from {valid_from} to {valid_until}, it recorded the event at {at}")]
    LogNotInForce {
        /// The log's name.
        log: String,
        /// Beginning of the trust.
        valid_from: Timestamp,
        /// End of the trust.
        valid_until: Timestamp,
        /// When the event was recorded.
        at: Timestamp,
    },
    /// The registry lists another tarball.
    #[error("the registry lists {found}, this release is {expected}")]
    RegistryOtherDigest {
        /// Digest of this release.
        expected: String,
        /// Digest in the record.
        found: String,
    },
    /// The registry does not call the release certified.
    #[error("the registry calls this release `{}`, not `certified`", status.as_str())]
    RegistryNotCertified {
        /// Its status.
        status: PackageStatus,
    },
    /// The registry does not list the release.
    #[error("the registry does not list {release}")]
    RegistryMissing {
        /// `name@version`.
        release: String,
    },
    /// The archived copy is another tarball.
    #[error("the archived copy hashes to {found}, the certified tarball to {expected}")]
    ArchiveOtherDigest {
        /// Digest of the certified tarball.
        expected: Digest,
        /// Digest of the archived object.
        found: Digest,
    },
    /// There is no archived copy.
    #[error("there is no archived copy at {location}")]
    ArchiveMissing {
        /// `bucket/key`.
        location: String,
    },
    /// The certificate was withdrawn before it signed.
    #[error("the certificate {cert_id} was withdrawn at {revoked_at}, it signed at {signed_at}")]
    Revoked {
        /// The certificate's name.
        cert_id: String,
        /// When it was withdrawn.
        revoked_at: Timestamp,
        /// When it signed.
        signed_at: Timestamp,
    },
    /// ChittyID does not know the certificate, or knows another one by that name.
    #[error("ChittyID does not vouch for the certificate {cert_id}: {why}")]
    CertificateUnknown {
        /// The certificate's name.
        cert_id: String,
        /// What ChittyID answered.
        why: String,
    },
}

fn somebody(name: &str) -> String {
    if name.is_empty() {
        return "nobody".to_owned();
    }
    format!("`{name}`")
}

/// Seconds.
const DAY: u64 = 24 * 60 * 60;
