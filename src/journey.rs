//! How far a run has come, for whoever stops it half-way.

use std::sync::{Mutex, PoisonError};

use certified_pipeline::Step;

use crate::failure::{Failure, SAFE, listed};

/// Written down while a run goes on.
#[derive(Debug, Default)]
pub(crate) struct Journey(Mutex<Whereabouts>);

/// Where a run stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whereabouts {
    step: Option<Step>,
    under_way: bool,
    done: Vec<String>,
}

impl Journey {
    pub(crate) fn begins(&self, step: Step) {
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (place.step, place.under_way) = (Some(step), true);
    }

    pub(crate) fn ends(&self, step: Step, outcome: &str) {
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        place.under_way = false;
        place.done.extend(left(step).map(|what| format!("{what} {outcome}")));
    }

    /// The run is given up here.
    pub(crate) fn cancelled(&self) -> Failure {
        Failure::Cancelled(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl Whereabouts {
    /// What exists outside by now, and whether to run again.
    pub(crate) fn lines(&self) -> Vec<String> {
        let Some(step) = self.step else {
            return Vec::new();
        };
        let open = match (self.under_way, left(step)) {
            (true, Some(what)) => format!(" · not known: whether {what} came into being"),
            _ => String::new(),
        };
        let npm = if step < Step::Publish {
            " · not done: npm publish"
        } else {
            ""
        };
        let done = listed(&self.done);
        vec![
            format!("step {} of 9 · already done: {done}{open}{npm}", step.number()),
            SAFE.to_owned(),
        ]
    }
}

/// What a step leaves outside.
const fn left(step: Step) -> Option<&'static str> {
    match step {
        Step::Certificate => Some("certificate"),
        Step::Chronicle => Some("event"),
        Step::Upload => Some("object"),
        Step::Register => Some("registration"),
        Step::Publish => Some("npm release"),
        Step::Build | Step::Sign | Step::Metadata | Step::Summary => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_cancels_hears_what_exists_outside_and_what_nobody_knows() {
        let journey = Journey::default();
        let said = |journey: &Journey| journey.cancelled().whereabouts().first().cloned().unwrap_or_default();
        assert_eq!(said(&journey), "");
        journey.begins(Step::Certificate);
        assert_eq!(
            said(&journey),
            "step 2 of 9 · already done: nothing · not known: whether certificate came into being · not done: npm publish"
        );
        journey.ends(Step::Certificate, "CERT-1");
        journey.begins(Step::Sign);
        assert_eq!(
            said(&journey),
            "step 3 of 9 · already done: certificate CERT-1 · not done: npm publish"
        );
        journey.begins(Step::Publish);
        assert_eq!(
            said(&journey),
            "step 8 of 9 · already done: certificate CERT-1 · not known: whether npm release came into being"
        );
    }
}
