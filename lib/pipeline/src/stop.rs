//! A run that did not reach its end tells what exists outside by now.

use crate::{Cause, Step};

/// Where a run stopped, why, and what it has done so far.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct Stop {
    /// The step that stopped.
    pub step: Step,
    /// Why.
    pub cause: Box<Cause>,
    /// What exists outside by now, one thing each, for example `event 0197…`.
    pub already_done: Vec<String>,
    /// Whether this run has seen that npm serves the release.
    pub on_npm: bool,
}

impl Stop {
    pub(crate) fn new(step: Step, cause: impl Into<Cause>, already_done: Vec<String>, on_npm: bool) -> Self {
        Self {
            step,
            cause: Box::new(cause.into()),
            already_done,
            on_npm,
        }
    }

    /// A stable name, `step/what-is-wrong`.
    pub fn code(&self) -> String {
        self.cause.code(self.step)
    }

    /// What to do now.
    pub fn advice(&self) -> String {
        self.cause.advice()
    }

    /// What the process exits with.
    pub fn exit_code(&self) -> u8 {
        self.cause.exit_code()
    }

    /// Whether running the same command again may help and cannot harm: nothing outside is ever written twice, so only a cause that will
    /// not go away by itself says no.
    pub fn repeatable(&self) -> bool {
        matches!(self.exit_code(), 10 | 75)
    }
}
