//! The folder of the package that a step is about.

use std::path::{Path, PathBuf};

use super::{ActionError, Inputs};
use crate::action::event::Event;
use crate::action::tag::{Tag, named};

/// The input first; else the folder of the package that the release's tag names; else the repository.
pub(super) fn folder(inputs: &Inputs<'_>, event: &Event, workspace: &Path) -> Result<PathBuf, ActionError> {
    let asked = ["package_path", "working-directory"]
        .into_iter()
        .find_map(|name| inputs.get(name));
    let Some(asked) = asked else {
        return event
            .tag()
            .map_or(Ok(workspace.to_owned()), |(text, tag)| tagged(text, &tag, workspace));
    };
    let folder = workspace.join(&asked);
    let inside = match (folder.canonicalize(), workspace.canonicalize()) {
        (Ok(folder), Ok(workspace)) => folder.starts_with(workspace),
        _ => false,
    };
    if inside {
        Ok(folder)
    } else {
        Err(ActionError::Outside { asked })
    }
}

/// A tag that says one thing and a package.json that says another are one mistake too many for a release.
fn tagged(text: &str, tag: &Tag, workspace: &Path) -> Result<PathBuf, ActionError> {
    let folders = tag.folders(workspace);
    let folder = match folders.as_slice() {
        [] => workspace.to_owned(),
        [folder] => folder.clone(),
        _ => {
            return Err(ActionError::ManyFolders {
                tag: text.to_owned(),
                folders: folders.iter().map(|folder| relative(folder, workspace)).collect(),
            });
        }
    };
    match named(&folder) {
        // One without a version is no other version: step 1 says what is missing.
        Some((name, version)) if !version.is_empty() && version != tag.version.to_string() => {
            Err(ActionError::OtherVersion {
                tag: text.to_owned(),
                name,
                version,
            })
        }
        _ => Ok(folder),
    }
}

fn relative(folder: &Path, workspace: &Path) -> String {
    folder.strip_prefix(workspace).unwrap_or(folder).display().to_string()
}
