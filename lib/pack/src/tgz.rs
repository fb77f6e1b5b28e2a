//! The gzipped archive on its way out: whatever is written is hashed, compressed, and hashed again.

use std::io::{self, Write};
use std::num::NonZero;

use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

use crate::deflate::{Gzip, GzipWriter};
use crate::tarball::Digests;

/// Takes an archive and passes the compressed bytes on.
pub(crate) struct TgzWriter<W> {
    gzip: GzipWriter<Digesting<W>>,
    tar_sha256: Sha256,
}

/// What became of an archive.
pub(crate) struct Written<W> {
    pub(crate) out: W,
    /// Compressed bytes.
    pub(crate) size: u64,
    pub(crate) digests: Digests,
}

impl<W: Write> TgzWriter<W> {
    /// Begins; `expected` is about how long the archive will be.
    pub(crate) fn new(out: W, gzip: Gzip, threads: Option<NonZero<usize>>, expected: u64) -> io::Result<Self> {
        Ok(Self {
            gzip: GzipWriter::new(Digesting::new(out), gzip, threads, expected)?,
            tar_sha256: Sha256::new(),
        })
    }

    /// Ends; the archive is complete.
    pub(crate) fn finish(self) -> io::Result<Written<W>> {
        let Digesting {
            out,
            size,
            sha1,
            sha256,
            sha512,
        } = self.gzip.finish()?;
        Ok(Written {
            out,
            size,
            digests: Digests {
                sha256: sha256.finalize().into(),
                sha512: sha512.finalize().into(),
                sha1: sha1.finalize().into(),
                tar_sha256: self.tar_sha256.finalize().into(),
            },
        })
    }
}

impl<W: Write> Write for TgzWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.tar_sha256.update(bytes);
        self.gzip.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.gzip.flush()
    }
}

/// Passes bytes on and hashes them.
struct Digesting<W> {
    out: W,
    size: u64,
    sha1: Sha1,
    sha256: Sha256,
    sha512: Sha512,
}

impl<W> Digesting<W> {
    fn new(out: W) -> Self {
        Self {
            out,
            size: 0,
            sha1: Sha1::new(),
            sha256: Sha256::new(),
            sha512: Sha512::new(),
        }
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        let passed = bytes.get(..written).unwrap_or(bytes);
        self.size += passed.len() as u64;
        self.sha1.update(passed);
        self.sha256.update(passed);
        self.sha512.update(passed);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
