//! The files of bundled dependencies: those that package.json names, and all that they depend on in turn.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::edges::{self, Edges};
use super::fields::Fields;
use super::installed::{Installation, Installed};
use super::walk::{Kind, Walk};
use crate::dialect::Dialect;
use crate::error::PackError;
use crate::tree::{Found, Tree};

/// The installed packages below a project, of which some are bundled.
pub(super) struct Bundle<'a> {
    tree: &'a dyn Tree,
    dialect: Dialect,
    installation: Installation<'a>,
}

impl<'a> Bundle<'a> {
    pub(super) fn new(tree: &'a dyn Tree, dialect: Dialect) -> Result<Self, PackError> {
        Ok(Self {
            tree,
            dialect,
            installation: Installation::new(tree)?,
        })
    }

    /// All bundled files, each with its path below the project.
    ///
    /// What is not installed, not a dependency, only a peer or only for development, is left out without a word, as npm does.
    pub(super) fn gather(&mut self, fields: &Fields, edges: Edges) -> Result<Vec<(String, Found)>, PackError> {
        let project = self.tree.folder();
        let mut found = Vec::new();
        let mut seen = HashSet::from([project.to_owned()]);
        let mut waiting = vec![(project.to_owned(), fields.bundled(), edges)];
        while let Some((from, names, edges)) = waiting.pop() {
            for name in names.iter().filter_map(|name| edges.bundled(name)) {
                let Some(installed) = self.installation.resolve(&from, name)? else {
                    continue;
                };
                self.add(&installed, &mut found)?;
                if seen.insert(installed.real.clone()) {
                    waiting.push(next(installed)?);
                }
            }
        }
        Ok(found)
    }

    fn add(&self, installed: &Installed, found: &mut Vec<(String, Found)>) -> Result<(), PackError> {
        let project = self.tree.folder();
        let Some(below) = installed.path.strip_prefix(project).ok().and_then(Path::to_str) else {
            return Err(PackError::BundledOutside {
                path: installed.path.clone(),
            });
        };
        let kind = if installed.linked { Kind::Linked } else { Kind::Bundled };
        let walk = Walk {
            tree: self.tree,
            kind,
            dialect: self.dialect,
            outer: &[],
            manifests_are_ignore_files: false,
        };
        let files = walk.package(&installed.path, &installed.fields)?;
        found.extend(files.into_iter().map(|(file, seen)| (format!("{below}/{file}"), seen)));
        Ok(())
    }
}

fn next(installed: Installed) -> Result<(PathBuf, Vec<String>, Edges), PackError> {
    let edges = edges::of_installed(&installed.fields, installed.linked)?;
    let names = edges::names_of_installed(&installed.fields);
    Ok((installed.real, names, edges))
}
