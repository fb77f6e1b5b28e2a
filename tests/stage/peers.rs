//! Where `tests/set-up` has put the servers of others.

use std::path::{Path, PathBuf};

/// The program of a peer. Without it there is nothing to test against, so the test fails and says what to do.
pub(crate) fn peer(name: &str) -> PathBuf {
    there(folder().join("bin").join(name))
}

/// The newest line of node, which came with npm 12: what GitHub's runner has.
#[allow(dead_code, reason = "not every story runs the action")]
pub(crate) fn node() -> PathBuf {
    let modules = folder().join("npm12/node_modules");
    let entries = std::fs::read_dir(&modules).into_iter().flatten().flatten();
    let node = entries
        .map(|entry| entry.path().join("bin/node"))
        .find(|node| node.exists());
    there(node.unwrap_or(modules))
}

fn folder() -> PathBuf {
    let installed = std::env::var_os("CERTIFIED_PUBLISH_PEERS").map(PathBuf::from);
    installed.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers"))
}

fn there(program: PathBuf) -> PathBuf {
    assert!(
        program.is_file(),
        "{} is missing: run tests/set-up once, it installs what the tests talk to",
        program.display()
    );
    program
}
