//! The trust state's file: one run at a time, whole or not at all.

use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use certified_evidence::Anchors;
use certified_verify::trust_state::{TrustState, TrustStateRefusal};

use super::InspectError;
use super::files;

/// The file, held until this is dropped. Others wait for nothing: they are told to come again.
#[derive(Debug)]
pub struct Memory {
    file: PathBuf,
    // Beside the file, because that one is replaced. It stays: removing it would let two runs hold two locks.
    _lock: File,
}

/// Why the file is not used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MemoryError {
    /// Another run has it.
    #[error("another run is using {}", file.display())]
    Locked {
        /// The file.
        file: PathBuf,
    },
    /// It is not believed.
    #[error("{}: {refusal}", file.display())]
    Refused {
        /// The file.
        file: PathBuf,
        /// Why.
        refusal: TrustStateRefusal,
    },
    /// It cannot be read or written.
    #[error("{} cannot be used: {error}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl Memory {
    /// Takes the file for this run and reads it. Where there is none, nothing is remembered yet.
    ///
    /// # Errors
    /// [`MemoryError`].
    pub fn open(file: &Path, anchors: &Anchors) -> Result<(Self, TrustState), MemoryError> {
        let failed = |error| MemoryError::Io {
            file: file.to_owned(),
            error,
        };
        let mut beside = file.as_os_str().to_owned();
        beside.push(".lock");
        let lock = File::options().create(true).append(true).open(beside).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(MemoryError::Locked { file: file.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let state = match files::read(file, TrustState::LARGEST as u64) {
            Ok(bytes) => TrustState::parse(&bytes, anchors).map_err(|refusal| MemoryError::Refused {
                file: file.to_owned(),
                refusal,
            })?,
            Err(InspectError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => TrustState::default(),
            Err(InspectError::Io { error, .. }) => return Err(failed(error)),
            Err(other) => return Err(failed(io::Error::other(other.to_string()))),
        };
        let file = file.to_owned();
        Ok((Self { file, _lock: lock }, state))
    }

    /// Replaces the file. Until the last step the old one is there, whole; a crash leaves at most a temporary file beside it.
    ///
    /// # Errors
    /// [`MemoryError::Io`].
    pub fn keep(&self, state: &TrustState) -> Result<(), MemoryError> {
        let failed = |error| MemoryError::Io {
            file: self.file.clone(),
            error,
        };
        let text = state.to_json().map_err(|refusal| MemoryError::Refused {
            file: self.file.clone(),
            refusal,
        })?;
        let folder = self.file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or_else(|| Path::new("."));
        let mut temporary = tempfile::Builder::new()
            .prefix(".trust-state-")
            .tempfile_in(folder)
            .map_err(failed)?;
        temporary.write_all(text.as_bytes()).map_err(failed)?;
        // Before the name: a name without the bytes would be an empty memory after a power cut.
        temporary.as_file().sync_all().map_err(failed)?;
        temporary.persist(&self.file).map_err(|error| failed(error.error))?;
        sync_folder(folder).map_err(failed)
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "folders cannot be flushed here")]
fn sync_folder(folder: &Path) -> io::Result<()> {
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_has_the_file_and_the_next_one_finds_what_it_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (file, anchors) = (folder.path().join("trust.json"), Anchors::default());
        let (memory, mut state) = Memory::open(&file, &anchors).unwrap();
        assert!(matches!(Memory::open(&file, &anchors), Err(MemoryError::Locked { .. })));
        assert!(!file.exists());
        let (name, version) = ("left-pad".parse().unwrap(), "1.3.0".parse().unwrap());
        let level = certified_verify::policy::EvidenceLevel::Certified;
        state.remember(&name, &version, level, &Default::default());
        memory.keep(&state).unwrap();
        drop(memory);
        let (_memory, again) = Memory::open(&file, &anchors).unwrap();
        assert_eq!(again, state);
    }

    #[test]
    fn an_empty_file_is_a_lost_memory_and_not_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("trust.json");
        std::fs::write(&file, "").unwrap();
        assert!(matches!(
            Memory::open(&file, &Anchors::default()),
            Err(MemoryError::Refused { .. })
        ));
    }
}
