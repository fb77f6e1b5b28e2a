//! What is demanded besides the judge's checks: a policy, and what was verified before.

use certified_evidence::PackageName;
use certified_verify::Verdict;
use certified_verify::policy::{Finding, Policy, PolicyError, PolicyRefusal};
use certified_verify::trust_state::TrustState;

use super::{Fault, Survey};

/// What a survey is held against.
///
/// A memory is always held against what is found, unless the policy says `no-downgrade = false`.
#[derive(Debug, Default)]
pub struct Demands {
    pub(super) policy: Option<Policy>,
    pub(super) state: Option<TrustState>,
    confirmed: Vec<PackageName>,
}

impl Demands {
    /// A policy, a memory, and the packages whose new identity somebody has confirmed.
    ///
    /// # Errors
    /// [`PolicyError::NoMemory`] when the policy insists on a memory and there is none.
    pub fn new(
        policy: Option<Policy>,
        state: Option<TrustState>,
        confirmed: Vec<PackageName>,
    ) -> Result<Self, PolicyError> {
        let insists = policy.as_ref().and_then(|policy| policy.no_downgrade) == Some(true);
        if insists && state.is_none() {
            return Err(PolicyError::NoMemory);
        }
        Ok(Self {
            policy,
            state,
            confirmed,
        })
    }

    /// Whether a policy decides what may be unsigned.
    pub const fn has_policy(&self) -> bool {
        self.policy.is_some()
    }

    /// The memory, with what this run has verified.
    pub fn into_state(self) -> Option<TrustState> {
        self.state
    }

    /// Adds the violations, and remembers what has none.
    pub(super) fn hold(&mut self, survey: &mut Survey) {
        for found in &mut survey.packages {
            let Some(known) = &found.known else { continue };
            let seen = Finding {
                name: &known.name,
                level: known.level,
                claims: &known.claims,
            };
            let by_policy = self.policy.as_ref().map_or(Ok(()), |policy| policy.allows(&seen));
            let violations = [by_policy, self.remembered(&seen, &known.version)];
            let violations = violations.iter().filter_map(|held| held.as_ref().err());
            found.violations.extend(violations.map(Fault::from));
            if found.verdict == Verdict::Verified
                && found.violations.is_empty()
                && let Some(state) = &mut self.state
            {
                state.remember(&known.name, &known.version, known.level, &known.claims);
            }
        }
        if self.policy.as_ref().is_some_and(|policy| policy.only_from_registry) {
            let outside = survey
                .elsewhere
                .iter_mut()
                .filter(|foreign| !foreign.found.reason.is_own());
            for foreign in outside {
                let reason = foreign.found.reason.as_str();
                foreign
                    .violations
                    .push(Fault::from(&PolicyRefusal::NotFromRegistry { reason }));
            }
        }
    }

    fn remembered(&self, seen: &Finding<'_>, version: &certified_evidence::Version) -> Result<(), PolicyRefusal> {
        let forgiving = self.policy.as_ref().and_then(|policy| policy.no_downgrade) == Some(false);
        let Some(state) = self.state.as_ref().filter(|_| !forgiving) else {
            return Ok(());
        };
        match state.allows(seen.name, version, seen.level, seen.claims) {
            Err(PolicyRefusal::IdentityChanged { .. }) if self.confirmed.contains(seen.name) => Ok(()),
            held => held,
        }
    }
}
