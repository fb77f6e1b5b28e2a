//! One log, one history: what it says now is held against what was seen of it before and against every receipt.
//!
//! The order matters. The receipts are gathered first and the newest checkpoint is asked for afterwards, so that it has to begin with all of
//! them. Two things that belong to two histories cannot both be the beginning of one.

use std::collections::HashMap;

use certified_client::{Chronicle, ClientError};
use certified_evidence::Anchors;
use certified_evidence::log::{ConsistencyProof, TreeHead, TrustedHead};
use certified_verify::trust_state::{TrustStateRefusal, begins_with, believed};

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
    let mut answers: HashMap<TreeHead, Option<Fault>> = HashMap::new();
    for found in &mut survey.packages {
        let Some(head) = found.known.as_ref().and_then(|known| known.head.clone()) else {
            continue;
        };
        let answer = match answers.get(head.head()) {
            Some(answer) => answer.clone(),
            None => match extends(chronicle, &newest, &head).await {
                Ok(()) => None,
                Err(Doubt::Refused(refusal)) => Some(Fault::from(&refusal)),
                Err(Doubt::Unavailable(error)) => {
                    cannot(found, &error);
                    continue;
                }
            },
        };
        answers.insert(*head.head(), answer.clone());
        if let Some(fault) = answer {
            found.refuse(fault);
        }
    }
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
        let Some(head) = found.known.as_ref().and_then(|known| known.head.as_ref()) else {
            continue;
        };
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
    let logged = |found: &&mut Inspection| found.known.as_ref().is_some_and(|known| known.head.is_some());
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

const UNASKED: &str = "its receipt was not held against the trust state, because the log may not be asked";
