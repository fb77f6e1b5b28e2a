//! Any Sigstore bundle about any file, judged as a whole.
//!
//! | question | what has to hold |
//! |---|---|
//! | `timestamp` | every timestamp of an authority that is trusted is over this signature; there is at least one |
//! | `certificate` | at each of those times it was in force and led to a trusted authority; it names this identity, and this issuer vouched |
//! | `signature` | the certificate's key made it, over this file or over an envelope |
//! | `bundle` | an envelope has one statement about one subject, which is this file by every digest that is known |
//! | `transparency` | a trusted log saw the certificate in its life; every entry of a trusted log is about this signature; there is at least one |
//!
//! No clock is asked: the timestamps say when, and everybody else has to have been trusted then. What comes from authorities and logs that
//! the anchors do not name is passed over, because it takes nothing away; what comes from those that they name has to hold, whatever else
//! there is. A promise of inclusion, which logs of an older kind give, is refused with its entry: nothing here can check it.

mod content;
mod entries;
mod signer;
mod times;

use certified_evidence::statement::Statement;
use certified_evidence::{Anchors, Bundle, Certificate, Digest, Timestamp};

pub(crate) use self::content::{check_signature, statement};
pub(crate) use self::entries::{Recorded, check_entries, check_logged};
pub(crate) use self::signer::same_certificate;
pub use self::signer::{Issuer, Signer};
pub(crate) use self::times::{Times, times};
use crate::chain::{check_path, check_validity};
use crate::check::first_refusal;
use crate::{Check, CheckName, Finding, Refusal};

/// Proof that somebody signed a file, and when. Only [`judge`] can make one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Witnessed {
    identity: String,
    issuer: Option<String>,
    file: Digest,
    at: Timestamp,
    entry: Recorded,
}

impl Witnessed {
    /// Who signed: the one name in the certificate.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// Who vouched for that name towards the certificate authority; nobody in certificates that do not say.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// SHA-256 of the file.
    pub const fn file(&self) -> Digest {
        self.file
    }

    /// The earliest time at which the signature is known to have been there, by the word of a timestamp authority.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The log that has the signature.
    pub fn log(&self) -> &str {
        &self.entry.log
    }

    /// Where in that log it stands, counted from 0.
    pub const fn log_index(&self) -> u64 {
        self.entry.index
    }
}

/// Every question with its answer, and what follows from them.
#[derive(Debug)]
pub struct BundleJudgement {
    /// In the order in which they were asked; after a refusal the later ones are still answered where they can be.
    pub checks: Vec<Check>,
    /// The proof, or the first refusal.
    pub outcome: Result<Witnessed, Refusal>,
}

/// Reads a bundle.
///
/// # Errors
/// [`Refusal::BundleUnreadable`].
pub fn read(json: &[u8]) -> Result<Bundle, Refusal> {
    Bundle::parse(json).map_err(|e| Refusal::BundleUnreadable { why: e.to_string() })
}

/// Judges a bundle: did this signer sign this file, and who saw it? The page of this module says what is asked.
pub fn judge(bundle: &Bundle, file: &[u8], signer: &Signer<'_>, anchors: &Anchors) -> BundleJudgement {
    let question = Question { bundle, file, anchors };
    let times = times(bundle, FILE, anchors);
    let issuer = times.as_ref().ok().map(|times| question.certificate(signer, times));
    let issuing = issuer.as_ref().and_then(|issuer| issuer.as_ref().ok());
    let entry = match (&times, issuing) {
        (Ok(times), Some(issuing)) => Some(question.transparency(issuing, times)),
        _ => None,
    };
    let answers = [
        (
            CheckName::Timestamp,
            Some(times.as_ref().map(ToString::to_string).map_err(Clone::clone)),
        ),
        (
            CheckName::Certificate,
            issuer.as_ref().map(|issuer| told(issuer, |_| signer.to_string())),
        ),
        (CheckName::Signature, Some(question.signature())),
        (CheckName::Bundle, Some(question.subject())),
        (
            CheckName::Transparency,
            entry.as_ref().map(|entry| told(entry, ToString::to_string)),
        ),
    ];
    let (checks, refusal) = first_refusal(answers.map(|(name, answer)| (name, finding(answer))));
    let witnessed = |(times, entry): (Times, Recorded)| Witnessed {
        identity: signer.identity.to_owned(),
        issuer: signer.issuer.named().map(str::to_owned),
        file: Digest::of(file),
        at: times.first(),
        entry,
    };
    let outcome = match refusal {
        Some(refusal) => Err(refusal),
        // Where a part is missing, the refusal that it is missing for came first.
        None => times.and_then(|times| Ok(witnessed((times, entry.unwrap_or_else(unasked)?)))),
    };
    BundleJudgement { checks, outcome }
}

/// Accepts a bundle about these bytes, which messages call so, by the certificate that the caller had issued: [`judge`] without the
/// questions about the certificate's own authority and name. Answers with the statement of an envelope.
///
/// # Errors
/// The first part that does not hold. Without an entry of a log only where the anchors name no log.
pub fn check(
    bundle: &Bundle,
    (of, bytes): (&'static str, &[u8]),
    certificate: &Certificate,
    anchors: &Anchors,
) -> Result<Option<Statement>, Refusal> {
    same_certificate(of, bundle, certificate)?;
    check_signature(bundle, of, bytes)?;
    let statement = statement(bundle, bytes)?;
    let times = times(bundle, of, anchors)?;
    times.all().try_for_each(|at| check_validity(certificate, at))?;
    if !(bundle.log_entries.is_empty() && anchors.logs.is_empty()) {
        check_entries(bundle, of, anchors, &times)?;
    }
    Ok(statement)
}

struct Question<'a> {
    bundle: &'a Bundle,
    file: &'a [u8],
    anchors: &'a Anchors,
}

impl Question<'_> {
    /// Answers with whoever issued it.
    fn certificate(&self, signer: &Signer<'_>, times: &Times) -> Result<Certificate, Refusal> {
        let certificate = &self.bundle.certificate;
        for at in times.all() {
            check_validity(certificate, at)?;
            check_path(certificate, &[], self.anchors, at)?;
        }
        signer.check(certificate)?;
        Ok(check_path(certificate, &[], self.anchors, times.first())?.issuer)
    }

    fn signature(&self) -> Result<String, Refusal> {
        check_signature(self.bundle, FILE, self.file)?;
        Ok(format!(
            "by the certificate {}",
            Digest::from_bytes(self.bundle.certificate.fingerprint())
        ))
    }

    fn subject(&self) -> Result<String, Refusal> {
        let of = Digest::of(self.file);
        match statement(self.bundle, self.file)? {
            Some(statement) => Ok(format!("{} about {of}", statement.predicate_type)),
            None => Ok(format!("{of} itself")),
        }
    }

    fn transparency(&self, issuer: &Certificate, times: &Times) -> Result<Recorded, Refusal> {
        check_logged(&self.bundle.certificate, issuer, self.anchors)?;
        check_entries(self.bundle, FILE, self.anchors, times)
    }
}

fn told<T>(answer: &Result<T, Refusal>, evidence: impl Fn(&T) -> String) -> Result<String, Refusal> {
    answer.as_ref().map(evidence).map_err(Clone::clone)
}

fn finding(answer: Option<Result<String, Refusal>>) -> Result<Finding, Refusal> {
    match answer {
        Some(answer) => answer.map(|evidence| Finding::Passed { evidence }),
        None => Ok(Finding::NotAsked {
            reason: "an earlier refusal leaves nothing to ask it by".to_owned(),
        }),
    }
}

fn unasked() -> Result<Recorded, Refusal> {
    Err(Refusal::TimestampMissing { of: FILE })
}

/// What the signature is over, in messages.
const FILE: &str = "file";
