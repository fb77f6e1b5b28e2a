//! Finds installed packages: in the folders named node_modules, or in the lockfile that npm hides among them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::fields::Fields;
use super::lockfile::Lockfile;
use super::names::fold;
use crate::error::PackError;
use crate::tree::{Listed, Tree};

/// One installed package.
#[derive(Clone, Debug)]
pub(super) struct Installed {
    /// Where it was found, perhaps a link.
    pub(super) path: PathBuf,
    /// Where it is.
    pub(super) real: PathBuf,
    /// Whether the two differ because it is a link.
    pub(super) linked: bool,
    pub(super) fields: Fields,
}

/// All installed packages of a project.
pub(super) struct Installation<'a> {
    tree: &'a dyn Tree,
    lockfile: Option<Lockfile>,
    /// What each node_modules holds: names by their folded form.
    listed: HashMap<PathBuf, HashMap<String, String>>,
}

impl<'a> Installation<'a> {
    pub(super) fn new(tree: &'a dyn Tree) -> Result<Self, PackError> {
        let lockfile = Lockfile::of(tree);
        if let Some(lockfile) = &lockfile {
            lockfile.check_links()?;
        }
        Ok(Self {
            tree,
            lockfile,
            listed: HashMap::new(),
        })
    }

    /// The package that `name` means to the package in `from`: looked for in its node_modules, then in those of the folders
    /// above, up to the project.
    pub(super) fn resolve(&mut self, from: &Path, name: &str) -> Result<Option<Installed>, PackError> {
        if let Some(lockfile) = &self.lockfile {
            return Ok(lockfile.resolve(self.tree, from, name));
        }
        let project = self.tree.folder();
        let inside = from.starts_with(project);
        let shared = project
            .ancestors()
            .find(|above| from.starts_with(above))
            .unwrap_or(project);
        let last = if inside { project } else { shared };
        let above: Vec<&Path> = from.ancestors().take_while(|above| above.starts_with(last)).collect();
        for folder in above {
            let node_modules = folder.join("node_modules");
            let names = self
                .listed
                .entry(node_modules.clone())
                .or_insert_with(|| names_in(self.tree, &node_modules));
            if let Some(name) = names.get(&fold(name)) {
                return Ok(Some(load(self.tree, node_modules.join(name))));
            }
        }
        Ok(None)
    }
}

/// The packages in a node_modules. A scope that is not a folder hides all of them, because npm then gives up listing.
fn names_in(tree: &dyn Tree, node_modules: &Path) -> HashMap<String, String> {
    let mut found = HashMap::new();
    let Ok(names) = names(tree, node_modules) else {
        return found;
    };
    for name in names {
        let scoped = if name.starts_with('@') {
            let Ok(inner) = self::names(tree, &node_modules.join(&name)) else {
                return HashMap::new();
            };
            inner
                .into_iter()
                .filter(|inner| !inner.starts_with('.'))
                .map(|inner| format!("{name}/{inner}"))
                .collect()
        } else if name.starts_with('.') {
            Vec::new()
        } else {
            vec![name]
        };
        found.extend(scoped.into_iter().map(|name| (fold(&name), name)));
    }
    found
}

fn names(tree: &dyn Tree, folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names: Vec<String> = tree.list(folder)?.into_iter().map(Listed::into_name).collect();
    names.sort_unstable();
    Ok(names)
}

/// An installed package without a readable package.json has no fields, and that is no error.
fn load(tree: &dyn Tree, path: PathBuf) -> Installed {
    let real = tree.canonical(&path).unwrap_or_else(|_| path.clone());
    let fields = Fields::read(tree, &real).unwrap_or_default();
    Installed {
        linked: real != path,
        path,
        real,
        fields,
    }
}
