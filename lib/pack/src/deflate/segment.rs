//! A part of the input that is parsed apart from the others, with the text before it that copies may come from.

use super::chain::REACH;
use super::matcher::Matcher;
use super::parser::parse;
use super::symbol::Symbol;

/// A part of the input and its surroundings.
#[derive(Debug, Default)]
pub(super) struct Segment {
    /// The text: what copies may come from, the part itself, and, unless it is the last part, [`MARGIN`] bytes more.
    pub(super) text: Vec<u8>,
    /// Where the text begins in the whole input, a multiple of [`REACH`].
    pub(super) origin: usize,
    /// Where the part begins in the text.
    pub(super) from: usize,
    /// Where the part ends in the text.
    pub(super) to: usize,
    /// Whether it is the last part.
    pub(super) last: bool,
}

impl Segment {
    /// All of the input as one part.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn whole(input: &[u8]) -> Self {
        Self {
            text: input.to_vec(),
            origin: 0,
            from: 0,
            to: input.len(),
            last: true,
        }
    }

    /// The part itself.
    pub(super) fn own(&self) -> &[u8] {
        self.text.get(self.from..self.to).unwrap_or_default()
    }

    /// The text right before the part, as far as copies reach.
    pub(super) fn before(&self) -> &[u8] {
        self.text
            .get(self.from.saturating_sub(REACH)..self.from)
            .unwrap_or_default()
    }

    /// Parses the part as if nothing were known when it begins, and a little of the next one.
    pub(super) fn parse(self) -> Parsed {
        let from = self.from;
        self.parse_from(from)
    }

    /// Parses the part again, beginning at `from`, a position of the text in the part.
    pub(super) fn parse_from(self, from: usize) -> Parsed {
        let until = if self.last { self.to } else { self.to + OVERLAP };
        let symbols = parse(&mut Matcher::new(&self), &self.text, from, until);
        Parsed {
            from: self.origin + from,
            symbols,
            segment: self,
        }
    }
}

/// The symbols for a segment: right from the first position on that a parser reaches which comes from the start of the input.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) segment: Segment,
    /// Where the first symbol begins, in the whole input.
    pub(super) from: usize,
    pub(super) symbols: Vec<Symbol>,
}

/// How far a segment is parsed into the next one. Two parsers of the same text mostly agree within a few hundred bytes.
const OVERLAP: usize = 2048;
/// How much text of the next segment is needed for that: an unfinished copy is finished, and copies are looked for beyond it.
pub(super) const MARGIN: usize = OVERLAP + 1024;
