//! What packing sees of the world: one tree of files, on disk or in memory.
//!
//! Selection and reading ask a [`Tree`] and nothing else, so that a folder on [`Disk`] and a [`MemoryTree`] are packed by the
//! same rules. Paths are absolute, because npm also looks around the package: at the project that it is a workspace of, and
//! at the targets of links.

mod disk;
mod memory;

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub use disk::Disk;
pub use memory::{MemoryTree, MemoryTreeError};

/// A tree of files with a package in it.
///
/// Every path that a tree is asked for is absolute and begins with [`folder`](Self::folder) or lies outside of it; what is not
/// there answers with [`io::ErrorKind::NotFound`] or [`io::ErrorKind::NotADirectory`]. It may be asked from several threads.
pub trait Tree: Sync {
    /// Where the package is: absolute and without links.
    fn folder(&self) -> &Path;

    /// Describes what is at a path. A link is described itself, not what it points to.
    ///
    /// # Errors
    /// When there is nothing, or when it cannot be seen.
    fn look(&self, path: &Path) -> io::Result<Found>;

    /// Names what is in a folder, in any order.
    ///
    /// # Errors
    /// When it is no folder, or when it cannot be listed.
    fn list(&self, folder: &Path) -> io::Result<Vec<Listed>>;

    /// Opens a file for reading, at the end of all links. The answer describes what was opened, so that the caller can tell
    /// whether it is what was listed.
    ///
    /// # Errors
    /// When it is not there, or when it cannot be opened.
    fn open(&self, path: &Path) -> io::Result<Opened<'_>>;

    /// Says what a link points to, as it stands in the link.
    ///
    /// # Errors
    /// When it is no link.
    fn read_link(&self, path: &Path) -> io::Result<PathBuf>;

    /// The same place as a path without links.
    ///
    /// # Errors
    /// When there is nothing.
    fn canonical(&self, path: &Path) -> io::Result<PathBuf>;

    /// Reads a whole file, at the end of all links. It is for manifests and ignore files, which are small.
    ///
    /// # Errors
    /// When it is not there, or when it cannot be read.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open(path)?.content.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Describes what is at the end of all links.
    ///
    /// # Errors
    /// When there is nothing, or when it cannot be seen.
    fn follow(&self, path: &Path) -> io::Result<Found> {
        self.look(&self.canonical(path)?)
    }
}

/// What is at a path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// The size of a file, in bytes.
    pub len: u64,
    /// The permissions of a file as POSIX has them, for example `0o644`; bits that say more than permissions do not count.
    pub mode: u32,
    /// Device and inode, where there is such a thing: the same pair at two times means the same file.
    pub identity: Option<(u64, u64)>,
    /// When it was last changed, as far as that is known.
    pub modified: Option<SystemTime>,
}

impl Found {
    /// Whether it is a file.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.kind == Kind::File
    }

    /// Whether it is a folder.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.kind == Kind::Folder
    }
}

/// What something in a tree is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// Anything else, such as a socket. It is never packed.
    Other,
}

/// One entry of a folder.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listed {
    /// Its name, which need not be UTF-8.
    pub name: OsString,
    /// What it is.
    pub kind: Kind,
}

impl Listed {
    /// The name as npm sees it: with U+FFFD for what is not UTF-8.
    pub(crate) fn into_name(self) -> String {
        self.name
            .into_string()
            .unwrap_or_else(|name| name.to_string_lossy().into_owned())
    }
}

/// A file while it is read.
pub struct Opened<'a> {
    /// What was opened.
    pub found: Found,
    /// Its content, from the start.
    pub content: Box<dyn Read + Send + 'a>,
}
