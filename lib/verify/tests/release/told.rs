//! What the services and the archive answer about a release.

use certified_evidence::Evidence;
use certified_evidence::wire::certificates::{CertificateStatus, CertificateSubject, CertificateSummary, VerifyReply};
use certified_evidence::wire::chronicle::{
    Artifacts, BuildMetadata, EventMetadata, EventRequest, EventType, StoredEvent,
};
use certified_evidence::wire::registry::{PackageRecord, PackageStatus, RegisterMetadata, RegisterRequest};
use certified_verify::{Asked, CertifiedTarball};

use super::block::{CERT_ID, EVENT_ID};
use super::{RECORDED_AT, SIGNED_AT};

/// One answer of each; `None` is the answer that there is no such thing.
#[derive(Clone)]
pub(crate) struct Told {
    pub(crate) archived: Option<Vec<u8>>,
    pub(crate) event: Option<StoredEvent>,
    pub(crate) record: Option<PackageRecord>,
    pub(crate) certificate: VerifyReply,
}

impl Told {
    /// The answers about a good release.
    pub(crate) fn about(evidence: &Evidence, certified: &CertifiedTarball) -> Self {
        Self {
            archived: Some(certified.bytes().to_vec()),
            event: Some(evidence.event.event.clone()),
            record: Some(record(evidence)),
            certificate: certificate(evidence),
        }
    }

    pub(crate) fn asked(&self) -> Asked<'_> {
        Asked {
            archived: Some(self.archived.as_deref()),
            event: Some(self.event.as_ref()),
            record: Some(self.record.as_ref()),
            certificate: Some(&self.certificate),
        }
    }
}

/// The certified tarball was built.
pub(crate) fn event(certified: &CertifiedTarball) -> StoredEvent {
    let facts = certified.facts();
    StoredEvent {
        id: EVENT_ID.parse().unwrap(),
        event_type: EventType::BuildComplete,
        timestamp: RECORDED_AT,
        actor: "CHITTY-AUTH-000001-A1B2C3D4".to_owned(),
        actor_provided: "acme-publisher".to_owned(),
        payload: EventRequest {
            event_type: EventType::BuildComplete,
            package: certified.name().clone(),
            version: certified.version().clone(),
            cert_id: CERT_ID.parse().unwrap(),
            artifacts: Artifacts {
                tarball_hash: facts.sha256,
                integrity: facts.integrity,
                tar_hash: facts.tar_sha256,
                tarball_name: facts.filename,
                size_bytes: facts.size,
                build_timestamp: SIGNED_AT,
            },
            metadata: BuildMetadata {
                builder: "github-actions".to_owned(),
                commit: "0123456789abcdef0123456789abcdef01234567".to_owned(),
                workflow_run: "123".to_owned(),
                actor: "acme-publisher".to_owned(),
            },
        },
        metadata: EventMetadata {
            authenticated_chitty_id: "CHITTY-AUTH-000001-A1B2C3D4".to_owned(),
            authenticated_scopes: vec!["chronicle:write".to_owned()],
            request_id: "018f3c4e-0000-7000-8000-000000000001".to_owned(),
        },
    }
}

fn record(evidence: &Evidence) -> PackageRecord {
    PackageRecord {
        reg_id: "reg_1767268800000_7k2qxm".parse().unwrap(),
        registry_url: evidence.block.provenance.registry_url.clone(),
        registered_by: "CHITTY-AUTH-000001-A1B2C3D4".to_owned(),
        registered_at: RECORDED_AT,
        updated_at: RECORDED_AT,
        release: RegisterRequest {
            package_name: evidence.name.clone(),
            version: evidence.version.clone(),
            cert_id: evidence.certificate.cert_id.clone(),
            chronicle_event_id: evidence.event.event.id.clone(),
            r2_location: evidence.archive.r2_location.clone(),
            npm_registry: "https://npm.example".to_owned(),
            status: PackageStatus::Certified,
            integrity: evidence.published.integrity,
            tarball_hash: evidence.certified.sha256,
            metadata: RegisterMetadata {
                github_repo: "acme/widgets".to_owned(),
                commit: evidence.block.build.commit.clone(),
                workflow_run: "123".to_owned(),
            },
            evidence: Box::new(evidence.clone()),
        },
    }
}

fn certificate(evidence: &Evidence) -> VerifyReply {
    VerifyReply {
        valid: true,
        valid_at_signing: Some(true),
        certificate: Some(CertificateSummary {
            cert_id: evidence.certificate.cert_id.clone(),
            chitty_id: evidence.certificate.chitty_id.clone(),
            subject: CertificateSubject {
                package_name: evidence.name.clone(),
                version: evidence.version.clone(),
                common_name: evidence.certificate.chitty_id.to_string(),
            },
            fingerprint: evidence.certificate.fingerprint,
            issued_at: evidence.block.certificate.issued_at,
            expires_at: evidence.block.certificate.expires_at,
            status: CertificateStatus::Active,
            revoked_at: None,
        }),
        error: None,
        details: None,
    }
}
