//! Symbols become blocks, each with the text it stands for as long as that may be stored as it is.

use super::bits::BitWriter;
use super::block::{Block, Stored};
use super::symbol::Symbol;
use super::window::start_at;

/// Writes symbols in blocks. Positions are those of the whole input.
#[derive(Debug)]
pub(super) struct Blocks {
    /// Where the next symbol begins.
    position: usize,
    /// What the parser looked at when it gave the last symbol.
    looked_at: usize,
    /// The last part of the input, and where it begins.
    text: Vec<u8>,
    text_start: usize,
    block: Block,
    block_start: usize,
    bits: BitWriter,
}

impl Blocks {
    /// No symbols.
    pub(super) fn new() -> Self {
        Self {
            position: 0,
            looked_at: 0,
            text: Vec::new(),
            text_start: 0,
            block: Block::new(),
            block_start: 0,
            bits: BitWriter::new(),
        }
    }

    /// Where the next symbol begins.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// Up to where the input was given to keep.
    pub(super) fn kept(&self) -> usize {
        self.text_start + self.text.len()
    }

    /// Keeps the next part of the input. It has to come before its symbols.
    pub(super) fn keep(&mut self, text: &[u8]) {
        let gone = self.block_start.max(self.position.saturating_sub(STORABLE)) - self.text_start;
        self.text.drain(..gone.min(self.text.len()));
        self.text_start += gone;
        self.text.extend_from_slice(text);
    }

    /// Adds symbols, with the length of the input if they are the last.
    pub(super) fn add(&mut self, symbols: &[Symbol], end: Option<usize>) {
        for &symbol in symbols {
            // A copy or a literal is decided on when the parser looks at the byte after its first one.
            self.looked_at = self.position + 1;
            self.block.add(symbol);
            self.position += symbol.span();
            if end == Some(self.looked_at) {
                // There is no such byte; the last literal goes into the last block without another look.
                self.looked_at -= 1;
            } else if self.block.is_full() {
                self.flush(end, false);
            }
        }
    }

    /// Writes the last block. `end` is the length of the input.
    pub(super) fn finish(&mut self, end: usize) {
        self.flush(Some(end), true);
        self.bits.align();
    }

    /// The bytes that are ready.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.bits.take()
    }

    fn flush(&mut self, end: Option<usize>, last: bool) {
        let window = start_at(self.looked_at, end);
        let from = self.block_start.checked_sub(self.text_start);
        let text = from.and_then(|from| self.text.get(from..self.position - self.text_start));
        let stored = match text {
            Some(text) if self.block_start >= window => Stored::Possible(text),
            _ => Stored::Impossible,
        };
        self.block.write(stored, last, &mut self.bits);
        self.block_start = self.position;
    }
}

/// No text from farther back is stored: it is no longer in the window.
const STORABLE: usize = 1 << 16;
