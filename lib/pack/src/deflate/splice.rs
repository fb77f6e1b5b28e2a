//! The symbols of segments that were parsed apart become those of one parser that started at the beginning.
//!
//! A segment's own symbols are right from the first place on at which both its parser and that of the segment before it knew
//! of no copy: from there on the two do the same. The segment before was parsed a little beyond its end to find such a place.
//! When there is none, the segment is parsed once more from where the one before it ends. So the symbols never depend on how
//! the input was cut.

use std::iter;

use super::blocks::Blocks;
use super::segment::Parsed;

/// Joins segments in order and writes blocks.
#[derive(Debug)]
pub(super) struct Splice {
    /// The segment whose symbols are not all written.
    open: Option<Open>,
    blocks: Blocks,
}

/// A segment and how many of its symbols are written.
#[derive(Debug)]
struct Open {
    parsed: Parsed,
    written: usize,
}

impl Splice {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self {
            open: None,
            blocks: Blocks::new(),
        }
    }

    /// Takes the next segment in order.
    pub(super) fn add(&mut self, mut next: Parsed) {
        let mut written = 0;
        if let Some(open) = self.open.take() {
            let seam = open.seam(self.blocks.position(), &next);
            let symbols = open.parsed.symbols.get(open.written..seam.before);
            self.blocks.add(symbols.unwrap_or_default(), None);
            match seam.after {
                Some(after) => written = after,
                None => next = again(next, self.blocks.position()),
            }
        }
        self.blocks.keep(next.segment.own());
        self.open = Some(Open { parsed: next, written });
    }

    /// Writes what is left, and ends the stream.
    pub(super) fn finish(&mut self) {
        let end = self.blocks.kept();
        if let Some(open) = self.open.take() {
            let symbols = open.parsed.symbols.get(open.written..);
            self.blocks.add(symbols.unwrap_or_default(), Some(end));
        }
        self.blocks.finish(end);
    }

    /// The bytes that are ready.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.blocks.take()
    }
}

impl Open {
    /// The first place at which both segments knew of no copy. `position` is where the first unwritten symbol begins.
    fn seam(&self, position: usize, next: &Parsed) -> Seam {
        let mut here = position;
        let mut there = next.from;
        let mut after = 0;
        let mut first = None;
        let unwritten = self.parsed.symbols.iter().enumerate().skip(self.written);
        // What was parsed ends where nothing waits.
        let places = unwritten
            .map(|(index, &symbol)| (index, symbol.is_fresh(), symbol.span()))
            .chain(iter::once_with(|| (self.parsed.symbols.len(), true, 0)));
        for (before, fresh, span) in places {
            if fresh && here >= next.from {
                while there < here
                    && let Some(symbol) = next.symbols.get(after)
                {
                    there += symbol.span();
                    after += 1;
                }
                if there == here && next.symbols.get(after).is_some_and(|symbol| symbol.is_fresh()) {
                    return Seam {
                        before,
                        after: Some(after),
                    };
                }
                first.get_or_insert(before);
            }
            here += span;
        }
        Seam {
            before: first.unwrap_or(self.parsed.symbols.len()),
            after: None,
        }
    }
}

/// Where one segment hands over to the next: how many symbols of the first count, and which of the second is the first that
/// does.
struct Seam {
    before: usize,
    after: Option<usize>,
}

fn again(parsed: Parsed, position: usize) -> Parsed {
    let from = position - parsed.segment.origin;
    parsed.segment.parse_from(from)
}
