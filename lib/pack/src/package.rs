//! A package that is about to be packed: its files are listed and named, and nothing is read yet but package.json.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use crate::archive::ArchiveWriter;
use crate::dialect::Dialect;
use crate::error::PackError;
use crate::header;
use crate::manifest::Manifest;
use crate::options::Options;
use crate::packed::{Packed, PackedFile, filename};
use crate::root::in_archive;
use crate::select::{self, Fields, Selected, Selection};
use crate::tarball::{Digests, Tarball};
use crate::tgz::TgzWriter;
use crate::tree::{Disk, MemoryTree, Tree};

/// Packs a folder: the same file list, the same archive, the same compressed bytes as `npm pack` run inside it with scripts
/// ignored, by the rules of the npm that [`Options::dialect`] says.
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
/// let (packed, tarball) = certified_pack::pack("widgets".as_ref(), &certified_pack::Options::default())?;
/// std::fs::write(std::env::temp_dir().join(&packed.filename), tarball.bytes())?;
/// # Ok(())
/// # }
/// ```
pub fn pack(folder: &Path, options: &Options) -> Result<(Packed, Tarball), PackError> {
    let disk = Disk::new(folder).map_err(PackError::unreadable(folder))?;
    Package::select(&disk, options)?.pack()
}

/// A package whose files are listed.
///
/// # Examples
///
/// A package in memory is packed by npm's rules into whatever can be written to, without ever being in memory as a whole:
///
/// ```
/// use certified_pack::tree::MemoryTree;
/// use certified_pack::{Options, Package};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut tree = MemoryTree::new();
/// tree.insert("package.json", r#"{"name":"widgets","version":"1.0.0","files":["lib"]}"#, 0o644)?;
/// tree.insert("lib/index.js", "export {};", 0o644)?;
/// tree.insert("test.js", "not packed", 0o644)?;
///
/// let (packed, out) = Package::select(&tree, &Options::default())?.write(std::io::sink())?;
/// assert_eq!(packed.filename, "widgets-1.0.0.tgz");
/// assert_eq!(packed.files.len(), 2);
/// # let _ = out;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Package<'a> {
    tree: &'a dyn Tree,
    options: &'a Options,
    name: String,
    version: String,
    dialect: Dialect,
    /// In the order of the archive.
    files: Vec<(Selected, u32)>,
}

impl<'a> Package<'a> {
    /// Lists the files of a package as npm would pack them.
    ///
    /// # Errors
    /// Everything on which npm refuses a package, and what cannot be read.
    pub fn select(tree: &'a dyn Tree, options: &'a Options) -> Result<Self, PackError> {
        Self::listed(tree, options, |fields| select::select(tree, fields, options))
    }

    /// Lists every file of a tree, whatever npm would leave out, in the order of npm's tarballs: for those who have chosen the
    /// files themselves.
    ///
    /// # Errors
    /// When there is no package.json with a name and a version.
    pub fn every_file(tree: &'a MemoryTree, options: &'a Options) -> Result<Self, PackError> {
        Self::listed(tree, options, |_| {
            Ok(Selection {
                files: select::in_order(tree.files()),
                dialect: options.dialect.unwrap_or_default(),
            })
        })
    }

    fn listed(
        tree: &'a dyn Tree,
        options: &'a Options,
        select: impl FnOnce(&Fields) -> Result<Selection, PackError>,
    ) -> Result<Self, PackError> {
        let fields = match &options.manifest {
            Some(manifest) => Fields::parse(manifest.bytes(), tree, tree.folder())?,
            None => Fields::read(tree, tree.folder())?,
        };
        let (name, version) = (fields.name()?, fields.version()?);
        let Selection {
            files: selected,
            dialect,
        } = select(&fields)?;
        if selected.is_empty() {
            return Err(PackError::Empty {
                folder: tree.folder().to_owned(),
            });
        }
        if options.manifest.is_some() && !selected.iter().any(|file| file.path == MANIFEST) {
            return Err(PackError::ManifestNotPacked);
        }
        let files = selected.into_iter().map(|file| {
            let executable = if fields.is_executable(&file.path) { 0o111 } else { 0 };
            let mode = header::portable_mode(file.found.mode | executable);
            (file, mode)
        });
        Ok(Self {
            tree,
            options,
            name,
            version,
            dialect,
            files: files.collect(),
        })
    }

    /// Packs into anything that can be written to, and gives that back. The files are read one after the other and never in
    /// memory together. What was written before an error is no tarball; where it cannot be taken back, ask
    /// [`find_leaks`](Self::find_leaks) first.
    ///
    /// # Errors
    /// When a file vanishes, changes or cannot be read, and when `out` cannot be written to.
    pub fn write<W: Write>(&self, out: W) -> Result<(Packed, W), PackError> {
        let written = self
            .archive(self.compress(out)?)?
            .finish()
            .map_err(PackError::Unwritable)?;
        Ok((self.packed(written.size, written.digests), written.out))
    }

    /// Packs into memory.
    ///
    /// # Errors
    /// When a file vanishes, changes or cannot be read.
    pub fn pack(&self) -> Result<(Packed, Tarball), PackError> {
        let both = Both {
            tgz: self.compress(Vec::new())?,
            tar: Vec::new(),
        };
        let Both { tgz, tar } = self.archive(both)?;
        let written = tgz.finish().map_err(PackError::Unwritable)?;
        let tarball = Tarball::new(written.out, tar, written.digests.clone());
        Ok((self.packed(written.size, written.digests), tarball))
    }

    /// Reads everything and packs nothing, so that [`Options::guard`] is heard before anybody is sent anything. Packing asks it again,
    /// because files may change in between.
    ///
    /// # Errors
    /// [`PackError::Leak`], and when a file vanishes, changes or cannot be read.
    pub fn find_leaks(&self) -> Result<(), PackError> {
        self.archive(io::sink()).map(drop)
    }

    /// What npm calls the file; see [`Packed::filename`].
    #[must_use]
    pub fn filename(&self) -> String {
        filename(&self.name, &self.version)
    }

    fn compress<W: Write>(&self, out: W) -> Result<TgzWriter<W>, PackError> {
        let about = |(file, _): &(Selected, u32)| file.found.len + 1024;
        let expected = self.files.iter().map(about).sum();
        TgzWriter::new(out, self.options.gzip, self.options.threads, expected).map_err(PackError::Unwritable)
    }

    /// Writes the archive, not compressed.
    fn archive<W: Write>(&self, out: W) -> Result<W, PackError> {
        let mut archive = ArchiveWriter::new(out, self.options.guard.as_ref());
        for (file, mode) in &self.files {
            match self.given(file) {
                Some(bytes) => archive.add_bytes(&file.path, *mode, bytes)?,
                None => archive.add_file(&file.path, *mode, self.tree, &file.found)?,
            }
        }
        archive.finish()
    }

    /// What is packed in place of this file, which is then not read.
    fn given(&self, file: &Selected) -> Option<&[u8]> {
        let manifest = self.options.manifest.as_ref();
        manifest.filter(|_| file.path == MANIFEST).map(Manifest::bytes)
    }

    fn packed(&self, size: u64, digests: Digests) -> Packed {
        let file = |(file, mode): &(Selected, u32)| PackedFile {
            path: in_archive(&file.path).to_owned(),
            size: self.given(file).map_or(file.found.len, |bytes| bytes.len() as u64),
            mode: *mode,
        };
        let files = self.files.iter().map(file).collect();
        let id = (self.name.clone(), self.version.clone());
        Packed::new(id, self.dialect, files, (size, digests))
    }
}

impl fmt::Debug for Package<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Package")
            .field("name", &self.name)
            .field("version", &self.version)
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

/// An archive that is kept as it is and compressed.
struct Both<W> {
    tgz: TgzWriter<W>,
    tar: Vec<u8>,
}

impl<W: Write> Write for Both<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.tar.extend_from_slice(bytes);
        self.tgz.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tgz.flush()
    }
}

/// The path of the manifest in the package.
const MANIFEST: &str = "package.json";

#[cfg(test)]
mod tests {
    use std::fs;

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
    fn what_is_written_is_what_is_packed_in_memory() {
        let folder = package();
        let (in_memory, tarball) = pack(folder.path(), &Options::default()).unwrap();
        let disk = Disk::new(folder.path()).unwrap();
        let options = Options::default();
        let (packed, out) = Package::select(&disk, &options).unwrap().write(Vec::new()).unwrap();
        assert_eq!(out, tarball.bytes());
        assert_eq!(packed.digests, *tarball.digests());
        assert_eq!((packed.size, packed.files), (out.len() as u64, in_memory.files));
        assert_eq!(Tarball::compress(tarball.tar().to_vec()).unwrap(), tarball);
    }

    #[test]
    fn every_file_of_a_tree_is_packed_in_the_order_of_npm_when_nobody_is_to_choose() {
        let mut tree = MemoryTree::new();
        for path in ["package.json", ".npmignore", "@/b.js", "lib/.git/x", "a.js"] {
            tree.insert(path, r#"{"name":"widgets","version":"1.0.0","files":[]}"#, 0o644)
                .unwrap();
        }
        let options = Options::default();
        let (packed, _) = Package::every_file(&tree, &options).unwrap().pack().unwrap();
        let paths: Vec<&str> = packed.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, [".npmignore", "lib/.git/x", "a.js", "@/b.js", "package.json"]);
        let selected = Package::select(&tree, &options).unwrap();
        assert_eq!(selected.files.len(), 1);
    }

    #[test]
    fn what_cannot_be_written_to_is_an_error() {
        let folder = package();
        let disk = Disk::new(folder.path()).unwrap();
        let options = Options::default();
        let mut room = [0; 99];
        let refused = Package::select(&disk, &options).unwrap().write(&mut room[..]);
        assert!(matches!(refused, Err(PackError::Unwritable(_))));
    }

    #[test]
    fn a_given_manifest_decides_and_is_packed_while_the_folder_stays_as_it_is() {
        let folder = package();
        let manifest =
            Manifest::parse(&br#"{ "name": "@acme/gadgets", "version": "2.0.0", "files": [] }"#[..]).unwrap();
        let (packed, tarball) = pack(folder.path(), &Options::with_manifest(manifest.clone())).unwrap();
        assert_eq!(packed.filename, "acme-gadgets-2.0.0.tgz");
        let paths: Vec<&str> = packed.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["package.json"]);
        assert_eq!(packed.files[0].size, manifest.bytes().len() as u64);
        assert_eq!(&tarball.tar()[512..512 + manifest.bytes().len()], manifest.bytes());
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
