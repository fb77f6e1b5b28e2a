//! `trust-root`: whom the anchors trust, in the words of other verifiers.

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use certified_evidence::trust_root::{CertificateAuthority, TrustRootError, ValidFor};
use certified_evidence::{Certificate, Evidence, TrustRoot};
use certified_pipeline::InspectError;

use crate::args::{self, TrustFormat};
use crate::connect::anchors;
use crate::failure::Failure;

/// The document that was asked for.
pub(crate) fn text(asked: &args::TrustRoot) -> Result<String, Failure> {
    let anchors = anchors(asked.anchors.as_deref())?.ok_or(Failure::NoAnchors)?;
    let chain = match &asked.evidence {
        Some(path) => chain(path)?,
        None => Vec::new(),
    };
    let root = TrustRoot::of_anchors(&anchors, &chain)?;
    Ok(match asked.format {
        TrustFormat::Sigstore => root.to_json()?,
        TrustFormat::SigstoreClient => root.to_client_trust_config()?,
        TrustFormat::Pem => pem(&root.certificate_authorities)?,
        TrustFormat::TimestampPem => pem(&root.timestamp_authorities)?,
    })
}

/// The certificates between a root and this release.
fn chain(path: &Path) -> Result<Vec<Certificate>, Failure> {
    let file = if path.is_dir() {
        path.join("evidence.json")
    } else {
        path.to_owned()
    };
    let failed = |error| InspectError::Io {
        file: file.clone(),
        error,
    };
    let mut bytes = Vec::new();
    let mut source = fs::File::open(&file).map_err(failed)?.take(LARGEST_EVIDENCE + 1);
    source.read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST_EVIDENCE {
        let limit = LARGEST_EVIDENCE;
        return Err(InspectError::TooLarge { file, limit }.into());
    }
    let unreadable = |why: String| InspectError::Evidence {
        file: file.clone(),
        why,
    };
    let evidence: Evidence = serde_json::from_slice(&bytes).map_err(|e| unreadable(e.to_string()))?;
    let chain = evidence.certificate.chain.iter().map(|pem| Certificate::from_pem(pem));
    Ok(chain.collect::<Result<_, _>>().map_err(|e| unreadable(e.to_string()))?)
}

/// The root of each authority; those between it and what it signed are not trusted by themselves.
fn pem(authorities: &[CertificateAuthority]) -> Result<String, TrustRootError> {
    let mut text = String::new();
    for authority in authorities {
        let chain = authority.chain()?;
        let root = chain.last().ok_or(TrustRootError::NoCertificate)?;
        let ValidFor { start, end } = authority.valid_for;
        let name = root.common_name().unwrap_or("no name");
        // Writing to a String cannot fail.
        let _ = match end {
            Some(end) => writeln!(text, "# {name}: believed from {start} to {end}"),
            None => writeln!(text, "# {name}: believed from {start}"),
        };
        text += &root.to_pem();
    }
    Ok(text)
}

/// Bytes; evidence is a few kilobytes.
const LARGEST_EVIDENCE: u64 = 1024 * 1024;
