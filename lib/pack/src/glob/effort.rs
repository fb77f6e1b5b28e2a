//! A bound on the work that one pattern may cost.

use super::PatternError;

/// Steps that are left. Ordinary patterns take some hundreds; only patterns that are made to explode run out.
pub(super) struct Effort(usize);

impl Effort {
    /// As much as any honest pattern could want, and a fraction of a second.
    pub(super) fn new() -> Self {
        Self(30_000_000)
    }

    /// Takes steps away, or refuses the pattern.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), PatternError> {
        self.0 = self.0.checked_sub(steps).ok_or(PatternError::TooComplex)?;
        Ok(())
    }
}

/// How deeply braces or groups may be nested in each other.
pub(super) const DEEPEST: usize = 200;
