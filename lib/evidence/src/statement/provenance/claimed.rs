//! A build by a run that nobody vouches for: one on a developer's machine, or one whose certificate names no workflow because its issuer
//! verified none.
//!
//! ```json
//! {
//!   "buildType": "https://github.com/chittyos/certified-publish#claimed-run-v1",
//!   "externalParameters": { "repository": "acme/widgets", "commit": "c0ffee…" },
//!   "internalParameters": { "machinery": "local", "actor": "octo" }
//! }
//! ```
//!
//! All of it is what the run says about itself. The signature proves that the holder of the release's certificate said it, which is what a
//! reader may want to know after an incident; it is no ground for trust, and the `builder` is nobody.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Build, BuildDefinition, BuildMetadata, Builder, Provenance, ResourceDescriptor, RunDetails};

impl Provenance {
    /// The build type of a run that nobody vouches for, and the name of its builder.
    pub const CLAIMED_RUN: &str = "https://github.com/chittyos/certified-publish#claimed-run-v1";

    /// What a run says about itself. Moments and by-products are for the caller to add.
    pub fn of_claimed_run(run: ClaimedRun) -> Self {
        let commit = run.commit.as_ref().map(|commit| ResourceDescriptor {
            name: Some("commit".to_owned()),
            uri: None,
            digest: BTreeMap::from([("gitCommit".to_owned(), commit.clone())]),
            annotations: BTreeMap::new(),
        });
        Self {
            build_definition: BuildDefinition {
                build: Build::Claimed(ClaimedBuild {
                    external_parameters: ClaimedParameters {
                        repository: run.repository,
                        commit: run.commit,
                    },
                    internal_parameters: ClaimedContext {
                        machinery: run.machinery,
                        actor: run.actor,
                    },
                }),
                resolved_dependencies: commit.into_iter().collect(),
            },
            run_details: RunDetails {
                builder: Builder {
                    id: Self::CLAIMED_RUN.to_owned(),
                },
                metadata: BuildMetadata {
                    invocation_id: run.id,
                    started_on: None,
                    finished_on: None,
                },
                byproducts: Vec::new(),
            },
        }
    }
}

/// What a run says about itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClaimedRun {
    /// What it calls itself: the number of a workflow run, or `local`.
    pub id: String,
    /// The repository, `acme/widgets`, if it names one.
    pub repository: Option<String>,
    /// The commit in hex, if it names one.
    pub commit: Option<String>,
    /// What it runs on: `github-actions` or `local`.
    pub machinery: String,
    /// The account that started it.
    pub actor: String,
}

/// The parameters of such a build.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimedBuild {
    /// What was asked to be built.
    pub external_parameters: ClaimedParameters,
    /// By whom, on what.
    pub internal_parameters: ClaimedContext,
}

/// What was asked to be built, as the run says.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimedParameters {
    /// The repository: `acme/widgets`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The commit in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// By whom and on what it was built, as the run says.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimedContext {
    /// What it ran on: `github-actions` or `local`.
    pub machinery: String,
    /// The account that started it.
    pub actor: String,
}
