//! Archives of other packers, read to be looked at: never to be signed, and never as proof of anything.
//!
//! The strict reader refuses what some reader would see differently. That is the right answer about a tarball that claims to
//! be certified; about one that claims nothing, it is only a surprise. An audit accepts the habits of other packers, takes
//! them as npm takes them, and remarks on each one. Paths that lead out, links, devices, second manifests, bombs and hidden
//! bytes after the end stay refused.

mod header;
mod pax;
mod remark;
#[cfg(test)]
mod tests;
mod walk;

pub use self::remark::Remark;
use super::{Entry, Limits, ReadError, whole};
use crate::gzip;

/// What npm would install from a tarball that no npm need have packed, and what is unusual about it.
#[derive(Clone, Debug)]
pub struct Audit {
    tar: Vec<u8>,
    root: String,
    entries: Vec<Entry>,
    remarks: Vec<Remark>,
}

impl Audit {
    /// Opens a `.tgz`: one gzip member, as strictly as [`Archive::open`](super::Archive::open), and in it an archive as
    /// [`from_tar`](Self::from_tar) reads it.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn open(tgz: &[u8], limits: &Limits) -> Result<Self, ReadError> {
        Self::from_tar(gzip::gunzip(tgz, limits)?, limits)
    }

    /// Reads an uncompressed archive: ustar, GNU or the format before both, with long names of pax or GNU.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn from_tar(tar: Vec<u8>, limits: &Limits) -> Result<Self, ReadError> {
        let found = walk::read(&tar, limits)?;
        whole::check(&found.entries)?;
        Ok(Self {
            root: found.root.ok_or(ReadError::Empty)?,
            entries: found.entries,
            remarks: found.remarks,
            tar,
        })
    }

    /// The top directory, which npm drops.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Files and directories below the top directory, in archive order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The contents of the file with this path below the root.
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        whole::contents(&self.tar, &self.entries, path)
    }

    /// What npm's own packer would not have written, in archive order. Empty for whatever
    /// [`Archive::open`](super::Archive::open) accepts.
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }
}
