//! Step 8 of 9: npm gets exactly the published tarball, and is read back before anything is called certified.
//!
//! Sends:    `PUT /{name}` to the npm registry (with a token that npm gives for the run's identity, where none is stored), `POST /chronicle/events` `package.published`, `PUT …/status` `certified`
//! Leaves:   the release
//! Again:    "already published, identical" is success; whatever was not finished is finished
//!
//! Order: the proof first, because nothing that a stranger could not verify may go out. Then npm. Then the bytes that npm serves are
//! compared, and only then the Chronicle and the registry are told: *certified* means that npm was read back.

use std::time::Duration;

use certified_client::npm::{Npm, Packument, Publication};
use certified_client::{Class, ClientError, Failure};
use certified_evidence::wire::chronicle::EventType;
use certified_evidence::wire::registry::{PackageStatus, StatusRequest};
use certified_evidence::{Integrity, RecordedEvent};
use certified_verify::{Asked, Verified, judge};

use super::chronicle;
use super::metadata::Sealed;
use super::register::Registered;
use super::upload::key;
use crate::writer::Writer;
use crate::{Cause, Desk, staging};

/// Published, and read back: from here on there is no way back.
pub struct Served {
    registered: Registered,
    verified: Verified,
    already_published: bool,
}

/// Published, read back, certified.
pub struct Released {
    /// The release.
    pub registered: Registered,
    /// The proof that was demanded before it went out.
    pub verified: Verified,
    /// Whether npm had it before this run.
    pub already_published: bool,
    /// The event about the published tarball.
    pub event: RecordedEvent,
}

/// Proves, publishes unless npm has it, reads back, tells.
///
/// # Errors
/// As [`publish`] and [`certify`].
pub async fn run(registered: Registered, desk: &Desk) -> Result<Released, Cause> {
    certify(publish(registered, desk).await?, desk).await
}

/// Proves, publishes unless npm has it, reads back.
///
/// # Errors
/// When the proof fails, npm refuses, or npm serves other bytes; and when the release waits on npm's stage, as it was asked to. After a lost
/// answer npm is asked what it has.
pub async fn publish(registered: Registered, desk: &Desk) -> Result<Served, Cause> {
    let sealed = &registered.sealed;
    let archived = desk
        .store
        .get(&key(&sealed.evidence.name, &sealed.evidence.version))
        .await?;
    let asked = Asked {
        archived: Some(archived.as_deref()),
        ..Asked::default()
    };
    let verified = judge(&sealed.published, &sealed.evidence, &desk.anchors, &asked).outcome?;
    let already_published = served(sealed, &desk.npm).await?.is_some();
    if already_published {
        read_back(sealed, &desk.npm).await?;
    } else {
        let mut writer = Writer::new(desk, &sealed.evidence.name).await?;
        if desk.settings.stage {
            staging::stage(sealed, &mut writer, desk).await?;
        } else {
            put(sealed, &mut writer, desk).await?;
        }
        read_back(sealed, writer.npm()).await?;
    }
    Ok(Served {
        registered,
        verified,
        already_published,
    })
}

/// Tells the Chronicle and the registry that npm serves the release.
///
/// # Errors
/// When one of them does not take it. npm serves the release all the same, and the next run tells them.
pub async fn certify(served: Served, desk: &Desk) -> Result<Released, Cause> {
    let Served {
        registered,
        verified,
        already_published,
    } = served;
    let sealed = &registered.sealed;
    let event = tell(sealed, desk).await?;
    if registered.registration.status != PackageStatus::Certified {
        call_certified(sealed, desk).await?;
    }
    Ok(Released {
        registered,
        verified,
        already_published,
        event,
    })
}

/// The registry's last word. Another run of the same release may have said it at the same moment.
async fn call_certified(sealed: &Sealed, desk: &Desk) -> Result<(), Cause> {
    let (name, version) = (&sealed.evidence.name, &sealed.evidence.version);
    let request = StatusRequest {
        status: PackageStatus::Certified,
        reason: "npm was read back and serves the registered bytes".to_owned(),
    };
    match desk.registry.set_status(name, version, &request).await {
        Ok(_) => Ok(()),
        Err(error) if matches!(error.class(), Class::Conflict | Class::Unknown) => {
            let record = desk.registry.package(name, version).await?.map(|record| record.release);
            match record {
                Some(release)
                    if release.status == PackageStatus::Certified
                        && release.integrity == sealed.evidence.published.integrity =>
                {
                    Ok(())
                }
                _ => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// What npm says about this version, if it has it.
pub(crate) async fn served(sealed: &Sealed, npm: &Npm) -> Result<Option<Packument>, Cause> {
    let Some(packument) = npm.packument(&sealed.evidence.name).await? else {
        return Ok(None);
    };
    let Some(dist) = packument.dist(&sealed.evidence.version) else {
        return Ok(None);
    };
    match dist.sha512() {
        Some(found) if found != sealed.evidence.published.integrity => Err(other_bytes(sealed, found)),
        _ => Ok(Some(packument)),
    }
}

/// One `PUT`. The answer alone does not decide: a lost one may hide a success, and 403 and 409 also mean "somebody was faster". A conflict
/// or a 5xx with nothing to be seen means that npm is busy: then, and only then, it is asked again, after another look.
async fn put(sealed: &Sealed, writer: &mut Writer<'_>, desk: &Desk) -> Result<(), Cause> {
    let publication = publication(sealed, desk)?;
    let mut pauses = BUSY.into_iter();
    loop {
        let Err(error) = writer.write(async |npm| npm.publish(&publication).await).await else {
            return Ok(());
        };
        if !may_have_arrived(&error) {
            return Err(error.into());
        }
        if served(sealed, writer.npm()).await?.is_some() {
            return Ok(());
        }
        // Somebody has put this version on the stage, and it will not become free while we wait.
        if staging::is_taken(&error) {
            return Err(staging::staged(sealed, None, false));
        }
        match pauses.next().filter(|_| is_busy(&error)) {
            Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            None => return Err(refused(error, sealed)),
        }
        if served(sealed, writer.npm()).await?.is_some() {
            return Ok(());
        }
    }
}

pub(crate) fn publication(sealed: &Sealed, desk: &Desk) -> Result<Publication, ClientError> {
    let version = &sealed.evidence.version;
    let default = if version.is_prerelease() { "next" } else { "latest" };
    let tag = desk.settings.tag.as_deref().unwrap_or(default);
    let manifest = serde_json::Value::Object(sealed.published.manifest().root().clone());
    let mut publication = Publication::new(&manifest, sealed.published.bytes().to_vec(), tag)?;
    if let Some((filename, text)) = sealed.published.readme() {
        publication = publication.readme(filename, text);
    }
    match desk.settings.access {
        Some(access) => publication.access(access),
        None => Ok(publication),
    }
}

fn may_have_arrived(error: &ClientError) -> bool {
    !error.nothing_was_sent()
        && (matches!(error.class(), Class::Unknown | Class::Conflict | Class::Unavailable)
            || matches!(error.what, Failure::Forbidden(_)))
}

fn is_busy(error: &ClientError) -> bool {
    matches!(error.class(), Class::Conflict | Class::Unavailable)
}

/// Waits until npm shows the version, then compares the bytes that it serves with ours.
async fn read_back(sealed: &Sealed, npm: &Npm) -> Result<(), Cause> {
    let (name, version) = (&sealed.evidence.name, &sealed.evidence.version);
    let mut waited = 0;
    let bytes = loop {
        if let Some(bytes) = served_bytes(sealed, npm).await? {
            break bytes;
        }
        if waited >= LONGEST_WAIT {
            return Err(Cause::NotVisible {
                name: name.clone(),
                version: version.clone(),
                seconds: waited,
            });
        }
        tokio::time::sleep(Duration::from_secs(PAUSE)).await;
        waited += PAUSE;
    };
    if bytes == sealed.published.bytes() {
        return Ok(());
    }
    Err(other_bytes(sealed, Integrity::of(&bytes)))
}

fn other_bytes(sealed: &Sealed, found: Integrity) -> Cause {
    Cause::ServedOther {
        release: release(sealed),
        expected: sealed.evidence.published.integrity,
        found,
    }
}

/// npm answers with a conflict also while it is still busy with another write of the same package; then there is nothing that the
/// release could be in conflict with.
fn refused(error: ClientError, sealed: &Sealed) -> Cause {
    match error.what {
        Failure::Conflict(said) => Cause::Busy {
            release: release(sealed),
            said: said.message,
        },
        _ => error.into(),
    }
}

pub(crate) fn release(sealed: &Sealed) -> String {
    format!("{}@{}", sealed.evidence.name, sealed.evidence.version)
}

/// The tarball, once npm shows the version and has it; its copies disagree for a while.
async fn served_bytes(sealed: &Sealed, npm: &Npm) -> Result<Option<Vec<u8>>, Cause> {
    let Some(packument) = served(sealed, npm).await? else {
        return Ok(None);
    };
    let (name, version) = (&sealed.evidence.name, &sealed.evidence.version);
    match npm.tarball(name, version, &packument).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.what, Failure::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn tell(sealed: &Sealed, desk: &Desk) -> Result<RecordedEvent, Cause> {
    let evidence = &sealed.evidence;
    let asked = chronicle::request(
        EventType::Published,
        (evidence.name.clone(), evidence.version.clone()),
        &evidence.certificate.cert_id,
        &evidence.published,
        evidence.signed_at,
        desk,
    );
    chronicle::record(&asked, desk).await
}

/// npm shows a new version after seconds, rarely minutes; cargo waits one minute for its registry, npm's copies need longer.
const LONGEST_WAIT: u64 = 300;

/// Seconds between two looks.
const PAUSE: u64 = 2;

/// Seconds between the attempts while npm is busy.
const BUSY: [u64; 4] = [1, 2, 4, 8];
