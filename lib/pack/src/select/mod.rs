//! Which files belong to a package: the rules of npm 11, surprises included.
//!
//! Every folder is judged by an ordered stack of rule lists, where a later rule wins, and by the stacks of the folders above
//! it. The lists come from a built-in set of junk names, from `files` in package.json, from `.npmignore` or `.gitignore`, and
//! from what npm always packs or never packs. Installed dependencies named in `bundleDependencies` join at the end.

mod bins;
mod bundle;
mod edges;
mod fields;
mod installed;
mod lists;
mod lockfile;
mod path;
mod rules;
mod walk;
mod workspaces;

use std::collections::BTreeSet;
use std::path::Path;

pub(crate) use fields::Fields;

use crate::error::PackError;
use crate::order;
use bundle::Bundle;
use walk::{Kind, Walk};

/// The paths of all files of the package in `folder`, in the order of the tarball. `folder` is absolute and without links.
///
/// A path that begins with `@` gets a `./` in front, which takes part in the order and in the search for executables.
pub(crate) fn select(folder: &Path, fields: &Fields) -> Result<Vec<String>, PackError> {
    let workspaces = workspaces::find(folder, fields.get("workspaces"))?;
    let edges = edges::of_project(fields, &workspaces)?;
    let outer = workspaces::ignore_files_above(folder)?;
    let walk = Walk {
        kind: Kind::Project,
        outer: &outer,
        manifests_are_ignore_files: !workspaces.is_empty(),
    };
    let mut found: BTreeSet<String> = walk.package(folder, fields)?.into_iter().collect();
    if !fields.bundled().is_empty() {
        found.extend(Bundle::new(folder)?.gather(fields, edges)?);
    }
    let mut paths: Vec<String> = found
        .into_iter()
        .map(|path| {
            if path.starts_with('@') {
                format!("./{path}")
            } else {
                path
            }
        })
        .collect();
    order::sort(&mut paths);
    Ok(paths)
}
