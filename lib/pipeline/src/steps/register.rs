//! Step 7 of 9: the registry lists the release, as pending, with all its evidence.
//!
//! Sends:    `POST /registry/api/packages/register`      fixtures/wire/registry/
//! Leaves:   a record, from which any later run can finish this release without the key
//! Again:    the same digests are accepted, those of another run of the same tarball are taken over, others are refused

use certified_client::Class;
use certified_evidence::wire::registry::{PackageStatus, RegisterReply, RegisterRequest};

use super::metadata::Sealed;
use crate::existing::recorded;
use crate::{Cause, Conflict, Desk};

/// Sealed, and registered.
pub struct Registered {
    /// What was registered.
    pub sealed: Sealed,
    /// The record's name and status.
    pub registration: RegisterReply,
}

/// Asks, accepts.
///
/// # Errors
/// When the registry does not list the release, or lists another one at this version.
pub async fn run(sealed: Sealed, desk: &Desk) -> Result<Registered, Cause> {
    match desk.registry.register(&request(&sealed, desk)).await {
        Ok(registration) => {
            accept(&registration, &sealed)?;
            Ok(Registered { sealed, registration })
        }
        // Another run of the same release was faster. When its certified tarball is ours, its record stands and this run goes on with
        // it: both then publish the same bytes, so it does not matter who comes first.
        Err(error) if error.class() == Class::Conflict => {
            recorded(sealed.certified, desk).await?.ok_or_else(|| error.into())
        }
        Err(error) => Err(error.into()),
    }
}

fn request(sealed: &Sealed, desk: &Desk) -> RegisterRequest {
    let evidence = &sealed.evidence;
    RegisterRequest {
        package_name: evidence.name.clone(),
        version: evidence.version.clone(),
        cert_id: evidence.certificate.cert_id.clone(),
        chronicle_event_id: evidence.event.event.id.clone(),
        r2_location: evidence.archive.r2_location.clone(),
        npm_registry: desk.settings.npm_registry.clone(),
        status: PackageStatus::Pending,
        integrity: evidence.published.integrity,
        tarball_hash: evidence.certified.sha256,
        metadata: desk.context.register_metadata(),
        evidence: Box::new(evidence.clone()),
    }
}

fn accept(reply: &RegisterReply, sealed: &Sealed) -> Result<(), Conflict> {
    let (ours, theirs) = (&sealed.evidence, reply);
    let same = ours.name == theirs.package_name
        && ours.version == theirs.version
        && ours.certified.sha256 == theirs.tarball_hash
        && ours.published.integrity == theirs.integrity;
    if same {
        return Ok(());
    }
    Err(Conflict::Registry {
        release: format!("{}@{}", theirs.package_name, theirs.version),
        ours: ours.certified.sha256,
        theirs: theirs.tarball_hash,
    })
}
