//! From selected files to an archive. Every file is read once, and must be what it was when it was selected.

use std::io::{self, ErrorKind, Read as _, Write};
use std::path::Path;

use crate::error::PackError;
use crate::header;
use crate::leaks::{Inquiry, LeakGuard};
use crate::tree::{Found, Opened, Tree};

/// An archive while it is written.
pub(crate) struct ArchiveWriter<'a, W> {
    out: W,
    leaks: Inquiry<'a>,
    header: Vec<u8>,
    buffer: Vec<u8>,
}

impl<'a, W: Write> ArchiveWriter<'a, W> {
    pub(crate) fn new(out: W, guard: Option<&'a LeakGuard>) -> Self {
        Self {
            out,
            leaks: Inquiry::by(guard),
            header: Vec::new(),
            buffer: vec![0; BUFFER],
        }
    }

    /// Writes a file that is in memory.
    pub(crate) fn add_bytes(&mut self, path: &str, mode: u32, content: &[u8]) -> Result<(), PackError> {
        let size = content.len() as u64;
        self.begin(path, mode, size)?;
        self.leaks.hears(content);
        self.out.write_all(content).map_err(PackError::Unwritable)?;
        self.pad(size)
    }

    /// Writes a file of a tree, which was this when it was selected.
    pub(crate) fn add_file(
        &mut self,
        path: &str,
        mode: u32,
        tree: &dyn Tree,
        selected: &Found,
    ) -> Result<(), PackError> {
        let file = &tree.folder().join(path);
        let opened = tree.open(file).map_err(|error| gone(path, file, error))?;
        if opened.found != *selected {
            return Err(changed(path, selected.len, opened.found.len));
        }
        self.begin(path, mode, selected.len)?;
        if self.copy(path, file, opened)? > 1 {
            // While one part of a long file was read, another could have been written to.
            let after = tree.look(file).map_err(|error| gone(path, file, error))?;
            if after != *selected {
                return Err(changed(path, selected.len, after.len));
            }
        }
        self.pad(selected.len)
    }

    /// Ends the archive, unless it gives a secret away.
    pub(crate) fn finish(mut self) -> Result<W, PackError> {
        self.leaks.verdict()?;
        self.header.clear();
        header::finish(&mut self.header);
        self.out.write_all(&self.header).map_err(PackError::Unwritable)?;
        Ok(self.out)
    }

    fn begin(&mut self, path: &str, mode: u32, size: u64) -> Result<(), PackError> {
        self.header.clear();
        header::write(&mut self.header, path, mode, size);
        self.leaks.begins(path);
        self.out.write_all(&self.header).map_err(PackError::Unwritable)
    }

    fn pad(&mut self, size: u64) -> Result<(), PackError> {
        self.out.write_all(header::padding(size)).map_err(PackError::Unwritable)
    }

    /// Copies the content of a file and tells how many times something was read.
    fn copy(&mut self, path: &str, file: &Path, opened: Opened<'_>) -> Result<u32, PackError> {
        let expected = opened.found.len;
        // One byte more than expected, so that a file that grew is noticed without being read to its end.
        let mut content = opened.content.take(expected.saturating_add(1));
        let (mut copied, mut reads) = (0, 0);
        loop {
            let read = match content.read(&mut self.buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                read => read.map_err(PackError::unreadable(file))?,
            };
            copied += read as u64;
            reads += 1;
            if copied > expected {
                return Err(changed(path, expected, copied));
            }
            let bytes = self.buffer.get(..read).unwrap_or_default();
            self.leaks.hears(bytes);
            self.out.write_all(bytes).map_err(PackError::Unwritable)?;
            // A file that gives less than it was asked for has no more to give.
            if read == 0 || copied == expected && read < self.buffer.len() {
                break;
            }
        }
        if copied == expected {
            Ok(reads)
        } else {
            Err(changed(path, expected, copied))
        }
    }
}

fn changed(path: &str, expected: u64, found: u64) -> PackError {
    PackError::Changed {
        path: path.to_owned(),
        expected,
        found,
    }
}

fn gone(path: &str, file: &Path, error: io::Error) -> PackError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => PackError::Vanished { path: path.to_owned() },
        _ => PackError::Unreadable {
            path: file.to_owned(),
            source: error,
        },
    }
}

/// Bytes that are read at a time; most files are shorter.
const BUFFER: usize = 1 << 17;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::tree::Disk;

    struct Scene {
        folder: tempfile::TempDir,
        disk: Disk,
        selected: Found,
    }

    impl Scene {
        fn new(content: &[u8]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("a.js"), content).unwrap();
            let disk = Disk::new(folder.path()).unwrap();
            let selected = disk.look(&disk.folder().join("a.js")).unwrap();
            Self { folder, disk, selected }
        }

        fn file(&self) -> PathBuf {
            self.folder.path().join("a.js")
        }

        fn add(&self) -> Result<(), PackError> {
            ArchiveWriter::new(io::sink(), None).add_file("a.js", 0o644, &self.disk, &self.selected)
        }
    }

    /// Writes that do something to the world when the first long part of a file goes by.
    struct Meddler<F: FnMut()>(F);

    impl<F: FnMut()> Write for Meddler<F> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if bytes.len() == BUFFER {
                (self.0)();
            }
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_file_that_vanished_after_it_was_listed_is_named() {
        let scene = Scene::new(b"12345");
        fs::remove_file(scene.file()).unwrap();
        let error = scene.add().unwrap_err();
        assert_eq!(error.to_string(), "a.js vanished while the package was packed");
    }

    #[test]
    fn a_file_that_grew_or_shrank_after_it_was_listed_is_refused() {
        for content in ["123456", "1", ""] {
            let scene = Scene::new(b"12345");
            fs::write(scene.file(), content).unwrap();
            let error = scene.add().unwrap_err();
            assert!(
                matches!(error, PackError::Changed { expected: 5, found, .. } if found == content.len() as u64),
                "{error}"
            );
        }
    }

    #[test]
    fn a_file_that_was_written_to_after_it_was_listed_is_refused_though_its_size_is_the_same() {
        let mut scene = Scene::new(b"12345");
        scene.selected.modified = scene
            .selected
            .modified
            .map(|time| time - std::time::Duration::from_nanos(1));
        assert!(matches!(scene.add(), Err(PackError::Changed { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_was_exchanged_for_a_link_to_another_is_refused() {
        let scene = Scene::new(b"12345");
        fs::write(scene.folder.path().join("b.js"), "54321").unwrap();
        fs::remove_file(scene.file()).unwrap();
        std::os::unix::fs::symlink("b.js", scene.file()).unwrap();
        assert!(matches!(scene.add(), Err(PackError::Changed { .. })));
    }

    #[test]
    fn a_long_file_that_grows_while_it_is_read_is_refused() {
        let scene = Scene::new(&vec![b'x'; 3 * BUFFER]);
        let file = scene.file();
        let grow = || fs::write(&file, vec![b'y'; 3 * BUFFER + 1]).unwrap();
        let refused = ArchiveWriter::new(Meddler(grow), None).add_file("a.js", 0o644, &scene.disk, &scene.selected);
        assert!(matches!(refused, Err(PackError::Changed { .. })), "{refused:?}");
    }

    #[test]
    fn a_long_file_that_is_written_to_while_it_is_read_is_refused() {
        let scene = Scene::new(&vec![b'x'; 3 * BUFFER]);
        let file = scene.file();
        let later = std::time::SystemTime::now() + std::time::Duration::from_secs(5);
        // What a write within one tick of the clock would leave is made visible.
        let touch = || {
            fs::File::options()
                .write(true)
                .open(&file)
                .unwrap()
                .set_modified(later)
                .unwrap()
        };
        let refused = ArchiveWriter::new(Meddler(touch), None).add_file("a.js", 0o644, &scene.disk, &scene.selected);
        assert!(matches!(refused, Err(PackError::Changed { expected, found, .. }) if expected == found));
    }
}
