//! What a bundle's signature is over.

use certified_evidence::bundle::Content;
use certified_evidence::dsse::DsseError;
use certified_evidence::statement::{Statement, StatementError};
use certified_evidence::{Bundle, Digest, PublicKey};

use crate::Refusal;

/// Checks the signature with the certificate's key: over the file, or over the envelope in the bundle. What the envelope says is then for
/// [`statement`].
pub(crate) fn check_signature(bundle: &Bundle, of: &'static str, file: &[u8]) -> Result<(), Refusal> {
    let key = key(bundle)?;
    let invalid = |why: String| Refusal::SignatureInvalid { which: of, why };
    match &bundle.content {
        Content::Message { digest, signature } => {
            // First, because it says more: a signature that does not hold may be over anything.
            let found = Digest::of(file);
            if *digest != found {
                return Err(Refusal::BundleOtherSubject {
                    expected: found.to_string(),
                    found: digest.to_string(),
                });
            }
            key.verify(file, signature).map_err(|e| invalid(e.to_string()))
        }
        Content::Envelope(envelope) => match envelope.verify(&key, Statement::PAYLOAD_TYPE) {
            Ok(_) => Ok(()),
            Err(error @ DsseError::OtherType { .. }) => Err(other_statement(&error)),
            Err(error) => Err(invalid(error.to_string())),
        },
    }
}

/// The statement of an envelope, when it is about this file. Its by-products are the signer's own business. There is none when the
/// signature is over the file itself.
pub(crate) fn statement(bundle: &Bundle, file: &[u8]) -> Result<Option<Statement>, Refusal> {
    let Content::Envelope(envelope) = &bundle.content else {
        return Ok(None);
    };
    let payload = envelope
        .verify(&key(bundle)?, Statement::PAYLOAD_TYPE)
        .map_err(|e| other_statement(&e))?;
    let statement = Statement::parse(payload).map_err(|e| other_statement(&e))?;
    statement.subject.check(file).map_err(|error| match error {
        StatementError::OtherSubject {
            expected,
            sha256,
            sha512,
        } => Refusal::BundleOtherSubject {
            expected: expected.to_string(),
            found: sha256
                .map(|digest| digest.to_string())
                .into_iter()
                .chain(sha512.map(|digest| digest.to_string()))
                .collect::<Vec<_>>()
                .join(" and "),
        },
        error => other_statement(&error),
    })?;
    Ok(Some(statement))
}

/// An envelope that does not say what it has to.
fn other_statement(why: &dyn std::error::Error) -> Refusal {
    Refusal::BundleOtherStatement { why: why.to_string() }
}

fn key(bundle: &Bundle) -> Result<PublicKey, Refusal> {
    bundle
        .certificate
        .public_key()
        .map_err(|e| Refusal::CertificateUnreadable { why: e.to_string() })
}
