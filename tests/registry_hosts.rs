//! No file of the repository names the host of a package registry.
#![expect(clippy::unwrap_used, reason = "a repository that cannot be read is a failed test")]

use std::path::Path;
use std::process::Command;
use std::{fs, io};

/// Tests and examples that name a real registry would one day talk to it; addresses come from configuration.
#[test]
fn no_file_names_the_host_of_a_package_registry() {
    let named: Vec<String> = files()
        .iter()
        .flat_map(|path| {
            let text = String::from_utf8_lossy(&contents(path)).to_ascii_lowercase();
            registry_hosts()
                .into_iter()
                .filter(move |host| text.contains(host))
                .map(move |host| format!("{path}: {host}"))
        })
        .collect();
    assert!(
        named.is_empty(),
        "take the address from configuration, or use a name under `.example`, instead of:\n{}",
        named.join("\n")
    );
}

/// In pieces, so that this file does not name them either.
fn registry_hosts() -> Vec<String> {
    [
        ["registry.npm", "js.org"],
        ["registry.npm", "js.com"],
        ["registry.yarn", "pkg.com"],
        ["index.crates", ".io"],
        ["static.crates", ".io"],
        ["py", "pi.org"],
        ["files.python", "hosted.org"],
    ]
    .iter()
    .map(|pieces| pieces.concat())
    .collect()
}

/// Every file that is committed or would be by `git add --all`.
fn files() -> Vec<String> {
    // The checkout of a container is often owned by another user, which git takes for danger unless told otherwise.
    let listed = Command::new("git")
        .args([
            "-c",
            "safe.directory=*",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        listed.status.success(),
        "git ls-files: {}",
        String::from_utf8_lossy(&listed.stderr)
    );
    let names = String::from_utf8(listed.stdout).unwrap();
    let files: Vec<String> = names
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    assert!(
        !files.is_empty(),
        "git lists no files in {}: run the tests in a clone",
        root().display()
    );
    files
}

/// Nothing for a file that is deleted and not yet committed, or for a link to a folder.
fn contents(path: &str) -> Vec<u8> {
    match fs::read(root().join(path)) {
        Ok(bytes) => bytes,
        Err(error) if [io::ErrorKind::NotFound, io::ErrorKind::IsADirectory].contains(&error.kind()) => Vec::new(),
        Err(error) => panic!("{path}: {error}"),
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
