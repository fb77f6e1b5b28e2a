//! Our own judgement of the same evidence.

use certified_evidence::Anchors;
use certified_verify::Refusal;
use certified_verify::bundle::{Issuer, Signer, judge, read};
use serde_json::Value;

use crate::case::Case;

/// `accepts`, or `refuses:` and the code.
pub(crate) fn verdict(case: &Case) -> String {
    let Ok(anchors) = Anchors::parse(text(&case.trust_root).as_bytes()) else {
        return "refuses: trust root".to_owned();
    };
    match judged(case, &anchors) {
        Ok(()) => "accepts".to_owned(),
        Err(refusal) => format!("refuses: {}", refusal.code()),
    }
}

fn judged(case: &Case, anchors: &Anchors) -> Result<(), Refusal> {
    let signer = Signer {
        identity: &case.identity,
        issuer: case.issuer.as_deref().map_or(Issuer::Nobody, Issuer::Named),
    };
    let bundle = read(text(&case.bundle).as_bytes())?;
    judge(&bundle, &case.artifact, &signer, anchors).outcome.map(|_| ())
}

fn text(json: &Value) -> String {
    json.to_string()
}
