//! One release: its tarball, its evidence, what the services say, and the judgement.

use certified_client::npm::{Dist, Packument};
use certified_evidence::block::MEMBER;
use certified_evidence::wire::registry::PackageStatus;
use certified_evidence::{Anchors, Digest, Evidence, Integrity, PackageName, Shasum, Version};
use certified_pack::{Audit, Limits};
use certified_verify::lockfile::{Locked, LockedDigest};
use certified_verify::trust_state::believed;
use certified_verify::{PublishedTarball, Refusal, TarballError, Verdict, judge};
use tokio::sync::Semaphore;

use super::files::{self, LARGEST_TARBALL};
use super::heard::hear;
use super::{Fault, InspectError, Inspection, Sources, Target};

/// Gathers, and has it judged.
///
/// # Errors
/// When there is nothing to judge. A tarball that is refused is no error but a verdict. A lockfile names many: see
/// [`survey`](super::survey).
pub async fn inspect(target: &Target, sources: &Sources) -> Result<Inspection, InspectError> {
    let bytes = match target {
        Target::File(path) | Target::Lockfile(path) => files::read(path, LARGEST_TARBALL)?,
        Target::Release(name, version) => {
            let packument = on_npm(name, version, sources).await?;
            served(name, version, &packument, sources).await?
        }
    };
    let expected = match target {
        Target::Release(name, version) => Some((name, version)),
        _ => None,
    };
    bytes_of(target.to_string(), bytes, expected, sources).await
}

/// A release that a lockfile names. One that npm calls uncertified is not fetched; see the page of this module's parent for whom that
/// trusts.
///
/// `tarballs` lets few of them be in memory at the same time.
pub(super) async fn locked(
    locked: &Locked,
    sources: &Sources,
    tarballs: &Semaphore,
) -> Result<Inspection, InspectError> {
    let target = format!("{}@{}", locked.name, locked.version);
    let (name, version) = (&locked.name, &locked.version);
    let ended = || InspectError::Ended { target: target.clone() };
    if sources.npm.is_none() {
        let _room = tarballs.acquire().await.map_err(|_| ended())?;
        let Some(bytes) = files::tarball(locked, sources)? else {
            let mut found = Inspection::of(target);
            found.reason = Some(NO_TARBALL.to_owned());
            return Ok(found);
        };
        return pinned(target, bytes, locked, sources).await;
    }
    let packument = on_npm(name, version, sources).await?;
    let mut found = Inspection::of(target.clone());
    let said = said(locked, &packument);
    if let Said::Other(served) = &said {
        found.package = Some(target);
        found.refuse(other_integrity(locked, served));
        return Ok(found);
    }
    let manifest = packument.manifest(version);
    let has_block = manifest.is_some_and(|manifest| manifest.get(MEMBER).is_some());
    if has_block || matches!(said, Said::Nothing) {
        let _room = tarballs.acquire().await.map_err(|_| ended())?;
        let bytes = served(name, version, &packument, sources).await?;
        return pinned(target, bytes, locked, sources).await;
    }
    found.package = Some(target);
    found.unsigned(name, version, UNCERTIFIED);
    if certified_by_the_registry(name, version, sources).await? {
        found.reason = None;
        found.refuse(hidden_block());
    }
    Ok(found)
}

/// The bytes have to be those that will be installed, before anything else is asked about them.
async fn pinned(
    target: String,
    bytes: Vec<u8>,
    locked: &Locked,
    sources: &Sources,
) -> Result<Inspection, InspectError> {
    let (sha512, sha1) = (Integrity::of(&bytes), Shasum::of(&bytes));
    let other = locked.digests.iter().find_map(|digest| match digest {
        LockedDigest::Sha512(expected) if *expected != sha512 => Some(sha512.to_string()),
        LockedDigest::Sha1(expected) if *expected != sha1 => Some(format!("sha1:{sha1}")),
        LockedDigest::Other(_) => Some("a digest that cannot be compared with it".to_owned()),
        _ => None,
    });
    if let Some(other) = other {
        let mut found = Inspection::of(target);
        (found.package, found.sha256) = (Some(found.target.clone()), Some(Digest::of(&bytes)));
        found.refuse(other_integrity(locked, &other));
        return Ok(found);
    }
    bytes_of(target, bytes, Some((&locked.name, &locked.version)), sources).await
}

/// What npm says about the digests, before its bytes are there.
enum Said {
    Same,
    Other(String),
    /// A digest that npm does not name: the bytes have to be looked at.
    Nothing,
}

fn said(locked: &Locked, packument: &Packument) -> Said {
    let dist = packument.dist(&locked.version);
    for digest in &locked.digests {
        let (same, served) = match digest {
            LockedDigest::Sha512(expected) => match dist.as_ref().and_then(Dist::sha512) {
                Some(served) => (served == *expected, served.to_string()),
                None => return Said::Nothing,
            },
            LockedDigest::Sha1(expected) => match dist.as_ref().and_then(Dist::sha1) {
                Some(served) => (served == *expected, format!("sha1:{served}")),
                None => return Said::Nothing,
            },
            _ => return Said::Nothing,
        };
        if !same {
            return Said::Other(served);
        }
    }
    Said::Same
}

fn other_integrity(locked: &Locked, found: &str) -> Fault {
    let expected: Vec<_> = locked.digests.iter().map(ToString::to_string).collect();
    Fault {
        code: "lockfile/other-integrity",
        message: format!("the lockfile says {}, npm has {found}", expected.join(" and ")),
        advice: "what would be installed is not what npm serves: take the lockfile from version control, and find out who changed it",
    }
}

fn hidden_block() -> Fault {
    Fault {
        code: "registry/hidden-block",
        message: "ChittyRegistry lists it as certified, npm's manifest has no block".to_owned(),
        advice: "verify the tarball itself: `npm pack NAME@VERSION`, then `certified-publish verify FILE`; do not install it before that",
    }
}

async fn certified_by_the_registry(
    name: &PackageName,
    version: &Version,
    sources: &Sources,
) -> Result<bool, InspectError> {
    let Some(registry) = &sources.registry else {
        return Ok(false);
    };
    let record = registry.package(name, version).await?;
    Ok(record.is_some_and(|record| record.release.status == PackageStatus::Certified))
}

async fn on_npm(name: &PackageName, version: &Version, sources: &Sources) -> Result<Packument, InspectError> {
    let named = || format!("{name}@{version}");
    let npm = sources
        .npm
        .as_ref()
        .ok_or_else(|| InspectError::NoRegistry { target: named() })?;
    let missing = || InspectError::NotOnNpm { target: named() };
    let packument = npm.version(name, version).await?.ok_or_else(missing)?;
    packument.dist(version).ok_or_else(missing)?;
    Ok(packument)
}

async fn served(
    name: &PackageName,
    version: &Version,
    packument: &Packument,
    sources: &Sources,
) -> Result<Vec<u8>, InspectError> {
    let none = || InspectError::NoRegistry {
        target: format!("{name}@{version}"),
    };
    let npm = sources.npm.as_ref().ok_or_else(none)?;
    Ok(npm.tarball(name, version, packument).await?)
}

async fn bytes_of(
    target: String,
    bytes: Vec<u8>,
    expected: Option<(&PackageName, &Version)>,
    sources: &Sources,
) -> Result<Inspection, InspectError> {
    let mut found = Inspection::of(target);
    let ended = InspectError::Ended {
        target: found.target.clone(),
    };
    let (sha256, opened, remarks) = tokio::task::spawn_blocking(move || open(bytes))
        .await
        .map_err(|_| ended)?;
    (found.sha256, found.remarks) = (Some(sha256), remarks);
    let tarball = match opened {
        Ok(tarball) => tarball,
        Err(TarballError::NoBlock) => {
            match expected {
                Some((name, version)) => found.unsigned(name, version, NO_BLOCK),
                None => (found.verdict, found.reason) = (Verdict::Unsigned, Some(NO_BLOCK.to_owned())),
            }
            return Ok(found);
        }
        Err(error) => {
            (found.verdict, found.reason) = (Verdict::Refused, Some(error.to_string()));
            return Ok(found);
        }
    };
    found.package = Some(format!("{}@{}", tarball.name(), tarball.version()));
    if let Some(refusal) = another_package(expected, &tarball) {
        (found.verdict, found.reason) = (Verdict::Refused, Some(refusal.to_string()));
        found.refusal = Some(refusal);
        return Ok(found);
    }
    judged(tarball, sources, &mut found).await?;
    Ok(found)
}

/// Unpacks, and looks again at what another packer wrote.
fn open(bytes: Vec<u8>) -> (Digest, Result<PublishedTarball, TarballError>, Vec<String>) {
    let sha256 = Digest::of(&bytes);
    match PublishedTarball::open(bytes.clone()) {
        Err(TarballError::NoBlock) => {
            let audit = Audit::open(&bytes, &Limits::default()).ok();
            let remarks = audit.iter().flat_map(Audit::remarks).take(MOST_REMARKS);
            (
                sha256,
                Err(TarballError::NoBlock),
                remarks.map(ToString::to_string).collect(),
            )
        }
        opened => (sha256, opened, Vec::new()),
    }
}

fn another_package(expected: Option<(&PackageName, &Version)>, tarball: &PublishedTarball) -> Option<Refusal> {
    let (name, version) = expected?;
    let same = name == tarball.name() && version == tarball.version();
    (!same).then(|| Refusal::OtherPackage {
        expected: format!("{name}@{version}"),
        found: format!("{}@{}", tarball.name(), tarball.version()),
    })
}

async fn judged(tarball: PublishedTarball, sources: &Sources, found: &mut Inspection) -> Result<(), InspectError> {
    let record = match &sources.registry {
        Some(registry) => Some(registry.package(tarball.name(), tarball.version()).await?),
        None => None,
    };
    let evidence = match &sources.evidence {
        // Evidence that was named goes before the registry's.
        Some(path) => files::evidence(path, Some((tarball.name(), tarball.version())))?,
        None => record
            .as_ref()
            .and_then(Option::as_ref)
            .map(|record| (*record.release.evidence).clone()),
    };
    let Some(evidence) = evidence else {
        found.reason = Some("it has a block, and no evidence to check it by was found: name it with --evidence".into());
        return Ok(());
    };
    let Some(anchors) = sources.anchors.clone() else {
        found.reason = Some("nothing says which authorities to trust: name them with --anchors".into());
        return Ok(());
    };
    let heard = hear(&tarball, &evidence, record, sources).await?;
    let ended = InspectError::Ended {
        target: found.target.clone(),
    };
    let judging = tokio::task::spawn_blocking(move || {
        let judgement = judge(&tarball, &evidence, &anchors, &heard.asked());
        (judgement, evidence, anchors)
    });
    let (judgement, evidence, anchors) = judging.await.map_err(|_| ended)?;
    found.checks = judgement.checks;
    match judgement.outcome {
        Ok(_) => found.verified(&evidence, head(&evidence, &anchors)),
        Err(refusal) => (found.verdict, found.refusal) = (Verdict::Refused, Some(refusal)),
    }
    Ok(())
}

fn head(evidence: &Evidence, anchors: &Anchors) -> Option<certified_evidence::log::TrustedHead> {
    let receipt = evidence.event.receipt.as_ref()?;
    believed(&receipt.checkpoint, anchors).ok()
}

const NO_TARBALL: &str = "its tarball is not among the files given: name their folder with --tarballs";
const NO_BLOCK: &str = "its package.json has no `chittyos` member: nobody says that it was certified";
const UNCERTIFIED: &str = "npm's manifest of it has no `chittyos` member: nobody says that it was certified";

/// A tarball of another packer repeats itself at every entry.
const MOST_REMARKS: usize = 20;
