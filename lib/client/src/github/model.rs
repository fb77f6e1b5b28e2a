//! As much of GitHub's words as is looked at. What else an answer holds is passed over.

use certified_evidence::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody with an account.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Account {
    /// The account's name.
    pub login: String,
    /// `User`, `Bot`, `Organization` or `Mannequin`.
    #[serde(rename = "type", default)]
    pub kind: String,
}

impl Account {
    /// Whether it is a person's.
    pub fn is_person(&self) -> bool {
        self.kind == "User" && !self.login.ends_with("[bot]")
    }
}

/// Somebody's word on the environments that a run waited for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Approval {
    /// `approved`, `rejected` or `pending`.
    pub state: String,
    /// Who said it.
    #[serde(default)]
    pub user: Option<Account>,
    /// Which environments.
    #[serde(default)]
    pub environments: Vec<Environment>,
}

/// An environment of a workflow.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Environment {
    /// Its name.
    pub name: String,
}

/// A pull request.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// Who opened it.
    #[serde(default)]
    pub user: Option<Account>,
    /// When it was merged, if it was.
    #[serde(default)]
    pub merged_at: Option<Timestamp>,
    /// The commit that the merge made.
    #[serde(default)]
    pub merge_commit_sha: Option<String>,
}

/// One review of a pull request.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Review {
    /// Who wrote it.
    #[serde(default)]
    pub user: Option<Account>,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED` or `PENDING`.
    pub state: String,
    /// When.
    #[serde(default)]
    pub submitted_at: Option<Timestamp>,
    /// What the reviewer is to the repository, for example `MEMBER`.
    #[serde(default)]
    pub author_association: String,
}

/// A release of a tag.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Release {
    /// Its number.
    pub id: u64,
    /// Who made it.
    #[serde(default)]
    pub author: Option<Account>,
    /// When it was published, if it was.
    #[serde(default)]
    pub published_at: Option<Timestamp>,
}

/// A file of a release.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Asset {
    /// Its name.
    pub name: String,
    /// `uploaded`, or `open` when an upload broke off.
    #[serde(default)]
    pub state: String,
    /// `sha256:…`; absent from servers that do not keep it.
    #[serde(default)]
    pub digest: Option<String>,
}

/// A word on a commit.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// How it stands.
    pub state: StatusState,
    /// Where to read more.
    pub target_url: String,
    /// In a few words; GitHub takes 140 characters.
    pub description: String,
    /// Whose word it is.
    pub context: String,
}

/// How a commit stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum StatusState {
    /// Well.
    Success,
    /// Badly.
    Failure,
    /// Not known yet.
    Pending,
}
