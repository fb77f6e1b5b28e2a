//! What a request for a certificate has to be, and the names that its answer brings into the world.

use std::str::FromStr;

use certified_evidence::wire::certificates::IssueRequest;
use certified_evidence::{CertId, CertificateRequest, ChittyId, IdError, PackageName, PublicKey, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use crate::door::from_value;
use crate::randomness;
use crate::refusal::Refusal;

/// Reads a request. The kind comes first: a request for another kind of certificate has other fields.
pub(super) fn understand(asked: Value) -> Result<IssueRequest, Refusal> {
    if let Some(kind) = asked
        .get("type")
        .and_then(Value::as_str)
        .filter(|&kind| kind != "package")
    {
        let kind: String = kind.chars().take(40).collect();
        let reason = format!("expected a request for a certificate of type `package`, found `{kind}`");
        return Err(Refusal::Invalid {
            code: "UNSUPPORTED_CERTIFICATE_TYPE",
            reason,
        });
    }
    from_value(asked)
}

/// The key that the requester has proven to hold.
pub(super) fn proven_key(asked: &IssueRequest) -> Result<PublicKey, Refusal> {
    let refused = |reason: String| Refusal::Invalid {
        code: "INVALID_CSR",
        reason,
    };
    let request = CertificateRequest::parse(&asked.csr).map_err(|cause| refused(cause.to_string()))?;
    let key = request.verify().map_err(|cause| refused(cause.to_string()))?;
    match asked.key_algorithm {
        Some(said) if said != key.algorithm() => Err(refused(format!(
            "the request says its key is {said}, it is {}",
            key.algorithm()
        ))),
        _ => Ok(key.clone()),
    }
}

/// Seconds from the first to the last moment of a certificate's life: one year, or less when less was asked for.
pub(super) fn lifetime(asked: Option<u64>) -> Result<u64, Refusal> {
    match asked {
        Some(seconds) if seconds < SHORTEST_LIFE => Err(Refusal::invalid(format!(
            "a certificate lives at least {SHORTEST_LIFE} seconds, {seconds} were asked for"
        ))),
        Some(seconds) => Ok(seconds.min(LONGEST_LIFE)),
        None => Ok(LONGEST_LIFE),
    }
}

/// An identity that nobody has had before.
pub(super) fn fresh_identity(name: &PackageName) -> Result<ChittyId, Refusal> {
    parsed(&format!("chittyos.{}.{}", slug(name), Uuid::new_v4()))
}

/// A certificate's name that nobody has had before.
pub(super) fn fresh_cert_id(now: Timestamp) -> Result<CertId, Refusal> {
    let day = now.date().replace('-', "");
    parsed(&format!(
        "CERT-PKG-{day}-{}",
        randomness::base32(&mut randomness::system(), 8)
    ))
}

/// As much of a package's name as has room: a common name has at most 64 characters (RFC 5280, appendix A.1), of which the identity's
/// other parts take 46. The identity is told apart by its UUID, not by this.
fn slug(name: &PackageName) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let text: String = name
        .as_str()
        .trim_start_matches('@')
        .chars()
        .map(plain)
        .take(18)
        .collect();
    let trimmed = text.trim_matches('-');
    if trimmed.is_empty() {
        "package".to_owned()
    } else {
        trimmed.to_owned()
    }
}

fn parsed<T: FromStr<Err = IdError>>(text: &str) -> Result<T, Refusal> {
    text.parse().map_err(|cause: IdError| Refusal::Failed {
        code: "CERTIFICATE_ISSUANCE_FAILED",
        reason: cause.to_string(),
    })
}

const SHORTEST_LIFE: u64 = 10 * 60;
const LONGEST_LIFE: u64 = 365 * 24 * 60 * 60;
