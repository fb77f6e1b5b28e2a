//! What the environment says about this run: who started it, on which commit, and who let it go out.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use certified_evidence::Timestamp;
use certified_pipeline::{Context, Governance, has_code};

use crate::action::event::Event;
use crate::args::Release;
use crate::failure::Failure;

/// The time of this machine.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_unix(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs()),
    )
}

/// On GitHub from the runner's variables, elsewhere from version control and the account's name.
pub(crate) fn context(folder: &Path, policy_version: &str) -> Context {
    let on_github = on_github();
    let actor = variable("GITHUB_ACTOR")
        .or_else(|| variable("USER"))
        .unwrap_or_else(|| "local".into());
    let commit = variable("GITHUB_SHA")
        .filter(|_| on_github)
        .or_else(|| commit(folder))
        .unwrap_or_else(|| "unknown".into());
    Context {
        commit,
        workflow_run: variable("GITHUB_RUN_ID")
            .filter(|_| on_github)
            .unwrap_or_else(|| "local".into()),
        repository: variable("GITHUB_REPOSITORY").filter(|_| on_github).unwrap_or_default(),
        builder: if on_github { "github-actions" } else { "local" }.into(),
        governance: governance(on_github, &actor, policy_version),
        actor,
    }
}

/// Whether GitHub runs this, as one step of a workflow.
pub(crate) fn on_github() -> bool {
    variable("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Code of the package and of all its dependencies must not run where an identity can be asked for: it would publish in our name.
pub(crate) fn refuse_scripts_beside_a_token(release: &Release) -> Result<(), Failure> {
    let token = env::var_os("ACTIONS_ID_TOKEN_REQUEST_URL").is_some_and(|url| !url.is_empty());
    let asked = release.ignore_scripts || release.single_job.is_some();
    if token && !asked && has_code(&release.path) {
        return Err(Failure::SharedJob);
    }
    Ok(())
}

fn governance(on_github: bool, actor: &str, policy_version: &str) -> Governance {
    let of_event = Event::read(&variable).ok().filter(|_| on_github);
    of_event.map_or_else(
        || Governance {
            approved_by: vec![actor.to_owned()],
            approved_at: now(),
            approval_url: "local".into(),
            policy_version: policy_version.to_owned(),
        },
        |event| event.governance(actor, now(), policy_version),
    )
}

/// A variable that is set and not empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The checked-out commit of the folder, when git knows one.
fn commit(folder: &Path) -> Option<String> {
    let output = Command::new("git")
        .args(["rev-parse", "--verify", "HEAD"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let text = text.trim();
    (output.status.success() && text.len() >= 40 && text.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| text.to_owned())
}
