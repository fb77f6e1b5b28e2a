//! What the entries of an archive must be to each other.

use super::path::looks_like_manifest;
use super::{Entry, EntryKind, ReadError};

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
