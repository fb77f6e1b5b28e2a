//! One log, one history: what it says now is held against what was seen of it before and against every receipt.
//!
//! The order matters. The receipts are gathered first and the newest checkpoint is asked for afterwards, so that it has to begin with all of
//! them. Two things that belong to two histories cannot both be the beginning of one.

use std::collections::HashMap;

use certified_client::{Chronicle, ClientError};
use certified_evidence::Anchors;
use certified_evidence::log::{ConsistencyProof, TreeHead, TrustedHead};
use certified_verify::trust_state::{TrustStateRefusal, begins_with, believed};

use futures_util::{StreamExt as _, stream};

use super::{Demands, Fault, Inspection, Sources, Survey};

/// Holds all receipts of the survey against the log; nothing without a memory.
pub(super) async fn hold(survey: &mut Survey, sources: &Sources, demands: &mut Demands) {
    let (Some(state), Some(anchors)) = (&mut demands.state, &sources.anchors) else {
        return;
    };
    let Some(chronicle) = &sources.chronicle else {
        return alone(survey, state);
    };
    if anchors.logs.is_empty() {
        return;
    }
    let newest = match newest(chronicle, anchors, state).await {
        Ok(newest) => newest,
        Err(Doubt::Refused(refusal)) => return survey.faults.push(Fault::from(&refusal)),
        Err(Doubt::Unavailable(error)) => return silent(survey, &error),
    };
    let heads: HashMap<_, _> = survey
        .packages
        .iter()
        .filter_map(head)
        .map(|head| (key(head), head.clone()))
        .collect();
    let newest = &newest;
    let asking = stream::iter(heads).map(|(key, head)| async move { (key, extends(chronicle, newest, &head).await) });
    let answers: HashMap<_, Result<(), Doubt>> = asking.buffer_unordered(AT_ONCE).collect().await;
    for found in &mut survey.packages {
        let answer = head(found).and_then(|head| answers.get(&key(head)));
        match answer {
            Some(Err(Doubt::Refused(refusal))) => found.refuse(Fault::from(refusal)),
            Some(Err(Doubt::Unavailable(error))) => cannot(found, error),
            Some(Ok(())) | None => {}
        }
    }
}

/// The log's head in the receipt of a release that was verified.
fn head(found: &Inspection) -> Option<&TrustedHead> {
    found.known.as_ref()?.head.as_ref()
}

fn key(head: &TrustedHead) -> (String, TreeHead) {
    (head.origin().to_owned(), *head.head())
}

enum Doubt {
    Refused(TrustStateRefusal),
    Unavailable(ClientError),
}

impl From<TrustStateRefusal> for Doubt {
    fn from(refusal: TrustStateRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<ClientError> for Doubt {
    fn from(error: ClientError) -> Self {
        Self::Unavailable(error)
    }
}

/// The log's newest head, which begins with the one that was remembered, and is remembered from now on.
async fn newest(
    chronicle: &Chronicle,
    anchors: &Anchors,
    state: &mut certified_verify::trust_state::TrustState,
) -> Result<TrustedHead, Doubt> {
    let checkpoint = chronicle.checkpoint().await?;
    let newest = believed(&checkpoint, anchors)?;
    if let Some(pinned) = state.pinned(newest.origin()) {
        extends(chronicle, &newest, pinned).await?;
    }
    state.pin(checkpoint, anchors)?;
    Ok(newest)
}

async fn extends(chronicle: &Chronicle, later: &TrustedHead, earlier: &TrustedHead) -> Result<(), Doubt> {
    let (from, to) = (earlier.head().size(), later.head().size());
    let nothing = || ConsistencyProof::new(from, to, Vec::new());
    // Nobody has to prove that a size is itself, and nothing can prove that a log has shrunk.
    let proof = if from < to && later.origin() == earlier.origin() {
        chronicle.consistency(from, to).await?.unwrap_or_else(nothing)
    } else {
        nothing()
    };
    Ok(begins_with(later, earlier, &proof)?)
}

/// Without the log, a receipt of just the remembered size can be compared; the others are left open, and say so.
fn alone(survey: &mut Survey, state: &certified_verify::trust_state::TrustState) {
    for found in &mut survey.packages {
        let Some(head) = head(found) else { continue };
        let size = head.head().size();
        match state
            .pinned(head.origin())
            .filter(|pinned| pinned.head().size() == size)
        {
            Some(pinned) => {
                let same = begins_with(pinned, head, &ConsistencyProof::new(size, size, Vec::new()));
                if let Err(refusal) = same {
                    found.refuse(Fault::from(&refusal));
                }
            }
            None => found.remarks.push(UNASKED.to_owned()),
        }
    }
}

fn silent(survey: &mut Survey, error: &ClientError) {
    let logged = |found: &&mut Inspection| head(found).is_some();
    survey
        .packages
        .iter_mut()
        .filter(logged)
        .for_each(|found| cannot(found, error));
}

fn cannot(found: &mut Inspection, error: &ClientError) {
    found.verdict = certified_verify::Verdict::CannotJudge;
    found.reason = Some(format!("the log cannot be held to what it said before: {error}"));
    (found.unavailable, found.known) = (true, None);
}

/// Proofs at a time.
const AT_ONCE: usize = 24;
const UNASKED: &str = "its receipt was not held against the trust state, because the log may not be asked";
