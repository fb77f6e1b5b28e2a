//! Looking into tarballs with the system's `tar`.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::children::finish;

/// The bytes of one entry.
pub(crate) fn entry(tarball: &Path, name: &str) -> Vec<u8> {
    let output = finish(Command::new("tar").arg("-xzOf").arg(tarball).arg(name), |_| ());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// package.json inside.
pub(crate) fn manifest(tarball: &Path) -> Value {
    let bytes = entry(tarball, "package/package.json");
    serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).unwrap()
}

/// What was put into `before` at one place to make `after`; nothing when that is not how they differ.
pub(crate) fn inserted(before: &[u8], after: &[u8]) -> Option<Vec<u8>> {
    let head = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let tail = after.strip_suffix(&before[head..])?;
    tail.get(head..).map(<[u8]>::to_vec)
}
