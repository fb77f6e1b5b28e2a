//! How the two codes of a dynamic block are described: their lengths, run by run (RFC 1951, 3.2.7).
//!
//! Runs are cut greedily, the literal/length code and the distance code apart.

use super::bits::BitWriter;
use super::huffman::Code;

/// The description of a pair of codes, ready to be weighed and written.
#[derive(Debug)]
pub(super) struct Description {
    runs: Vec<Run>,
    code: Code<19>,
    /// How many lengths of `code` are written, in the order of [`ORDER`].
    written: usize,
    literals: usize,
    distances: usize,
}

impl Description {
    /// Describes codes by the lengths of their letters, as far as they are used.
    pub(super) fn new(literals: &[u8], distances: &[u8]) -> Self {
        let mut runs = Vec::with_capacity(literals.len() + distances.len());
        cut(literals, &mut runs);
        cut(distances, &mut runs);
        let mut counts = [0; 19];
        for run in &runs {
            counts[usize::from(run.letter)] += 1;
        }
        let code = Code::new(&counts, 7);
        let last = ORDER.iter().rposition(|&letter| code.lengths[letter] > 0).unwrap_or(0);
        Self {
            runs,
            code,
            written: (last + 1).max(4),
            literals: literals.len(),
            distances: distances.len(),
        }
    }

    /// Bits that [`Description::write`] writes.
    pub(super) fn bits(&self) -> usize {
        let runs: u32 = self
            .runs
            .iter()
            .map(|run| u32::from(self.code.lengths[usize::from(run.letter)]) + run.extra_bits())
            .sum();
        5 + 5 + 4 + 3 * self.written + runs as usize
    }

    /// Writes the description.
    pub(super) fn write(&self, bits: &mut BitWriter) {
        bits.write((self.literals - 257) as u64, 5);
        bits.write((self.distances - 1) as u64, 5);
        bits.write((self.written - 4) as u64, 4);
        for &letter in &ORDER[..self.written] {
            bits.write(u64::from(self.code.lengths[letter]), 3);
        }
        for run in &self.runs {
            let letter = usize::from(run.letter);
            bits.write(u64::from(self.code.words[letter]), u32::from(self.code.lengths[letter]));
            bits.write(u64::from(run.extra), run.extra_bits());
        }
    }
}

/// A length (0 to 15), or 16: the last length 3 to 6 times more, 17: 3 to 10 zeros, 18: 11 to 138 zeros.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Run {
    letter: u8,
    extra: u8,
}

impl Run {
    fn extra_bits(self) -> u32 {
        match self.letter {
            16 => 2,
            17 => 3,
            18 => 7,
            _ => 0,
        }
    }
}

fn cut(lengths: &[u8], runs: &mut Vec<Run>) {
    for same in lengths.chunk_by(|a, b| a == b) {
        let letter = same[0];
        let mut left = same.len();
        if letter > 0 {
            runs.push(Run { letter, extra: 0 });
            left -= 1;
        }
        while left > 0 {
            let (run, taken) = match (letter, left) {
                (_, 1 | 2) => (Run { letter, extra: 0 }, 1),
                (0, 3..=10) => (
                    Run {
                        letter: 17,
                        extra: left as u8 - 3,
                    },
                    left,
                ),
                (0, _) => (
                    Run {
                        letter: 18,
                        extra: left.min(138) as u8 - 11,
                    },
                    left.min(138),
                ),
                _ => (
                    Run {
                        letter: 16,
                        extra: left.min(6) as u8 - 3,
                    },
                    left.min(6),
                ),
            };
            runs.push(run);
            left -= taken;
        }
    }
}

/// The order in which the lengths of the description's own code are written: the likeliest to be zero at the end.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(lengths: &[u8]) -> Vec<(u8, u8)> {
        let mut runs = Vec::new();
        cut(lengths, &mut runs);
        runs.iter().map(|run| (run.letter, run.extra)).collect()
    }

    #[test]
    fn zeros_are_cut_at_138() {
        assert_eq!(runs(&[0; 150]), [(18, 127), (18, 1)]);
        assert_eq!(runs(&[0; 140]), [(18, 127), (0, 0), (0, 0)]);
        assert_eq!(runs(&[0; 10]), [(17, 7)]);
    }

    #[test]
    fn a_length_is_named_before_it_is_repeated() {
        assert_eq!(runs(&[5; 3]), [(5, 0), (5, 0), (5, 0)]);
        assert_eq!(runs(&[5; 4]), [(5, 0), (16, 0)]);
        assert_eq!(runs(&[5; 9]), [(5, 0), (16, 3), (5, 0), (5, 0)]);
        assert_eq!(runs(&[5, 5, 0, 5]), [(5, 0), (5, 0), (0, 0), (5, 0)]);
    }
}
