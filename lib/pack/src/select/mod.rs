//! Which files belong to a package: the rules of npm 11 and npm 12, surprises included.
//!
//! Every folder is judged by an ordered stack of rule lists, where a later rule wins, and by the stacks of the folders above
//! it. The lists come from a built-in set of junk names, from `files` in package.json, from `.npmignore` or `.gitignore`, and
//! from what npm always packs or never packs. Installed dependencies named in `bundleDependencies` join at the end.

mod bins;
mod bundle;
mod edges;
mod expand;
mod fields;
mod installed;
mod lists;
mod lockfile;
mod names;
mod overrides;
mod path;
mod paths;
mod range;
mod rules;
mod walk;
mod wanted;
mod workspaces;

use std::collections::BTreeMap;

pub(crate) use fields::Fields;

use crate::dialect::Dialect;
use crate::error::PackError;
use crate::options::Options;
use crate::order;
use crate::tree::{Found, Tree};
use bundle::Bundle;
use walk::{Kind, Walk};

/// One file that belongs to a package.
#[derive(Clone, Debug)]
pub(crate) struct Selected {
    /// The path below the package folder. One that begins with `@` has a `./` in front, which takes part in the order and in
    /// the search for executables.
    pub(crate) path: String,
    /// What was there when it was selected: a regular file.
    pub(crate) found: Found,
}

/// What belongs to a package.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    /// All files, in the order of the tarball.
    pub(crate) files: Vec<Selected>,
    /// Whose rules selected them.
    pub(crate) dialect: Dialect,
}

/// Selects the files of the package in the tree, by the rules of one npm: of the one that the options name, or that package.json
/// asks for, or that is installed, or of the newest.
pub(crate) fn select(tree: &dyn Tree, fields: &Fields, options: &Options) -> Result<Selection, PackError> {
    let choose = || Dialect::choose(fields.package_manager(), options.search_path.as_deref());
    let dialect = options.dialect.unwrap_or_else(choose);
    let folder = tree.folder();
    let workspaces = workspaces::find(tree, folder, fields.get("workspaces"))?;
    let edges = edges::of_project(fields, &workspaces)?;
    let outer = workspaces::ignore_files_above(tree)?;
    let walk = Walk {
        tree,
        kind: Kind::Project,
        dialect,
        outer: &outer,
        manifests_are_ignore_files: !workspaces.is_empty(),
    };
    let mut found: BTreeMap<String, Found> = walk.package(folder, fields)?.into_iter().collect();
    if !fields.bundled().is_empty() {
        found.extend(Bundle::new(tree, dialect)?.gather(fields, edges)?);
    }
    Ok(Selection {
        files: in_order(found),
        dialect,
    })
}

/// Files with their paths below the package folder, in the order of the tarball.
pub(crate) fn in_order(found: impl IntoIterator<Item = (String, Found)>) -> Vec<Selected> {
    let selected: Vec<Selected> = found
        .into_iter()
        .map(|(path, found)| Selected {
            path: if path.starts_with('@') {
                format!("./{path}")
            } else {
                path
            },
            found,
        })
        .collect();
    order::sort(selected, |selected| &selected.path)
}
