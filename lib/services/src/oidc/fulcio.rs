//! A run in the words of a certificate.
//!
//! Spec: <https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md>

use certified_evidence::certificate::{Claim, ClaimError, WorkflowClaims};

use super::claims::Run;

impl Run {
    /// Who signs, as certificates name it: the workflow whose job asks,
    /// `https://github.com/acme/widgets/.github/workflows/release.yml@refs/tags/v1.2.3`.
    pub(crate) fn identity(&self) -> String {
        self.address(&self.claims.job_workflow_ref)
    }

    /// Everything that a certificate tells about it. The first six are written as older verifiers read them.
    pub(crate) fn certified(&self) -> Result<WorkflowClaims, ClaimError> {
        let claims = &self.claims;
        let text = |text: &String| Some(text.clone());
        let facts = [
            (Claim::BareIssuer, text(&claims.iss)),
            (Claim::BareTrigger, text(&claims.event_name)),
            (Claim::BareSha, text(&claims.sha)),
            (Claim::BareWorkflowName, text(&claims.workflow)),
            (Claim::BareRepository, text(&claims.repository)),
            (Claim::BareRef, text(&claims.reference)),
            (Claim::Issuer, text(&claims.iss)),
            (Claim::BuildSignerUri, Some(self.identity())),
            (Claim::BuildSignerDigest, claims.job_workflow_sha.clone()),
            (Claim::RunnerEnvironment, text(&claims.runner_environment)),
            (Claim::SourceRepositoryUri, Some(self.address(&claims.repository))),
            (Claim::SourceRepositoryDigest, text(&claims.sha)),
            (Claim::SourceRepositoryRef, text(&claims.reference)),
            (Claim::SourceRepositoryIdentifier, text(&claims.repository_id)),
            (
                Claim::SourceRepositoryOwnerUri,
                Some(self.address(&claims.repository_owner)),
            ),
            (
                Claim::SourceRepositoryOwnerIdentifier,
                text(&claims.repository_owner_id),
            ),
            (Claim::BuildConfigUri, Some(self.address(&claims.workflow_ref))),
            (Claim::BuildConfigDigest, claims.workflow_sha.clone()),
            (Claim::BuildTrigger, text(&claims.event_name)),
            (Claim::RunInvocationUri, Some(self.page())),
            (Claim::SourceRepositoryVisibility, claims.repository_visibility.clone()),
            (Claim::DeploymentEnvironment, claims.environment.clone()),
            (Claim::TokenSubject, text(&claims.sub)),
        ];
        let known = facts.into_iter().filter_map(|(claim, text)| Some((claim, text?)));
        known
            .into_iter()
            .try_fold(WorkflowClaims::default(), |claims, (claim, text)| {
                claims.with(claim, text)
            })
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.server)
    }
}
