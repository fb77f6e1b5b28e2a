//! What is unusual about an archive without being wrong.

use thiserror::Error;

/// A habit of another packer. `at` counts bytes of the unpacked tar.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum Remark {
    /// A header of GNU tar, or of the time before ustar.
    #[error("the header at byte {at} is not ustar")]
    Format {
        /// Where the header is.
        at: usize,
    },
    /// A path of GNU tar's that is too long for its header, as pnpm writes it.
    #[error("the header at byte {at} is a long name as GNU tar writes it")]
    LongName {
        /// Where the header of the name is.
        at: usize,
    },
    /// A pax header about all entries, as `git archive` writes it.
    #[error("the pax header at byte {at} is about the whole archive")]
    GlobalHeader {
        /// Where the header is.
        at: usize,
    },
    /// A pax key that does not change what is installed.
    #[error("the pax header at byte {at} has the key {key:?}")]
    PaxKey {
        /// Where the header is.
        at: usize,
        /// The key.
        key: String,
    },
    /// A number that is not written in octal digits with an end.
    #[error("the header at byte {at} has a {field} of another form")]
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
    /// Bytes other than zeros between a body and the next header.
    #[error("the entry at byte {at} is not padded with zeros")]
    Padding {
        /// Where the header of the entry is.
        at: usize,
    },
    /// A directory that only the slash at its end tells from a file.
    #[error("the entry at byte {at} is a directory by its name only")]
    DirectoryByName {
        /// Where the header is.
        at: usize,
    },
    /// A path in another encoding than UTF-8, shown and installed with replacements.
    #[error("the path {path:?} is not UTF-8")]
    NotUtf8 {
        /// The path.
        path: String,
    },
    /// A file beside the top directory. npm does not install it, and it is not among the entries.
    #[error("the file {path:?} is not in a top directory")]
    Outside {
        /// The path.
        path: String,
    },
    /// Less than two zero blocks at the end.
    #[error("the archive does not end with two zero blocks")]
    NoEnd,
}
