//! What a project demands of the packages that it installs, besides that nothing is refused.
//!
//! ```toml
//! # A package that was verified once may not come unsigned, with less evidence or from another workflow later. Insists on a trust state.
//! no-downgrade = true
//! # Commits of repositories and tarballs at other addresses are violations.
//! only-from-registry = true
//!
//! [[rule]]
//! packages = ["left-pad"]
//! deny = "we have one of our own"
//!
//! [[rule]]
//! packages = ["@acme/*"]
//! evidence = "logged"
//! repository = "https://github.com/acme/*"
//! workflow = ".github/workflows/release.yml"
//! ref = "refs/tags/v*"
//! runner = "github-hosted"
//!
//! [[rule]]
//! packages = ["*"]
//! evidence = "none"
//! ```
//!
//! A rule that denies wins wherever it stands. Otherwise the first rule that names the package decides, and no other one is looked at. A
//! package that no rule names is a violation: a last rule for `*` says what holds for the rest.
//!
//! A package is named by its name, by `@scope/*`, or by `*`. The other texts may have asterisks, each for any number of any characters.
//! They are compared with what the certificate's authority verified about the workflow, never with what the package says about itself.

mod pattern;
mod violation;

use certified_evidence::PackageName;
use certified_evidence::certificate::{Claim, WorkflowClaims};
use serde::{Deserialize, Serialize};

pub use pattern::{PackagePattern, PatternError, TextPattern};
pub use violation::{PolicyError, PolicyRefusal};

/// A policy file.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// Whether what was verified before is held against a package. It is, where there is a trust state; `true` insists that there is one,
    /// `false` keeps the trust state for the logs alone.
    #[serde(default)]
    pub no_downgrade: Option<bool>,
    /// Whether what comes from outside has to come from a registry.
    #[serde(default)]
    pub only_from_registry: bool,
    /// The rules, in their order.
    #[serde(default, rename = "rule")]
    pub rules: Vec<Rule>,
}

/// What holds for some packages.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// For which.
    pub packages: Vec<PackagePattern>,
    /// Why they may not be installed at all.
    #[serde(default)]
    pub deny: Option<String>,
    /// The least evidence; certified when nothing is said.
    #[serde(default)]
    pub evidence: Option<EvidenceLevel>,
    /// The repository that the workflow ran for.
    #[serde(default)]
    pub repository: Option<TextPattern>,
    /// The workflow's file in that repository.
    #[serde(default)]
    pub workflow: Option<TextPattern>,
    /// The branch or tag.
    #[serde(default, rename = "ref")]
    pub reference: Option<TextPattern>,
    /// Whose machine it was: `github-hosted` or `self-hosted`.
    #[serde(default)]
    pub runner: Option<TextPattern>,
}

/// How much is proven about a release.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EvidenceLevel {
    /// Nothing: it is unsigned.
    #[default]
    None,
    /// It is certified, and nothing about that was refused.
    Certified,
    /// And a log that the anchors name has its event.
    Logged,
}

impl EvidenceLevel {
    /// The word for people and scripts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Certified => "certified",
            Self::Logged => "logged",
        }
    }
}

/// What was found out about a release, before the policy looks at it.
#[derive(Clone, Debug)]
pub struct Finding<'a> {
    /// The package.
    pub name: &'a PackageName,
    /// How much is proven.
    pub level: EvidenceLevel,
    /// What the certificate's authority verified; empty without a certificate.
    pub claims: &'a WorkflowClaims,
}

impl Policy {
    /// The largest file that is read, in bytes.
    pub const LARGEST: usize = 1024 * 1024;

    /// Reads a policy. A word that is not on this module's page is refused, so that no restriction is overlooked.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        if bytes.len() > Self::LARGEST {
            return Err(PolicyError::TooLarge { found: bytes.len() });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| PolicyError::NotText)?;
        let policy: Self = toml::from_str(text).map_err(|error| PolicyError::Toml {
            why: error.to_string().trim_end().to_owned(),
        })?;
        match policy.rules.iter().position(Rule::contradicts_itself) {
            Some(at) => Err(PolicyError::Contradiction { rule: at + 1 }),
            None => Ok(policy),
        }
    }

    /// Holds a release against the rules.
    ///
    /// # Errors
    /// The first violation.
    pub fn allows(&self, found: &Finding<'_>) -> Result<(), PolicyRefusal> {
        let mut naming = self.rules.iter().zip(1..).filter(|(rule, _)| rule.names(found.name));
        let first = naming.clone().next();
        let denied = naming.find_map(|(rule, _)| rule.deny.as_ref());
        if let Some(reason) = denied {
            return Err(PolicyRefusal::Denied { reason: reason.clone() });
        }
        match first {
            Some((rule, _)) => rule.allows(found),
            None => Err(PolicyRefusal::NoRule {
                package: found.name.to_string(),
            }),
        }
    }
}

impl Rule {
    fn names(&self, package: &PackageName) -> bool {
        self.packages.iter().any(|pattern| pattern.names(package))
    }

    /// Whoever is not certified has no workflow, so asking for one and for nothing is a mistake.
    fn contradicts_itself(&self) -> bool {
        self.evidence == Some(EvidenceLevel::None) && self.demands().iter().any(|(_, pattern)| pattern.is_some())
    }

    fn allows(&self, found: &Finding<'_>) -> Result<(), PolicyRefusal> {
        let expected = self.evidence.unwrap_or(EvidenceLevel::Certified);
        if found.level < expected {
            return Err(PolicyRefusal::TooLittleEvidence {
                expected,
                found: found.level,
            });
        }
        for (what, pattern) in self.demands() {
            let Some(pattern) = pattern else { continue };
            let said = fact(what, found.claims);
            if !said.as_deref().is_some_and(|said| pattern.matches(said)) {
                return Err(PolicyRefusal::OtherOrigin {
                    what,
                    expected: pattern.to_string(),
                    found: said,
                });
            }
        }
        Ok(())
    }

    const fn demands(&self) -> [(Origin, Option<&TextPattern>); 4] {
        [
            (Origin::Repository, self.repository.as_ref()),
            (Origin::Workflow, self.workflow.as_ref()),
            (Origin::Reference, self.reference.as_ref()),
            (Origin::Runner, self.runner.as_ref()),
        ]
    }
}

/// One thing that a certificate says about where a release comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Origin {
    /// The repository.
    Repository,
    /// The workflow's file.
    Workflow,
    /// The branch or tag.
    Reference,
    /// The kind of machine.
    Runner,
}

impl Origin {
    /// The word in the policy.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Repository => "repository",
            Self::Workflow => "workflow",
            Self::Reference => "ref",
            Self::Runner => "runner",
        }
    }
}

/// What the certificate's authority verified about one of them.
pub fn fact(what: Origin, claims: &WorkflowClaims) -> Option<String> {
    let claim = match what {
        Origin::Repository => Claim::SourceRepositoryUri,
        Origin::Workflow => return workflow(claims),
        Origin::Reference => Claim::SourceRepositoryRef,
        Origin::Runner => Claim::RunnerEnvironment,
    };
    claims.get(claim).map(str::to_owned)
}

/// `https://github.com/acme/widgets/.github/workflows/release.yml@refs/heads/main`: the file within its repository. A workflow of another
/// repository keeps its whole address.
fn workflow(claims: &WorkflowClaims) -> Option<String> {
    let address = claims.get(Claim::BuildConfigUri)?;
    let (file, _) = address.rsplit_once('@').unwrap_or((address, ""));
    let repository = claims.get(Claim::SourceRepositoryUri)?;
    let within = file.strip_prefix(repository).and_then(|rest| rest.strip_prefix('/'));
    Some(within.unwrap_or(file).to_owned())
}

#[cfg(test)]
mod tests;
