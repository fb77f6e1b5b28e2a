//! The signing key between two processes of one job.
//!
//! Where Linux keeps keys for a user (keyrings(7)) it stays in the kernel, expires by itself after an hour, and touches no disk. Elsewhere,
//! and in containers that forbid those system calls, it is a file for the owner alone in the state folder. Either is removed as soon as
//! the last signature is made.

use std::path::PathBuf;

use certified_evidence::{Secret, SigningKey};

use crate::state::{KEY, State, StateError, remove, replace_file};

/// Keeps a key for the steps after this one.
pub(crate) fn keep(state: &State, key: &SigningKey) -> Result<(), StateError> {
    let der = key.to_pkcs8_der().map_err(|_| StateError::NoKey)?;
    if kernel::keep(&description(state), der.expose()) {
        return remove(&file(state));
    }
    replace_file(&file(state), der.expose())
}

/// The key that an earlier step kept.
pub(crate) fn find(state: &State) -> Result<SigningKey, StateError> {
    let der = match kernel::find(&description(state)) {
        Some(der) => Secret::new(der),
        None => Secret::new(std::fs::read(file(state)).map_err(|_| StateError::NoKey)?),
    };
    SigningKey::from_pkcs8_der(der.expose()).map_err(|_| StateError::NoKey)
}

/// Leaves no copy.
pub(crate) fn forget(state: &State) -> Result<(), StateError> {
    kernel::forget(&description(state));
    remove(&file(state))
}

/// Leaves no key of that operation in the kernel.
pub(crate) fn forget_operation(operation: &str) {
    kernel::forget(&described(operation));
}

fn description(state: &State) -> String {
    described(state.operation())
}

fn described(operation: &str) -> String {
    format!("certified-publish:{operation}")
}

fn file(state: &State) -> PathBuf {
    state.path(KEY)
}

#[cfg(target_os = "linux")]
mod kernel {
    use linux_keyutils::{Key, KeyPermissionsBuilder, KeyRing, KeyRingIdentifier, Permission};

    /// Whether the kernel took it and gives it back.
    pub(super) fn keep(description: &str, der: &[u8]) -> bool {
        added(description, der).is_some() && find(description).is_some_and(|found| found == der)
    }

    pub(super) fn find(description: &str) -> Option<Vec<u8>> {
        let key = search(description)?;
        // The longest PKCS#8 document of an RSA-2048 key is about 1.2 KiB.
        let mut der = vec![0; 4096];
        let length = key.read(&mut der).ok()?;
        der.truncate(length);
        Some(der)
    }

    pub(super) fn forget(description: &str) {
        if let Some(key) = search(description) {
            // A key that cannot be invalidated still expires.
            let _ = key.invalidate();
        }
    }

    fn added(description: &str, der: &[u8]) -> Option<Key> {
        let key = ring()?.add_key(description, der).ok()?;
        let mut owner = KeyPermissionsBuilder::builder();
        owner = owner.posessor(Permission::ALL).user(Permission::ALL);
        key.set_perms(owner.build()).ok()?;
        key.set_timeout(LIFE).ok()?;
        Some(key)
    }

    fn search(description: &str) -> Option<Key> {
        ring()?.search(description).ok()
    }

    /// The user's ring: a session's ring would end with the step that made it.
    fn ring() -> Option<KeyRing> {
        KeyRing::from_special_id(KeyRingIdentifier::User, true).ok()
    }

    /// Seconds until the kernel forgets the key by itself.
    const LIFE: usize = 3600;
}

#[cfg(not(target_os = "linux"))]
mod kernel {
    pub(super) fn keep(_: &str, _: &[u8]) -> bool {
        false
    }

    pub(super) fn find(_: &str) -> Option<Vec<u8>> {
        None
    }

    pub(super) fn forget(_: &str) {}
}

#[cfg(test)]
mod tests {
    use certified_evidence::KeyAlgorithm;

    use super::*;

    fn state(root: &std::path::Path) -> State {
        // A name of its own for every test: the kernel's ring is shared by all of them.
        let name = format!(
            "keyring-{}",
            root.file_name().unwrap().to_string_lossy().trim_start_matches('.')
        );
        State::open(
            root,
            "https://npm.example",
            &name.parse().unwrap(),
            &"1.0.0".parse().unwrap(),
        )
        .unwrap()
    }

    #[test]
    fn a_kept_key_is_found_by_the_next_process_and_gone_when_it_is_forgotten() {
        let root = tempfile::tempdir().unwrap();
        let state = state(root.path());
        let mut random = rand_core::UnwrapErr(getrandom::SysRng);
        for algorithm in [KeyAlgorithm::EcdsaP256, KeyAlgorithm::Rsa2048] {
            let key = SigningKey::generate(algorithm, &mut random).unwrap();
            keep(&state, &key).unwrap();
            assert_eq!(
                find(&state).unwrap().public_key().spki_der(),
                key.public_key().spki_der()
            );
            forget(&state).unwrap();
            assert!(matches!(find(&state), Err(StateError::NoKey)));
        }
    }

    #[test]
    fn a_key_of_another_release_is_not_found() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut random = rand_core::UnwrapErr(getrandom::SysRng);
        let key = SigningKey::generate(KeyAlgorithm::EcdsaP256, &mut random).unwrap();
        keep(&state(one.path()), &key).unwrap();
        assert!(matches!(find(&state(other.path())), Err(StateError::NoKey)));
        forget(&state(one.path())).unwrap();
    }
}
