//! How a tarball was built (SLSA build provenance v1), in the form that npm's own command line writes for GitHub Actions.
//!
//! Spec: <https://slsa.dev/spec/v1.0/provenance> and
//! <https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1>.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::certificate::{Claim, WorkflowClaims};
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

    /// The build type of a GitHub Actions workflow.
    pub const GITHUB_WORKFLOW: &str = "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1";

    /// The provenance of the run that a certificate was issued to, in the words of the certificate: what a verifier then compares with
    /// it is equal. Moments and by-products are for the caller to add.
    ///
    /// # Errors
    /// [`MissingClaim`] for the first fact that the certificate does not tell.
    pub fn of_run(claims: &WorkflowClaims) -> Result<Self, MissingClaim> {
        let told = |claim: Claim| claims.get(claim).map(str::to_owned).ok_or(MissingClaim { claim });
        let repository = told(Claim::SourceRepositoryUri)?;
        let reference = told(Claim::SourceRepositoryRef)?;
        let commit = ResourceDescriptor {
            name: None,
            uri: Some(format!("git+{repository}@{reference}")),
            digest: BTreeMap::from([("gitCommit".to_owned(), told(Claim::SourceRepositoryDigest)?)]),
        };
        let path = workflow_path(&told(Claim::BuildConfigUri)?, &repository).ok_or(MissingClaim {
            claim: Claim::BuildConfigUri,
        })?;
        let github = GithubContext {
            event_name: told(Claim::BuildTrigger)?,
            repository_id: told(Claim::SourceRepositoryIdentifier)?,
            repository_owner_id: told(Claim::SourceRepositoryOwnerIdentifier)?,
        };
        let workflow = Workflow {
            reference,
            repository,
            path,
        };
        Ok(Self {
            build_definition: BuildDefinition {
                build_type: Self::GITHUB_WORKFLOW.to_owned(),
                external_parameters: ExternalParameters { workflow },
                internal_parameters: InternalParameters { github },
                resolved_dependencies: vec![commit],
            },
            run_details: RunDetails {
                // The workflow that holds the signing key is what a verifier has to trust, not the machine below it.
                builder: Builder {
                    id: told(Claim::BuildSignerUri)?,
                },
                metadata: BuildMetadata {
                    invocation_id: told(Claim::RunInvocationUri)?,
                    started_on: None,
                    finished_on: None,
                },
                byproducts: Vec::new(),
            },
        })
    }
}

/// What went into a build.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildDefinition {
    /// How the rest is to be read, a URI.
    pub build_type: String,
    /// What an outsider decided; a verifier checks all of it.
    pub external_parameters: ExternalParameters,
    /// What the platform decided.
    pub internal_parameters: InternalParameters,
    /// What was fetched: the commit first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolved_dependencies: Vec<ResourceDescriptor>,
}

/// What an outsider decided about a build. A parameter of another name is refused when this is read: whoever does not know what it
/// means cannot say that it is harmless.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalParameters {
    /// The workflow that ran.
    pub workflow: Workflow,
}

/// A workflow in a repository.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// The git ref: `refs/tags/v1.2.3`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The repository's address: `https://github.com/acme/widgets`.
    pub repository: String,
    /// The file in the repository: `.github/workflows/release.yml`.
    pub path: String,
}

/// What the platform decided about a build.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct InternalParameters {
    /// What GitHub says about the run.
    pub github: GithubContext,
}

/// What GitHub says about a run.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GithubContext {
    /// What set the run off: `release`.
    pub event_name: String,
    /// The repository's number, which a renamed repository keeps.
    pub repository_id: String,
    /// The owner's number.
    pub repository_owner_id: String,
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
    /// The workflow whose code signs: `https://github.com/acme/release/.github/workflows/certified.yml@refs/tags/v1`.
    pub id: String,
}

/// Which run it was.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildMetadata {
    /// The run and the attempt: `https://github.com/acme/widgets/actions/runs/1/attempts/1`.
    pub invocation_id: String,
    /// When the build began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_on: Option<Timestamp>,
    /// When the build was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_on: Option<Timestamp>,
}

/// A fact that provenance needs and a certificate does not tell, or tells in another form.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected a certificate that tells {claim:?}, which provenance needs")]
pub struct MissingClaim {
    /// Which fact.
    pub claim: Claim,
}

/// The file of `https://github.com/acme/widgets/.github/workflows/release.yml@refs/tags/v1`. Folders and refs may contain an `@`, so
/// the ref is taken from where refs begin.
fn workflow_path(workflow: &str, repository: &str) -> Option<String> {
    let inside = workflow.strip_prefix(repository)?.strip_prefix('/')?;
    let (path, _) = inside.split_once("@refs/")?;
    Some(path.to_owned())
}
