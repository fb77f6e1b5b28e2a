//! A compressed archive together with its digests, so that nothing is ever hashed apart from the bytes it stands for.

use std::fmt;
use std::io::{self, Write as _};

use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

use crate::deflate::Gzip;
use crate::read::{Archive, Limits, ReadError};
use crate::tgz::TgzWriter;

/// A gzipped tar with everything that is ever said about it.
#[derive(Clone, Eq, PartialEq)]
pub struct Tarball {
    bytes: Vec<u8>,
    tar: Vec<u8>,
    digests: Digests,
}

impl Tarball {
    /// Compresses an archive to exactly the bytes that npm writes for it.
    ///
    /// # Errors
    /// When a thread that compresses ends without a result, which no input makes it do.
    pub fn compress(tar: Vec<u8>) -> io::Result<Self> {
        let room = Vec::with_capacity(tar.len() / 3 + 64);
        let mut tgz = TgzWriter::new(room, Gzip::Npm, None, tar.len() as u64)?;
        tgz.write_all(&tar)?;
        let written = tgz.finish()?;
        Ok(Self::new(written.out, tar, written.digests))
    }

    pub(crate) fn new(bytes: Vec<u8>, tar: Vec<u8>, digests: Digests) -> Self {
        Self { bytes, tar, digests }
    }

    /// Reads a compressed archive from anybody, keeping its bytes.
    ///
    /// # Errors
    /// When the bytes are not what an npm client packs, or go beyond the limits; they are given back.
    pub fn read(bytes: Vec<u8>, limits: &Limits) -> Result<(Self, Archive), Unread> {
        match Archive::open(&bytes, limits) {
            Ok(archive) => Ok((Self::of(bytes, archive.tar().to_vec()), archive)),
            Err(why) => Err(Unread { why, bytes }),
        }
    }

    /// The compressed bytes: the content of the `.tgz`.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The archive before compression.
    #[must_use]
    pub fn tar(&self) -> &[u8] {
        &self.tar
    }

    /// The digests of both.
    #[must_use]
    pub fn digests(&self) -> &Digests {
        &self.digests
    }

    fn of(bytes: Vec<u8>, tar: Vec<u8>) -> Self {
        let digests = Digests {
            sha256: Sha256::digest(&bytes).into(),
            sha512: Sha512::digest(&bytes).into(),
            sha1: Sha1::digest(&bytes).into(),
            tar_sha256: Sha256::digest(&tar).into(),
        };
        Self { bytes, tar, digests }
    }
}

impl fmt::Debug for Tarball {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tarball")
            .field("bytes", &self.bytes.len())
            .field("tar", &self.tar.len())
            .finish_non_exhaustive()
    }
}

/// Bytes that were not read, for whoever wants to look at them in another way.
#[derive(Clone, Eq, PartialEq, thiserror::Error)]
#[error("{why}")]
#[non_exhaustive]
pub struct Unread {
    /// The rule that is broken.
    pub why: ReadError,
    /// The bytes as they came.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unread")
            .field("why", &self.why)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// What a tarball hashes to (FIPS 180-4).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Digests {
    /// SHA-256 of the compressed bytes.
    pub sha256: [u8; 32],
    /// SHA-512 of the compressed bytes: npm's `integrity`.
    pub sha512: [u8; 64],
    /// SHA-1 of the compressed bytes: npm's `shasum`. It identifies, it does not protect.
    pub sha1: [u8; 20],
    /// SHA-256 of the archive before compression, which does not depend on the compressor.
    pub tar_sha256: [u8; 32],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digest_is_of_the_bytes_it_is_named_after() {
        let tarball = Tarball::compress(vec![0; 1024]).unwrap();
        let hash: [u8; 32] = Sha256::digest(tarball.bytes()).into();
        assert_eq!(tarball.digests().sha256, hash);
        let hash: [u8; 32] = Sha256::digest(tarball.tar()).into();
        assert_eq!(tarball.digests().tar_sha256, hash);
        let hash: [u8; 64] = Sha512::digest(tarball.bytes()).into();
        assert_eq!(tarball.digests().sha512, hash);
        let hash: [u8; 20] = Sha1::digest(tarball.bytes()).into();
        assert_eq!(tarball.digests().sha1, hash);
    }

    #[test]
    fn what_is_not_read_is_given_back() {
        let refused = Tarball::read(b"no tarball".to_vec(), &Limits::default()).unwrap_err();
        assert_eq!(refused.bytes, b"no tarball");
        assert_eq!(refused.to_string(), refused.why.to_string());
    }

    #[test]
    fn the_same_archive_always_gives_the_same_tarball() {
        let compress = || Tarball::compress(vec![7; 3000]).unwrap();
        assert_eq!(compress(), compress());
    }
}
