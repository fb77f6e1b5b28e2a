//! What can be wrong with compressed bytes.

use thiserror::Error;

/// Why bytes were not taken for one gzip member.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum GzipError {
    /// More compressed bytes than allowed.
    #[error("the tarball has {found} bytes, at most {limit} are read")]
    TooLarge {
        /// Bytes there are.
        found: usize,
        /// Bytes there may be.
        limit: usize,
    },
    /// No gzip.
    #[error("the tarball is not gzipped: it does not begin with 1f 8b 08")]
    NotGzip,
    /// Header flags that RFC 1952 reserves.
    #[error("the gzip header has the reserved flags {flags:#04x}")]
    Reserved {
        /// All flags.
        flags: u8,
    },
    /// The header's own checksum is wrong.
    #[error("the gzip header states the checksum {stated:04x}, it has {found:04x}")]
    HeaderChecksum {
        /// As stated.
        stated: u16,
        /// As computed.
        found: u16,
    },
    /// The end comes too early.
    #[error("the gzip data ends too early")]
    Truncated,
    /// The compressed data is broken.
    #[error("the gzip data is broken")]
    Broken,
    /// More unpacked bytes than allowed.
    #[error("the tarball unpacks to more than {limit} bytes")]
    Unpacked {
        /// Bytes there may be.
        limit: usize,
    },
    /// More unpacked bytes for each compressed byte than allowed.
    #[error("the tarball unpacks to more than {limit} times its size")]
    Ratio {
        /// Unpacked bytes there may be for each compressed byte.
        limit: usize,
    },
    /// The checksum of the unpacked bytes is wrong.
    #[error("the gzip data states the checksum {stated:08x}, it has {found:08x}")]
    Checksum {
        /// As stated.
        stated: u32,
        /// As computed.
        found: u32,
    },
    /// The number of unpacked bytes is wrong.
    #[error("the gzip data states {stated} bytes, it has {found}")]
    Length {
        /// As stated, modulo 2^32.
        stated: u32,
        /// As counted.
        found: usize,
    },
    /// Something follows, perhaps a second member.
    #[error("{bytes} bytes follow the gzip data")]
    Trailing {
        /// How many.
        bytes: usize,
    },
}
