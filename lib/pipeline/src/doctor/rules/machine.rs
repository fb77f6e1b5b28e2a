//! What this machine means for a run.

use super::{fine, note};
use crate::doctor::{Examination, Machine};

/// The job, the tree and the programs.
pub(in crate::doctor) fn machine(machine: &Machine) -> Vec<Examination> {
    vec![identity(machine), tree(machine), node(machine), manager(machine)]
}

fn identity(machine: &Machine) -> Examination {
    match (machine.on_runner, machine.id_token) {
        (false, _) => note("identity", "no runner: nothing but the token says who publishes", None),
        (true, true) => fine("identity", "the job may have identity tokens"),
        (true, false) => note(
            "identity",
            "the job may not have identity tokens",
            Some("add to the job `permissions: { contents: read, id-token: write }`".into()),
        ),
    }
}

fn tree(machine: &Machine) -> Examination {
    match (&machine.commit, machine.changed) {
        (None, _) => note(
            "commit",
            "not known: the evidence will name none",
            Some("publish from a checkout of git".into()),
        ),
        (Some(commit), Some(0)) => fine("commit", format!("{commit}, and nothing differs from it")),
        (Some(commit), Some(changed)) => note(
            "commit",
            format!("{commit}, and {changed} files differ from it"),
            Some("commit or remove what `git status` names: the evidence will speak of the commit".into()),
        ),
        (Some(commit), None) => fine("commit", commit),
    }
}

fn node(machine: &Machine) -> Examination {
    match &machine.node {
        Some(version) => fine("node", version),
        None => note(
            "node",
            "not found",
            Some("install Node if the package has scripts".into()),
        ),
    }
}

fn manager(machine: &Machine) -> Examination {
    match &machine.manager {
        Some((name, Some(version))) => fine("packages", format!("{name} {version}")),
        Some((name, None)) => note(
            "packages",
            format!("{name} is not found"),
            Some(format!("install {name} if the package has scripts")),
        ),
        None => note("packages", "which package manager is not known", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_without_identity_is_told_which_permission_to_add() {
        let machine = Machine {
            on_runner: true,
            ..Machine::default()
        };
        assert!(identity(&machine).help.unwrap().contains("id-token: write"));
    }
}
