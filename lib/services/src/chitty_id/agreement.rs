//! What a request says about its run, held against what the run's identity token says.

use certified_evidence::wire::certificates::Requester;

use crate::oidc::{Holder, Refused, Run};

/// Refuses a request that says something else than its token. Where it says nothing there is nothing to refuse.
pub(super) fn check(requester: &Requester, run: &Run) -> Result<(), Refused> {
    let pairs = [
        ("account", &requester.github_user, run.actor()),
        ("workflow run", &requester.workflow_run, run.id()),
        ("commit", &requester.commit, run.commit()),
    ];
    let differs =
        |(_, said, signed): &(&'static str, &String, &str)| !NOTHING.contains(&said.as_str()) && said != signed;
    match pairs.into_iter().find(differs) {
        Some((what, said, signed)) => Err(Refused::Disagrees {
            what,
            said: said.chars().take(64).collect(),
            signed: signed.to_owned(),
        }),
        None => Ok(()),
    }
}

/// Refuses the token of another holder than the one who asks.
pub(super) fn check_holder(caller: &str, holder: &Holder) -> Result<(), Refused> {
    if holder.subject() == caller {
        return Ok(());
    }
    Err(Refused::Disagrees {
        what: "holder",
        said: caller.chars().take(64).collect(),
        signed: holder.subject().to_owned(),
    })
}

/// The requester of a run, as its token says it.
pub(super) fn verified(run: &Run) -> Requester {
    Requester {
        github_user: run.actor().to_owned(),
        workflow_run: run.id().to_owned(),
        commit: run.commit().to_owned(),
    }
}

/// What requesters write where they know nothing.
const NOTHING: [&str; 3] = ["", "local", "unknown"];
