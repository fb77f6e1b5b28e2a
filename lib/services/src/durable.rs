//! Files that are there whole or not at all, also after a loss of power.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use uuid::Uuid;

/// Writes a file, over the one that was there, and waits until it is on the disk. Blocks.
///
/// The bytes come before the name: whatever a crash leaves behind, nothing half ever has the name.
pub(crate) fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let unfinished = folder.join(format!(".{}.part", Uuid::new_v4()));
    let written = flush(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, file));
    if written.is_err() {
        // The first error is the one to tell about.
        let _ = fs::remove_file(&unfinished);
    }
    written?;
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn flush(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(file)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn the_newest_bytes_have_the_name_and_nothing_is_left_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("head");
        for bytes in [b"first".as_slice(), b"2nd"] {
            write(&file, bytes).unwrap();
            assert_eq!(fs::read(&file).unwrap(), bytes);
        }
        assert_eq!(names(folder.path()), ["head"]);
    }

    #[test]
    fn what_cannot_get_its_name_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("head")).unwrap();
        assert!(write(&folder.path().join("head"), b"bytes").is_err());
        assert_eq!(names(folder.path()), ["head"]);
    }
}
