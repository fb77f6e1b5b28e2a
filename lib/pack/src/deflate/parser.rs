//! Which symbols stand for the input: a copy is taken unless a longer one begins one byte later.

use super::bits::BitWriter;
use super::block::{Block, Stored};
use super::matcher::{Copy, Matcher};
use super::symbol::SHORTEST;

/// Appends the deflated `input` to `out`.
pub(super) fn compress(input: &[u8], out: Vec<u8>) -> Vec<u8> {
    let mut parser = Parser {
        input,
        matcher: Matcher::new(input),
        block: Block::new(),
        block_start: 0,
        bits: BitWriter::new(out),
    };
    parser.parse();
    parser.bits.finish()
}

struct Parser<'a> {
    input: &'a [u8],
    matcher: Matcher<'a>,
    block: Block,
    block_start: usize,
    bits: BitWriter,
}

impl Parser<'_> {
    fn parse(&mut self) {
        let mut position = 0;
        // What the byte before `position` waits for: nothing, or to be compared with what begins here.
        let mut waiting = Waiting::Nothing;
        while position < self.input.len() {
            self.matcher.slide(position);
            let here = self.search(position, waiting.length());
            waiting = match (waiting, here) {
                (Waiting::Copy(before), None) => {
                    position += before.length - 1;
                    self.block.add_copy(before.length, before.distance);
                    self.flush_if_full(position);
                    Waiting::Nothing
                }
                (before, here) => {
                    if !matches!(before, Waiting::Nothing) {
                        self.block.add_literal(self.input[position - 1]);
                        self.flush_if_full(position);
                    }
                    position += 1;
                    here.map_or(Waiting::Literal, Waiting::Copy)
                }
            };
        }
        if !matches!(waiting, Waiting::Nothing) {
            self.block.add_literal(self.input[position - 1]);
        }
        self.flush(position, true);
    }

    /// A copy for the text at `position` that is longer than `known`, and worth its distance.
    #[inline]
    fn search(&mut self, position: usize, known: usize) -> Option<Copy> {
        self.matcher
            .longest(position, known)
            .filter(|copy| copy.length > SHORTEST || copy.distance <= TOO_FAR)
    }

    #[inline]
    fn flush_if_full(&mut self, position: usize) {
        if self.block.is_full() {
            self.flush(position, false);
        }
    }

    fn flush(&mut self, position: usize, last: bool) {
        let stored = self
            .matcher
            .text(self.block_start, position)
            .map_or(Stored::Impossible, Stored::Possible);
        self.block.write(stored, last, &mut self.bits);
        self.block_start = position;
    }
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
    fn length(self) -> usize {
        match self {
            Self::Copy(copy) => copy.length,
            _ => SHORTEST - 1,
        }
    }
}

/// A copy of three bytes from farther away costs more than the bytes.
const TOO_FAR: usize = 4096;
