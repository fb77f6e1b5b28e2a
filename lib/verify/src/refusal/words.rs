//! What each refusal is called, and what to do about it.

use certified_evidence::wire::registry::PackageStatus;

use super::Refusal;

impl Refusal {
    /// Every [`code`](Self::code), in the order of the variants.
    pub const CODES: [&str; 53] = [
        "manifest/other-package",
        "manifest/other-block",
        "manifest/other-fact",
        "integrity/other-bytes",
        "rebuild/not-possible",
        "rebuild/other-digest",
        "rebuild/other-tar",
        "rebuild/other-measure",
        "certificate/unreadable",
        "certificate/other-spelling",
        "certificate/stray",
        "certificate/other-fingerprint",
        "certificate/other-name",
        "certificate/other-key",
        "certificate/unknown-authority",
        "certificate/other-issuer",
        "certificate/not-in-force",
        "certificate/too-long",
        "signature/invalid",
        "timestamp/missing",
        "timestamp/unknown-authority",
        "timestamp/not-in-force",
        "timestamp/invalid",
        "timestamp/other-time",
        "bundle/unreadable",
        "bundle/other-kind",
        "bundle/other-certificate",
        "bundle/other-signature",
        "bundle/other-subject",
        "bundle/other-statement",
        "bundle/other-build",
        "transparency/missing",
        "transparency/unknown-log",
        "transparency/not-in-force",
        "transparency/not-proven",
        "transparency/other-entry",
        "transparency/outside-life",
        "event/other-digest",
        "event/other-event",
        "event/missing",
        "event/changed",
        "log/missing",
        "log/other-event",
        "log/not-included",
        "log/unknown-log",
        "log/not-in-force",
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
            Self::OtherFact { .. } => "manifest/other-fact",
            Self::OtherPublished { .. } => "integrity/other-bytes",
            Self::NotRebuilt { .. } => "rebuild/not-possible",
            Self::OtherCertified { .. } => "rebuild/other-digest",
            Self::OtherTar { .. } => "rebuild/other-tar",
            Self::OtherMeasure { .. } => "rebuild/other-measure",
            Self::CertificateUnreadable { .. } => "certificate/unreadable",
            Self::CertificateOtherSpelling { .. } => "certificate/other-spelling",
            Self::CertificateStray { .. } => "certificate/stray",
            Self::OtherCertificate { .. } => "certificate/other-fingerprint",
            Self::CertificateOtherName { .. } => "certificate/other-name",
            Self::CertificateOtherKey { .. } => "certificate/other-key",
            Self::CertificateUnknownAuthority { .. } => "certificate/unknown-authority",
            Self::CertificateOtherIssuer { .. } => "certificate/other-issuer",
            Self::CertificateNotInForce { .. } => "certificate/not-in-force",
            Self::CertificateTooLong { .. } => "certificate/too-long",
            Self::SignatureInvalid { .. } => "signature/invalid",
            Self::TimestampMissing { .. } => "timestamp/missing",
            Self::TimestampUnknownAuthority { .. } => "timestamp/unknown-authority",
            Self::TimestampNotInForce { .. } => "timestamp/not-in-force",
            Self::TimestampInvalid { .. } => "timestamp/invalid",
            Self::TimestampOtherTime { .. } => "timestamp/other-time",
            Self::BundleUnreadable { .. } => "bundle/unreadable",
            Self::BundleOtherKind { .. } => "bundle/other-kind",
            Self::BundleOtherCertificate { .. } => "bundle/other-certificate",
            Self::BundleOtherSignature { .. } => "bundle/other-signature",
            Self::BundleOtherSubject { .. } => "bundle/other-subject",
            Self::BundleOtherStatement { .. } => "bundle/other-statement",
            Self::BundleOtherBuild { .. } => "bundle/other-build",
            Self::TransparencyMissing { .. } => "transparency/missing",
            Self::TransparencyUnknownLog { .. } => "transparency/unknown-log",
            Self::TransparencyNotInForce { .. } => "transparency/not-in-force",
            Self::TransparencyNotProven { .. } => "transparency/not-proven",
            Self::TransparencyOtherEntry { .. } => "transparency/other-entry",
            Self::TransparencyOutsideLife { .. } => "transparency/outside-life",
            Self::EventOtherDigest { .. } => "event/other-digest",
            Self::EventOther { .. } => "event/other-event",
            Self::EventMissing { .. } => "event/missing",
            Self::EventChanged { .. } => "event/changed",
            Self::LogMissing { .. } => "log/missing",
            Self::LogOtherEvent { .. } => "log/other-event",
            Self::LogNotIncluded { .. } => "log/not-included",
            Self::LogUnknown { .. } => "log/unknown-log",
            Self::LogNotInForce { .. } => "log/not-in-force",
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
            Self::OtherPackage { .. } => {
                "check the name and version that you asked for; if they are right, do not use this tarball"
            }
            Self::OtherBlock { .. } | Self::OtherPublished { .. } => {
                "do not use this tarball; fetch it again from the registry, and tell the maintainer if it stays like this"
            }
            Self::NotRebuilt { .. } | Self::OtherCertified { .. } | Self::OtherTar { .. } => {
                "do not use this tarball: it was changed after it was certified"
            }
            Self::OtherFact { .. } | Self::OtherMeasure { .. } | Self::CertificateOtherSpelling { .. } => {
                "get the evidence again from the registry: this copy was changed after the release was certified"
            }
            Self::CertificateStray { .. } => {
                "check that --anchors names all authorities of this ChittyID service; if it does, get the evidence again from the registry"
            }
            Self::CertificateUnknownAuthority { .. } => {
                "check that --anchors names the authorities of this ChittyID service; if it does, trust nothing that the certificate vouches for"
            }
            Self::CertificateNotInForce { .. } => {
                "check the clock of the machine that publishes; a release signed outside the certificate's life is not accepted"
            }
            Self::CertificateUnreadable { .. }
            | Self::OtherCertificate { .. }
            | Self::CertificateOtherName { .. }
            | Self::CertificateOtherKey { .. }
            | Self::CertificateTooLong { .. } => {
                "do not use what this certificate vouches for; tell whoever runs the ChittyID service"
            }
            Self::SignatureInvalid { .. } => "do not use this file; it is not what the certificate's owner signed",
            Self::CertificateOtherIssuer { .. } => {
                "check the issuer that you expect; if it is right, somebody else signed this, and it is not to be used"
            }
            Self::TimestampMissing { .. } => {
                "get the bundle from whoever published; without a timestamp nothing shows that the certificate was in force when it signed"
            }
            Self::TimestampUnknownAuthority { .. } | Self::TimestampNotInForce { .. } => {
                "check that --anchors names this timestamp authority, with the time it was trusted; if it does, do not use what was signed"
            }
            Self::TimestampOtherTime { .. } => {
                "set the clock of the machine that publishes, and publish again; the time in this evidence is not to be believed"
            }
            Self::BundleUnreadable { .. } => {
                "get a bundle of the version 0.3; older ones can be made anew by whoever signed"
            }
            Self::TimestampInvalid { .. }
            | Self::BundleOtherKind { .. }
            | Self::BundleOtherCertificate { .. }
            | Self::BundleOtherSignature { .. }
            | Self::BundleOtherSubject { .. }
            | Self::BundleOtherStatement { .. } => {
                "do not use what this bundle vouches for: its parts do not belong together; get file and bundle again from whoever published"
            }
            Self::BundleOtherBuild { .. } => {
                "do not use this tarball: it says that it was built otherwise than whoever let it go out vouched for"
            }
            Self::TransparencyMissing { .. } => {
                "get the bundle from whoever published; what no log has seen may be known to nobody but its receiver"
            }
            Self::TransparencyUnknownLog { .. } | Self::TransparencyNotInForce { .. } => {
                "check that --anchors names this log, with the time it was trusted; if it does, do not use what was signed"
            }
            Self::TransparencyNotProven { .. }
            | Self::TransparencyOtherEntry { .. }
            | Self::TransparencyOutsideLife { .. } => {
                "do not use what was signed: the log's word proves nothing; tell whoever published and whoever runs the log"
            }
            Self::EventOtherDigest { .. }
            | Self::EventOther { .. }
            | Self::EventMissing { .. }
            | Self::EventChanged { .. } => {
                "do not use this tarball; ask whoever runs the Chronicle why it tells another story"
            }
            Self::LogMissing { .. } => {
                "get the evidence from whoever published the release; without a receipt nothing shows that the log has its event"
            }
            Self::LogOtherEvent { .. } | Self::LogNotIncluded { .. } => {
                "do not use this tarball: its receipt proves nothing; tell the maintainer and whoever runs the Chronicle"
            }
            Self::LogUnknown { .. } | Self::LogNotInForce { .. } => {
                "check that --anchors names the log of this Chronicle, with the time it was trusted; if it does, do not use this tarball"
            }
            Self::RegistryNotCertified {
                status: PackageStatus::Deprecated,
            } => "do not use this release; look for a newer version",
            Self::RegistryNotCertified { .. } => {
                "wait until the publishing run has finished, or run it again: it continues where it stopped"
            }
            Self::RegistryOtherDigest { .. } | Self::RegistryMissing { .. } => {
                "do not use this tarball until the registry lists it; run the publishing job again if it was interrupted"
            }
            Self::ArchiveOtherDigest { .. } | Self::ArchiveMissing { .. } => {
                "compare with another copy; tell whoever runs the archive"
            }
            Self::Revoked { .. } | Self::CertificateUnknown { .. } => {
                "do not use this release; look for a newer version"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The variants by name. The match has no `_`: a new variant does not compile here until it is in the list, the list then
    /// has one more than the codes, and a code that no tampering of `tests/judge.rs` provokes fails there.
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
        OtherFact
        OtherPublished
        NotRebuilt
        OtherCertified
        OtherTar
        OtherMeasure
        CertificateUnreadable
        CertificateOtherSpelling
        CertificateStray
        OtherCertificate
        CertificateOtherName
        CertificateOtherKey
        CertificateUnknownAuthority
        CertificateOtherIssuer
        CertificateNotInForce
        CertificateTooLong
        SignatureInvalid
        TimestampMissing
        TimestampUnknownAuthority
        TimestampNotInForce
        TimestampInvalid
        TimestampOtherTime
        BundleUnreadable
        BundleOtherKind
        BundleOtherCertificate
        BundleOtherSignature
        BundleOtherSubject
        BundleOtherStatement
        BundleOtherBuild
        TransparencyMissing
        TransparencyUnknownLog
        TransparencyNotInForce
        TransparencyNotProven
        TransparencyOtherEntry
        TransparencyOutsideLife
        EventOtherDigest
        EventOther
        EventMissing
        EventChanged
        LogMissing
        LogOtherEvent
        LogNotIncluded
        LogUnknown
        LogNotInForce
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
            Refusal::SignatureInvalid {
                which: "published",
                why: String::new(),
            },
            Refusal::CertificateUnknown {
                cert_id: String::new(),
                why: String::new(),
            },
        ] {
            let place = VARIANTS.iter().position(|name| *name == variant(&refusal));
            assert_eq!(
                place.and_then(|place| Refusal::CODES.get(place)),
                Some(&refusal.code()),
                "{refusal}"
            );
        }
    }

    #[test]
    fn waiting_is_no_advice_about_a_release_that_was_deprecated() {
        let deprecated = Refusal::RegistryNotCertified {
            status: PackageStatus::Deprecated,
        };
        let pending = Refusal::RegistryNotCertified {
            status: PackageStatus::Pending,
        };
        assert!(pending.advice().starts_with("wait"));
        assert!(!deprecated.advice().starts_with("wait"));
    }
}
