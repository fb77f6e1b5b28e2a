//! From a folder to a tarball. Every file is listed first, then read once; nothing is written anywhere.

use std::fs::{self, File, Metadata};
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use crate::error::PackError;
use crate::header;
use crate::manifest::Manifest;
use crate::packed::{Packed, PackedFile};
use crate::root::in_archive;
use crate::select::{self, Fields};
use crate::tarball::Tarball;

/// How to pack.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// The package.json to pack in place of the folder's own. Its fields decide what is packed, its bytes are what is packed;
    /// the file in the folder is neither read nor written.
    pub manifest: Option<Manifest>,
}

impl Options {
    /// Packs this package.json in place of the folder's own.
    #[must_use]
    pub fn with_manifest(manifest: Manifest) -> Self {
        Self {
            manifest: Some(manifest),
        }
    }
}

/// Packs a folder: the same file list, the same archive, the same compressed bytes as `npm pack` run inside it (npm 11, with
/// scripts ignored).
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
    let folder = &folder.canonicalize().map_err(PackError::unreadable(folder))?;
    let fields = match &options.manifest {
        Some(manifest) => Fields::parse(manifest.bytes(), folder)?,
        None => Fields::read(folder)?,
    };
    let name = fields.name()?;
    let version = fields.version()?;
    let paths = select::select(folder, &fields)?;
    if paths.is_empty() {
        return Err(PackError::Empty { folder: folder.clone() });
    }
    let mut archive = Archive::new(folder, &fields, options.manifest.as_ref());
    for path in &paths {
        archive.add(path)?;
    }
    archive.finish(name, version)
}

/// An archive while it is written.
struct Archive<'a> {
    folder: &'a Path,
    fields: &'a Fields,
    /// The manifest that has not yet taken the place of the folder's own.
    manifest: Option<&'a Manifest>,
    tar: Vec<u8>,
    files: Vec<PackedFile>,
}

impl<'a> Archive<'a> {
    fn new(folder: &'a Path, fields: &'a Fields, manifest: Option<&'a Manifest>) -> Self {
        Self {
            folder,
            fields,
            manifest,
            tar: Vec::new(),
            files: Vec::new(),
        }
    }

    fn add(&mut self, path: &str) -> Result<(), PackError> {
        let on_disk = self.folder.join(path);
        let listed = fs::symlink_metadata(&on_disk).map_err(|error| gone(path, &on_disk, error))?;
        let manifest = if path == "package.json" {
            self.manifest.take()
        } else {
            None
        };
        let size = manifest.map_or(listed.len(), |manifest| manifest.bytes().len() as u64);
        let executable = if self.fields.is_executable(path) { 0o111 } else { 0 };
        let mode = header::portable_mode(mode(&listed) | executable);
        header::write(&mut self.tar, path, mode, size);
        match manifest {
            Some(manifest) => self.tar.extend_from_slice(manifest.bytes()),
            None => append(&mut self.tar, path, &on_disk, &listed)?,
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
fn append(tar: &mut Vec<u8>, path: &str, on_disk: &Path, listed: &Metadata) -> Result<(), PackError> {
    let expected = listed.len();
    let changed = |found| PackError::Changed {
        path: path.to_owned(),
        expected,
        found,
    };
    if !listed.is_file() {
        return Err(changed(0));
    }
    let file = File::open(on_disk).map_err(|error| gone(path, on_disk, error))?;
    let opened = file.metadata().map_err(PackError::unreadable(on_disk))?;
    if !same_file(listed, &opened) || opened.len() != expected {
        return Err(changed(opened.len()));
    }
    // One byte more than expected, so that a file that grew is noticed without being read to its end.
    let read = file
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

#[cfg(unix)]
fn same_file(listed: &Metadata, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    opened.is_file() && (listed.dev(), listed.ino()) == (opened.dev(), opened.ino())
}

#[cfg(not(unix))]
fn same_file(_: &Metadata, opened: &Metadata) -> bool {
    opened.is_file()
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

#[cfg(test)]
mod tests {
    use super::*;

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
        let fields = Fields::read(folder.path()).unwrap();
        let mut archive = Archive::new(folder.path(), &fields, None);
        fs::remove_file(folder.path().join("a.js")).unwrap();
        let error = archive.add("a.js").unwrap_err();
        assert_eq!(error.to_string(), "a.js vanished while the package was packed");
    }

    #[test]
    fn a_file_that_grew_or_shrank_after_it_was_listed_is_refused() {
        let folder = package();
        let path = folder.path().join("a.js");
        let listed = fs::symlink_metadata(&path).unwrap();
        for content in ["123456", "1"] {
            fs::write(&path, content).unwrap();
            let error = append(&mut Vec::new(), "a.js", &path, &listed).unwrap_err();
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
        let listed = fs::symlink_metadata(&path).unwrap();
        fs::write(folder.path().join("b.js"), "54321").unwrap();
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("b.js", &path).unwrap();
        assert!(matches!(
            append(&mut Vec::new(), "a.js", &path, &listed),
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
