//! Why a release is not accepted. The list is closed: whatever is wrong has one of these names.

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
    /// The certificate cannot be read.
    #[error("the certificate cannot be read: {why}")]
    CertificateUnreadable {
        /// What is wrong with it.
        why: String,
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
    #[error("the signature over the {which} tarball does not hold: {why}")]
    SignatureInvalid {
        /// `certified` or `published`.
        which: &'static str,
        /// What is wrong with it.
        why: String,
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

/// Seconds.
const DAY: u64 = 24 * 60 * 60;
