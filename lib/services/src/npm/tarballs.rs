//! The bytes that are served, as files. A file is named by what it holds, so that two publishes never write the same file differently.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use certified_evidence::Digest;

use crate::door::Opened;
use crate::durable;

/// A folder of tarballs.
#[derive(Clone, Debug)]
pub(crate) struct Tarballs {
    folder: Arc<Path>,
}

impl Tarballs {
    /// Keeps tarballs in an existing folder.
    pub(crate) fn in_folder(folder: PathBuf) -> Self {
        Self { folder: folder.into() }
    }

    /// Writes a tarball and waits until it is on the disk. Blocks.
    ///
    /// The name is there before the row that refers to it: whatever a crash leaves behind, no row ever refers to a file that is missing.
    pub(super) fn keep(&self, digest: &Digest, bytes: &[u8]) -> io::Result<()> {
        durable::write(&self.path(digest), bytes)
    }

    /// Opens a tarball.
    pub(super) async fn open(&self, digest: &Digest) -> io::Result<Option<Opened>> {
        Opened::at(&self.path(digest)).await
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.folder.join(format!("{}.tgz", digest.hex()))
    }
}
