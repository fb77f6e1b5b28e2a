//! GitHub: who approved a release, and the places where its evidence is shown.
//!
//! Requests, pages and errors are octocrab's; the connection is ours ([`Transport`]): TLS 1.3, no redirect, limits of time and size, and a
//! token that goes to the configured address and nowhere else, whatever address an answer names.
//!
//! | question | route | permission |
//! |---|---|---|
//! | [`GitHub::approvals`] | `GET …/actions/runs/{run}/approvals` | `actions: read` |
//! | [`GitHub::pulls_with`] | `GET …/commits/{commit}/pulls` | `contents: read, pull-requests: read` |
//! | [`GitHub::reviews`] | `GET …/pulls/{number}/reviews` | `pull-requests: read` |
//! | [`GitHub::release`] | `GET …/releases/tags/{tag}` | `contents: read` |
//! | [`GitHub::attach`] | `POST …/releases/{id}/assets` | `contents: write` |
//! | [`GitHub::set_status`] | `POST …/statuses/{commit}` | `statuses: write` |

mod addresses;
mod assets;
mod model;
mod questions;
mod wire;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use certified_evidence::Secret;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};

use self::wire::Wire;
use crate::base_url::BaseUrl;
use crate::error::{Class, ClientError, Failure, Service};
use crate::patience::{MIB, Patience};
use crate::transport::Transport;

pub use self::assets::Attached;
pub use self::model::{Account, Approval, Asset, Environment, Pull, Release, Review, Status, StatusState};

/// A list of a hundred has some hundred kilobytes. What GitHub says is wanted and not needed, so it is not waited for long.
pub const GITHUB: Patience = Patience {
    timeout: Duration::from_secs(15),
    attempts: 2,
    largest_answer: 4 * MIB,
    ..Patience::SMALL
};

/// A file may be as large as a tarball.
pub const ATTACH: Patience = Patience {
    timeout: Duration::from_secs(300),
    ..GITHUB
};

/// Asks one repository's GitHub.
#[derive(Clone, Debug)]
pub struct GitHub {
    wire: Wire,
    repository: Repository,
}

/// A repository, for example `chittyos/certified-publish`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Repository {
    owner: String,
    name: String,
}

/// A text that names no repository.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a repository is written `owner/name`, found another text")]
pub struct RepositoryError;

/// A question that GitHub did not answer.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct GitHubError {
    /// What became of it.
    pub error: ClientError,
    /// The permissions of the workflow's token that it needs, as they are written in a workflow.
    pub needs: &'static str,
}

impl GitHub {
    /// A client for one repository. `base` is what `GITHUB_API_URL` says, also that of a GitHub Enterprise server.
    pub fn new(transport: Transport, base: BaseUrl, token: Secret<String>, repository: Repository) -> Self {
        let wire = Wire {
            transport,
            uploads: addresses::uploads(&base),
            base,
            token: Arc::new(token),
            patience: GITHUB,
            attach: ATTACH,
        };
        Self { wire, repository }
    }

    /// Other limits than [`GITHUB`] and [`ATTACH`].
    #[must_use]
    pub const fn with_patience(mut self, patience: Patience) -> Self {
        (self.wire.patience, self.wire.attach) = (patience, patience);
        self
    }

    /// octocrab over our wire. Its own queue lives as long as it does, in the runtime of whoever asks.
    fn octocrab(&self) -> Octocrab {
        let built = OctocrabBuilder::new_empty()
            .with_service(self.wire.clone())
            .with_auth(AuthState::None)
            .build();
        match built {
            Ok(octocrab) => octocrab,
            Err(impossible) => match impossible {},
        }
    }

    /// `/repos/{owner}/{name}/…`.
    fn route(&self, rest: &str) -> String {
        format!("/repos/{}/{}/{rest}", self.repository.owner, self.repository.name)
    }
}

impl GitHubError {
    fn of(needs: &'static str, error: octocrab::Error) -> Self {
        Self {
            error: wire::client_error(error),
            needs,
        }
    }

    /// The next thing to type or to add.
    pub fn advice(&self) -> String {
        match self.error.what {
            // GitHub hides what a token may not see.
            Failure::Forbidden(_) | Failure::NotFound(_) => {
                format!("add to the job: `permissions: {{ {} }}`", self.needs)
            }
            _ => self.error.advice(),
        }
    }

    /// What it means to whoever runs the program.
    pub const fn class(&self) -> Class {
        self.error.class()
    }
}

impl FromStr for Repository {
    type Err = RepositoryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |part: &str| {
            let letters = part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
            !part.is_empty() && part.len() <= 100 && letters && !part.chars().all(|c| c == '.')
        };
        match text.split_once('/') {
            Some((owner, name)) if plain(owner) && plain(name) => Ok(Self {
                owner: owner.to_owned(),
                name: name.to_owned(),
            }),
            _ => Err(RepositoryError),
        }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

const fn failed(what: Failure) -> ClientError {
    ClientError::new(Service::GitHub, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_two_plain_words_and_never_a_way_to_another_route() {
        for text in ["chittyos/certified-publish", "a/b.c_d"] {
            assert_eq!(text.parse::<Repository>().unwrap().to_string(), text);
        }
        for text in ["", "a", "a/", "/b", "a/b/c", "../b", "a/..", "a/b?x", "a/b%2f", "a b/c"] {
            assert_eq!(text.parse::<Repository>(), Err(RepositoryError), "{text}");
        }
    }
}
