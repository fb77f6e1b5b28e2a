//! Who could have seen a signature and its certificate: the logs that the anchors name.

use std::fmt;

use certified_evidence::anchors::{NotInForce, TrustedLog};
use certified_evidence::bundle::{TransparencyLogEntry, WitnessError};
use certified_evidence::hashed_rekord::HashedRekord;
use certified_evidence::sct::{self, Logged, SctError};
use certified_evidence::{Anchors, Bundle, Certificate};

use super::Times;
use crate::Refusal;

/// Where a signature stands in a log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Recorded {
    pub(crate) log: String,
    pub(crate) index: u64,
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {} in {}", self.index, self.log)
    }
}

/// A log of certificates has seen this one, and had to when its life had begun and was not over.
pub(crate) fn check_logged(
    certificate: &Certificate,
    issuer: &Certificate,
    anchors: &Anchors,
) -> Result<Logged, Refusal> {
    let of = CERTIFICATE;
    let logged = sct::verify(certificate, issuer, &anchors.certificate_logs).map_err(|error| match error {
        SctError::Absent => Refusal::TransparencyMissing { of },
        SctError::UnknownLog { .. } => Refusal::TransparencyUnknownLog {
            of,
            why: error.to_string(),
        },
        SctError::NotInForce(refused) => not_in_force(of, &refused),
        error => Refusal::TransparencyNotProven {
            of,
            why: error.to_string(),
        },
    })?;
    let (not_before, not_after, at) = (certificate.not_before(), certificate.not_after(), logged.at());
    if at < not_before || not_after < at {
        return Err(Refusal::TransparencyOutsideLife {
            not_before,
            not_after,
            at,
        });
    }
    Ok(logged)
}

/// Every entry of a known log is about this signature by this certificate, and there is one. Answers with the first.
pub(crate) fn check_entries(
    bundle: &Bundle,
    of: &'static str,
    anchors: &Anchors,
    times: &Times,
) -> Result<Recorded, Refusal> {
    let mut first = None;
    let mut unknown = None;
    for entry in &bundle.log_entries {
        match check_entry(entry, &anchors.logs, times) {
            Ok(record) => {
                check_about(&record, bundle, of)?;
                check_no_promise(entry, of)?;
                let log = anchors.logs.iter().find(|log| log.key.log_id() == &entry.log_id.key_id);
                first = first.or(log.map(|log| Recorded {
                    log: log.key.name().to_string(),
                    index: entry.log_index,
                }));
            }
            Err(error @ WitnessError::UnknownLog { .. }) => unknown = unknown.or(Some(refused(of, &error))),
            Err(error) => return Err(refused(of, &error)),
        }
    }
    first.ok_or_else(|| unknown.unwrap_or(Refusal::TransparencyMissing { of }))
}

/// The log was trusted at every one of the times; each reading is of the same entry.
fn check_entry(entry: &TransparencyLogEntry, logs: &[TrustedLog], times: &Times) -> Result<HashedRekord, WitnessError> {
    for at in times.all() {
        entry.verify(logs, at)?;
    }
    entry.verify(logs, times.first())
}

/// Logs of today write no time, or 0.
fn check_no_promise(entry: &TransparencyLogEntry, of: &'static str) -> Result<(), Refusal> {
    if entry.inclusion_promise.is_none() && entry.integrated_time.unwrap_or(0) == 0 {
        return Ok(());
    }
    let why = "expected a proof of inclusion alone, found a promise or a time that nothing here can check".to_owned();
    Err(Refusal::TransparencyNotProven { of, why })
}

fn check_about(record: &HashedRekord, bundle: &Bundle, of: &'static str) -> Result<(), Refusal> {
    let signature = bundle
        .signature()
        .map_err(|e| Refusal::BundleUnreadable { why: e.to_string() })?;
    record
        .check(bundle.content.signed_digest(), &signature, &bundle.certificate)
        .map_err(|e| Refusal::TransparencyOtherEntry { of, why: e.to_string() })
}

fn refused(of: &'static str, error: &WitnessError) -> Refusal {
    let why = error.to_string();
    match error {
        WitnessError::UnknownLog { .. } => Refusal::TransparencyUnknownLog { of, why },
        WitnessError::NotInForce(refused) => not_in_force(of, refused),
        WitnessError::OtherKind { .. } | WitnessError::Entry(_) => Refusal::TransparencyOtherEntry { of, why },
        _ => Refusal::TransparencyNotProven { of, why },
    }
}

fn not_in_force(of: &'static str, refused: &NotInForce) -> Refusal {
    Refusal::TransparencyNotInForce {
        of,
        why: refused.to_string(),
    }
}

/// What the word of a log of certificates is about, in messages.
const CERTIFICATE: &str = "certificate";
