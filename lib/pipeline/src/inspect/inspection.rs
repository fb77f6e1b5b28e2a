//! What was found out.

use std::path::{Path, PathBuf};

use certified_evidence::certificate::{Certificate, WorkflowClaims};
use certified_evidence::log::TrustedHead;
use certified_evidence::{Digest, Evidence, PackageName, Version};
use certified_verify::lockfile::Elsewhere;
use certified_verify::policy::{EvidenceLevel, PolicyRefusal};
use certified_verify::trust_state::TrustStateRefusal;
use certified_verify::{Check, CheckName, Finding, Refusal, Verdict};
use serde::Serialize;

/// The verdict on one target.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
    /// What was asked about.
    pub target: String,
    /// `name@version` found inside, if it could be read.
    pub package: Option<String>,
    /// SHA-256 of the tarball that was looked at.
    pub sha256: Option<Digest>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why there is no better verdict, when no check says it.
    pub reason: Option<String>,
    /// Every check with its answer.
    pub checks: Vec<Check>,
    /// What is wrong besides the checks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// What the policy, or what was verified before, has against it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Fault>,
    /// What is unusual and no fault: how another packer wrote the tarball, or what could not be compared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// Where the lockfile names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Whether a service that could not be reached is the reason.
    #[serde(skip_serializing_if = "is_false")]
    pub unavailable: bool,
    /// The first refusal.
    #[serde(skip)]
    pub refusal: Option<Refusal>,
    /// What a policy and a memory compare.
    #[serde(skip)]
    pub(super) known: Option<Known>,
}

/// Something that is wrong, with a stable name and the next thing to do.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Fault {
    /// A stable code.
    pub code: &'static str,
    /// Expected and found.
    pub message: String,
    /// What to do now.
    pub advice: &'static str,
}

/// A line of a lockfile.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

/// Something that no registry serves, so that nothing about it can be verified.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Foreign {
    /// The lockfile.
    pub file: PathBuf,
    /// What it says.
    #[serde(flatten)]
    pub found: Elsewhere,
    /// What the policy has against it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Fault>,
}

/// Everything that was asked about, in the order in which it was asked, and of the lockfile.
#[derive(Debug, Default)]
pub struct Survey {
    /// The verdicts.
    pub packages: Vec<Inspection>,
    /// What no registry serves.
    pub elsewhere: Vec<Foreign>,
    /// What is wrong with the log itself, whatever it says about a package.
    pub faults: Vec<Fault>,
}

/// What a policy and a memory compare.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) name: PackageName,
    pub(super) version: Version,
    pub(super) level: EvidenceLevel,
    pub(super) claims: WorkflowClaims,
    /// The log's head in the receipt, where the log is one of the anchors.
    pub(super) head: Option<TrustedHead>,
}

impl Inspection {
    /// Before anything is known.
    pub(super) fn of(target: String) -> Self {
        Self {
            target,
            package: None,
            sha256: None,
            verdict: Verdict::CannotJudge,
            reason: None,
            checks: Vec::new(),
            faults: Vec::new(),
            violations: Vec::new(),
            remarks: Vec::new(),
            place: None,
            unavailable: false,
            refusal: None,
            known: None,
        }
    }

    /// Refused, for a reason that is no check's.
    pub(super) fn refuse(&mut self, fault: Fault) {
        self.verdict = Verdict::Refused;
        self.known = None;
        self.faults.push(fault);
    }

    /// Nobody says that it was certified.
    pub(super) fn unsigned(&mut self, name: &PackageName, version: &Version, reason: &str) {
        (self.verdict, self.reason) = (Verdict::Unsigned, Some(reason.to_owned()));
        self.known = Some(Known {
            name: name.clone(),
            version: version.clone(),
            level: EvidenceLevel::None,
            claims: WorkflowClaims::default(),
            head: None,
        });
    }

    /// Keeps what a verified release is compared with. What its certificate says was checked by then.
    pub(super) fn verified(&mut self, evidence: &Evidence, head: Option<TrustedHead>) {
        self.verdict = Verdict::Verified;
        let logged = |check: &Check| check.name == CheckName::Log && matches!(check.finding, Finding::Passed { .. });
        let level = if self.checks.iter().any(logged) {
            EvidenceLevel::Logged
        } else {
            EvidenceLevel::Certified
        };
        let certificate = Certificate::from_pem(&evidence.certificate.pem).ok();
        self.known = Some(Known {
            name: evidence.name.clone(),
            version: evidence.version.clone(),
            level,
            claims: certificate.and_then(|read| read.claims().ok()).unwrap_or_default(),
            head,
        });
    }

    /// Whether it was named by a lockfile.
    pub fn is_locked(&self) -> bool {
        self.place.is_some()
    }

    pub(super) fn at(mut self, file: &Path, line: usize) -> Self {
        self.place = Some(Place {
            file: file.to_owned(),
            line,
        });
        self
    }
}

impl From<&PolicyRefusal> for Fault {
    fn from(refusal: &PolicyRefusal) -> Self {
        Self {
            code: refusal.code(),
            message: refusal.to_string(),
            advice: refusal.advice(),
        }
    }
}

impl From<&TrustStateRefusal> for Fault {
    fn from(refusal: &TrustStateRefusal) -> Self {
        Self {
            code: refusal.code(),
            message: refusal.to_string(),
            advice: refusal.advice(),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}
