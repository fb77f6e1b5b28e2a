//! Tarballs and evidence on this machine.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use certified_evidence::{Evidence, PackageName, Version};
use certified_pack::filename;
use certified_verify::lockfile::{Locked, LockedDigest};

use super::{InspectError, Sources};

/// The tarball of a release: in npm's cache by its digest, else by its name.
pub(super) fn tarball(locked: &Locked, sources: &Sources) -> Result<Option<Vec<u8>>, InspectError> {
    let Some(folder) = &sources.tarballs else {
        return Ok(None);
    };
    let cached = locked.digests.iter().filter_map(|digest| match digest {
        LockedDigest::Sha512(integrity) => Some(integrity.hex()),
        _ => None,
    });
    // cacache: `content-v2/sha512/ab/cd/ef01…`.
    let cached = cached.flat_map(|hex| {
        let below = Path::new("content-v2/sha512")
            .join(&hex[..2])
            .join(&hex[2..4])
            .join(&hex[4..]);
        [folder.join("_cacache").join(&below), folder.join(below)]
    });
    let named = folder.join(format!("{}.tgz", stem(&locked.name, &locked.version)));
    let found = cached.chain([named]).find(|file| file.is_file());
    found.map(|file| read(&file, LARGEST_TARBALL)).transpose()
}

/// The evidence of one release that was named, which may be the only one there.
pub(super) fn evidence(path: &Path, of: Option<(&PackageName, &Version)>) -> Result<Option<Evidence>, InspectError> {
    if !path.is_dir() {
        return parse(path.to_owned()).map(Some);
    }
    let named = of
        .map(|(name, version)| stem(name, version))
        .into_iter()
        .flat_map(|stem| {
            [
                path.join(format!("{stem}.evidence.json")),
                path.join(&stem).join("evidence.json"),
            ]
        });
    let mut files = named.chain([path.join("evidence.json")]);
    match files.find(|file| file.is_file()) {
        Some(file) => parse(file).map(Some),
        None => Ok(None),
    }
}

fn parse(file: PathBuf) -> Result<Evidence, InspectError> {
    let bytes = read(&file, LARGEST_EVIDENCE)?;
    serde_json::from_slice(&bytes).map_err(|e| InspectError::Evidence {
        file,
        why: e.to_string(),
    })
}

/// `acme-widgets-1.2.3`.
fn stem(name: &PackageName, version: &Version) -> String {
    let file = filename(name.as_str(), &version.to_string());
    file.strip_suffix(".tgz").unwrap_or(&file).to_owned()
}

pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, InspectError> {
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
pub(super) const LARGEST_TARBALL: u64 = 256 * 1024 * 1024;
/// Bytes; evidence is a few kilobytes.
const LARGEST_EVIDENCE: u64 = 1024 * 1024;
