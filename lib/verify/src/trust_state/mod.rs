//! What was verified before: the memory that shows a log with two histories, and a package that comes with less than it had.
//!
//! ```json
//! {
//!   "format": "certified-publish/trust-state/v1",
//!   "logs": ["chronicle.example.com/log\n20852163\nCsUYapGG…\n\n— chronicle.example.com/log Az3grl…\n"],
//!   "packages": {
//!     "@acme/widgets": {
//!       "since": "1.2.3",
//!       "evidence": "logged",
//!       "repository": "https://github.com/acme/widgets",
//!       "workflow": ".github/workflows/release.yml"
//!     }
//!   },
//!   "digest": "sha256:…"
//! }
//! ```
//!
//! For each log it keeps the newest checkpoint that was seen, whole, so that a second history can be shown to others with the log's own
//! signature under it. The signatures are checked each time the file is read. `digest` is over the canonical JSON (RFC 8785) of the rest:
//! it shows a file that was cut, merged or mended by hand. It does not stop somebody who can write the file and knows this page; keep the
//! file where only verified code writes.

mod history;
mod refusal;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use certified_evidence::certificate::WorkflowClaims;
use certified_evidence::log::{Checkpoint, TrustedHead};
use certified_evidence::{Anchors, Digest, PackageName, Version, canonical_json};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::policy::{EvidenceLevel, Origin, PolicyRefusal, fact};

pub use history::{begins_with, believed};
pub use refusal::TrustStateRefusal;

/// The memory of earlier runs.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TrustState {
    logs: BTreeMap<String, (Checkpoint, TrustedHead)>,
    packages: BTreeMap<PackageName, Remembered>,
}

/// What was verified about a package.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Remembered {
    /// The earliest version that was verified; whatever came out before it may have been made before anybody certified.
    pub since: Version,
    /// The most evidence that a version had.
    pub evidence: EvidenceLevel,
    /// The repository that the certificate named, if it named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The workflow's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: Format,
    logs: Vec<Checkpoint>,
    packages: BTreeMap<PackageName, Remembered>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<Digest>,
}

#[derive(Deserialize, Serialize)]
enum Format {
    #[serde(rename = "certified-publish/trust-state/v1")]
    V1,
}

impl TrustState {
    /// The largest file that is read, in bytes.
    pub const LARGEST: usize = 64 * 1024 * 1024;

    /// Reads the file. There is no reading of an empty one: a memory that was lost is not the same as none.
    ///
    /// # Errors
    /// [`TrustStateRefusal`], also when the anchors do not know a log whose checkpoint is kept.
    pub fn parse(bytes: &[u8], anchors: &Anchors) -> Result<Self, TrustStateRefusal> {
        if bytes.len() > Self::LARGEST {
            return Err(TrustStateRefusal::TooLarge { found: bytes.len() });
        }
        let unreadable = |error: serde_json::Error| TrustStateRefusal::Unreadable { why: error.to_string() };
        let mut value: Value = serde_json::from_slice(bytes).map_err(unreadable)?;
        let file: File = serde_json::from_value(value.clone()).map_err(unreadable)?;
        let said = value.as_object_mut().and_then(|members| members.shift_remove("digest"));
        let found = digest(&value)?;
        if said.is_none() || file.digest != Some(found) {
            return Err(TrustStateRefusal::Tampered { found });
        }
        let mut state = Self {
            logs: BTreeMap::new(),
            packages: file.packages,
        };
        for checkpoint in file.logs {
            let head = believed(&checkpoint, anchors)?;
            state.logs.insert(checkpoint.origin().to_owned(), (checkpoint, head));
        }
        Ok(state)
    }

    /// The file's text.
    ///
    /// # Errors
    /// [`TrustStateRefusal::Unreadable`], never for a value of this type: JSON's writer is fallible.
    pub fn to_json(&self) -> Result<String, TrustStateRefusal> {
        let unwritable = |error: serde_json::Error| TrustStateRefusal::Unreadable { why: error.to_string() };
        let file = File {
            format: Format::V1,
            logs: self.logs.values().map(|(checkpoint, _)| checkpoint.clone()).collect(),
            packages: self.packages.clone(),
            digest: None,
        };
        let mut value = serde_json::to_value(&file).map_err(unwritable)?;
        value["digest"] = digest(&value)?.to_string().into();
        Ok(serde_json::to_string_pretty(&value).map_err(unwritable)? + "\n")
    }

    /// The newest head of a log that was seen.
    pub fn pinned(&self, origin: &str) -> Option<&TrustedHead> {
        self.logs.get(origin).map(|(_, head)| head)
    }

    /// What is remembered about a package.
    pub fn package(&self, name: &PackageName) -> Option<&Remembered> {
        self.packages.get(name)
    }

    /// Keeps a newer checkpoint of a log. That it begins with the one before has to be shown first, by [`begins_with`].
    ///
    /// # Errors
    /// [`TrustStateRefusal::UnknownLog`] when no log of the anchors signed it, [`TrustStateRefusal::Shrunk`] when it is older.
    pub fn pin(&mut self, checkpoint: Checkpoint, anchors: &Anchors) -> Result<(), TrustStateRefusal> {
        let head = believed(&checkpoint, anchors)?;
        if let Some(before) = self.pinned(head.origin())
            && before.head().size() > head.head().size()
        {
            return Err(TrustStateRefusal::shrunk(before, &head));
        }
        self.logs.insert(head.origin().to_owned(), (checkpoint, head));
        Ok(())
    }

    /// Whether a release has at least what its package had before, from the same repository and workflow. What came out before the first
    /// version that was verified is not held against it.
    ///
    /// # Errors
    /// [`PolicyRefusal::Downgrade`] and [`PolicyRefusal::IdentityChanged`].
    pub fn allows(
        &self,
        name: &PackageName,
        version: &Version,
        level: EvidenceLevel,
        claims: &WorkflowClaims,
    ) -> Result<(), PolicyRefusal> {
        let Some(before) = self.packages.get(name) else {
            return Ok(());
        };
        if level < before.evidence && !is_older(version, &before.since) {
            return Err(PolicyRefusal::Downgrade {
                since: before.since.to_string(),
                before: before.evidence,
                found: level,
            });
        }
        let pairs = [
            (Origin::Repository, &before.repository),
            (Origin::Workflow, &before.workflow),
        ];
        for (what, before) in pairs {
            let found = fact(what, claims);
            // Nobody who is unsigned has an identity, and whoever had none may get one.
            if level > EvidenceLevel::None && before.is_some() && *before != found {
                return Err(PolicyRefusal::IdentityChanged {
                    what,
                    before: before.clone(),
                    found,
                });
            }
        }
        Ok(())
    }

    /// Remembers a release that was verified, and the identity that it was verified with.
    pub fn remember(&mut self, name: &PackageName, version: &Version, level: EvidenceLevel, claims: &WorkflowClaims) {
        if level == EvidenceLevel::None {
            return;
        }
        let (repository, workflow) = (fact(Origin::Repository, claims), fact(Origin::Workflow, claims));
        let known = self.packages.entry(name.clone()).or_insert_with(|| Remembered {
            since: version.clone(),
            evidence: level,
            repository: None,
            workflow: None,
        });
        if is_older(version, &known.since) {
            known.since = version.clone();
        }
        known.evidence = known.evidence.max(level);
        (known.repository, known.workflow) = (repository, workflow);
    }
}

fn digest(value: &Value) -> Result<Digest, TrustStateRefusal> {
    let text = canonical_json(value).map_err(|error| TrustStateRefusal::Unreadable { why: error.to_string() })?;
    Ok(Digest::of(text.as_ref()))
}

/// By precedence (Semantic Versioning 2.0.0, section 11).
fn is_older(one: &Version, other: &Version) -> bool {
    one.precedes(other)
}
