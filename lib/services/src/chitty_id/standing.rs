//! Whether a certificate holds, now or at another time.

use certified_evidence::Timestamp;
use certified_evidence::wire::certificates::{CertificateStatus, CertificateSubject, CertificateSummary, VerifyReply};

use crate::storage::StoredCertificate;

/// The state at a moment. A withdrawal outlasts the expiry: it says more.
pub(super) fn status(certificate: &StoredCertificate, now: Timestamp) -> CertificateStatus {
    match &certificate.revocation {
        Some(_) => CertificateStatus::Revoked,
        None if now > certificate.expires_at => CertificateStatus::Expired,
        None => CertificateStatus::Active,
    }
}

/// Whether the certificate held at that moment: within its life, and before it was withdrawn.
fn held(certificate: &StoredCertificate, at: Timestamp) -> bool {
    let withdrawn = certificate
        .revocation
        .as_ref()
        .is_some_and(|revocation| revocation.at <= at);
    certificate.issued_at <= at && at <= certificate.expires_at && !withdrawn
}

/// The answer to whoever asks.
pub(super) fn verdict(certificate: &StoredCertificate, now: Timestamp, at: Option<Timestamp>) -> VerifyReply {
    let status = status(certificate, now);
    let (error, details) = match (status, &certificate.revocation) {
        (CertificateStatus::Revoked, Some(revocation)) => (
            Some("CERTIFICATE_REVOKED"),
            Some(format!(
                "the certificate was revoked at {}: {}",
                revocation.at, revocation.reason
            )),
        ),
        (CertificateStatus::Expired, _) => (
            Some("CERTIFICATE_EXPIRED"),
            Some(format!("the certificate expired at {}", certificate.expires_at)),
        ),
        _ => (None, None),
    };
    VerifyReply {
        valid: status == CertificateStatus::Active,
        valid_at_signing: at.map(|at| held(certificate, at)),
        certificate: Some(summary(certificate, now)),
        error: error.map(str::to_owned),
        details,
    }
}

/// What everybody may see.
pub(super) fn summary(certificate: &StoredCertificate, now: Timestamp) -> CertificateSummary {
    CertificateSummary {
        cert_id: certificate.cert_id.clone(),
        chitty_id: certificate.chitty_id.clone(),
        subject: CertificateSubject {
            package_name: certificate.package_name.clone(),
            version: certificate.version.clone(),
            common_name: certificate.chitty_id.to_string(),
        },
        fingerprint: certificate.fingerprint,
        issued_at: certificate.issued_at,
        expires_at: certificate.expires_at,
        status: status(certificate, now),
        revoked_at: certificate.revocation.as_ref().map(|revocation| revocation.at),
    }
}
