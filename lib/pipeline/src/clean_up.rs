//! The end of a job that ran the steps in processes of their own.

use std::fs;
use std::io;
use std::path::Path;

use crate::keyring;
use crate::state::{KEY, StateError, remove};

/// Removes the signing keys of all operations below `root`, from the kernel and from the disk; with `everything` also the folder itself.
///
/// # Errors
/// When a file stays. What could be removed is removed all the same.
pub fn clean_up(root: &Path, everything: bool) -> Result<(), StateError> {
    let failed = |error| StateError::Io {
        file: root.to_owned(),
        error,
    };
    let entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    let mut done = Ok(());
    for entry in entries.flatten() {
        let operation = entry.file_name().to_string_lossy().into_owned();
        if operation.len() == 32 && operation.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            keyring::forget_operation(&operation);
            done = done.and(remove(&entry.path().join(KEY)));
        }
    }
    if everything {
        done = done.and(fs::remove_dir_all(root).map_err(failed));
    }
    done
}

#[cfg(test)]
mod tests {
    use certified_evidence::{KeyAlgorithm, SigningKey};

    use super::*;
    use crate::State;

    #[test]
    fn no_key_and_no_folder_is_left() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("states");
        let state = State::open(
            &root,
            "https://npm.example",
            &"clean-up".parse().unwrap(),
            &"1.0.0".parse().unwrap(),
        )
        .unwrap();
        let mut random = rand_core::UnwrapErr(getrandom::SysRng);
        let key = SigningKey::generate(KeyAlgorithm::EcdsaP256, &mut random).unwrap();
        keyring::keep(&state, &key).unwrap();
        state.save_bytes(KEY, b"a key on the disk").unwrap();
        clean_up(&root, false).unwrap();
        assert!(matches!(keyring::find(&state), Err(StateError::NoKey)));
        assert!(root.exists());
        clean_up(&root, true).unwrap();
        assert!(!root.exists());
        clean_up(&root, true).unwrap();
    }
}
