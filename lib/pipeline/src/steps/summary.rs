//! Step 9 of 9: what was done, in one document. After a publish it can fail no run.
//!
//! Sends:    nothing
//! Leaves:   the report
//! Again:    the same report

use std::path::Path;

use super::publish::Released;
use crate::Desk;
use crate::report::{CertificateReport, Outcome, Report, StepReport};

/// The report of a finished release.
pub fn run(released: &Released, steps: Vec<StepReport>, evidence_folder: &Path, desk: &Desk) -> Report {
    let evidence = &released.registered.sealed.evidence;
    let result = if released.already_published {
        Outcome::AlreadyPublished
    } else {
        Outcome::Published
    };
    Report {
        result,
        name: evidence.name.clone(),
        version: evidence.version.clone(),
        dry_run: desk.settings.dry_run,
        steps,
        certified: evidence.certified.clone(),
        published: evidence.published.clone(),
        certificate: CertificateReport {
            cert_id: evidence.certificate.cert_id.clone(),
            chitty_id: evidence.certificate.chitty_id.clone(),
            fingerprint: evidence.certificate.fingerprint,
        },
        event_ids: vec![evidence.event.event.id.clone(), released.event.event.id.clone()],
        chronicle_url: evidence.event.chronicle_url.clone(),
        r2_url: evidence.archive.r2_url.clone(),
        r2_location: evidence.archive.r2_location.clone(),
        reg_id: released.registered.registration.reg_id.clone(),
        registry_url: released.registered.registration.registry_url.clone(),
        npm_url: desk.npm_page(&evidence.name, &evidence.version),
        evidence: evidence_folder.to_owned(),
    }
}
