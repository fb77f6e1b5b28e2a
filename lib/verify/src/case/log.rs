//! The question that the log answers, without being asked: is the event in it?

use certified_evidence::anchors::TrustedLog;
use certified_evidence::log::{Checkpoint, CheckpointError};
use certified_evidence::wire::chronicle::{Receipt, ReceiptRefusal};

use super::{Answer, Case, not_asked, passed};
use crate::Refusal;

impl Case<'_> {
    /// Anchors that name a log want a receipt: a release without one would be the way around the log. The time is that of the event, as
    /// the log itself recorded it.
    pub(crate) fn log(&self) -> Answer {
        let recorded = &self.evidence.event;
        let logs = &self.anchors.logs;
        let Some(receipt) = &recorded.receipt else {
            if logs.is_empty() {
                return not_asked("the anchors name no log, and the release carries no receipt");
            }
            return Err(Refusal::LogMissing {
                event: recorded.event.id.to_string(),
            });
        };
        receipt.is_about(&recorded.event).map_err(|refusal| unfit(&refusal))?;
        let included = receipt.included().map_err(|refusal| unfit(&refusal))?;
        if logs.is_empty() {
            return not_asked("the anchors name no log, so nobody says whose receipt this is");
        }
        self.accept_log(receipt)?;
        let (index, size) = (included.index(), included.head().size());
        passed(format!("entry {index} of {size} in {}", receipt.checkpoint.origin()))
    }

    /// A log of the anchors signed the checkpoint, and was trusted when the event was recorded.
    fn accept_log(&self, receipt: &Receipt) -> Result<(), Refusal> {
        let at = self.evidence.event.event.timestamp;
        let signed = |log: &&TrustedLog| receipt.checkpoint.verify(&log.key).is_ok();
        let signers: Vec<&TrustedLog> = self.anchors.logs.iter().filter(signed).collect();
        match signers.as_slice() {
            [] => Err(self.nobody_signed(&receipt.checkpoint)),
            signers if signers.iter().any(|log| log.valid_from <= at && at <= log.valid_until) => Ok(()),
            [log, ..] => Err(Refusal::LogNotInForce {
                log: log.key.name().to_string(),
                valid_from: log.valid_from,
                valid_until: log.valid_until,
                at,
            }),
        }
    }

    /// Says what is wrong with the signature under the log's name, where the anchors have that name.
    fn nobody_signed(&self, checkpoint: &Checkpoint) -> Refusal {
        let refusals: Vec<CheckpointError> = self
            .anchors
            .logs
            .iter()
            .filter_map(|log| checkpoint.verify(&log.key).err())
            .collect();
        let of_that_name = |refusal: &&CheckpointError| !matches!(refusal, CheckpointError::OtherOrigin { .. });
        let refusal = refusals.iter().find(of_that_name).or_else(|| refusals.first());
        Refusal::LogUnknown {
            why: refusal.map(ToString::to_string).unwrap_or_default(),
        }
    }
}

/// A receipt that contradicts the release or itself.
fn unfit(refusal: &ReceiptRefusal) -> Refusal {
    let why = refusal.to_string();
    match refusal {
        ReceiptRefusal::Proof(_) => Refusal::LogNotIncluded { why },
        _ => Refusal::LogOtherEvent { why },
    }
}
