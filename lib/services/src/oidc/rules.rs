//! What a token has to say besides being genuine.

use certified_evidence::{Digest, Timestamp};
use serde_json::json;

use super::Refused;
use super::claims::{Audience, Claims};
use crate::storage::UsedToken;

/// Seconds by which the clocks of an issuer and of this service may differ.
pub(super) const LEEWAY: u64 = 60;
/// Seconds after its making within which a token has to be handed in, whatever its own end: a run asks for one right before it needs it.
pub(super) const OLDEST: u64 = 10 * 60;

/// Holds the claims of a genuine token against the time and the one for whom it has to be.
pub(super) fn check(claims: &Claims, audience: &str, now: Timestamp) -> Result<(), Refused> {
    check_audience(&claims.aud, audience)?;
    check_moments(claims.moments(), now)?;
    claims.check_text()?;
    check_agreement(claims)?;
    check_event(claims)
}

/// What is remembered of a token that was used, until its own moments refuse it.
pub(super) fn used(issuer: &str, name: &str, moments: Moments) -> UsedToken {
    let end = moments.end.min(moments.made.saturating_add(OLDEST));
    UsedToken {
        // Of any length and of any characters; what is kept is neither.
        name: Digest::of(json!([issuer, name]).to_string().as_bytes()),
        forget_after: Timestamp::from_unix(end.saturating_add(2 * LEEWAY)),
    }
}

/// The moments in a token, as seconds.
#[derive(Clone, Copy)]
pub(super) struct Moments {
    /// `iat`
    pub(super) made: u64,
    /// `nbf`, or when it was made.
    pub(super) begin: u64,
    /// `exp`
    pub(super) end: u64,
}

impl Claims {
    pub(super) fn moments(&self) -> Moments {
        Moments {
            made: self.iat,
            begin: self.nbf.unwrap_or(self.iat).max(self.iat),
            end: self.exp,
        }
    }
}

pub(super) fn check_audience(found: &Audience, expected: &str) -> Result<(), Refused> {
    match found.only() {
        Some(found) if found == expected => Ok(()),
        found => Err(Refused::Audience {
            expected: expected.to_owned(),
            found: found.unwrap_or("several").chars().take(80).collect(),
        }),
    }
}

pub(super) fn check_moments(moments: Moments, now: Timestamp) -> Result<(), Refused> {
    let (end, made) = (Timestamp::from_unix(moments.end), Timestamp::from_unix(moments.made));
    let begin = Timestamp::from_unix(moments.begin);
    let (now_early, now_late) = (now.unix().saturating_sub(LEEWAY), now.unix().saturating_add(LEEWAY));
    if moments.end <= now_early {
        return Err(Refused::Expired { end, now });
    }
    if begin.unix() > now_late {
        return Err(Refused::NotYet { begin, now });
    }
    if moments.made.saturating_add(OLDEST) <= now_early {
        return Err(Refused::TooOld { made, now });
    }
    Ok(())
}

/// The owner and the workflow of a run are those of its repository. The workflow whose job asks may be another repository's.
fn check_agreement(claims: &Claims) -> Result<(), Refused> {
    let below = |text: &str, above: &str| text.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
    let contradiction = |one, other| Err(Refused::Contradiction { one, other });
    let repository = &claims.repository;
    if !below(repository, &claims.repository_owner) || repository.split('/').count() != 2 {
        return contradiction("repository", "repository_owner");
    }
    if !below(&claims.workflow_ref, repository) {
        return contradiction("workflow_ref", "repository");
    }
    if !claims.workflow_ref.contains("@refs/") || !claims.job_workflow_ref.contains('@') {
        return Err(Refused::Claim { claim: "workflow_ref" });
    }
    Ok(())
}

fn check_event(claims: &Claims) -> Result<(), Refused> {
    if !EVENTS.contains(&claims.event_name.as_str()) {
        return Err(Refused::Event {
            event: claims.event_name.chars().take(40).collect(),
        });
    }
    // Only runs on pull requests have these, whatever they say set them off.
    let given = |reference: &Option<String>| reference.as_ref().is_some_and(|text| !text.is_empty());
    if given(&claims.head_ref) || given(&claims.base_ref) {
        return Err(Refused::PullRequest);
    }
    Ok(())
}

/// What only somebody who may write to the repository can set off, or the clock. Not among them: `pull_request`, `pull_request_target`,
/// `workflow_run` and `issue_comment`, with which strangers get their own words or their own code into a run.
const EVENTS: [&str; 4] = ["push", "release", "workflow_dispatch", "schedule"];
