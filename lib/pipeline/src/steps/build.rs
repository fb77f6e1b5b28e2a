//! Step 1 of 9: the package is built, by its own scripts and without any of our secrets, and looked through for secrets that it would publish.
//!
//! Sends:    nothing
//! Leaves:   a built tree
//! Again:    the scripts run again

use std::path::Path;

use certified_pack::tree::Disk;
use certified_pack::{PackError, Package};

use super::sign::options;
use crate::{Cause, Desk, Progress, Project, scripts};

/// Looks at the package, runs its scripts, and looks again: scripts may rewrite package.json.
///
/// # Errors
/// When the folder is no package to publish, a script fails, or the package would give a secret away.
pub async fn run(folder: &Path, desk: &Desk, progress: &mut dyn Progress) -> Result<Project, Cause> {
    let project = Project::open(folder)?;
    project.check_registry(&desk.settings.npm_registry)?;
    let Some(install) = desk.settings.scripts else {
        find_leaks(&project, desk)?;
        return Ok(project);
    };
    let plan = scripts::plan(folder, project.manifest(), install)?;
    scripts::build(folder, &plan, &mut |line| progress.heard(line)).await?;
    let built = Project::open(folder)?;
    built.check_registry(&desk.settings.npm_registry)?;
    find_leaks(&built, desk)?;
    Ok(built)
}

/// Before anybody is asked for anything: the first request already tells that this release is coming.
fn find_leaks(project: &Project, desk: &Desk) -> Result<(), PackError> {
    let folder = project.folder();
    let disk = Disk::new(folder).map_err(|source| PackError::Unreadable {
        path: folder.to_owned(),
        source,
    })?;
    let options = options(project, desk);
    Package::select(&disk, &options)?.find_leaks()
}
