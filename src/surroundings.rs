//! What the environment says about this run: who started it, on which commit, and who let it go out.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use certified_evidence::Timestamp;
use certified_pipeline::{Context, Governance};

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
    let on_github = variable("GITHUB_ACTIONS").is_some_and(|v| v == "true");
    let actor = variable("GITHUB_ACTOR")
        .or_else(|| variable("USER"))
        .unwrap_or_else(|| "local".into());
    let commit = variable("GITHUB_SHA")
        .filter(|_| on_github)
        .or_else(|| commit(folder))
        .unwrap_or_else(|| "unknown".into());
    let trigger = variable("GITHUB_EVENT_NAME")
        .filter(|_| on_github)
        .unwrap_or_else(|| "local".into());
    Context {
        commit,
        workflow_run: variable("GITHUB_RUN_ID")
            .filter(|_| on_github)
            .unwrap_or_else(|| "local".into()),
        repository: variable("GITHUB_REPOSITORY").filter(|_| on_github).unwrap_or_default(),
        builder: if on_github { "github-actions" } else { "local" }.into(),
        governance: Governance {
            approved_by: vec![actor.clone()],
            approved_at: now(),
            approval_url: trigger,
            policy_version: policy_version.to_owned(),
        },
        actor,
    }
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
