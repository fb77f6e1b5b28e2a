//! Why a release is not accepted. The list is closed: whatever is wrong has one of these names.

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
    #[error("the block names the certificate {expected}, the evidence carries {found}")]
    OtherCertificate {
        /// Fingerprint in the block.
        expected: Digest,
        /// Fingerprint of the certificate.
        found: Digest,
    },
    /// The certificate was issued to another package, version or identity.
    #[error("the certificate was issued to `{found}`, not to `{expected}`")]
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
    #[error("the certificate lives {found} seconds, at most {allowed} are accepted")]
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

impl Refusal {
    /// Every [`code`](Self::code), in the order of the variants.
    pub const CODES: [&str; 25] = [
        "manifest/other-package",
        "manifest/other-block",
        "integrity/other-bytes",
        "rebuild/not-possible",
        "rebuild/other-digest",
        "rebuild/other-tar",
        "certificate/unreadable",
        "certificate/other-fingerprint",
        "certificate/other-name",
        "certificate/other-key",
        "certificate/unknown-authority",
        "certificate/not-in-force",
        "certificate/too-long",
        "signature/invalid",
        "event/other-digest",
        "event/other-event",
        "event/missing",
        "event/changed",
        "registry/other-digest",
        "registry/not-certified",
        "registry/missing",
        "archive/other-digest",
        "archive/missing",
        "revocation/revoked",
        "revocation/unknown-certificate",
    ];

    /// A stable name, `check/what-is-wrong`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherPackage { .. } => "manifest/other-package",
            Self::OtherBlock { .. } => "manifest/other-block",
            Self::OtherPublished { .. } => "integrity/other-bytes",
            Self::NotRebuilt { .. } => "rebuild/not-possible",
            Self::OtherCertified { .. } => "rebuild/other-digest",
            Self::OtherTar { .. } => "rebuild/other-tar",
            Self::CertificateUnreadable { .. } => "certificate/unreadable",
            Self::OtherCertificate { .. } => "certificate/other-fingerprint",
            Self::CertificateOtherName { .. } => "certificate/other-name",
            Self::CertificateOtherKey { .. } => "certificate/other-key",
            Self::CertificateUnknownAuthority { .. } => "certificate/unknown-authority",
            Self::CertificateNotInForce { .. } => "certificate/not-in-force",
            Self::CertificateTooLong { .. } => "certificate/too-long",
            Self::SignatureInvalid { .. } => "signature/invalid",
            Self::EventOtherDigest { .. } => "event/other-digest",
            Self::EventOther { .. } => "event/other-event",
            Self::EventMissing { .. } => "event/missing",
            Self::EventChanged { .. } => "event/changed",
            Self::RegistryOtherDigest { .. } => "registry/other-digest",
            Self::RegistryNotCertified { .. } => "registry/not-certified",
            Self::RegistryMissing { .. } => "registry/missing",
            Self::ArchiveOtherDigest { .. } => "archive/other-digest",
            Self::ArchiveMissing { .. } => "archive/missing",
            Self::Revoked { .. } => "revocation/revoked",
            Self::CertificateUnknown { .. } => "revocation/unknown-certificate",
        }
    }

    /// What to do now.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::OtherPackage { .. } => "check the name and version that you asked for; if they are right, do not use this tarball",
            Self::OtherBlock { .. } | Self::OtherPublished { .. } => {
                "do not use this tarball; fetch it again from the registry, and tell the maintainer if it stays like this"
            }
            Self::NotRebuilt { .. } | Self::OtherCertified { .. } | Self::OtherTar { .. } => {
                "do not use this tarball: it was changed after it was certified"
            }
            Self::CertificateUnknownAuthority { .. } => {
                "check that --anchors names the authorities of this registry; if it does, do not use this tarball"
            }
            Self::CertificateNotInForce { .. } => {
                "check the clock of the machine that published; a release signed outside the certificate's life is not accepted"
            }
            Self::CertificateUnreadable { .. }
            | Self::OtherCertificate { .. }
            | Self::CertificateOtherName { .. }
            | Self::CertificateOtherKey { .. }
            | Self::CertificateTooLong { .. } => {
                "do not use what this certificate vouches for; tell whoever runs the ChittyID service"
            }
            Self::SignatureInvalid { .. } => "do not use this tarball; it is not what the certificate's owner signed",
            Self::EventOtherDigest { .. } | Self::EventOther { .. } | Self::EventMissing { .. } | Self::EventChanged { .. } => {
                "do not use this tarball; ask whoever runs the Chronicle why it tells another story"
            }
            Self::RegistryNotCertified { status: PackageStatus::Deprecated } => {
                "do not use this release; look for a newer version"
            }
            Self::RegistryNotCertified { .. } => {
                "wait until the publishing run has finished, or run it again: it continues where it stopped"
            }
            Self::RegistryOtherDigest { .. } | Self::RegistryMissing { .. } => {
                "do not use this tarball until the registry lists it; run the publishing job again if it was interrupted"
            }
            Self::ArchiveOtherDigest { .. } | Self::ArchiveMissing { .. } => {
                "compare with another copy; tell whoever runs the archive"
            }
            Self::Revoked { .. } | Self::CertificateUnknown { .. } => "do not use this release; look for a newer version",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The variants by name. The match has no `_`: a new variant does not compile here until it is in the list, the list then has one
    /// more than the codes, and a code that no tampering of `tests/judge.rs` provokes fails there.
    macro_rules! variants {
        ($($variant:ident)*) => {
            const VARIANTS: &[&str] = &[$(stringify!($variant)),*];

            const fn variant(refusal: &Refusal) -> &'static str {
                match refusal {
                    $(Refusal::$variant { .. } => stringify!($variant),)*
                }
            }
        };
    }

    variants! {
        OtherPackage
        OtherBlock
        OtherPublished
        NotRebuilt
        OtherCertified
        OtherTar
        CertificateUnreadable
        OtherCertificate
        CertificateOtherName
        CertificateOtherKey
        CertificateUnknownAuthority
        CertificateNotInForce
        CertificateTooLong
        SignatureInvalid
        EventOtherDigest
        EventOther
        EventMissing
        EventChanged
        RegistryOtherDigest
        RegistryNotCertified
        RegistryMissing
        ArchiveOtherDigest
        ArchiveMissing
        Revoked
        CertificateUnknown
    }

    #[test]
    fn every_variant_has_a_code_of_its_own() {
        assert_eq!(VARIANTS.len(), Refusal::CODES.len());
        let mut codes = Refusal::CODES.to_vec();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Refusal::CODES.len());
    }

    #[test]
    fn the_codes_stand_in_the_order_of_the_variants() {
        for refusal in [
            Refusal::OtherBlock { group: "build" },
            Refusal::SignatureInvalid { which: "published", why: String::new() },
            Refusal::CertificateUnknown { cert_id: String::new(), why: String::new() },
        ] {
            let place = VARIANTS.iter().position(|name| *name == variant(&refusal));
            assert_eq!(place.and_then(|place| Refusal::CODES.get(place)), Some(&refusal.code()), "{refusal}");
        }
    }

    #[test]
    fn waiting_is_no_advice_about_a_release_that_was_deprecated() {
        let deprecated = Refusal::RegistryNotCertified { status: PackageStatus::Deprecated };
        let pending = Refusal::RegistryNotCertified { status: PackageStatus::Pending };
        assert!(pending.advice().starts_with("wait"));
        assert!(!deprecated.advice().starts_with("wait"));
    }
}
