//! A tree on disk.

use std::fs::{self, File, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::{Found, Kind, Listed, Opened, Tree};

/// A folder of the file system.
#[derive(Clone, Debug)]
pub struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// The package in `folder`, which may be relative and may be a link.
    ///
    /// # Errors
    /// When there is nothing at that path.
    pub fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            folder: folder.canonicalize()?,
        })
    }
}

impl Tree for Disk {
    fn folder(&self) -> &Path {
        &self.folder
    }

    fn look(&self, path: &Path) -> io::Result<Found> {
        fs::symlink_metadata(path).map(|metadata| found(&metadata))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Listed>> {
        let listed = fs::read_dir(folder)?.map(|entry| {
            let entry = entry?;
            let kind = entry.file_type().map_or(Kind::Other, kind);
            Ok(Listed {
                name: entry.file_name(),
                kind,
            })
        });
        listed.collect()
    }

    fn open(&self, path: &Path) -> io::Result<Opened<'_>> {
        let file = File::open(path)?;
        Ok(Opened {
            found: found(&file.metadata()?),
            content: Box::new(file),
        })
    }

    fn read_link(&self, path: &Path) -> io::Result<PathBuf> {
        fs::read_link(path)
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        path.canonicalize()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn follow(&self, path: &Path) -> io::Result<Found> {
        fs::metadata(path).map(|metadata| found(&metadata))
    }
}

fn found(metadata: &Metadata) -> Found {
    Found {
        kind: kind(metadata.file_type()),
        len: metadata.len(),
        mode: mode(metadata),
        identity: identity(metadata),
        modified: metadata.modified().ok(),
    }
}

fn kind(kind: FileType) -> Kind {
    if kind.is_file() {
        Kind::File
    } else if kind.is_dir() {
        Kind::Folder
    } else if kind.is_symlink() {
        Kind::Link
    } else {
        Kind::Other
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<(u64, u64)> {
    None
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode()
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    0o644
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_described_itself_and_opened_at_its_end() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("real"), "12345").unwrap();
        std::os::unix::fs::symlink("real", folder.path().join("link")).unwrap();
        let disk = Disk::new(folder.path()).unwrap();
        let link = disk.folder().join("link");
        assert_eq!(disk.look(&link).unwrap().kind, Kind::Link);
        assert_eq!(disk.follow(&link).unwrap().kind, Kind::File);
        assert_eq!(disk.read(&link).unwrap(), b"12345");
        assert_eq!(disk.canonical(&link).unwrap(), disk.folder().join("real"));
        let real = disk.look(&disk.folder().join("real")).unwrap();
        assert_eq!(disk.open(&link).unwrap().found, real);
        let mut kinds: Vec<Kind> = disk
            .list(disk.folder())
            .unwrap()
            .into_iter()
            .map(|listed| listed.kind)
            .collect();
        kinds.sort_by_key(|kind| *kind == Kind::Link);
        assert_eq!(kinds, [Kind::File, Kind::Link]);
    }
}
