//! Step 1 of 9: the package is built, by its own scripts and without any of our secrets.
//!
//! Sends:    nothing
//! Leaves:   a built tree
//! Again:    the scripts run again

use std::path::Path;

use crate::{Cause, Desk, Progress, Project, scripts};

/// Looks at the package, runs its scripts, and looks again: scripts may rewrite package.json.
///
/// # Errors
/// When the folder is no package to publish, or a script fails.
pub async fn run(folder: &Path, desk: &Desk, progress: &mut dyn Progress) -> Result<Project, Cause> {
    let project = Project::open(folder)?;
    project.check_registry(&desk.settings.npm_registry)?;
    let Some(install) = desk.settings.scripts else {
        return Ok(project);
    };
    let plan = scripts::plan(folder, project.manifest(), install)?;
    scripts::build(folder, &plan, &mut |line| progress.heard(line)).await?;
    let built = Project::open(folder)?;
    built.check_registry(&desk.settings.npm_registry)?;
    Ok(built)
}
