//! The block of the releases in these tests.

use certified_evidence::block::{BuildGroup, CertificateGroup, GovernanceGroup, ProvenanceGroup};
use certified_evidence::{Block, Digest, Timestamp};

/// When the certificate's life begins: 2026-01-01T12:00:00Z.
pub(crate) const BEGIN: Timestamp = Timestamp::from_unix(1_767_268_800);
/// When the certified tarball was signed.
pub(crate) const SIGNED_AT: Timestamp = BEGIN.plus_seconds(60);
/// The certificate's name.
pub(crate) const CERT_ID: &str = "CERT-PKG-20260101-7K2QXM4A";
/// Its common name.
pub(crate) const CHITTY_ID: &str = "chittyos.widgets.1b4e28ba-2fa1-11d2-883f-0016d3cca427";
/// The event's name.
pub(crate) const EVENT_ID: &str = "018f3c4e-7b1a-7c3d-9e5f-0123456789ab";

/// About this tarball, by this certificate.
pub(crate) fn block(tarball_hash: Digest, fingerprint: Digest, expires_at: Timestamp) -> Block {
    Block {
        certificate: CertificateGroup {
            cert_id: CERT_ID.parse().unwrap(),
            chitty_id: CHITTY_ID.parse().unwrap(),
            fingerprint,
            issued_at: BEGIN,
            expires_at,
            verify_url: format!("https://id.example/v1/certificates/verify/{CERT_ID}"),
        },
        provenance: ProvenanceGroup {
            chronicle_event: EVENT_ID.parse().unwrap(),
            tarball_hash,
            r2_url: "https://archive.example/packages/@acme/widgets/1.2.3.tgz".to_owned(),
            chronicle_url: format!("https://gateway.example/chronicle/events/{EVENT_ID}"),
            registry_url: "https://gateway.example/registry/packages/@acme%2Fwidgets/1.2.3".to_owned(),
        },
        governance: GovernanceGroup {
            approved_by: vec!["acme-reviewer".to_owned()],
            approval_date: "2026-01-01".to_owned(),
            approval_url: "workflow_dispatch".to_owned(),
            policy_version: "v1.0".to_owned(),
        },
        build: BuildGroup {
            commit: "0123456789abcdef0123456789abcdef01234567".to_owned(),
            workflow_run: "123".to_owned(),
            timestamp: SIGNED_AT,
        },
    }
}
