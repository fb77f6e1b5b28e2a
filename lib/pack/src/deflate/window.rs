//! The window that slides over the input: 64 KiB long, moving on by 32 KiB.
//!
//! Where it starts is visible in the output, at its first byte, which is never copied from, and in blocks that may only be
//! stored while their text is still in it. It follows from the position alone, so it can be told in the middle of the input.

use super::chain::REACH;
use super::segment::Segment;
use super::symbol::LONGEST;

/// The window over the text of a segment. Positions are those of the text.
#[derive(Debug)]
pub(super) struct Window {
    /// Where the window starts, in the whole input.
    start: usize,
    /// Where the text starts, in the whole input.
    origin: usize,
    /// The length of the whole input, if the text reaches its end.
    end: Option<usize>,
    /// The position of the text from which on the window moves.
    next: usize,
}

impl Window {
    /// The window at the first position of a segment.
    pub(super) fn new(segment: &Segment) -> Self {
        let end = segment.last.then(|| segment.origin + segment.text.len());
        let mut window = Self {
            start: start_at(segment.origin + segment.from, end),
            origin: segment.origin,
            end,
            next: 0,
        };
        window.next = window.moves_at();
        window
    }

    /// Where it starts; 0 if that is before the text.
    #[inline]
    pub(super) fn start(&self) -> usize {
        self.start.saturating_sub(self.origin)
    }

    /// Moves on when little is left behind `position`.
    #[inline]
    pub(super) fn slide(&mut self, position: usize) {
        if position >= self.next {
            self.start += REACH;
            self.next = self.moves_at();
        }
    }

    /// Whether what lies behind `end`, the end of the input, in the window is the text of half a window ago.
    pub(super) fn wraps_before(&self, end: usize) -> bool {
        self.start > 0 && self.origin + end - self.start < 2 * REACH
    }

    fn moves_at(&self) -> usize {
        let full = self.start + FULL;
        // Near its end there is no more input to wait for.
        let early = self.end.is_some_and(|end| end < full + RESERVE);
        (full + usize::from(!early)).saturating_sub(self.origin)
    }
}

/// Where the window starts when the parser is at `position`. `end` is the length of the input, as far as it is known.
pub(super) fn start_at(position: usize, end: Option<usize>) -> usize {
    let Some(over) = position.checked_sub(FULL) else {
        return 0;
    };
    let early = end.is_some_and(|end| end < position + RESERVE);
    let moved = over.div_euclid(REACH) + usize::from(over % REACH != 0 || early);
    moved * REACH
}

/// The window moves on when less than this much input is left in it.
const RESERVE: usize = LONGEST + 4;
/// The farthest place that is looked at.
pub(super) const FARTHEST: usize = REACH - RESERVE;
/// How far the window is behind when it moves on.
const FULL: usize = REACH + FARTHEST;

#[cfg(test)]
mod tests {
    use super::*;

    /// The rule as zlib's `fill_window` has it, followed from the beginning.
    fn followed(visits: impl Iterator<Item = usize>, end: usize) -> usize {
        let mut start = 0;
        for position in visits {
            let held = end.min(start + 2 * REACH);
            if held - position < RESERVE && position - start >= FULL {
                start += REACH;
            }
        }
        start
    }

    #[test]
    fn the_start_follows_from_the_position_alone() {
        for length in [300_000, 65_274, 65_275, 65_535, 65_536, 98_043, 131_072] {
            for step in [1, 2, 3, 257, 258] {
                for stop in [
                    0, 65_273, 65_274, 65_275, 65_300, 98_041, 98_042, 98_043, 98_044, 130_900, 299_999,
                ] {
                    let stop = stop.min(length - 1);
                    let first = stop % step;
                    let visits = (first..=stop).step_by(step);
                    assert_eq!(
                        start_at(stop, Some(length)),
                        followed(visits, length),
                        "length {length}, step {step}, position {stop}"
                    );
                }
            }
        }
    }
}
