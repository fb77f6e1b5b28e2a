//! The bytes that are served, as files. A file is named by what it holds, so that two publishes never write the same file differently.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use certified_evidence::Digest;
use uuid::Uuid;

use crate::door::Opened;

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
    /// The bytes come before the name and the name before the row that refers to it: whatever a crash leaves behind, no row ever refers to
    /// a file that is missing or half.
    pub(super) fn keep(&self, digest: &Digest, bytes: &[u8]) -> io::Result<()> {
        let unfinished = self.folder.join(format!(".{}.part", Uuid::new_v4()));
        let written = write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, self.path(digest)));
        if written.is_err() {
            // The first error is the one to tell about.
            let _ = fs::remove_file(&unfinished);
        }
        written?;
        File::open(&self.folder)?.sync_all()
    }

    /// Opens a tarball.
    pub(super) async fn open(&self, digest: &Digest) -> io::Result<Option<Opened>> {
        Opened::at(&self.path(digest)).await
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.folder.join(format!("{}.tgz", digest.hex()))
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
