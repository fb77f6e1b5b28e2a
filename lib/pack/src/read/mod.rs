//! Archives are read in memory and never unpacked, so strictly that every reader that accepts
//! one sees the same files in it.
//!
//! Accepted is what packers of npm packages write: ustar files and directories (POSIX.1-1988)
//! below one top directory, with pax headers (POSIX.1-2001) for long or non-ASCII paths. Links,
//! devices, GNU and global headers, and everything that readers are known to treat differently,
//! are refused. An archive ends with two zero blocks; more zero blocks may follow, nothing else.

mod audit;
mod block;
mod entries;
mod error;
mod limits;
mod number;
mod path;
mod pax;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod refusals;
mod replace;
#[cfg(test)]
mod sample;
mod whole;

use std::ops::Range;

pub use self::audit::{Audit, Remark};
pub use self::error::ReadError;
pub use self::limits::Limits;
pub use self::path::PathFault;
pub use self::pax::PaxFault;
use super::gzip;

/// A tarball held in memory: only files and directories, all under one root.
#[derive(Clone, Debug)]
pub struct Archive {
    tar: Vec<u8>,
    root: String,
    entries: Vec<Entry>,
    limits: Limits,
}

impl Archive {
    /// Opens a `.tgz`: exactly one gzip member, with its checksum and size checked and nothing
    /// after it, and in it an archive as [`from_tar`](Self::from_tar) reads it.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn open(tgz: &[u8], limits: &Limits) -> Result<Self, ReadError> {
        Self::from_tar(gzip::gunzip(tgz, limits)?, limits)
    }

    /// Reads an uncompressed archive.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn from_tar(tar: Vec<u8>, limits: &Limits) -> Result<Self, ReadError> {
        let (root, entries) = entries::read(&tar, limits)?;
        whole::check(&entries)?;
        Ok(Self {
            tar,
            root,
            entries,
            limits: *limits,
        })
    }

    /// The bytes of the uncompressed archive.
    pub fn tar(&self) -> &[u8] {
        &self.tar
    }

    /// The bytes of the uncompressed archive, given away.
    pub fn into_tar(self) -> Vec<u8> {
        self.tar
    }

    /// The top directory: `package` in what npm packs.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Files and directories in archive order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The contents of the file with this path below the root.
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        whole::contents(&self.tar, &self.entries, path)
    }

    /// The bytes of the same archive with other contents for one file: all other bytes stay,
    /// and exchanging back gives back this archive.
    ///
    /// # Errors
    /// When there is no such file, when its size stands in a pax header as well, or when the new
    /// size is beyond the limits of reading or the digits of the header.
    pub fn replaced(&self, path: &str, body: &[u8]) -> Result<Vec<u8>, ReadError> {
        replace::replaced(self, path, body)
    }
}

/// A file or directory in an [`Archive`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// Below the root, segments separated by `/`; empty for the root directory itself.
    pub path: String,
    /// File or directory.
    pub kind: EntryKind,
    /// The permission bits as written, `0o7777` at most.
    pub mode: u32,
    /// Bytes of contents.
    pub size: u64,
    header: Range<usize>,
    body: Range<usize>,
    /// Whether a pax header states the size once more.
    size_in_pax: bool,
}

/// What an [`Entry`] is. There are no others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::sample::{good, open};
    use super::*;
    use crate::gzip::GzipError;

    fn gzip(tar: &[u8]) -> Vec<u8> {
        let mut writer = GzEncoder::new(Vec::new(), Compression::best());
        writer.write_all(tar).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn files_and_directories_are_read_in_order() {
        let archive = open(&good()).unwrap();
        let entries: Vec<_> = archive
            .entries()
            .iter()
            .map(|entry| (entry.path.as_str(), entry.kind, entry.mode, entry.size))
            .collect();
        assert_eq!(
            entries,
            [
                ("package.json", EntryKind::File, 0o644, 2),
                ("lib", EntryKind::Directory, 0o644, 0),
                ("lib/a.js", EntryKind::File, 0o644, 513),
                ("größe.js", EntryKind::File, 0o644, 1),
            ]
        );
        assert_eq!(archive.root(), "package");
    }

    #[test]
    fn files_are_found_by_their_path_below_the_root() {
        let archive = open(&good()).unwrap();
        assert_eq!(archive.file("package.json"), Some(&b"{}"[..]));
        assert_eq!(archive.file("größe.js"), Some(&b"1"[..]));
        assert_eq!(archive.file("lib"), None);
        assert_eq!(archive.file("package/package.json"), None);
    }

    #[test]
    fn a_gzipped_archive_is_opened() {
        let archive = Archive::open(&gzip(&good()), &Limits::default()).unwrap();
        assert_eq!(archive.tar(), good());
        assert_eq!(archive.into_tar(), good());
    }

    #[test]
    fn an_archive_that_is_not_gzipped_is_refused() {
        let error = Archive::open(&good(), &Limits::default()).unwrap_err();
        assert_eq!(error, ReadError::Gzip(GzipError::NotGzip));
    }

    #[test]
    fn a_gzipped_archive_cut_anywhere_is_refused() {
        let tgz = gzip(&good());
        for cut in 0..tgz.len() {
            assert!(Archive::open(&tgz[..cut], &Limits::default()).is_err(), "{cut}");
        }
    }

    #[test]
    fn an_archive_cut_anywhere_is_refused() {
        let tar = good();
        for cut in 0..tar.len() {
            assert!(open(&tar[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn zero_blocks_beyond_the_second_may_be_there_or_not() {
        let tar = good();
        let padded = [tar.clone(), vec![0; 4 * block::SIZE]].concat();
        for cut in tar.len()..=padded.len() {
            assert_eq!(open(&padded[..cut]).is_ok(), cut % block::SIZE == 0, "{cut}");
        }
    }

    #[test]
    fn no_changed_byte_makes_the_reader_panic_or_moves_a_file_out() {
        let tar = good();
        for at in 0..tar.len() {
            let mut changed = tar.clone();
            changed[at] ^= 1 << (at % 8);
            if let Ok(archive) = open(&changed) {
                assert!(archive.file("package.json").is_some(), "{at}");
            }
        }
    }
}
