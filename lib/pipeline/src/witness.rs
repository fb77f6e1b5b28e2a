//! The witnesses of a signature: an authority that says when it was there, and a log in which everybody can find it. With both it is a
//! bundle, which others can judge when neither we nor the services are there any more.
//!
//! The timestamp comes first, because it leaves nothing: a run that ends here has asked a question and lost the answer. What the log
//! takes it keeps, so it gets a signature only when the rest of the bundle is there. A run that ends after that leaves one entry about a
//! signature that nobody uses; the same signature again is the same entry, and another run has another key. Both may be asked again at any
//! time.
//!
//! Whose word counts is for the anchors to say. Where they name no authority of time there is nobody to ask, and the release goes out
//! without bundles, as it does with services that have neither. Where they name one, a service without it stops the release: no verifier
//! with these anchors would take it.

use certified_client::{ClientError, Failure};
use certified_evidence::bundle::Content;
use certified_evidence::timestamp_token::TimestampRequest;
use certified_evidence::wire::log::{
    RawCertificate, RecordRequest, RecordedSignature, SignatureWithVerifier, Verifier,
};
use certified_evidence::{Bundle, Certificate, CertificateFacts, KeyDetails, Signature};

use crate::{Cause, Desk};

/// What a bundle is about, in messages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum About<'a> {
    /// A signature over these bytes, called so.
    Tarball(&'static str, &'a [u8]),
    /// A statement about these bytes.
    Provenance(&'a [u8]),
}

/// Makes a bundle of what the certificate's key signed. Nothing where the anchors name no authority of time.
///
/// # Errors
/// When one of the witnesses is not there, or says something else than what it was asked about.
pub(crate) async fn bundle(
    content: Content,
    about: About<'_>,
    certificate: &CertificateFacts,
    desk: &Desk,
) -> Result<Option<Bundle>, Cause> {
    if desk.anchors.timestamp_authorities.is_empty() {
        return Ok(None);
    }
    let mut bundle = Bundle {
        certificate: about.held(Certificate::from_pem(&certificate.pem))?,
        log_entries: Vec::new(),
        timestamps: Vec::new(),
        content,
    };
    let signature = about.held(bundle.signature())?;
    let mut random = rand_core::UnwrapErr(getrandom::SysRng);
    let request = TimestampRequest::about(signature.as_bytes(), &mut random);
    let stamp = desk.timestamps.stamp(&request).await;
    bundle.timestamps = vec![stamp.map_err(needed("an authority of time"))?.response];
    if !desk.anchors.logs.is_empty() {
        let request = about.held(record(&bundle, signature))?;
        let entry = desk.chronicle.record_signature(&request).await;
        bundle.log_entries = vec![entry.map_err(needed("a log"))?];
    }
    check(&bundle, about, certificate, desk)?;
    Ok(Some(bundle))
}

/// A bundle counts only when everything in it agrees with what it is about and with the anchors.
pub(crate) fn check(
    bundle: &Bundle,
    about: About<'_>,
    certificate: &CertificateFacts,
    desk: &Desk,
) -> Result<(), Cause> {
    let entries = (bundle.log_entries.len(), desk.anchors.logs.is_empty());
    // Verifiers pass over witnesses that they do not know. A bundle of ours has those that it was made with, and no other.
    if bundle.timestamps.len() != 1 {
        return Err(about.refused("it has not exactly one timestamp"));
    }
    if !matches!(entries, (0, true) | (1, _)) {
        return Err(about.refused("it has not exactly one entry of a log"));
    }
    let expected = about.held(Certificate::from_pem(&certificate.pem))?;
    let judged = certified_verify::bundle::check(bundle, about.subject(), &expected, &desk.anchors);
    match (about.held(judged)?, about) {
        (None, About::Tarball(..)) => Ok(()),
        (Some(statement), About::Provenance(_)) => about.held(statement.provenance()).map(|_| ()),
        _ => Err(about.refused("it is of another kind")),
    }
}

fn record(bundle: &Bundle, signature: Signature) -> Result<RecordRequest, String> {
    let key = bundle.certificate.public_key().map_err(|e| e.to_string())?;
    let key_details = KeyDetails::of(&key).ok_or("the key is of a kind that has no name in log entries")?;
    let x509_certificate = RawCertificate {
        raw_bytes: bundle.certificate.der().to_vec(),
    };
    let signature = SignatureWithVerifier {
        content: signature,
        verifier: Verifier {
            x509_certificate,
            key_details,
        },
    };
    Ok(RecordRequest {
        hashed_rekord: RecordedSignature {
            digest: *bundle.content.signed_digest().as_bytes(),
            signature,
        },
    })
}

/// A service that has no such thing is asked only because the anchors name it.
fn needed(named: &'static str) -> impl Fn(ClientError) -> Cause {
    move |error| match error.what {
        Failure::NotFound(_) => Cause::NoWitness { named, error },
        _ => error.into(),
    }
}

impl<'a> About<'a> {
    /// What it is called, and its bytes.
    const fn subject(self) -> (&'static str, &'a [u8]) {
        match self {
            Self::Tarball(which, bytes) => (which, bytes),
            Self::Provenance(bytes) => ("provenance", bytes),
        }
    }

    fn held<T, E: ToString>(self, result: Result<T, E>) -> Result<T, Cause> {
        result.map_err(|why| self.refused(&why.to_string()))
    }

    /// This bundle cannot be used.
    pub(crate) fn refused(self, why: &str) -> Cause {
        Cause::Bundle {
            which: self.subject().0,
            why: why.to_owned(),
        }
    }
}
