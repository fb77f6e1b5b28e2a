//! Whether the installed files are those of the tarball.
//!
//! npm changes two things on purpose: a `.gitignore` arrives as `.npmignore`, or not at all beside one, and the first line of a
//! program, `#!…`, loses a carriage return. `node_modules/.bin` is npm's own.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use certified_evidence::Digest;
use certified_pack::{Archive, EntryKind};

use super::RehearsalError;

/// The number of files that are equal.
pub(super) fn compare(archive: &Archive, folder: &Path) -> Result<usize, RehearsalError> {
    let expected = expected(archive);
    for (path, published) in &expected {
        let installed = match fs::read(folder.join(path)) {
            Ok(installed) => installed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(RehearsalError::Missing {
                    path: path.clone(),
                    published: Digest::of(published),
                });
            }
            Err(error) => return Err(error.into()),
        };
        if installed != *published && without_return(published).is_none_or(|published| installed != published) {
            return Err(RehearsalError::Differs {
                path: path.clone(),
                published: Digest::of(published),
                installed: Digest::of(&installed),
            });
        }
    }
    match walk(folder)?.into_iter().find(|path| !expected.contains_key(path)) {
        Some(path) => Err(RehearsalError::Unexpected { path }),
        None => Ok(expected.len()),
    }
}

/// The files as npm lays them down.
fn expected(archive: &Archive) -> BTreeMap<String, &[u8]> {
    let mut files = BTreeMap::new();
    for entry in archive
        .entries()
        .iter()
        .filter(|entry| entry.kind == EntryKind::File && !is_npms(&entry.path))
    {
        let Some(contents) = archive.file(&entry.path) else {
            continue;
        };
        match entry
            .path
            .strip_suffix(".gitignore")
            .filter(|folder| folder.is_empty() || folder.ends_with('/'))
        {
            Some(folder) => {
                files.entry(format!("{folder}.npmignore")).or_insert(contents);
            }
            None => {
                files.insert(entry.path.clone(), contents);
            }
        }
    }
    files
}

/// The paths of all installed files, `/` between their names. Links are npm's own: a tarball has none.
fn walk(folder: &Path) -> io::Result<Vec<String>> {
    let (mut files, mut waiting) = (Vec::new(), vec![String::new()]);
    while let Some(inside) = waiting.pop() {
        for entry in fs::read_dir(folder.join(&inside))? {
            let entry = entry?;
            let path = format!("{inside}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                waiting.push(format!("{path}/"));
            } else if kind.is_file() && !is_npms(&path) {
                files.push(path);
            }
        }
    }
    Ok(files)
}

fn is_npms(path: &str) -> bool {
    path.starts_with("node_modules/.bin/") || path.contains("/node_modules/.bin/")
}

/// A program's text as npm rewrites it: without the carriage return at the end of the line that names the interpreter.
fn without_return(text: &[u8]) -> Option<Vec<u8>> {
    let end = text
        .strip_prefix(b"#!")
        .and_then(|_| text.iter().position(|byte| *byte == b'\n'))?;
    let (line, rest) = text.split_at_checked(end)?;
    Some([line.strip_suffix(b"\r")?, rest].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_that_names_the_interpreter_loses_its_carriage_return() {
        assert_eq!(without_return(b"#!node\r\na\r\n").unwrap(), b"#!node\na\r\n");
        assert_eq!(without_return(b"#!node\na\r\n"), None);
        assert_eq!(without_return(b"a\r\n"), None);
        assert_eq!(without_return(b"#!node\r"), None);
    }
}
