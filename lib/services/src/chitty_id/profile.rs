//! What stands in the certificate of a release.

use certified_evidence::certificate::{LeafProfile, SerialNumber, WorkflowClaims};
use certified_evidence::wire::certificates::IssueRequest;
use certified_evidence::{ChittyId, PublicKey, Timestamp};

use crate::oidc::{Holder, Run};
use crate::randomness;
use crate::refusal::Refusal;

/// The release, and nothing that the requester says about its workflow: nobody has verified it.
pub(super) fn of_release(
    asked: &IssueRequest,
    identity: &ChittyId,
    public_key: &PublicKey,
    (not_before, lifetime): (Timestamp, u64),
) -> LeafProfile {
    LeafProfile {
        common_name: identity.to_string(),
        san_uri: Some(format!("{}@{}", asked.package_name.purl(), asked.version)),
        release: None,
        public_key: public_key.clone(),
        not_before,
        not_after: not_before.plus_seconds(lifetime),
        serial: SerialNumber::random(&mut randomness::system()),
        claims: WorkflowClaims::default(),
    }
}

/// The same release, asked for by this run: its workflow takes the release's place as the name, and the release gets one of its own.
pub(super) fn of_workflow(profile: LeafProfile, run: &Run) -> Result<LeafProfile, Refusal> {
    Ok(LeafProfile {
        release: profile.san_uri,
        san_uri: Some(run.identity()),
        claims: run.certified().map_err(|cause| Refusal::invalid(cause.to_string()))?,
        ..profile
    })
}

/// The same release, asked for by the holder of a credential: it keeps its name, which stands in the extension as well, because a certificate
/// that says who vouched says for which release.
pub(super) fn of_holder(profile: LeafProfile, holder: &Holder) -> Result<LeafProfile, Refusal> {
    Ok(LeafProfile {
        release: profile.san_uri.clone(),
        claims: holder
            .certified()
            .map_err(|cause| Refusal::invalid(cause.to_string()))?,
        ..profile
    })
}
