//! The question that timestamp authorities answer, without being asked: when were the signatures there?

use certified_evidence::{Anchors, Certificate, Evidence, Timestamp};

use super::{Answer, Case, not_asked, passed};
use crate::Refusal;
use crate::bundle::{Times, times};

/// The times at which the signatures of a release were there.
pub(crate) struct Witnessed {
    /// That over the certified tarball.
    certified: Times,
    /// All three.
    pub(crate) all: Times,
}

/// Anchors that name an authority of time want a timestamp of each signature: a release without one would be the way around the authority.
/// Nothing when they name none.
pub(crate) fn witnessed(evidence: &Evidence, anchors: &Anchors) -> Result<Option<Witnessed>, Refusal> {
    if anchors.timestamp_authorities.is_empty() {
        return Ok(None);
    }
    let Some(bundles) = &evidence.bundles else {
        return Err(Refusal::TimestampMissing { of: CERTIFIED });
    };
    let certified = times(&bundles.certified, CERTIFIED, anchors)?;
    let published = times(&bundles.published, PUBLISHED, anchors)?;
    let provenance = times(&bundles.provenance, PROVENANCE, anchors)?;
    Ok(Some(Witnessed {
        all: Times::of_all([&certified, &published, &provenance]),
        certified,
    }))
}

impl Case<'_> {
    /// What the evidence says about the time is worth nothing beside the authority's word. It has to be near it all the same: it is what
    /// people read.
    pub(crate) fn timestamp(&self) -> Answer {
        let Some(witnessed) = self.witnessed.as_ref().map_err(Clone::clone)? else {
            return not_asked("the anchors name no authority of time");
        };
        let (expected, found) = (witnessed.certified.first(), self.evidence.signed_at);
        if expected.unix().abs_diff(found.unix()) > TOLERANCE {
            return Err(Refusal::TimestampOtherTime {
                expected,
                found,
                tolerance: TOLERANCE,
            });
        }
        passed(format!("three signatures, {}", witnessed.all))
    }

    /// The times by which certificate and authorities are judged: those of the authorities of time when there are any. Without them that of
    /// signing, as the signer's clock had it, and that of the event, unless an earlier run left the event.
    pub(super) fn times(&self, certificate: &Certificate) -> Vec<Timestamp> {
        if let Ok(Some(witnessed)) = &self.witnessed {
            return witnessed.all.all().collect();
        }
        let event = (!self.recorded_by_an_earlier_run(certificate)).then_some(self.evidence.event.event.timestamp);
        std::iter::once(self.evidence.signed_at).chain(event).collect()
    }
}

/// What the three signatures are over, in messages.
pub(super) const CERTIFIED: &str = "certified tarball";
pub(super) const PUBLISHED: &str = "published tarball";
pub(super) const PROVENANCE: &str = "provenance";

/// Seconds. Between the signature and its timestamp there is one request; the rest is for clocks.
const TOLERANCE: u64 = 60 * 60;
