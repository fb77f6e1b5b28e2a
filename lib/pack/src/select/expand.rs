//! Looks for what an entry of `files` means on disk, as npm 12 does with node-glob.
//!
//! Nothing outside the package is looked at. A pattern may leave it and come back, though, as `../widgets/lib` does.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use crate::error::PackError;
use crate::glob::{Step, routes};
use crate::tree::{Kind, Tree};

use super::names::normal;

/// Where patterns are looked for.
pub(super) struct Ground<'a> {
    tree: &'a dyn Tree,
    folder: &'a Path,
    /// A link, whose content `**` does not reach.
    linked: bool,
    /// Folders at the top that no pattern goes through, because nothing in them can be packed.
    closed: Vec<&'static str>,
}

impl<'a> Ground<'a> {
    pub(super) fn new(tree: &'a dyn Tree, folder: &'a Path, closed: Vec<&'static str>) -> Self {
        Self {
            tree,
            folder,
            linked: tree.look(folder).is_ok_and(|found| found.kind == Kind::Link),
            closed,
        }
    }

    /// The files and folders that a pattern means, by their paths below the folder. A pattern that npm cannot use means none.
    pub(super) fn expand(&self, pattern: &str) -> Result<BTreeMap<String, Kind>, PackError> {
        let routes = match routes(pattern) {
            Ok(routes) => routes,
            Err(error) if error.is_ours() => {
                return Err(PackError::Pattern {
                    origin: "`files` in package.json".to_owned(),
                    source: Box::new(error),
                });
            }
            Err(_) => Vec::new(),
        };
        let mut found = BTreeMap::new();
        for route in &routes {
            let search = Search {
                ground: self,
                route,
                seen: HashSet::new(),
                found: &mut found,
            };
            search.run();
        }
        Ok(found)
    }
}

/// The search along one route.
struct Search<'a> {
    ground: &'a Ground<'a>,
    route: &'a [Step],
    /// The folders that were searched, each with the step from which on.
    seen: HashSet<(PathBuf, usize)>,
    found: &'a mut BTreeMap<String, Kind>,
}

impl Search<'_> {
    fn run(mut self) {
        let from_root = matches!(self.route, [Step::Name(name), _, ..] if name.is_empty());
        let mut waiting = if from_root {
            let root = self.ground.folder.ancestors().last().unwrap_or(self.ground.folder);
            vec![(root.to_owned(), 1)]
        } else {
            vec![(self.ground.folder.to_owned(), 0)]
        };
        while let Some((at, step)) = waiting.pop() {
            self.go(at, step, &mut waiting);
        }
    }

    /// Follows names as far as there are any, then goes through the entries of the folder where they end.
    fn go(&mut self, mut at: PathBuf, mut step: usize, waiting: &mut Vec<(PathBuf, usize)>) {
        while let Some(Step::Name(name)) = self.route.get(step) {
            at = moved(at, name);
            step += 1;
            if step == self.route.len() {
                return self.meet_at(&at, matches!(name.as_str(), "" | "." | ".."));
            }
        }
        if matches!(self.route.get(step), Some(Step::Globstar)) {
            self.stay_for_globstar(&at, step, waiting);
            if step == 0 && self.ground.linked && at == self.ground.folder {
                return;
            }
        }
        self.read(at, step, waiting);
    }

    /// A `**` also means the folder that it starts from.
    fn stay_for_globstar(&mut self, at: &Path, step: usize, waiting: &mut Vec<(PathBuf, usize)>) {
        match self.route.get(step + 1..) {
            Some([]) => self.meet_at(at, false),
            Some([Step::Name(name)]) if matches!(name.as_str(), "" | ".") => self.meet_at(at, true),
            Some([Step::Name(name)]) if name == ".." => self.meet_at(&moved(at.to_owned(), name), true),
            Some([Step::Name(name), ..]) if name == ".." => waiting.push((moved(at.to_owned(), name), step + 2)),
            _ => {}
        }
    }

    /// Goes through the entries of a folder.
    fn read(&mut self, at: PathBuf, step: usize, waiting: &mut Vec<(PathBuf, usize)>) {
        if !self.seen.insert((at.clone(), step)) {
            return;
        }
        for (name, kind) in self.entries(&at) {
            let path = at.join(&name);
            match self.route.get(step) {
                Some(Step::Globstar) => {
                    if step + 1 == self.route.len() {
                        self.meet(&path, kind);
                    }
                    if kind == Kind::Folder {
                        waiting.push((path.clone(), step));
                    }
                    self.test(&name, &path, kind, step + 1, waiting);
                }
                _ => self.test(&name, &path, kind, step, waiting),
            }
        }
    }

    /// Takes an entry when its name is what this step asks for.
    fn test(&mut self, name: &str, path: &Path, kind: Kind, step: usize, waiting: &mut Vec<(PathBuf, usize)>) {
        let fits = match self.route.get(step) {
            Some(Step::Name(wanted)) => !wanted.is_empty() && normal(wanted) == normal(name),
            Some(Step::Any(matcher)) => matcher.matches(name),
            _ => false,
        };
        if !fits {
            return;
        }
        if step + 1 == self.route.len() {
            self.meet(path, kind);
        } else if kind == Kind::Folder {
            waiting.push((path.to_owned(), step + 1));
        }
    }

    /// What can be reached in a folder. Above the package this is only the way to it.
    fn entries(&self, at: &Path) -> Vec<(String, Kind)> {
        let folder = self.ground.folder;
        if !at.starts_with(folder) {
            let way = folder.strip_prefix(at).ok().and_then(|way| way.iter().next());
            let way = way.and_then(|name| name.to_str());
            return way.map(|name| (name.to_owned(), Kind::Folder)).into_iter().collect();
        }
        let Ok(listed) = self.ground.tree.list(at) else {
            return Vec::new();
        };
        let closed: &[&str] = if at == folder { &self.ground.closed } else { &[] };
        listed
            .into_iter()
            .map(|entry| (entry.kind, entry.into_name()))
            .filter(|(_, name)| !closed.contains(&name.as_str()))
            .map(|(kind, name)| (name, kind))
            .collect()
    }

    fn meet_at(&mut self, path: &Path, folders_only: bool) {
        let below = path != self.ground.folder && path.starts_with(self.ground.folder);
        if !below && path.parent().is_some() {
            return;
        }
        let Ok(found) = self.ground.tree.look(path) else {
            return;
        };
        if !folders_only || found.is_folder() {
            self.meet(path, found.kind);
        }
    }

    fn meet(&mut self, path: &Path, kind: Kind) {
        if path.parent().is_none() {
            // The root of the file system is `/` below every folder, and as a rule that means everything.
            self.found.insert("/".to_owned(), kind);
        }
        let below = path.strip_prefix(self.ground.folder).ok().and_then(Path::to_str);
        if let Some(below) = below.filter(|below| !below.is_empty()) {
            self.found.insert(below.to_owned(), kind);
        }
    }
}

/// The path one step further, as text: a link to a folder is no way back to where it lies.
fn moved(mut at: PathBuf, name: &str) -> PathBuf {
    match name {
        "" | "." => {}
        ".." => {
            at.pop();
        }
        _ => at.push(name),
    }
    at
}
