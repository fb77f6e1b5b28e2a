//! A rule for many paths at once.
//!
//! A pattern such as `dist/**` means thousands of files, and one rule for each would be held against each file. Looking a path up
//! in a set gives the same answer.

use std::collections::{BTreeMap, HashSet};

use super::rules::trim;
use crate::glob::folded;
use crate::tree::Kind;

/// Files, and folders with all that is in them. Case does not count.
#[derive(Clone, Debug, Default)]
pub(super) struct Paths {
    files: HashSet<Vec<u16>>,
    folders: HashSet<Vec<u16>>,
    /// The folders above them.
    above: HashSet<Vec<u16>>,
}

impl Paths {
    /// Takes those paths that mean themselves when npm reads them as patterns, and gives back the others.
    pub(super) fn take(&mut self, paths: BTreeMap<String, Kind>) -> BTreeMap<String, Kind> {
        let (plain, others): (BTreeMap<_, _>, _) = paths.into_iter().partition(|(path, _)| is_plain(path));
        for (path, kind) in plain {
            let path = folded(&path);
            for (end, _) in path.iter().enumerate().filter(|(_, unit)| **unit == SLASH) {
                self.above.insert(path[..end].to_vec());
            }
            match kind {
                Kind::File => self.files.insert(path),
                Kind::Folder => self.folders.insert(path),
                Kind::Link | Kind::Other => false,
            };
        }
        others
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.folders.is_empty()
    }

    /// Whether the path is one of these, or in one of these.
    pub(super) fn hold(&self, path: &str) -> bool {
        let path = folded(path);
        let ends = path.iter().enumerate().filter(|(_, unit)| **unit == SLASH);
        self.files.contains(&path)
            || self.folders.contains(&path)
            || ends.into_iter().any(|(end, _)| self.folders.contains(&path[..end]))
    }

    /// Whether one of these is below the path.
    pub(super) fn lie_below(&self, path: &str) -> bool {
        self.above.contains(&folded(path))
    }
}

/// Whether a path as a rule matches nothing else, and survives being a line of an ignore file.
fn is_plain(path: &str) -> bool {
    path != "/"
        && !path.contains(['*', '?', '[', ']', '{', '}', '(', ')', '\\', '\n', '\r'])
        && trim(path).len() == path.len()
}

const SLASH: u16 = b'/' as u16;
