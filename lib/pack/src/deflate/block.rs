//! Blocks: up to 16,383 symbols, written in the cheapest of three ways (RFC 1951, 3.2.4 to 3.2.7).
//!
//! Sizes are compared in whole bytes, so ties are frequent: stored goes before fixed, and fixed before dynamic.

use std::sync::LazyLock;

use super::bits::BitWriter;
use super::huffman::Code;
use super::lengths::Description;
use super::symbol::{
    DISTANCE_CODES, END_OF_BLOCK, LITERAL_CODES, Symbol, distance_code, distance_extra, length_code, length_extra,
};

/// Symbols that wait for their block to be written.
#[derive(Debug)]
pub(super) struct Block {
    symbols: Vec<Symbol>,
    literals: [u32; LITERAL_CODES],
    distances: [u32; DISTANCE_CODES],
}

impl Block {
    /// A block without symbols.
    pub(super) fn new() -> Self {
        let mut block = Self {
            symbols: Vec::with_capacity(MOST_SYMBOLS),
            literals: [0; LITERAL_CODES],
            distances: [0; DISTANCE_CODES],
        };
        block.clear();
        block
    }

    /// Adds a symbol.
    #[inline]
    pub(super) fn add(&mut self, symbol: Symbol) {
        self.symbols.push(symbol);
        let (low, distance) = (symbol.low(), symbol.distance());
        if distance == 0 {
            self.literals[low] += 1;
        } else {
            self.literals[length_code(low)] += 1;
            self.distances[distance_code(distance)] += 1;
        }
    }

    /// Whether the block has to be written before another symbol is added.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.symbols.len() == MOST_SYMBOLS
    }

    /// Writes the block and empties it. `stored` is the text that the symbols stand for, if it may be stored.
    pub(super) fn write(&mut self, stored: Stored<'_>, last: bool, bits: &mut BitWriter) {
        let codes = Codes::new(&self.literals, &self.distances);
        let description = codes.describe();
        let dynamic = self.bytes(&codes, description.bits());
        let fixed = self.bytes(&FIXED, 0);
        let last = u64::from(last);
        match stored {
            Stored::Possible(text) if text.len() + 4 <= dynamic.min(fixed) => {
                bits.write(last, 3);
                // The format counts to 65,535, and text that compresses too badly to be coded is far shorter.
                let length = text.len() as u16;
                bits.write_bytes(&length.to_le_bytes());
                bits.write_bytes(&(!length).to_le_bytes());
                bits.write_bytes(text);
            }
            _ if fixed <= dynamic => {
                bits.write(0b010 | last, 3);
                self.write_symbols(&FIXED, bits);
            }
            _ => {
                bits.write(0b100 | last, 3);
                description.write(bits);
                self.write_symbols(&codes, bits);
            }
        }
        self.clear();
    }

    fn clear(&mut self) {
        self.symbols.clear();
        self.literals = [0; LITERAL_CODES];
        self.distances = [0; DISTANCE_CODES];
        self.literals[END_OF_BLOCK] = 1;
    }

    /// Whole bytes that the block takes with these codes, `described` in so many bits.
    fn bytes(&self, codes: &Codes, described: usize) -> usize {
        let literals = self
            .literals
            .iter()
            .enumerate()
            .map(|(code, &count)| (count, codes.literals.lengths[code], length_extra(code).0));
        let distances = self
            .distances
            .iter()
            .enumerate()
            .map(|(code, &count)| (count, codes.distances.lengths[code], distance_extra(code).0));
        let symbols: u32 = literals
            .chain(distances)
            .map(|(count, length, extra)| count * (u32::from(length) + extra))
            .sum();
        (3 + described + symbols as usize).div_ceil(8)
    }

    fn write_symbols(&self, codes: &Codes, bits: &mut BitWriter) {
        let lengths = codes.length_words();
        let starts: [(u32, usize); DISTANCE_CODES] = std::array::from_fn(distance_extra);
        for &symbol in &self.symbols {
            let (low, distance) = (symbol.low(), symbol.distance());
            if distance == 0 {
                bits.write(
                    u64::from(codes.literals.words[low]),
                    u32::from(codes.literals.lengths[low]),
                );
                continue;
            }
            let (word, taken) = lengths[low];
            let code = distance_code(distance);
            let (extra, start) = starts[code];
            let length = u32::from(codes.distances.lengths[code]);
            let rest = u64::from(codes.distances.words[code]) | ((distance - start) as u64) << length;
            bits.write(u64::from(word) | rest << taken, taken + length + extra);
        }
        bits.write(
            u64::from(codes.literals.words[END_OF_BLOCK]),
            u32::from(codes.literals.lengths[END_OF_BLOCK]),
        );
    }
}

/// The text behind a block.
#[derive(Debug)]
pub(super) enum Stored<'a> {
    /// The text is still in the window and may be stored as it is.
    Possible(&'a [u8]),
    /// The beginning of the text has left the window.
    Impossible,
}

/// The two codes of a block.
#[derive(Debug)]
struct Codes {
    literals: Code<LITERAL_CODES>,
    distances: Code<DISTANCE_CODES>,
}

impl Codes {
    fn new(literals: &[u32; LITERAL_CODES], distances: &[u32; DISTANCE_CODES]) -> Self {
        Self {
            literals: Code::new(literals, 15),
            distances: Code::new(distances, 15),
        }
    }

    fn describe(&self) -> Description {
        Description::new(
            &self.literals.lengths[..self.literals.used],
            &self.distances.lengths[..self.distances.used],
        )
    }

    /// For every length of a copy, less 3: its word with the extra bits, and how many bits that is.
    fn length_words(&self) -> [(u32, u32); 256] {
        std::array::from_fn(|short| {
            let code = length_code(short);
            let (extra, start) = length_extra(code);
            let length = u32::from(self.literals.lengths[code]);
            (
                u32::from(self.literals.words[code]) | ((short - start) as u32) << length,
                length + extra,
            )
        })
    }
}

/// The codes that need no description.
static FIXED: LazyLock<Codes> = LazyLock::new(|| {
    let literals: [u8; 288] = std::array::from_fn(|letter| match letter {
        0..144 | 280.. => 8,
        144..256 => 9,
        _ => 7,
    });
    Codes {
        literals: Code::with_lengths(&literals),
        distances: Code::with_lengths(&[5; 32]),
    }
});

const MOST_SYMBOLS: usize = 16_383;
