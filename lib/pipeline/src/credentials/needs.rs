//! Which step needs what to be let in where.

use certified_client::Service;

use crate::Step;

/// What lets a step in somewhere.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Need {
    /// ChittyID.
    ChittyId,
    /// The gateway, for the Chronicle.
    Gateway,
    /// The archive: an API token of Cloudflare's, from which the key follows.
    Archive,
    /// ChittyRegistry.
    Registry,
    /// npm.
    Npm,
}

impl Need {
    /// All of them, in the order of the steps that need them first.
    pub(crate) const ALL: [Self; 5] = [Self::ChittyId, Self::Gateway, Self::Archive, Self::Registry, Self::Npm];

    /// What this step cannot do without.
    pub(crate) const fn of(step: Step) -> &'static [Self] {
        match step {
            Step::Certificate => &[Self::ChittyId],
            // Signatures are witnessed by the log behind the gateway.
            Step::Sign | Step::Chronicle | Step::Metadata => &[Self::Gateway],
            Step::Upload => &[Self::Archive],
            Step::Register => &[Self::Registry],
            // The Chronicle and the registry are told that the release is out, and what was archived is part of the proof.
            Step::Publish => &[Self::Npm, Self::Gateway, Self::Archive, Self::Registry],
            Step::Build | Step::Summary => &[],
        }
    }

    /// Whether a step after this one needs it.
    pub(crate) fn after(self, step: Step) -> bool {
        Step::ALL
            .into_iter()
            .any(|later| later > step && Self::of(later).contains(&self))
    }

    /// What ChittyConnect calls it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ChittyId => "CHITTY_ID_TOKEN",
            Self::Gateway => "CHITTY_API_KEY",
            Self::Archive => "CLOUDFLARE_API_TOKEN",
            Self::Registry => "CHITTY_REGISTRY_TOKEN",
            Self::Npm => "NPM_TOKEN",
        }
    }

    /// Whom it is shown to.
    pub(crate) const fn service(self) -> Service {
        match self {
            Self::ChittyId => Service::ChittyId,
            Self::Gateway => Service::Chronicle,
            Self::Archive => Service::Store,
            Self::Registry => Service::Registry,
            Self::Npm => Service::Npm,
        }
    }

    /// The service and the scope that a token of ChittyOS is made for; nothing for the others, which are none of its services.
    pub(crate) const fn target(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::ChittyId => Some(("chittyid", "certificate:request")),
            Self::Gateway => Some(("chronicle", "chronicle:write")),
            Self::Registry => Some(("chittyregistry", "registry:write")),
            Self::Archive | Self::Npm => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_held_longer_than_a_later_step_needs_it() {
        let held = |need: Need| -> Vec<usize> {
            let steps = Step::ALL.into_iter();
            steps.filter(|step| need.after(*step)).map(Step::number).collect()
        };
        assert_eq!(held(Need::ChittyId), [1]);
        assert_eq!(held(Need::Gateway), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(held(Need::Archive), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(held(Need::Registry), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(held(Need::Npm), [1, 2, 3, 4, 5, 6, 7]);
        assert!(Need::ALL.into_iter().all(|need| !need.after(Step::Publish)));
    }

    #[test]
    fn the_steps_that_run_code_of_the_package_or_ask_nobody_need_nothing() {
        for step in [Step::Build, Step::Summary] {
            assert!(Need::of(step).is_empty(), "{step}");
        }
    }
}
