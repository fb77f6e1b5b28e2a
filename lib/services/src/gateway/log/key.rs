//! The log's key: made once, kept beside the log.
//!
//! The key stays when the services start again, because the log does. A log that changed its key at every start could not be followed:
//! whoever kept one of its checkpoints would have nothing to hold against the next.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use certified_evidence::log::{LogKeyError, LogSigner};
use certified_evidence::{KeyAlgorithm, KeyError, Secret, SigningKey};
use rand_core::CryptoRng;

/// The log has no key to sign with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogKeyFailed {
    /// The file with the key cannot be read or written.
    #[error("cannot use {}: {cause}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What went wrong.
        cause: io::Error,
    },
    /// The file holds no key that a log can sign with.
    #[error("expected a P-256 key in PKCS#8 in {}: {cause}", file.display())]
    Key {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        cause: KeyError,
    },
    /// The name or the kind of the key is wrong.
    #[error(transparent)]
    Name(#[from] LogKeyError),
}

/// Reads the log's key from this folder, or makes one and keeps it there.
pub(crate) fn open(folder: &Path, name: &str, rng: &mut impl CryptoRng) -> Result<LogSigner, LogKeyFailed> {
    let file = folder.join(FILE);
    let failed = |cause| LogKeyFailed::File {
        file: file.clone(),
        cause,
    };
    let refused = |cause| LogKeyFailed::Key {
        file: file.clone(),
        cause,
    };
    if !file.try_exists().map_err(failed)? {
        let key = SigningKey::generate(KeyAlgorithm::EcdsaP256, rng).map_err(refused)?;
        keep(folder, &file, &key.to_pkcs8_der().map_err(refused)?).map_err(failed)?;
    }
    // Read back also when it was just made: of two that start at once, both go on with the key that came first.
    let der = Secret::new(fs::read(&file).map_err(failed)?);
    let key = SigningKey::from_pkcs8_der(der.expose()).map_err(refused)?;
    Ok(LogSigner::ecdsa(name.parse()?, key)?)
}

/// Writes the whole key under its name, or nothing: a key that was cut off by a crash would end the log.
fn keep(folder: &Path, file: &Path, der: &Secret<Vec<u8>>) -> io::Result<()> {
    let unfinished = folder.join(format!("{FILE}.{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(&unfinished)?;
    written.write_all(der.expose())?;
    written.sync_all()?;
    // A link and not a renaming: it never replaces a key that somebody else put there in the meantime.
    let linked = match fs::hard_link(&unfinished, file) {
        Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => Err(cause),
        _ => Ok(()),
    };
    fs::remove_file(&unfinished)?;
    linked?;
    // On the disk before anything is signed with it.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

const FILE: &str = "log-key.pk8";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::randomness;

    fn opened(folder: &Path) -> Result<String, LogKeyFailed> {
        let signer = open(folder, "log.example.com", &mut randomness::system())?;
        Ok(signer.key().to_string())
    }

    #[test]
    fn the_key_is_made_once_and_nobody_else_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let first = opened(folder.path()).unwrap();
        assert_eq!(opened(folder.path()).unwrap(), first);
        let names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, [FILE]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_key_that_is_damaged_is_refused_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), b"cut").unwrap();
        assert!(matches!(opened(folder.path()), Err(LogKeyFailed::Key { .. })));
        assert_eq!(fs::read(folder.path().join(FILE)).unwrap(), b"cut");
    }
}
