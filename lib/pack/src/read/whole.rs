//! What holds for an archive as a whole, whoever wrote it.

use super::block::SIZE;
use super::path::looks_like_manifest;
use super::{Entry, EntryKind, Limits, ReadError};

/// Whole blocks, and not too many.
pub(super) fn measure(tar: &[u8], limits: &Limits) -> Result<(), ReadError> {
    let found = tar.len();
    if found > limits.unpacked {
        let limit = limits.unpacked;
        return Err(ReadError::TooLarge { found, limit });
    }
    if !found.is_multiple_of(SIZE) {
        return Err(ReadError::NotBlocks { found });
    }
    Ok(())
}

/// The contents of the file with this path below the root.
pub(super) fn contents<'a>(tar: &'a [u8], entries: &[Entry], path: &str) -> Option<&'a [u8]> {
    let mut entries = entries.iter();
    let entry = entries.find(|entry| entry.path == path && entry.kind == EntryKind::File)?;
    tar.get(entry.body.clone())
}

/// No path twice, nothing below a file, and no second spelling of package.json.
pub(super) fn check(entries: &[Entry]) -> Result<(), ReadError> {
    if let Some(entry) = entries.iter().find(|entry| looks_like_manifest(&entry.path)) {
        return Err(ReadError::LooksLikeManifest {
            path: entry.path.clone(),
        });
    }
    let mut sorted: Vec<_> = entries.iter().collect();
    // By segments, so that whatever is below a path comes directly after it.
    sorted.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
    sorted.windows(2).try_for_each(|pair| match pair {
        [a, b] => neighbours(a, b),
        _ => Ok(()),
    })
}

fn neighbours(first: &Entry, second: &Entry) -> Result<(), ReadError> {
    if first.path == second.path {
        return Err(ReadError::Duplicate {
            path: first.path.clone(),
        });
    }
    let below = second
        .path
        .strip_prefix(&first.path)
        .is_some_and(|rest| rest.starts_with('/'));
    if first.kind == EntryKind::File && below {
        let (file, child) = (first.path.clone(), second.path.clone());
        return Err(ReadError::BelowFile { file, child });
    }
    Ok(())
}
