//! Telling whoever watches how far a run has come.

use crate::Step;

/// Hears about a run. The binary prints; tests and libraries may stay silent.
pub trait Progress: Send {
    /// A step begins.
    fn started(&mut self, step: Step);

    /// A step has ended well. `outcome` is what it left, in a few words.
    fn finished(&mut self, step: Step, outcome: &str, millis: u64);

    /// Something worth a line inside a step, for example a line of a package script. Untrusted text.
    fn heard(&mut self, line: &str);

    /// Something that the user should know although the run goes on.
    fn warned(&mut self, line: &str);
}

/// Hears and says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn started(&mut self, _: Step) {}
    fn finished(&mut self, _: Step, _: &str, _: u64) {}
    fn heard(&mut self, _: &str) {}
    fn warned(&mut self, _: &str) {}
}
