//! The folder through which steps in separate processes hand over, and in which a run leaves its evidence.
//!
//! `<root>/<operation>/`, for the owner only. The operation is derived from registry, name and version, so that every step of one release
//! finds the same folder. It never holds a token; the signing key stands in it only where the kernel keeps no keys for us, and only
//! until the last signature is made. What is read from it is a hint: digests and signatures are checked again by whoever uses it.

use std::fmt::Display;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use certified_evidence::trust_root::TrustRootError;
use certified_evidence::{
    Anchors, Bundle, Certificate, CertificateFacts, Digest, Evidence, PackageName, TrustRoot, Version,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Step;
use crate::steps::metadata::Sealed;

/// An open state folder.
#[derive(Clone, Debug)]
pub struct State {
    folder: PathBuf,
    operation: String,
}

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// An earlier step has not run here.
    #[error("step `{missing}` has left nothing in {}", folder.display())]
    Missing {
        /// The step that has to run first.
        missing: Step,
        /// The folder.
        folder: PathBuf,
    },
    /// The signing key is gone.
    #[error("the signing key of step `certificate` is not there any more")]
    NoKey,
    /// What is in the folder is not what a step left.
    #[error("{} is not what step `{step}` leaves: {why}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The step.
        step: Step,
        /// What is wrong.
        why: String,
    },
    /// Somebody else could read or exchange what is in the folder.
    #[error("{} is not for you alone", folder.display())]
    Shared {
        /// The folder.
        folder: PathBuf,
    },
    /// The system refused.
    #[error("{} cannot be used: {error}", file.display())]
    Io {
        /// The file or folder.
        file: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl StateError {
    /// What to do now.
    pub fn advice(&self) -> String {
        match self {
            Self::Missing { missing, .. } => {
                format!("run `certified-publish {missing}` first, with the same --state folder")
            }
            Self::NoKey => "run `certified-publish certificate` and the steps after it again: a new key is made".into(),
            Self::Unreadable { .. } => "remove the state folder and run the steps again from `certificate`".into(),
            Self::Shared { .. } => {
                "name another folder with --state, or take the rights of others away: chmod go-rwx".into()
            }
            Self::Io { .. } => "check that the disk has room and that the folder may be written".into(),
        }
    }
}

impl State {
    /// Opens the folder of one release below `root`, and makes it when it is missing.
    ///
    /// # Errors
    /// When it cannot be made for the owner alone.
    pub fn open(root: &Path, registry: &str, name: &PackageName, version: &Version) -> Result<Self, StateError> {
        let operation = operation_of(registry, name, version);
        let folder = root.join(&operation);
        make_private(&folder)?;
        make_private(&folder.join(EVIDENCE))?;
        Ok(Self { folder, operation })
    }

    /// Where the folder of one release is or would be.
    pub(crate) fn folder_of(root: &Path, registry: &str, name: &PackageName, version: &Version) -> PathBuf {
        root.join(operation_of(registry, name, version))
    }

    /// The steps that left something in a folder, which is only looked at.
    pub(crate) fn steps_in(folder: &Path) -> Vec<Step> {
        let left = |step: &Step| folder.join(format!("{step}.json")).is_file();
        Step::ALL.into_iter().filter(left).collect()
    }

    /// The release's name for this machine, 32 hex digits.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// Where the evidence lies.
    pub fn evidence_folder(&self) -> PathBuf {
        self.folder.join(EVIDENCE)
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Forgets what later steps left, so that none of it is mistaken for this attempt's.
    pub(crate) fn forget_from(&self, step: Step) -> Result<(), StateError> {
        for later in Step::ALL.into_iter().filter(|later| *later >= step) {
            remove(&self.path(&format!("{later}.json")))?;
        }
        [CERTIFIED, PUBLISHED]
            .iter()
            .try_for_each(|file| remove(&self.path(file)))
    }

    pub(crate) fn save<T: Serialize>(&self, step: Step, value: &T) -> Result<(), StateError> {
        let file = self.path(&format!("{step}.json"));
        let json = serde_json::to_vec_pretty(value).map_err(|e| StateError::Unreadable {
            file: file.clone(),
            step,
            why: e.to_string(),
        })?;
        replace_file(&file, &json)
    }

    pub(crate) fn load<T: DeserializeOwned>(&self, step: Step) -> Result<T, StateError> {
        let bytes = self.load_bytes(step, &format!("{step}.json"))?;
        serde_json::from_slice(&bytes).map_err(|e| self.unreadable(step, &format!("{step}.json"), &e))
    }

    pub(crate) fn has(&self, step: Step) -> bool {
        self.path(&format!("{step}.json")).exists()
    }

    pub(crate) fn save_bytes(&self, file: &str, bytes: &[u8]) -> Result<(), StateError> {
        replace_file(&self.path(file), bytes)
    }

    pub(crate) fn load_bytes(&self, step: Step, file: &str) -> Result<Vec<u8>, StateError> {
        let path = self.path(file);
        fs::read(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => StateError::Missing {
                missing: step,
                folder: self.folder.clone(),
            },
            _ => StateError::Io { file: path, error },
        })
    }

    pub(crate) fn unreadable(&self, step: Step, file: &str, why: &dyn Display) -> StateError {
        StateError::Unreadable {
            file: self.path(file),
            step,
            why: why.to_string(),
        }
    }

    /// Writes everything that a stranger needs, in files that plain tools read.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(crate) fn write_evidence(&self, sealed: &Sealed, anchors: &Anchors) -> Result<(), StateError> {
        let (folder, evidence) = (self.evidence_folder(), &sealed.evidence);
        let stem = &evidence.certified.filename;
        let certificate = &evidence.certificate;
        let roots: String = anchors.certificate_authorities.iter().map(|a| a.pem.as_str()).collect();
        let mut files: Vec<(String, Vec<u8>)> = vec![
            (stem.clone(), sealed.certified.bytes().to_vec()),
            (format!("{stem}.sig"), evidence.signatures.certified.as_bytes().to_vec()),
            (format!("{stem}.cert.pem"), certificate.pem.clone().into_bytes()),
            (format!("{stem}.chain.pem"), certificate.chain.concat().into_bytes()),
            (format!("{stem}.published"), sealed.published.bytes().to_vec()),
            (
                format!("{stem}.published.sig"),
                evidence.signatures.published.as_bytes().to_vec(),
            ),
            (
                "evidence.json".to_owned(),
                self.written(serde_json::to_string_pretty(evidence))?,
            ),
            ("anchors.json".to_owned(), self.written(anchors.to_json())?),
            ("anchors.pem".to_owned(), roots.into_bytes()),
            (
                "trusted_root.json".to_owned(),
                self.written(trusted_root(certificate, anchors))?,
            ),
        ];
        for (name, bundle) in bundles(stem, evidence) {
            match bundle {
                Some(bundle) => files.push((name, self.written(bundle.to_json())?)),
                // Of an earlier attempt, perhaps, and about other signatures.
                None => remove(&folder.join(name))?,
            }
        }
        files
            .iter()
            .try_for_each(|(name, bytes)| replace_file(&folder.join(name), bytes))
    }

    fn written<E: Display>(&self, json: Result<String, E>) -> Result<Vec<u8>, StateError> {
        json.map(String::into_bytes)
            .map_err(|e| self.unreadable(Step::Metadata, EVIDENCE, &e))
    }
}

/// The bundles by the names of their files. Sigstore's clients look for `FILE.sigstore.json` beside FILE.
fn bundles<'a>(stem: &str, evidence: &'a Evidence) -> [(String, Option<&'a Bundle>); 3] {
    let bundles = evidence.bundles.as_ref();
    [
        (format!("{stem}.sigstore.json"), bundles.map(|all| &all.certified)),
        (
            format!("{stem}.published.sigstore.json"),
            bundles.map(|all| &all.published),
        ),
        (
            format!("{stem}.published.provenance.sigstore.json"),
            bundles.map(|all| &all.provenance),
        ),
    ]
}

/// The anchors as others read them, with the certificates that lead to this release.
fn trusted_root(certificate: &CertificateFacts, anchors: &Anchors) -> Result<String, TrustRootError> {
    let chain: Result<Vec<_>, _> = certificate.chain.iter().map(|pem| Certificate::from_pem(pem)).collect();
    TrustRoot::of_anchors(anchors, &chain?)?.to_json()
}

fn operation_of(registry: &str, name: &PackageName, version: &Version) -> String {
    let identity = format!(
        "certified-publish/1\0{}\0{name}\0{version}",
        registry.trim_end_matches('/')
    );
    Digest::of(identity.as_bytes()).hex().chars().take(32).collect()
}

/// Writes a file whole or not at all: a neighbour is written, flushed to the disk, then renamed over it. Mode 0600, or that of the file
/// that was there.
pub(crate) fn replace_file(file: &Path, bytes: &[u8]) -> Result<(), StateError> {
    let failed = |error| StateError::Io {
        file: file.to_owned(),
        error,
    };
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut neighbour = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    neighbour.write_all(bytes).map_err(failed)?;
    if let Ok(before) = fs::metadata(file) {
        neighbour
            .as_file()
            .set_permissions(before.permissions())
            .map_err(failed)?;
    }
    neighbour.as_file().sync_all().map_err(failed)?;
    neighbour.persist(file).map_err(|e| failed(e.error))?;
    Ok(())
}

pub(crate) fn remove(file: &Path) -> Result<(), StateError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StateError::Io {
            file: file.to_owned(),
            error,
        }),
        _ => Ok(()),
    }
}

/// Makes the folder when it is missing. One that is there already, perhaps made by somebody else in a place that many may write to, has to be
/// ours and closed to others.
fn make_private(folder: &Path) -> Result<(), StateError> {
    let failed = |error| StateError::Io {
        file: folder.to_owned(),
        error,
    };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let found = fs::symlink_metadata(folder).map_err(failed)?;
        let ours = found.is_dir() && found.uid() == rustix::process::geteuid().as_raw();
        if !ours || found.mode() & 0o077 != 0 {
            return Err(StateError::Shared {
                folder: folder.to_owned(),
            });
        }
    }
    Ok(())
}

/// The certified tarball in the state folder.
pub(crate) const CERTIFIED: &str = "certified.tgz";
/// The published tarball in the state folder.
pub(crate) const PUBLISHED: &str = "published.tgz";
/// The signing key in the state folder, where the kernel keeps none.
pub(crate) const KEY: &str = "signing-key.der";
const EVIDENCE: &str = "evidence";

#[cfg(test)]
mod tests;
