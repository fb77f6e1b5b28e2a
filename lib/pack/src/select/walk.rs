//! Walks the folders of one package and keeps the files that pass.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use super::fields::{Fields, is_missing};
use super::lists::{self, Package, Shared, Top};
use super::rules::{Entry, Rules};
use crate::dialect::Dialect;
use crate::error::PackError;
use crate::order::{base_name, parent};
use crate::tree::{self, Found, Listed, Tree};

/// How to walk a package.
pub(super) struct Walk<'a> {
    pub(super) tree: &'a dyn Tree,
    pub(super) kind: Kind,
    pub(super) dialect: Dialect,
    /// Ignore files between a workspace and its root.
    pub(super) outer: &'a [String],
    /// In the root of workspaces npm takes the package.json of a folder for an ignore file.
    pub(super) manifests_are_ignore_files: bool,
}

/// What a package is to the tarball.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// The package that is packed.
    Project,
    /// An installed dependency, whose own ignore files are not obeyed at its top.
    Bundled,
    /// A dependency that is a link, and obeys all the rules of a project.
    Linked,
}

impl Walk<'_> {
    /// The files of the package, each with its path below the package folder, in no order.
    pub(super) fn package(&self, folder: &Path, fields: &Fields) -> Result<Vec<(String, Found)>, PackError> {
        let entries = list(self.tree, folder)?;
        let shared = Shared::new()?;
        let (lists, required) = self.lists_at_top(folder, fields, &entries, &shared)?;
        let top = Dir {
            above: None,
            name: String::new(),
            exact: true,
            lists,
        };
        let mut walker = Walker {
            walk: self,
            shared: &shared,
            folder,
            found: Vec::new(),
        };
        walker.visit(&top, "", entries, &required)?;
        Ok(walker.found)
    }

    fn lists_at_top<'s>(
        &self,
        folder: &Path,
        fields: &Fields,
        entries: &[(String, tree::Kind)],
        shared: &'s Shared,
    ) -> Result<(Lists<'s>, Vec<String>), PackError> {
        let mut lists: Lists<'s> = Vec::new();
        let installed = self.kind == Kind::Bundled;
        if !installed {
            let plain = self.outer.is_empty();
            lists.push(if plain {
                Cow::Borrowed(shared.junk())
            } else {
                Cow::Owned(lists::junk_with(self.outer)?)
            });
        }
        // Without a package.json a package has no fields, and then no strict list either.
        let package = Package {
            tree: self.tree,
            folder,
            fields,
            dialect: self.dialect,
            is_project: self.kind == Kind::Project,
        };
        let top = has(entries, "package.json").then(|| Top::new(&package)).transpose()?;
        let ignored = if installed {
            None
        } else {
            ignore_file(self.tree, folder, entries)?
        };
        let Some(Top {
            files,
            strict,
            required,
        }) = top
        else {
            lists.extend(ignored.map(Cow::Owned));
            return Ok((lists, Vec::new()));
        };
        lists.extend(files.or(ignored).map(Cow::Owned));
        lists.push(Cow::Owned(strict));
        Ok((lists, required))
    }
}

/// A folder with its lists.
struct Dir<'a> {
    above: Option<&'a Self>,
    name: String,
    /// The folder itself passes, not only something in it; then its own rules may bring back what the folders above leave out.
    exact: bool,
    lists: Lists<'a>,
}

type Lists<'a> = Vec<Cow<'a, Rules>>;

impl Dir<'_> {
    fn passes(&self, entry: &Entry<'_>) -> bool {
        let included = self
            .above
            .is_none_or(|above| above.passes(&entry.seen_from_above(&self.name)));
        (included || self.exact)
            && self
                .lists
                .iter()
                .fold(included, |included, rules| rules.judge(entry, included))
    }
}

struct Walker<'a> {
    walk: &'a Walk<'a>,
    shared: &'a Shared,
    folder: &'a Path,
    found: Vec<(String, Found)>,
}

impl Walker<'_> {
    fn visit(
        &mut self,
        dir: &Dir<'_>,
        path: &str,
        entries: Vec<(String, tree::Kind)>,
        required: &[String],
    ) -> Result<(), PackError> {
        for (name, kind) in entries {
            // Only what an entry is counts in the end. What it is not counts for a name that cannot be found again, on which
            // npm stops if it passes at all.
            let lost = name.contains('\u{fffd}');
            let as_folder = (lost || kind == tree::Kind::Folder) && dir.passes(&Entry::new(&name, true));
            let as_file = (lost || as_folder || kind == tree::Kind::File) && dir.passes(&Entry::new(&name, false));
            // npm leaves out every name with a star, because Windows cannot have it.
            if !(as_file || as_folder) || name.contains('*') {
                continue;
            }
            let inside = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}/{name}")
            };
            let on_disk = self.folder.join(&inside);
            let found = self
                .walk
                .tree
                .look(&on_disk)
                .map_err(|error| not_found_again(on_disk, error))?;
            if found.is_file() && as_file {
                self.found.push((inside, found));
            } else if found.is_folder() && as_folder {
                let exact = as_file || dir.passes(&Entry::new(&format!("{name}/"), false));
                self.enter(dir, name, &inside, exact, required)?;
            }
        }
        Ok(())
    }

    fn enter(
        &mut self,
        above: &Dir<'_>,
        name: String,
        path: &str,
        exact: bool,
        required: &[String],
    ) -> Result<(), PackError> {
        // npm takes a backslash in the name of a folder for a slash, and mostly finds no such folder.
        let path = path.replace('\\', "/");
        let path = path.trim_start_matches('/');
        let folder = self.folder.join(path);
        let tree = self.walk.tree;
        let entries = list(tree, &folder)?;
        let mut lists: Lists<'_> = vec![Cow::Borrowed(self.shared.junk())];
        let manifest = self.walk.manifests_are_ignore_files && has(&entries, "package.json");
        let ignored = if manifest {
            Some(read_rules(tree, &folder, "package.json")?)
        } else {
            None
        };
        let own = ignore_file(tree, &folder, &entries)?;
        lists.extend(ignored.or(own).map(Cow::Owned));
        let here: Vec<String> = required
            .iter()
            .filter(|file| parent(file) == name)
            .map(|file| base_name(file).to_owned())
            .collect();
        lists.push(if here.is_empty() {
            Cow::Borrowed(self.shared.strict())
        } else {
            Cow::Owned(lists::strict_with(&here)?)
        });
        let dir = Dir {
            above: Some(above),
            name,
            exact,
            lists,
        };
        // Only the folders directly below the top learn which files are required.
        self.visit(&dir, path, entries, &[])
    }
}

/// A name that is not UTF-8 was listed with U+FFFD in it, and nothing has that name.
fn not_found_again(path: PathBuf, error: io::Error) -> PackError {
    if is_missing(&error) && path.to_string_lossy().contains('\u{fffd}') {
        return PackError::NameNotUtf8 { path };
    }
    PackError::Unreadable { path, source: error }
}

/// The names in a folder, sorted so that refusals do not depend on the file system.
fn list(tree: &dyn Tree, folder: &Path) -> Result<Vec<(String, tree::Kind)>, PackError> {
    let listed = tree.list(folder).map_err(PackError::unreadable(folder))?;
    let named = |listed: Listed| {
        let kind = listed.kind;
        (listed.into_name(), kind)
    };
    let mut entries: Vec<_> = listed.into_iter().map(named).collect();
    entries.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    Ok(entries)
}

/// The rules of a folder's `.npmignore`, or else of its `.gitignore`. Both have to be readable, even the one that does not count.
fn ignore_file(tree: &dyn Tree, folder: &Path, entries: &[(String, tree::Kind)]) -> Result<Option<Rules>, PackError> {
    let read = |name| {
        if has(entries, name) {
            read_rules(tree, folder, name).map(Some)
        } else {
            Ok(None)
        }
    };
    let (npm, git) = (read(".npmignore")?, read(".gitignore")?);
    Ok(npm.or(git))
}

fn read_rules(tree: &dyn Tree, folder: &Path, name: &str) -> Result<Rules, PackError> {
    let path = folder.join(name);
    let bytes = tree.read(&path).map_err(PackError::unreadable(&path))?;
    Rules::parse(&String::from_utf8_lossy(&bytes), &path.display().to_string())
}

fn has(entries: &[(String, tree::Kind)], name: &str) -> bool {
    entries.iter().any(|(entry, _)| entry == name)
}
