//! What can be wrong with an archive.

use thiserror::Error;

use super::path::PathFault;
use super::pax::PaxFault;
use crate::gzip::GzipError;

/// Why an archive was refused. `at` counts bytes of the unpacked tar.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum ReadError {
    /// The compression around the archive.
    #[error(transparent)]
    Gzip(#[from] GzipError),
    /// More bytes than allowed.
    #[error("the archive has {found} bytes, at most {limit} are read")]
    TooLarge {
        /// Bytes there are.
        found: usize,
        /// Bytes there may be.
        limit: usize,
    },
    /// More files and directories than allowed.
    #[error("the archive has more than {limit} entries")]
    TooManyEntries {
        /// Entries there may be.
        limit: usize,
    },
    /// A file larger than allowed.
    #[error("the entry at byte {at} has {found} bytes, at most {limit} are read")]
    FileTooLarge {
        /// Where its header is.
        at: usize,
        /// Bytes it has.
        found: u64,
        /// Bytes it may have.
        limit: usize,
    },
    /// Not a whole number of blocks.
    #[error("the archive has {found} bytes, which is not a multiple of 512")]
    NotBlocks {
        /// Bytes there are.
        found: usize,
    },
    /// No entries.
    #[error("the archive is empty")]
    Empty,
    /// The archive ends inside an entry.
    #[error("the archive ends within the entry at byte {at}")]
    Truncated {
        /// Where its header is.
        at: usize,
    },
    /// No two zero blocks at the end.
    #[error("the archive does not end with two zero blocks")]
    NoEnd,
    /// Something follows the end.
    #[error("the archive ends at byte {end}, yet something follows at byte {at}")]
    AfterEnd {
        /// Where it ends.
        end: usize,
        /// The first byte that is not zero.
        at: usize,
    },
    /// A header's checksum is wrong.
    #[error("the header at byte {at} states the checksum {stated}, it has {found}")]
    Checksum {
        /// Where the header is.
        at: usize,
        /// As stated.
        stated: u64,
        /// As computed.
        found: u64,
    },
    /// Not a ustar header.
    #[error("the header at byte {at} is not ustar")]
    NotUstar {
        /// Where the header is.
        at: usize,
    },
    /// Neither file nor directory.
    #[error("the entry at byte {at} has type {found:?}, only files and directories are read")]
    Type {
        /// Where the header is.
        at: usize,
        /// Its type flag.
        found: char,
    },
    /// A field that is not an octal number.
    #[error("the header at byte {at} has a {field} that is not an octal number")]
    Number {
        /// Where the header is.
        at: usize,
        /// Which field.
        field: &'static str,
    },
    /// Bytes after the NUL that ends a text.
    #[error("the header at byte {at} has bytes after the end of its {field}")]
    AfterText {
        /// Where the header is.
        at: usize,
        /// Which field.
        field: &'static str,
    },
    /// A link name on something that is no link.
    #[error("the entry at byte {at} is no link but has a link name")]
    LinkName {
        /// Where the header is.
        at: usize,
    },
    /// A directory with contents of its own.
    #[error("the directory at byte {at} has a body of {size} bytes")]
    DirectoryBody {
        /// Where the header is.
        at: usize,
        /// Bytes it has.
        size: u64,
    },
    /// Something hidden between a body and the next header.
    #[error("the entry at byte {at} is not padded with zeros")]
    Padding {
        /// Where the header is.
        at: usize,
    },
    /// A pax header.
    #[error("the pax header at byte {at} {fault}")]
    Pax {
        /// Where the header is.
        at: usize,
        /// What is wrong.
        fault: PaxFault,
    },
    /// A path that does not stay inside the package, or not on every system.
    #[error("the path {path:?} {fault}")]
    Path {
        /// The path, with replacements where it is not UTF-8.
        path: String,
        /// What is wrong.
        fault: PathFault,
    },
    /// A second top directory.
    #[error("the archive has the top directories {first:?} and {second:?}")]
    OtherRoot {
        /// The first.
        first: String,
        /// Another.
        second: String,
    },
    /// Two entries with one path.
    #[error("the archive has {path:?} twice")]
    Duplicate {
        /// Below the root.
        path: String,
    },
    /// A file that is also a directory.
    #[error("the archive has the file {file:?} and also {child:?} below it")]
    BelowFile {
        /// The file.
        file: String,
        /// What claims to be in it.
        child: String,
    },
    /// Another spelling of package.json, the same file on some systems.
    #[error("the archive has {path:?}, which some file systems take for package.json")]
    LooksLikeManifest {
        /// Below the root.
        path: String,
    },
    /// A file to exchange is not there.
    #[error("the archive has no file {path:?}")]
    NoSuchFile {
        /// Below the root.
        path: String,
    },
    /// A file to exchange has its size in a second place.
    #[error("the size of {path:?} is also in a pax header and cannot be exchanged")]
    SizeInPax {
        /// Below the root.
        path: String,
    },
    /// A new number has more digits than the header shows.
    #[error("the header of {path:?} has no room for the {field} {number}")]
    NoRoom {
        /// Below the root.
        path: String,
        /// Which field.
        field: &'static str,
        /// The number.
        number: u64,
    },
}
