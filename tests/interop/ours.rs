//! Our own judgement of the same evidence, from the parts that the house has for it.

use certified_evidence::bundle::Content;
use certified_evidence::statement::Statement;
use certified_evidence::{Bundle, Digest, TrustRoot, sct, timestamp_token};
use certified_verify::check_certificate;
use serde_json::Value;

use crate::case::Case;
use crate::town::PACKAGE;

/// `accepts`, or `refuses:` and the part that tells.
pub(crate) fn verdict(case: &Case) -> String {
    match judge(case) {
        Ok(()) => "accepts".to_owned(),
        Err(part) => format!("refuses: {part}"),
    }
}

/// From the time to the certificate, from the certificate to the signature, from the signature to what it is about.
fn judge(case: &Case) -> Result<(), &'static str> {
    let bundle = Bundle::parse(text(&case.bundle).as_bytes()).map_err(|_| "bundle")?;
    let root = TrustRoot::parse(text(&case.trust_root).as_bytes()).map_err(|_| "trust root")?;
    let signature = bundle.signature().map_err(|_| "bundle")?;
    let [timestamp] = bundle.timestamps.as_slice() else {
        return Err("timestamp");
    };
    let timestamped = timestamp_token::verify(timestamp, signature.as_bytes(), &root.timestamp_authorities);
    let at = timestamped.map_err(|_| "timestamp")?.at();

    let authority = root.certificate_authorities.first().ok_or("certificate")?;
    let chain = authority.chain().map_err(|_| "certificate")?;
    let anchors = root.anchors().map_err(|_| "certificate")?;
    let release = (&PACKAGE.0.parse().unwrap(), &PACKAGE.1.parse().unwrap());
    check_certificate(&bundle.certificate, &chain, release, &anchors, at).map_err(|_| "certificate")?;
    if bundle.certificate.uri_names() != [case.identity.clone()] {
        return Err("identity");
    }
    let issuer = bundle.certificate.claims().map_err(|_| "issuer")?;
    if issuer.get(certified_evidence::certificate::Claim::Issuer) != case.issuer.as_deref() {
        return Err("issuer");
    }
    sct::verify(&bundle.certificate, &chain[0], &root.ctlogs).map_err(|_| "certificate log")?;

    let key = bundle.certificate.public_key().map_err(|_| "certificate")?;
    let signed = match &bundle.content {
        Content::Message { .. } => {
            key.verify(&case.artifact, &signature).map_err(|_| "signature")?;
            Digest::of(&case.artifact)
        }
        Content::Envelope(envelope) => {
            let payload = envelope
                .verify(&key, Statement::PAYLOAD_TYPE)
                .map_err(|_| "signature")?;
            let statement = Statement::parse(payload).map_err(|_| "statement")?;
            statement.subject.check(&case.artifact).map_err(|_| "subject")?;
            statement.provenance().map_err(|_| "statement")?;
            Digest::of(&envelope.signed_bytes())
        }
    };
    let [entry] = bundle.log_entries.as_slice() else {
        return Err("log");
    };
    let entry = entry.verify(&anchors.logs, at).map_err(|_| "log")?;
    entry
        .check(signed, &signature, &bundle.certificate)
        .map_err(|_| "log entry")
}

fn text(json: &Value) -> String {
    json.to_string()
}
