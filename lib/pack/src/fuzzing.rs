//! What the fuzzer reaches behind the public interface. No part of it.

use std::io::{self, Write as _};
use std::num::NonZero;

use crate::deflate::{self, Gzip, GzipWriter};
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

/// A gzip member of the input, cut for about so many bytes and compressed by so many threads.
///
/// # Errors
/// When a thread ends without a result.
pub fn gzip(input: &[u8], how: Gzip, threads: usize, expected: u64) -> io::Result<Vec<u8>> {
    let mut member = GzipWriter::new(Vec::new(), how, NonZero::new(threads), expected)?;
    member.write_all(input)?;
    member.finish()
}

/// The deflated bytes in npm's member, from one parser that goes through the whole input.
#[must_use]
pub fn uncut(input: &[u8]) -> Vec<u8> {
    deflate::uncut(input)
}
