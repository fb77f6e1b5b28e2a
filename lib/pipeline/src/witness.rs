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
use certified_evidence::statement::Statement;
use certified_evidence::timestamp_token::{self, TimestampRequest};
use certified_evidence::wire::log::{
    RawCertificate, RecordRequest, RecordedSignature, SignatureWithVerifier, Verifier,
};
use certified_evidence::{Bundle, Certificate, CertificateFacts, Digest, KeyDetails, PublicKey, Signature};

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
    let expected = about.held(Certificate::from_pem(&certificate.pem))?;
    if bundle.certificate != expected {
        return Err(about.refused("it is by another certificate"));
    }
    let key = about.held(expected.public_key())?;
    let signature = about.held(bundle.signature())?;
    let signed = signed(bundle, about, &key)?;

    let [timestamp] = bundle.timestamps.as_slice() else {
        return Err(about.refused("it has not exactly one timestamp"));
    };
    let authorities = &desk.anchors.timestamp_authorities;
    let at = about
        .held(timestamp_token::verify(timestamp, signature.as_bytes(), authorities))?
        .at();
    if at < expected.not_before() || expected.not_after() < at {
        return Err(about.refused("its timestamp is outside of the certificate's life"));
    }

    let logs = desk.anchors.logs.as_slice();
    match (bundle.log_entries.as_slice(), logs) {
        ([], []) => Ok(()),
        ([entry], _) => {
            let recorded = about.held(entry.verify(logs, at))?;
            about.held(recorded.check(signed, &signature, &expected))
        }
        _ => Err(about.refused("it has not exactly one entry of a log")),
    }
}

/// The digest of what the signature is over, when that is what the bundle has to be about.
fn signed(bundle: &Bundle, about: About<'_>, key: &PublicKey) -> Result<Digest, Cause> {
    match (&bundle.content, about) {
        (Content::Message { digest, signature }, About::Tarball(_, bytes)) => {
            if *digest != Digest::of(bytes) {
                return Err(about.refused("it names another digest"));
            }
            about.held(key.verify(bytes, signature))?;
            Ok(*digest)
        }
        (Content::Envelope(envelope), About::Provenance(bytes)) => {
            let payload = about.held(envelope.verify(key, Statement::PAYLOAD_TYPE))?;
            let statement = about.held(Statement::parse(payload))?;
            about.held(statement.subject.check(bytes))?;
            about.held(statement.provenance())?;
            Ok(Digest::of(&envelope.signed_bytes()))
        }
        _ => Err(about.refused("it is of another kind")),
    }
}

fn record(bundle: &Bundle, signature: Signature) -> Result<RecordRequest, String> {
    let digest = match &bundle.content {
        Content::Message { digest, .. } => *digest,
        Content::Envelope(envelope) => Digest::of(&envelope.signed_bytes()),
    };
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
            digest: *digest.as_bytes(),
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

impl About<'_> {
    fn held<T, E: ToString>(self, result: Result<T, E>) -> Result<T, Cause> {
        result.map_err(|why| self.refused(&why.to_string()))
    }

    /// This bundle cannot be used.
    pub(crate) fn refused(self, why: &str) -> Cause {
        let which = match self {
            Self::Tarball(which, _) => which,
            Self::Provenance(_) => "provenance",
        };
        Cause::Bundle {
            which,
            why: why.to_owned(),
        }
    }
}
