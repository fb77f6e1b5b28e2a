//! A build by a workflow of GitHub Actions, as npm's own command line describes it.
//!
//! Spec: <https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1>

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Build, BuildDefinition, BuildMetadata, Builder, Provenance, ResourceDescriptor, RunDetails};
use crate::certificate::{Claim, WorkflowClaims};

impl Provenance {
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
            annotations: BTreeMap::new(),
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
                build: Build::Workflow(WorkflowBuild {
                    external_parameters: ExternalParameters { workflow },
                    internal_parameters: InternalParameters { github },
                }),
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

/// The parameters of such a build.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowBuild {
    /// What an outsider decided; a verifier checks all of it.
    pub external_parameters: ExternalParameters,
    /// What the platform decided.
    pub internal_parameters: InternalParameters,
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
