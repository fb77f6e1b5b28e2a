//! The outputs of the action's step, found in what the commands answer as JSON. A token is none of them.

use certified_pipeline::Inspection;
use certified_verify::Verdict;
use serde_json::{Value, json};

use super::tables;
use crate::Done;

/// Name and value of every output that this run has.
pub(crate) fn outputs(done: &Done) -> Vec<(&'static str, String)> {
    match done {
        Done::Released(report) => of(&json!(report)),
        Done::Rehearsed(rehearsed) => of(&json!(rehearsed.report)),
        Done::Stepped(value) => of(value),
        Done::Surveyed(surveyed) => said(worst(&surveyed.found.packages)),
        Done::Judged(judged) => said(judged.verdict()),
        Done::Told(table) => tables::outputs(table),
        Done::Packed(_) | Done::Text(_) | Done::Lent(_) | Done::Served => Vec::new(),
    }
}

fn said(verdict: Verdict) -> Vec<(&'static str, String)> {
    vec![("verdict", verdict.as_str().to_owned())]
}

fn of(answer: &Value) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (name, places) in PLACES {
        let value = places
            .iter()
            .find_map(|place| answer.pointer(place))
            .and_then(Value::as_str);
        found.extend(value.map(|value| (name, value.to_owned())));
    }
    if let Some(result) = answer.get("result").and_then(Value::as_str) {
        found.push(("already_published", (result == "already-published").to_string()));
    }
    found
}

/// The worst of them: all others are at least as good.
fn worst(inspections: &[Inspection]) -> Verdict {
    let is_among = |verdict: &Verdict| inspections.iter().any(|found| found.verdict == *verdict);
    WORST_FIRST.into_iter().find(is_among).unwrap_or(Verdict::CannotJudge)
}

const WORST_FIRST: [Verdict; 4] = [
    Verdict::Refused,
    Verdict::CannotJudge,
    Verdict::Unsigned,
    Verdict::Verified,
];

/// Where an output stands: in the report of a whole release, in the answer of a single step, or in the evidence that an earlier run left.
const PLACES: [(&str, &[&str]); 16] = [
    ("result", &["/result"]),
    ("name", &["/name"]),
    ("version", &["/version"]),
    ("cert_id", &["/certificate/cert_id", "/facts/cert_id", "/cert_id"]),
    (
        "chitty_id",
        &["/certificate/chitty_id", "/facts/chitty_id", "/chitty_id"],
    ),
    (
        "fingerprint",
        &["/certificate/fingerprint", "/facts/fingerprint", "/fingerprint"],
    ),
    ("event_id", &["/event_ids/0", "/event/event/id", "/event/id"]),
    ("chronicle_url", &["/chronicle_url", "/event/chronicle_url"]),
    ("hash", &["/certified/sha256", "/sha256"]),
    ("integrity", &["/published/integrity", "/integrity"]),
    ("tarball_name", &["/certified/filename", "/filename"]),
    ("r2_location", &["/r2_location", "/archive/r2_location"]),
    ("reg_id", &["/reg_id"]),
    ("registry_url", &["/registry_url"]),
    ("npm_url", &["/npm_url"]),
    ("evidence", &["/evidence"]),
];

/// All of them.
#[cfg(test)]
pub(crate) const NAMES: [&str; 18] = [
    "result",
    "name",
    "version",
    "cert_id",
    "chitty_id",
    "fingerprint",
    "event_id",
    "chronicle_url",
    "hash",
    "integrity",
    "tarball_name",
    "r2_location",
    "reg_id",
    "registry_url",
    "npm_url",
    "evidence",
    "already_published",
    "verdict",
];
