//! A folder becomes the npm tarball, byte for byte; tarballs are read safely.
//!
//! [`pack`] gives the tarball that `npm pack` gives for the same folder: the same files in the same order, the same headers,
//! the same compression, and so the same digests. Nobody has to trust the packer: whoever has npm and the folder can make the
//! tarball again and compare.
//!
//! [`Archive`] goes the other way and reads a tarball that may come from anybody, within [`Limits`]; [`Audit`] looks at one that
//! another packer wrote. [`Manifest`] reads and
//! edits package.json without touching any byte that does not have to change.
//!
//! ```no_run
//! # fn main() -> Result<(), certified_pack::PackError> {
//! let (packed, _) = certified_pack::pack("widgets".as_ref(), &certified_pack::Options::default())?;
//! let json = packed.to_npm_json();
//! assert_eq!(json["unpackedSize"], packed.unpacked_size);
//! # Ok(())
//! # }
//! ```
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")
)]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod archive;
mod deflate;
mod dialect;
mod error;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod glob;
mod gzip;
mod header;
mod leaks;
mod manifest;
mod member;
mod options;
mod order;
mod package;
mod packed;
mod read;
mod root;
mod select;
mod tarball;
mod tgz;
pub mod tree;

pub use deflate::Gzip;
pub use dialect::Dialect;
pub use error::PackError;
pub use gzip::GzipError;
pub use leaks::{FileScan, Finding, LeakGuard, LeakKind, OwnSecret};
pub use manifest::{Manifest, ManifestError};
pub use options::Options;
pub use package::{Package, pack};
pub use packed::{Packed, PackedFile, filename};
pub use read::{Archive, Audit, Entry, EntryKind, Limits, PathFault, PaxFault, ReadError, Remark};
pub use tarball::{Digests, Tarball, Unread};
