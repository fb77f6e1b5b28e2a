//! What is there already. Nothing local survives a machine, so every run asks the services first and goes on from there.
//!
//! | npm has the version | the registry lists it | then |
//! |---|---|---|
//! | no | no | all nine steps |
//! | no | the same certified tarball | the record holds all the evidence: go on with `publish` |
//! | yes, the same | the same | finish what was not finished; "already published" |
//! | anything else | | refuse, with both digests |

use certified_evidence::wire::registry::{PackageRecord, RegisterReply};
use certified_verify::{CertifiedTarball, PublishedTarball, Refusal, TarballError};

use crate::steps::metadata::Sealed;
use crate::steps::register::Registered;
use crate::steps::sign::packed;
use crate::{Cause, Conflict, Desk, Project};

/// The release of this project as an earlier run registered it, if one did.
///
/// # Errors
/// [`Conflict`] when the version exists with other content.
pub(crate) async fn find(project: &Project, desk: &Desk) -> Result<Option<Registered>, Cause> {
    let on_npm = published(project, desk).await?;
    let record = desk.registry.package(project.name(), project.version()).await?;
    if on_npm.is_none() && record.is_none() {
        return Ok(None);
    }
    let (certified, _) = packed(project, desk)?;
    compared(certified, on_npm, record)
}

/// What there is, held against the tarball of this project: what a run goes on from, or why it refuses. `on_npm` are the bytes that npm
/// serves.
///
/// # Errors
/// As [`find`].
pub(crate) fn compared(
    certified: CertifiedTarball,
    on_npm: Option<Vec<u8>>,
    record: Option<PackageRecord>,
) -> Result<Option<Registered>, Cause> {
    if let Some(bytes) = on_npm {
        same_as_npm(&certified, bytes)?;
        if record.is_none() {
            return Err(Conflict::EvidenceLost {
                release: release(&certified),
            }
            .into());
        }
    }
    record.map(|record| registered(certified, record)).transpose()
}

/// The release of this certified tarball as the registry lists it, if it does.
///
/// # Errors
/// [`Conflict::Registry`] when it lists another tarball at this version.
pub(crate) async fn recorded(certified: CertifiedTarball, desk: &Desk) -> Result<Option<Registered>, Cause> {
    let record = desk.registry.package(certified.name(), certified.version()).await?;
    record.map(|record| registered(certified, record)).transpose()
}

async fn published(project: &Project, desk: &Desk) -> Result<Option<Vec<u8>>, Cause> {
    let Some(packument) = desk.npm.packument(project.name()).await? else {
        return Ok(None);
    };
    if packument.dist(project.version()).is_none() {
        return Ok(None);
    }
    Ok(Some(
        desk.npm.tarball(project.name(), project.version(), &packument).await?,
    ))
}

fn same_as_npm(certified: &CertifiedTarball, bytes: Vec<u8>) -> Result<(), Cause> {
    let (release, ours) = (release(certified), certified.facts());
    let digest = certified_evidence::Digest::of(&bytes);
    match PublishedTarball::open(bytes) {
        Err(TarballError::NoBlock) => Err(Conflict::Uncertified {
            release,
            ours: ours.sha256,
            theirs: digest,
        }
        .into()),
        Err(error) => Err(error.into()),
        Ok(published) => {
            let theirs = published.certified()?.facts();
            // The tars decide; compressed bytes also depend on the compressor.
            if theirs.tar_sha256 == ours.tar_sha256 {
                return Ok(());
            }
            Err(Conflict::Npm {
                release,
                ours: ours.sha256,
                theirs: theirs.sha256,
            }
            .into())
        }
    }
}

/// Makes the published tarball again from our certified one and the recorded block: no key is needed for that.
fn registered(certified: CertifiedTarball, record: PackageRecord) -> Result<Registered, Cause> {
    let (ours, evidence) = (certified.facts(), *record.release.evidence);
    if ours.tar_sha256 != evidence.certified.tar_sha256 {
        let (release, theirs) = (release(&certified), evidence.certified.sha256);
        return Err(Conflict::Registry {
            release,
            ours: ours.sha256,
            theirs,
        }
        .into());
    }
    let published = certified.seal(&evidence.block)?;
    let (expected, found) = (evidence.published.integrity, published.facts().integrity);
    if expected != found {
        return Err(Refusal::OtherPublished { expected, found }.into());
    }
    let registration = RegisterReply {
        success: true,
        reg_id: record.reg_id,
        package_name: record.release.package_name,
        version: record.release.version,
        registry_url: record.registry_url,
        registered_at: record.registered_at,
        status: record.release.status,
        tarball_hash: record.release.tarball_hash,
        integrity: record.release.integrity,
    };
    Ok(Registered {
        sealed: Sealed {
            certified,
            published,
            evidence,
        },
        registration,
    })
}

fn release(certified: &CertifiedTarball) -> String {
    format!("{}@{}", certified.name(), certified.version())
}
