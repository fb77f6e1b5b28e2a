//! Where `tests/set-up` has put the servers of others.

use std::path::{Path, PathBuf};

/// The program of a peer. Without it there is nothing to test against, so the test fails and says what to do.
pub(crate) fn peer(name: &str) -> PathBuf {
    let installed = std::env::var_os("CERTIFIED_PUBLISH_PEERS").map(PathBuf::from);
    let folder = installed.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers"));
    let program = folder.join("bin").join(name);
    assert!(
        program.exists(),
        "{} is missing: run tests/set-up once, it installs what the tests talk to",
        program.display()
    );
    program
}
