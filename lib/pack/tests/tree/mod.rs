//! Package folders that tests write line by line.
#![allow(dead_code, reason = "every test program uses another part of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

use std::fs;
use std::path::{Path, PathBuf};

use certified_pack::{Dialect, Options, PackError, Packed, pack};

/// A package folder that goes away with the value.
pub(crate) struct Tree {
    folder: tempfile::TempDir,
    dialect: Dialect,
}

impl Tree {
    /// A package called `widgets` with these further members in its package.json and these files, each holding its own path.
    pub(crate) fn new(members: &str, files: &[&str]) -> Self {
        let tree = Self {
            folder: tempfile::tempdir().unwrap(),
            dialect: Dialect::Npm11,
        };
        let comma = if members.is_empty() { "" } else { "," };
        let tree = tree.with(
            "package.json",
            &format!(r#"{{"name":"widgets","version":"1.0.0"{comma}{members}}}"#),
        );
        files.iter().fold(tree, |tree, file| tree.with(file, file))
    }

    /// The same, packed by the rules of another npm than 11.
    pub(crate) fn packed_by(self, dialect: Dialect) -> Self {
        Self { dialect, ..self }
    }

    /// Writes one more file.
    pub(crate) fn with(self, path: &str, content: &str) -> Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Writes a symbolic link.
    #[cfg(unix)]
    pub(crate) fn link(self, path: &str, target: &str) -> Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, path).unwrap();
        self
    }

    /// Where a path of the package is.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn pack(&self) -> Result<Packed, PackError> {
        let options = Options::default().with_dialect(self.dialect);
        Ok(pack(self.folder.path(), &options)?.0)
    }

    /// The paths of the packed files other than package.json, in the order of the archive.
    pub(crate) fn files(&self) -> Vec<String> {
        self.files_in("")
    }

    /// The same for a package that lies in a folder of the tree.
    pub(crate) fn files_in(&self, folder: &str) -> Vec<String> {
        let options = Options::default().with_dialect(self.dialect);
        let (packed, _) = pack(&self.path(folder), &options).unwrap();
        packed
            .files
            .into_iter()
            .map(|file| file.path)
            .filter(|path| path != "package.json")
            .collect()
    }
}

impl AsRef<Path> for Tree {
    fn as_ref(&self) -> &Path {
        self.folder.path()
    }
}
