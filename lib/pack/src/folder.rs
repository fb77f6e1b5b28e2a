//! From a folder to a tarball. Every file is listed first, then read once; nothing is written anywhere.

use std::io::{ErrorKind, Read as _};
use std::path::Path;

use crate::dialect::Dialect;
use crate::error::PackError;
use crate::header;
use crate::manifest::Manifest;
use crate::packed::{Packed, PackedFile};
use crate::root::in_archive;
use crate::select::{self, Fields, Selected};
use crate::tarball::Tarball;
use crate::tree::{Disk, Tree};

/// How to pack.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// The package.json to pack in place of the folder's own. Its fields decide what is packed, its bytes are what is packed;
    /// the file in the folder is neither read nor written.
    pub manifest: Option<Manifest>,
    /// Whose rules select the files. By default those of the npm that `packageManager` in package.json names, or else those of
    /// the newest: what is installed on this machine does not count, see [`Dialect::choose`].
    pub dialect: Option<Dialect>,
}

impl Options {
    /// Packs this package.json in place of the folder's own.
    #[must_use]
    pub fn with_manifest(manifest: Manifest) -> Self {
        Self {
            manifest: Some(manifest),
            ..Self::default()
        }
    }

    /// Selects files by the rules of this npm.
    #[must_use]
    pub fn with_dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }
}

/// Packs a folder: the same file list, the same archive, the same compressed bytes as `npm pack` run inside it (with scripts
/// ignored), by the rules of the npm that [`Options::dialect`] says.
///
/// One difference is meant: files that are hard links of each other are all packed as ordinary files, because npm's own link
/// entries vanish on installation. `bundleDependencies` are found by reading node_modules only when there are any.
///
/// # Errors
///
/// Everything on which npm refuses a package, and a file that vanishes or changes while it is packed; see [`PackError`].
///
/// # Examples
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let packed = certified_pack::pack("widgets".as_ref(), &certified_pack::Options::default())?;
/// std::fs::write(std::env::temp_dir().join(&packed.filename), packed.tarball.bytes())?;
/// # Ok(())
/// # }
/// ```
pub fn pack(folder: &Path, options: &Options) -> Result<Packed, PackError> {
    let disk = Disk::new(folder).map_err(PackError::unreadable(folder))?;
    pack_tree(&disk, options)
}

/// Packs a package wherever it is, for example in a [`MemoryTree`](crate::tree::MemoryTree), by the same rules as [`pack`].
///
/// # Errors
///
/// Those of [`pack`].
pub fn pack_tree(tree: &dyn Tree, options: &Options) -> Result<Packed, PackError> {
    let folder = tree.folder();
    let fields = match &options.manifest {
        Some(manifest) => Fields::parse(manifest.bytes(), tree, folder)?,
        None => Fields::read(tree, folder)?,
    };
    let name = fields.name()?;
    let version = fields.version()?;
    let selection = select::select(tree, &fields, options.dialect)?;
    if selection.files.is_empty() {
        return Err(PackError::Empty {
            folder: folder.to_owned(),
        });
    }
    let mut archive = Archive::new(tree, &fields, options.manifest.as_ref());
    for file in &selection.files {
        archive.add(file)?;
    }
    let mut packed = archive.finish(name, version)?;
    packed.dialect = selection.dialect;
    Ok(packed)
}

/// An archive while it is written.
struct Archive<'a> {
    tree: &'a dyn Tree,
    fields: &'a Fields,
    /// The manifest that has not yet taken the place of the folder's own.
    manifest: Option<&'a Manifest>,
    tar: Vec<u8>,
    files: Vec<PackedFile>,
}

impl<'a> Archive<'a> {
    fn new(tree: &'a dyn Tree, fields: &'a Fields, manifest: Option<&'a Manifest>) -> Self {
        Self {
            tree,
            fields,
            manifest,
            tar: Vec::new(),
            files: Vec::new(),
        }
    }

    fn add(&mut self, file: &Selected) -> Result<(), PackError> {
        let (path, listed) = (file.path.as_str(), &file.found);
        let manifest = if path == "package.json" {
            self.manifest.take()
        } else {
            None
        };
        let size = manifest.map_or(listed.len, |manifest| manifest.bytes().len() as u64);
        let executable = if self.fields.is_executable(path) { 0o111 } else { 0 };
        let mode = header::portable_mode(listed.mode | executable);
        header::write(&mut self.tar, path, mode, size);
        match manifest {
            Some(manifest) => self.tar.extend_from_slice(manifest.bytes()),
            None => append(&mut self.tar, self.tree, file)?,
        }
        header::pad(&mut self.tar);
        self.files.push(PackedFile {
            path: in_archive(path).to_owned(),
            size,
            mode,
        });
        Ok(())
    }

    fn finish(mut self, name: String, version: String) -> Result<Packed, PackError> {
        if self.manifest.is_some() {
            return Err(PackError::ManifestNotPacked);
        }
        header::finish(&mut self.tar);
        Ok(Packed::new(name, version, Tarball::compress(self.tar), self.files))
    }
}

/// Appends the content of a file, which must be the file that was listed and must have the size it had then.
fn append(tar: &mut Vec<u8>, tree: &dyn Tree, file: &Selected) -> Result<(), PackError> {
    let (path, listed) = (file.path.as_str(), &file.found);
    let on_disk = &tree.folder().join(path);
    let expected = listed.len;
    let changed = |found| PackError::Changed {
        path: path.to_owned(),
        expected,
        found,
    };
    let opened = tree.open(on_disk).map_err(|error| gone(path, on_disk, error))?;
    let same = opened.found.is_file() && opened.found.identity == listed.identity;
    if !same || opened.found.len != expected {
        return Err(changed(opened.found.len));
    }
    // One byte more than expected, so that a file that grew is noticed without being read to its end.
    let read = opened
        .content
        .take(expected.saturating_add(1))
        .read_to_end(tar)
        .map_err(PackError::unreadable(on_disk))?;
    if read as u64 == expected {
        Ok(())
    } else {
        Err(changed(read as u64))
    }
}

fn gone(path: &str, on_disk: &Path, error: std::io::Error) -> PackError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => PackError::Vanished { path: path.to_owned() },
        _ => PackError::Unreadable {
            path: on_disk.to_owned(),
            source: error,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The file `a.js` as it was when it was selected.
    fn selected(disk: &Disk) -> Selected {
        let fields = Fields::read(disk, disk.folder()).unwrap();
        let mut selected = select::select(disk, &fields, None).unwrap().files;
        selected.retain(|file| file.path == "a.js");
        selected.remove(0)
    }

    fn package() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("package.json"),
            r#"{"name":"widgets","version":"1.0.0"}"#,
        )
        .unwrap();
        fs::write(folder.path().join("a.js"), "12345").unwrap();
        folder
    }

    #[test]
    fn a_file_that_vanished_after_it_was_listed_is_named() {
        let folder = package();
        let disk = Disk::new(folder.path()).unwrap();
        let file = selected(&disk);
        fs::remove_file(folder.path().join("a.js")).unwrap();
        let error = append(&mut Vec::new(), &disk, &file).unwrap_err();
        assert_eq!(error.to_string(), "a.js vanished while the package was packed");
    }

    #[test]
    fn a_file_that_grew_or_shrank_after_it_was_listed_is_refused() {
        let folder = package();
        let disk = Disk::new(folder.path()).unwrap();
        let file = selected(&disk);
        for content in ["123456", "1"] {
            fs::write(folder.path().join("a.js"), content).unwrap();
            let error = append(&mut Vec::new(), &disk, &file).unwrap_err();
            assert!(
                matches!(error, PackError::Changed { expected: 5, found, .. } if found == content.len() as u64),
                "{error}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_was_exchanged_for_a_link_to_another_is_refused() {
        let folder = package();
        let path = folder.path().join("a.js");
        let disk = Disk::new(folder.path()).unwrap();
        let file = selected(&disk);
        fs::write(folder.path().join("b.js"), "54321").unwrap();
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("b.js", &path).unwrap();
        assert!(matches!(
            append(&mut Vec::new(), &disk, &file),
            Err(PackError::Changed { .. })
        ));
    }

    #[test]
    fn a_given_manifest_decides_and_is_packed_while_the_folder_stays_as_it_is() {
        let folder = package();
        let manifest =
            Manifest::parse(&br#"{ "name": "@acme/gadgets", "version": "2.0.0", "files": [] }"#[..]).unwrap();
        let packed = pack(folder.path(), &Options::with_manifest(manifest.clone())).unwrap();
        assert_eq!(packed.filename, "acme-gadgets-2.0.0.tgz");
        let paths: Vec<&str> = packed.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["package.json"]);
        assert_eq!(packed.files[0].size, manifest.bytes().len() as u64);
        assert_eq!(
            &packed.tarball.tar()[512..512 + manifest.bytes().len()],
            manifest.bytes()
        );
        assert_eq!(
            fs::read(folder.path().join("package.json")).unwrap(),
            br#"{"name":"widgets","version":"1.0.0"}"#
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_given_manifest_needs_a_regular_package_json_to_stand_for() {
        let folder = package();
        fs::rename(folder.path().join("package.json"), folder.path().join("real.json")).unwrap();
        std::os::unix::fs::symlink("real.json", folder.path().join("package.json")).unwrap();
        let manifest = Manifest::parse(&br#"{"name":"widgets","version":"1.0.0"}"#[..]).unwrap();
        let refused = pack(folder.path(), &Options::with_manifest(manifest));
        assert!(matches!(refused, Err(PackError::ManifestNotPacked)));
    }

    #[test]
    fn a_folder_without_a_package_json_is_refused_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let refused = pack(folder.path(), &Options::default()).unwrap_err();
        assert!(refused.to_string().contains("package.json"), "{refused}");
    }
}
