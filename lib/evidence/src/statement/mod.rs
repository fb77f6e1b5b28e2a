//! Statements about a tarball (in-toto Statement v1), which an [`Envelope`] signs.
//!
//! ```json
//! {
//!   "_type": "https://in-toto.io/Statement/v1",
//!   "subject": [{ "name": "pkg:npm/%40acme/widgets@1.2.3", "digest": { "sha512": "…", "sha256": "…" } }],
//!   "predicateType": "https://slsa.dev/provenance/v1",
//!   "predicate": { … }
//! }
//! ```
//!
//! Spec: <https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>. A statement here is about exactly one thing: npm and
//! PyPI refuse more, and a reader who looks at the first of several subjects would be led astray.

mod provenance;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::provenance::{
    Build, BuildDefinition, BuildMetadata, Builder, ClaimedBuild, ClaimedContext, ClaimedParameters, ClaimedRun,
    ExternalParameters, GithubContext, InternalParameters, MissingClaim, Provenance, ResourceDescriptor, RunDetails,
    Workflow, WorkflowBuild,
};
use crate::digest::{Digest, DigestError, Integrity};
#[cfg(doc)]
use crate::dsse::Envelope;

/// What is said about one subject.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Statement {
    /// The thing that the statement is about.
    pub subject: Subject,
    /// What kind of statement it is, a URI.
    pub predicate_type: String,
    /// The statement itself, as its kind has it.
    pub predicate: Value,
}

impl Statement {
    /// The `payloadType` of an envelope around a statement.
    pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

    /// The largest statement that is read, in bytes of JSON.
    pub const LARGEST: usize = 1024 * 1024;

    /// Says how the subject was built (SLSA provenance v1).
    ///
    /// # Errors
    /// Never for values of these types; JSON's writer is fallible.
    pub fn of_provenance(subject: Subject, provenance: &Provenance) -> Result<Self, StatementError> {
        Ok(Self {
            subject,
            predicate_type: Provenance::TYPE.to_owned(),
            predicate: serde_json::to_value(provenance)?,
        })
    }

    /// Reads a statement from its JSON.
    ///
    /// # Errors
    /// [`StatementError`], with the fact that was wrong.
    pub fn parse(json: &[u8]) -> Result<Self, StatementError> {
        if json.len() > Self::LARGEST {
            return Err(StatementError::TooLarge { found: json.len() });
        }
        let written: Written = serde_json::from_slice(json)?;
        if written.kind != KIND {
            return Err(StatementError::OtherKind {
                expected: KIND,
                found: written.kind.chars().take(80).collect(),
            });
        }
        match <[WrittenSubject; 1]>::try_from(written.subject) {
            Ok([subject]) => Ok(Self {
                subject: subject.read()?,
                predicate_type: written.predicate_type,
                predicate: written.predicate,
            }),
            Err(several) => Err(StatementError::Subjects { found: several.len() }),
        }
    }

    /// The statement on one line of JSON.
    ///
    /// # Errors
    /// Never for a value of this type; JSON's writer is fallible.
    pub fn to_json(&self) -> Result<Vec<u8>, StatementError> {
        let written = Written {
            kind: KIND.to_owned(),
            subject: vec![WrittenSubject::of(&self.subject)],
            predicate_type: self.predicate_type.clone(),
            predicate: self.predicate.clone(),
        };
        Ok(serde_json::to_vec(&written)?)
    }

    /// How the subject was built, if that is what the statement says.
    ///
    /// # Errors
    /// [`StatementError::OtherKind`] when it says something else, [`StatementError::Json`] when it says it in other words; an
    /// external parameter that this version does not know counts among these.
    pub fn provenance(&self) -> Result<Provenance, StatementError> {
        if self.predicate_type != Provenance::TYPE {
            return Err(StatementError::OtherKind {
                expected: Provenance::TYPE,
                found: self.predicate_type.chars().take(80).collect(),
            });
        }
        Ok(Provenance::deserialize(&self.predicate)?)
    }
}

/// The thing that a statement is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Subject {
    /// Its package URL with the version: `pkg:npm/%40acme/widgets@1.2.3`.
    pub name: String,
    /// What Sigstore's command lines compare.
    pub sha256: Option<Digest>,
    /// What npm compares with `dist.integrity`.
    pub sha512: Option<Integrity>,
}

impl Subject {
    /// A tarball under its package URL, with both digests.
    pub fn tarball(purl: impl Into<String>, bytes: &[u8]) -> Self {
        Self {
            name: purl.into(),
            sha256: Some(Digest::of(bytes)),
            sha512: Some(Integrity::of(bytes)),
        }
    }

    /// Holds the statement against the bytes that it is said to be about. Verifiers of signatures leave this to their caller.
    ///
    /// # Errors
    /// [`StatementError::OtherSubject`] when one of the digests is of other bytes. A subject always has at least one that is known here.
    pub fn check(&self, bytes: &[u8]) -> Result<(), StatementError> {
        let (sha256, sha512) = (Digest::of(bytes), Integrity::of(bytes));
        let same = self.sha256.is_none_or(|said| said == sha256) && self.sha512.is_none_or(|said| said == sha512);
        if same && (self.sha256.is_some() || self.sha512.is_some()) {
            return Ok(());
        }
        Err(StatementError::OtherSubject {
            expected: sha256,
            sha256: self.sha256,
            sha512: self.sha512.map(Box::new),
        })
    }
}

/// Why a statement is not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// Larger than [`Statement::LARGEST`].
    #[error("expected a statement of at most {} bytes, found {found}", Statement::LARGEST)]
    TooLarge {
        /// The length that was found, in bytes.
        found: usize,
    },
    /// Not the JSON of a statement, or not of this kind of statement.
    #[error("expected an in-toto statement: {0}")]
    Json(#[from] serde_json::Error),
    /// Another kind, or another version.
    #[error("expected `{expected}`, found `{found}`")]
    OtherKind {
        /// The URI that was asked for.
        expected: &'static str,
        /// The beginning of what was found.
        found: String,
    },
    /// Nothing to speak about, or several things at once.
    #[error("expected a statement about one subject, found {found}")]
    Subjects {
        /// How many there are.
        found: usize,
    },
    /// A digest that is not one.
    #[error("the subject's digest: {0}")]
    Digest(#[from] DigestError),
    /// A subject without a digest of a kind that is compared here.
    #[error("expected a subject with its SHA-256 or SHA-512, found neither")]
    NoDigest,
    /// A statement about other bytes.
    #[error(
        "expected a statement about {expected}, found one about {}",
        said(sha256.as_ref(), sha512.as_deref())
    )]
    OtherSubject {
        /// The digest of the bytes at hand.
        expected: Digest,
        /// The SHA-256 that the statement gives.
        sha256: Option<Digest>,
        /// The SHA-512 that the statement gives.
        sha512: Option<Box<Integrity>>,
    },
}

fn said(sha256: Option<&Digest>, sha512: Option<&Integrity>) -> String {
    let digests = [sha256.map(ToString::to_string), sha512.map(ToString::to_string)];
    digests.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<WrittenSubject>,
    predicate_type: String,
    predicate: Value,
}

#[derive(Deserialize, Serialize)]
struct WrittenSubject {
    name: String,
    digest: WrittenDigests,
}

/// Digests of other kinds are passed over, as the specification asks.
#[derive(Deserialize, Serialize)]
struct WrittenDigests {
    #[serde(skip_serializing_if = "Option::is_none")]
    sha512: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

impl WrittenSubject {
    fn of(subject: &Subject) -> Self {
        Self {
            name: subject.name.clone(),
            digest: WrittenDigests {
                sha512: subject.sha512.map(|digest| digest.hex()),
                sha256: subject.sha256.map(|digest| digest.hex()),
            },
        }
    }

    fn read(self) -> Result<Subject, StatementError> {
        let sha256 = self.digest.sha256.map(|hex| Digest::from_hex(&hex)).transpose()?;
        let sha512 = self.digest.sha512.map(|hex| Integrity::from_hex(&hex)).transpose()?;
        if sha256.is_none() && sha512.is_none() {
            return Err(StatementError::NoDigest);
        }
        Ok(Subject {
            name: self.name,
            sha256,
            sha512,
        })
    }
}

const KIND: &str = "https://in-toto.io/Statement/v1";

#[cfg(test)]
mod tests;
