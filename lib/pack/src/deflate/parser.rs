//! Which symbols stand for the input: a copy is taken unless a longer one begins one byte later.

use super::matcher::{Copy, Matcher};
use super::symbol::{SHORTEST, Symbol};

/// The symbols for `text` from `from` on, at least up to `until`, and up to a place where nothing waits.
pub(super) fn parse(matcher: &mut Matcher<'_>, text: &[u8], from: usize, until: usize) -> Vec<Symbol> {
    let mut symbols = Vec::with_capacity((until - from) / 3);
    let mut position = from;
    // What the byte before `position` waits for, and whether anything was known when it was looked at.
    let mut waiting = Waiting::Nothing;
    let mut fresh = true;
    while position < until || matches!(waiting, Waiting::Copy(_)) {
        matcher.slide(position);
        let here = search(matcher, position, waiting.length());
        waiting = match (waiting, here) {
            (Waiting::Copy(before), None) => {
                symbols.push(Symbol::copy(before.length, before.distance).fresh(fresh));
                position += before.length - 1;
                Waiting::Nothing
            }
            (before, here) => {
                if !matches!(before, Waiting::Nothing) {
                    symbols.push(Symbol::literal(text[position - 1]).fresh(fresh));
                }
                fresh = !matches!(before, Waiting::Copy(_));
                position += 1;
                here.map_or(Waiting::Literal, Waiting::Copy)
            }
        };
    }
    if !matches!(waiting, Waiting::Nothing) {
        symbols.push(Symbol::literal(text[position - 1]).fresh(fresh));
    }
    symbols
}

/// A copy for the text at `position` that is longer than `known`, and worth its distance.
#[inline]
fn search(matcher: &mut Matcher<'_>, position: usize, known: usize) -> Option<Copy> {
    matcher
        .longest(position, known)
        .filter(|copy| copy.length > SHORTEST || copy.distance <= TOO_FAR)
}

/// The fate of the byte before the current position.
#[derive(Clone, Copy)]
enum Waiting {
    /// It is part of an earlier symbol.
    Nothing,
    /// It is a literal.
    Literal,
    /// A copy begins there.
    Copy(Copy),
}

impl Waiting {
    /// The length that a copy from here has to exceed.
    #[inline]
    fn length(self) -> usize {
        match self {
            Self::Copy(copy) => copy.length,
            _ => SHORTEST - 1,
        }
    }
}

/// A copy of three bytes from farther away costs more than the bytes.
const TOO_FAR: usize = 4096;
