//! `verify` for everyone else: gathers a tarball, its evidence and what the services say, and has them judged.

use std::fmt;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use certified_client::npm::Npm;
use certified_client::store::Store;
use certified_client::{ChittyId, Chronicle, ClientError, Registry};
use certified_evidence::wire::registry::PackageRecord;
use certified_evidence::{Anchors, Digest, Evidence, PackageName, Version};
use certified_verify::{Asked, Check, PublishedTarball, Refusal, TarballError, Verdict, judge};
use serde::Serialize;

use crate::steps::upload::key;

/// What to verify.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Target {
    /// What npm serves as this version.
    Release(PackageName, Version),
    /// A tarball on this machine.
    File(PathBuf),
}

/// A word that is no target.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{found}` is neither a file nor `name@version`")]
pub struct TargetError {
    /// The word.
    pub found: String,
}

impl FromStr for Target {
    type Err = TargetError;

    /// `name@version` unless a file of that name exists or the word ends like a tarball's name.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.ends_with(".tgz") || text.ends_with(".tar.gz") || Path::new(text).is_file() {
            return Ok(Self::File(PathBuf::from(text)));
        }
        let refused = || TargetError { found: text.to_owned() };
        let (name, version) = text.rsplit_once('@').ok_or_else(refused)?;
        match (name.parse(), version.parse()) {
            (Ok(name), Ok(version)) => Ok(Self::Release(name, version)),
            _ => Err(refused()),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Release(name, version) => write!(f, "{name}@{version}"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// Whom to ask. Whoever is missing is not asked, and the judgement says so.
#[derive(Default)]
pub struct Sources {
    /// The npm registry.
    pub npm: Option<Npm>,
    /// The registry of releases.
    pub registry: Option<Registry>,
    /// The Chronicle.
    pub chronicle: Option<Chronicle>,
    /// ChittyID, about revocation.
    pub chitty_id: Option<ChittyId>,
    /// The archive.
    pub store: Option<Store>,
    /// What to trust.
    pub anchors: Option<Anchors>,
    /// Evidence on this machine: `evidence.json`, or the folder with it.
    pub evidence: Option<PathBuf>,
}

/// The verdict on one target.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
    /// What was asked about.
    pub target: String,
    /// `name@version` found inside, if it could be read.
    pub package: Option<String>,
    /// SHA-256 of the tarball that was looked at.
    pub sha256: Option<Digest>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why there is no better verdict, when no check says it.
    pub reason: Option<String>,
    /// Every check with its answer.
    pub checks: Vec<Check>,
    /// The first refusal.
    #[serde(skip)]
    pub refusal: Option<Refusal>,
}

/// Why nothing could be looked at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InspectError {
    /// A file cannot be read.
    #[error("{} cannot be read: {error}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A file is larger than anything npm takes.
    #[error("{} has more than {limit} bytes", file.display())]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// Bytes that would have been read.
        limit: u64,
    },
    /// The evidence is no evidence.
    #[error("{} is no evidence of a release: {why}", file.display())]
    Evidence {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A service.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// npm does not have the version.
    #[error("npm does not have {target}")]
    NotOnNpm {
        /// `name@version`.
        target: String,
    },
    /// Nobody to ask for a version.
    #[error("{target} can only be fetched from an npm registry, and none may be asked")]
    NoRegistry {
        /// `name@version`.
        target: String,
    },
}

/// Gathers, and has it judged.
///
/// # Errors
/// When there is nothing to judge. A tarball that is refused is no error but a verdict.
pub async fn inspect(target: &Target, sources: &Sources) -> Result<Inspection, InspectError> {
    let bytes = fetch(target, sources).await?;
    let mut inspection = Inspection {
        target: target.to_string(),
        package: None,
        sha256: Some(Digest::of(&bytes)),
        verdict: Verdict::CannotJudge,
        reason: None,
        checks: Vec::new(),
        refusal: None,
    };
    let tarball = match PublishedTarball::open(bytes) {
        Ok(tarball) => tarball,
        Err(TarballError::NoBlock) => {
            inspection.verdict = Verdict::Unsigned;
            inspection.reason =
                Some("its package.json has no `chittyos` member: nobody says that it was certified".into());
            return Ok(inspection);
        }
        Err(error) => {
            inspection.verdict = Verdict::Refused;
            inspection.reason = Some(error.to_string());
            return Ok(inspection);
        }
    };
    inspection.package = Some(format!("{}@{}", tarball.name(), tarball.version()));
    if let Some(refusal) = another_package(target, &tarball) {
        (inspection.verdict, inspection.reason) = (Verdict::Refused, Some(refusal.to_string()));
        inspection.refusal = Some(refusal);
        return Ok(inspection);
    }
    judged(&tarball, sources, &mut inspection).await?;
    Ok(inspection)
}

fn another_package(target: &Target, tarball: &PublishedTarball) -> Option<Refusal> {
    let Target::Release(name, version) = target else {
        return None;
    };
    let same = name == tarball.name() && version == tarball.version();
    (!same).then(|| Refusal::OtherPackage {
        expected: target.to_string(),
        found: format!("{}@{}", tarball.name(), tarball.version()),
    })
}

async fn judged(tarball: &PublishedTarball, sources: &Sources, found: &mut Inspection) -> Result<(), InspectError> {
    let record = match &sources.registry {
        Some(registry) => Some(registry.package(tarball.name(), tarball.version()).await?),
        None => None,
    };
    let Some(evidence) = evidence(sources, record.as_ref().and_then(Option::as_ref))? else {
        found.reason = Some("it has a block, and no evidence to check it by was found: name it with --evidence".into());
        return Ok(());
    };
    let Some(anchors) = &sources.anchors else {
        found.reason = Some("nothing says which authorities to trust: name them with --anchors".into());
        return Ok(());
    };
    let event = match &sources.chronicle {
        Some(chronicle) => Some(chronicle.event(&tarball.block().provenance.chronicle_event).await?),
        None => None,
    };
    let archived = match &sources.store {
        Some(store) => Some(store.get(&key(tarball.name(), tarball.version())).await?),
        None => None,
    };
    let certificate = match &sources.chitty_id {
        Some(chitty_id) => {
            let signed_at = evidence.signed_at.max(evidence.event.event.timestamp);
            Some(chitty_id.verify(&evidence.certificate.cert_id, Some(signed_at)).await?)
        }
        None => None,
    };
    let asked = Asked {
        archived: archived.as_ref().map(|object| object.as_deref()),
        event: event.as_ref().map(Option::as_ref),
        record: record.as_ref().map(Option::as_ref),
        certificate: certificate.as_ref(),
    };
    let judgement = judge(tarball, &evidence, anchors, &asked);
    found.checks = judgement.checks;
    match judgement.outcome {
        Ok(_) => found.verdict = Verdict::Verified,
        Err(refusal) => (found.verdict, found.refusal) = (Verdict::Refused, Some(refusal)),
    }
    Ok(())
}

async fn fetch(target: &Target, sources: &Sources) -> Result<Vec<u8>, InspectError> {
    match target {
        Target::File(path) => read(path, LARGEST_TARBALL),
        Target::Release(name, version) => {
            let named = || target.to_string();
            let npm = sources
                .npm
                .as_ref()
                .ok_or_else(|| InspectError::NoRegistry { target: named() })?;
            let missing = || InspectError::NotOnNpm { target: named() };
            let packument = npm.packument(name).await?.ok_or_else(missing)?;
            packument.dist(version).ok_or_else(missing)?;
            Ok(npm.tarball(name, version, &packument).await?)
        }
    }
}

/// Evidence that was named goes before the registry's.
fn evidence(sources: &Sources, record: Option<&PackageRecord>) -> Result<Option<Evidence>, InspectError> {
    let Some(path) = &sources.evidence else {
        return Ok(record.map(|record| (*record.release.evidence).clone()));
    };
    let file = if path.is_dir() {
        path.join("evidence.json")
    } else {
        path.clone()
    };
    let bytes = read(&file, LARGEST_EVIDENCE)?;
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|e| InspectError::Evidence {
            file,
            why: e.to_string(),
        })
}

fn read(path: &Path, limit: u64) -> Result<Vec<u8>, InspectError> {
    let failed = |error| InspectError::Io {
        file: path.to_owned(),
        error,
    };
    let mut bytes = Vec::new();
    fs::File::open(path)
        .map_err(failed)?
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(InspectError::TooLarge {
            file: path.to_owned(),
            limit,
        });
    }
    Ok(bytes)
}

/// Bytes; the largest compressed tarball that is read.
const LARGEST_TARBALL: u64 = 256 * 1024 * 1024;
/// Bytes; evidence is a few kilobytes.
const LARGEST_EVIDENCE: u64 = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_a_name_and_a_version_and_a_file_is_a_file() {
        let release = |name: &str, version: &str| Target::Release(name.parse().unwrap(), version.parse().unwrap());
        assert_eq!("left-pad@1.3.0".parse(), Ok(release("left-pad", "1.3.0")));
        assert_eq!(
            "@acme/widgets@1.2.3-rc.1".parse(),
            Ok(release("@acme/widgets", "1.2.3-rc.1"))
        );
        assert_eq!("acme-1.0.0.tgz".parse(), Ok(Target::File("acme-1.0.0.tgz".into())));
    }

    #[test]
    fn a_tag_a_range_or_a_bare_name_is_no_target() {
        for text in [
            "",
            "left-pad",
            "@acme/widgets",
            "left-pad@latest",
            "left-pad@^1.0.0",
            "@1.0.0",
        ] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }
}
