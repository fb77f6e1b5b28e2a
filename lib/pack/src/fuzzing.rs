//! What the fuzzer reaches behind the public interface. No part of it.

use crate::glob::Pattern;
use crate::gzip::{self, GzipError};
use crate::read::Limits;

/// Whether an ignore pattern matches a path, with all that is asked of a pattern; nothing when it is none.
#[must_use]
pub fn matches(pattern: &str, path: &str, partial: bool) -> Option<bool> {
    let pattern = Pattern::parse(pattern).ok()?;
    let _ = (pattern.negated(), pattern.is_short());
    Some(pattern.matches(path, partial))
}

/// The bytes in one gzip member, 64 MiB at most.
///
/// # Errors
/// When it is anything else.
pub fn gunzip(tgz: &[u8]) -> Result<Vec<u8>, GzipError> {
    let limits = Limits {
        unpacked: 64 << 20,
        ..Limits::default()
    };
    gzip::gunzip(tgz, &limits)
}
