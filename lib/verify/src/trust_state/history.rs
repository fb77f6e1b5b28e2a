//! One log, one history.

use certified_evidence::Anchors;
use certified_evidence::log::{Checkpoint, ConsistencyProof, TrustedHead};

use super::TrustStateRefusal;

/// The head that a log of the anchors signed. A key that was retired counts: what it signed stays what the log said.
///
/// # Errors
/// [`TrustStateRefusal::UnknownLog`].
pub fn believed(checkpoint: &Checkpoint, anchors: &Anchors) -> Result<TrustedHead, TrustStateRefusal> {
    let signed = anchors.logs.iter().find_map(|log| checkpoint.verify(&log.key).ok());
    signed.ok_or_else(|| TrustStateRefusal::UnknownLog {
        origin: checkpoint
            .origin()
            .chars()
            .take(200)
            .flat_map(char::escape_debug)
            .collect(),
    })
}

/// Checks that a log at a later head still begins with everything it had at an earlier one. Both were signed by it.
///
/// Everything that was ever seen of a log, in a memory or in a receipt, is held against one newest head: if two things that were seen
/// belong to two histories, that head can begin with one of them at most.
///
/// # Errors
/// [`TrustStateRefusal::OtherLog`], [`TrustStateRefusal::Shrunk`] and [`TrustStateRefusal::SplitView`].
pub fn begins_with(
    later: &TrustedHead,
    earlier: &TrustedHead,
    proof: &ConsistencyProof,
) -> Result<(), TrustStateRefusal> {
    if later.origin() != earlier.origin() {
        return Err(TrustStateRefusal::OtherLog {
            expected: earlier.origin().to_owned(),
            found: later.origin().to_owned(),
        });
    }
    if earlier.head().size() > later.head().size() {
        return Err(TrustStateRefusal::shrunk(earlier, later));
    }
    let split = |why: String| TrustStateRefusal::SplitView {
        origin: later.origin().to_owned(),
        from: earlier.head().size(),
        to: later.head().size(),
        why,
    };
    let proven = proof.verify(earlier.head(), later.head());
    proven.map(drop).map_err(|refusal| split(refusal.to_string()))
}
