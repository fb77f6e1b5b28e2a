//! Folders of a test's own, and what is in them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What stands at a path.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Entry {
    Folder { mode: u32 },
    File { mode: u32, bytes: Vec<u8> },
    Link { to: PathBuf },
}

/// Copies a folder below `fixtures/packages/` into `place`, and answers with the copy.
pub(crate) fn copy_of(fixture: &str, place: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/packages")
        .join(fixture);
    let copy = place.join(source.file_name().unwrap());
    copy_folder(&source, &copy);
    copy
}

/// Path, mode and bytes of everything in a folder.
pub(crate) fn snapshot(folder: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut found = BTreeMap::new();
    walk(folder, &mut |path| {
        found.insert(path.strip_prefix(folder).unwrap().to_owned(), look(path));
    });
    found
}

/// Every file in a folder and below, in order, by its path from there.
pub(crate) fn files_below(folder: &Path) -> Vec<String> {
    let files = snapshot(folder)
        .into_iter()
        .filter(|(_, entry)| matches!(entry, Entry::File { .. }));
    files.map(|(path, _)| path.to_str().unwrap().to_owned()).collect()
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        visit(&entry.path());
        if entry.file_type().unwrap().is_dir() {
            walk(&entry.path(), visit);
        }
    }
}

fn look(path: &Path) -> Entry {
    let metadata = fs::symlink_metadata(path).unwrap();
    let mode = mode(&metadata);
    if metadata.is_symlink() {
        return Entry::Link {
            to: fs::read_link(path).unwrap(),
        };
    }
    if metadata.is_dir() {
        Entry::Folder { mode }
    } else {
        Entry::File {
            mode,
            bytes: fs::read(path).unwrap(),
        }
    }
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions())
}

#[cfg(not(unix))]
fn mode(metadata: &fs::Metadata) -> u32 {
    u32::from(metadata.permissions().readonly())
}
