//! How a tarball was built (SLSA build provenance v1). There are two kinds of builds here, and a third is not read:
//!
//! | build type | who says so |
//! |---|---|
//! | [`Provenance::GITHUB_WORKFLOW`] | the certificate's issuer, who checked the run's identity token; in the form that npm's own command line writes |
//! | [`Provenance::CLAIMED_RUN`] | the run itself, and nobody vouches for it |
//!
//! Spec: <https://slsa.dev/spec/v1.0/provenance>.

mod claimed;
mod github;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::claimed::{ClaimedBuild, ClaimedContext, ClaimedParameters, ClaimedRun};
pub use self::github::{ExternalParameters, GithubContext, InternalParameters, MissingClaim, Workflow, WorkflowBuild};
use crate::digest::Digest;
use crate::time::Timestamp;

/// What was built from what, and by whom.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// What went in.
    pub build_definition: BuildDefinition,
    /// Who did it, when.
    pub run_details: RunDetails,
}

impl Provenance {
    /// The predicate type.
    pub const TYPE: &str = "https://slsa.dev/provenance/v1";
}

/// What went into a build.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildDefinition {
    /// What kind of build it was, and its parameters: `buildType`, `externalParameters` and `internalParameters`.
    #[serde(flatten)]
    pub build: Build,
    /// What was fetched: the commit first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolved_dependencies: Vec<ResourceDescriptor>,
}

/// The kinds of builds, by their `buildType`. A build of another type is refused when this is read, and so is a parameter that the type does
/// not have: whoever does not know what it means cannot say that it is harmless.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "buildType")]
#[non_exhaustive]
pub enum Build {
    /// A workflow of GitHub Actions, [`Provenance::GITHUB_WORKFLOW`].
    #[serde(rename = "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1")]
    Workflow(WorkflowBuild),
    /// A run that nobody vouches for, [`Provenance::CLAIMED_RUN`].
    #[serde(rename = "https://github.com/chittyos/certified-publish#claimed-run-v1")]
    Claimed(ClaimedBuild),
}

impl Build {
    /// How the parameters are to be read, a URI.
    pub const fn build_type(&self) -> &'static str {
        match self {
            Self::Workflow(_) => Provenance::GITHUB_WORKFLOW,
            Self::Claimed(_) => Provenance::CLAIMED_RUN,
        }
    }
}

/// Something that a build used or made.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ResourceDescriptor {
    /// What to call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is: `git+https://github.com/acme/widgets@refs/tags/v1.2.3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Its digests in hex, by the name of the algorithm: `gitCommit`, `sha256`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub digest: BTreeMap<String, String>,
    /// What else there is to say about it, each under its own name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, Value>,
}

impl ResourceDescriptor {
    /// The annotation of a certified tarball that names its archived copy: `bucket/key`.
    pub const ARCHIVED_AT: &str = "archivedAt";
    /// The annotation of a certified tarball that names the npm whose rules selected its files: `npm 12`.
    pub const PACKED_BY: &str = "packedBy";

    /// A file, by its name and the SHA-256 of its bytes.
    pub fn file(name: impl Into<String>, sha256: &Digest) -> Self {
        Self {
            name: Some(name.into()),
            uri: None,
            digest: BTreeMap::from([("sha256".to_owned(), sha256.hex())]),
            annotations: BTreeMap::new(),
        }
    }

    /// The same with something more to say.
    #[must_use]
    pub fn annotated(mut self, name: &str, said: impl Into<String>) -> Self {
        self.annotations.insert(name.to_owned(), Value::String(said.into()));
        self
    }
}

/// Who built, when, and what else came of it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RunDetails {
    /// Who is answerable for all of this.
    pub builder: Builder,
    /// Which run it was.
    pub metadata: BuildMetadata,
    /// What came of it besides the subject.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub byproducts: Vec<ResourceDescriptor>,
}

/// Who is answerable for a build.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Builder {
    /// The workflow whose code signs: `https://github.com/acme/release/.github/workflows/certified.yml@refs/tags/v1`. For a run that nobody
    /// vouches for there is none, and [`Provenance::CLAIMED_RUN`] stands here.
    pub id: String,
}

/// Which run it was.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildMetadata {
    /// The run and the attempt: `https://github.com/acme/widgets/actions/runs/1/attempts/1`; what the run calls itself when nobody vouches.
    pub invocation_id: String,
    /// When the build began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_on: Option<Timestamp>,
    /// When the build was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_on: Option<Timestamp>,
}
