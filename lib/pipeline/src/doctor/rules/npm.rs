//! What npm's answers mean for a run.

use certified_client::npm::Packument;
use certified_client::{ClientError, Failure};

use super::{STATUS, fine, note, of, wrong};
use crate::Project;
use crate::doctor::{Examination, Health, Machine};

/// What npm says about us and the package.
pub(in crate::doctor) struct NpmAccount<'a> {
    pub(in crate::doctor) project: &'a Project,
    pub(in crate::doctor) whoami: &'a Option<Result<String, ClientError>>,
    /// Whether npm gives a token for the identity of the run, where there is no other.
    pub(in crate::doctor) exchanged: &'a Option<Result<(), ClientError>>,
    pub(in crate::doctor) packument: &'a Result<Option<Packument>, ClientError>,
}

impl NpmAccount<'_> {
    /// Whether npm has the version.
    pub(in crate::doctor) fn version(&self) -> Examination {
        let (name, version) = (self.project.name(), self.project.version());
        match self.packument {
            Err(error) => wrong("npm version", error),
            Ok(None) => fine("npm version", format!("{name} is free: this will be its first version")),
            Ok(Some(packument)) if packument.manifest(version).is_some() => note(
                "npm version",
                format!("{name}@{version} is published"),
                Some(STATUS.into()),
            ),
            Ok(Some(_)) => fine("npm version", format!("{name}@{version} is free")),
        }
    }

    /// What lets us publish.
    pub(in crate::doctor) fn token(&self, machine: &Machine) -> Examination {
        let first = matches!(self.packument, Ok(None));
        match self.whoami {
            Some(Ok(account)) => fine("npm token", format!("npm knows it as {account}")),
            // A token that may only publish.
            Some(Err(error)) if matches!(error.what, Failure::Forbidden(_) | Failure::NotFound(_)) => {
                note("npm token", "npm does not say whose it is", None)
            }
            Some(Err(error)) => wrong("npm token", error),
            None if self.exchanged.is_some() => match self.exchanged {
                Some(Err(error)) => wrong("npm token", error),
                _ => fine("npm token", "npm gives one to this workflow, its trusted publisher"),
            },
            None if machine.id_token && !first => {
                note("npm token", "none: the job's identity can take its place", None)
            }
            None => {
                let line = if first {
                    "set NPM_TOKEN: npm knows trusted publishers of existing packages alone"
                } else {
                    "set NPM_TOKEN, or add to the job `permissions: { id-token: write }` and name it as a trusted publisher at npm"
                };
                of("npm token", Health::Wrong, "there is none", Some(line.into()), 30)
            }
        }
    }

    /// Whether the account is one that may publish, as far as npm tells everybody.
    pub(in crate::doctor) fn access(&self) -> Examination {
        match (self.whoami, self.packument) {
            (Some(Ok(account)), Ok(Some(packument))) if packument.is_maintained_by(account) => {
                fine("npm access", format!("{account} maintains {}", self.project.name()))
            }
            (Some(Ok(account)), Ok(Some(_))) => note(
                "npm access",
                format!(
                    "{account} is not named among the maintainers of {}",
                    self.project.name()
                ),
                Some("a team may let it publish all the same; else `npm owner add` does".into()),
            ),
            _ => note("npm access", "cannot be told before the first publish", None),
        }
    }
}
