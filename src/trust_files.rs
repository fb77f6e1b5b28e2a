//! What a verifier trusts to believe the embedded services, written to files: for this program, and for Sigstore's clients.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use certified_services::Running;

use crate::failure::Failure;

/// Writes `anchors.json`, for `--anchors`.
pub(crate) fn write_anchors(folder: &Path, running: &Running) -> Result<PathBuf, Failure> {
    write(folder.join("anchors.json"), running.anchors().to_json())
}

/// Writes `trusted_root.json`: the same trust in the form that Sigstore's clients read, and what these need besides.
pub(crate) fn write_trust_root(folder: &Path, running: &Running) -> Result<PathBuf, Failure> {
    write(folder.join("trusted_root.json"), running.trust_root().to_json())
}

fn write<E: Display>(file: PathBuf, json: Result<String, E>) -> Result<PathBuf, Failure> {
    let json = json.map_err(|error| Failure::Trust {
        file: file.clone(),
        why: error.to_string(),
    })?;
    fs::write(&file, json).map_err(|error| Failure::Io {
        file: file.clone(),
        error,
    })?;
    Ok(file)
}
