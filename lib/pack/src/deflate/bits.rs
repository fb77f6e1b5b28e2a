//! Bits, packed from the least significant end of each byte (RFC 1951, 3.1.1).

use std::mem;

/// Collects bits and appends them to a vector, eight bytes at a time.
#[derive(Debug)]
pub(super) struct BitWriter {
    out: Vec<u8>,
    pending: u64,
    /// How many bits of `pending` are taken; always below 64.
    taken: u32,
}

impl BitWriter {
    /// Nothing written.
    pub(super) fn new() -> Self {
        Self {
            out: Vec::new(),
            pending: 0,
            taken: 0,
        }
    }

    /// Appends the low `count` bits of `value`; `count` is at most 56 and the bits above are zero.
    #[inline]
    pub(super) fn write(&mut self, value: u64, count: u32) {
        self.pending |= value << self.taken;
        self.taken += count;
        if self.taken >= 64 {
            self.out.extend_from_slice(&self.pending.to_le_bytes());
            self.taken -= 64;
            self.pending = value >> (count - self.taken);
        }
    }

    /// Appends whole bytes, after zero bits up to the next boundary of a byte.
    pub(super) fn write_bytes(&mut self, bytes: &[u8]) {
        self.align();
        self.out.extend_from_slice(bytes);
    }

    /// The whole bytes that were written since the last time; bits that do not fill a word yet stay.
    pub(super) fn take(&mut self) -> Vec<u8> {
        mem::take(&mut self.out)
    }

    /// Fills up the last byte with zero bits.
    pub(super) fn align(&mut self) {
        let bytes = self.pending.to_le_bytes();
        self.out.extend(bytes.iter().take(self.taken.div_ceil(8) as usize));
        self.pending = 0;
        self.taken = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_fill_bytes_from_the_least_significant_end() {
        let mut bits = BitWriter::new();
        bits.write(0b1, 1);
        bits.write(0b01, 2);
        bits.write(0b1_1111, 5);
        bits.write(0b1, 1);
        bits.align();
        assert_eq!(bits.take(), [0b1111_1011, 1]);
    }

    #[test]
    fn whole_bytes_start_on_a_boundary() {
        let mut bits = BitWriter::new();
        bits.write(0b101, 3);
        bits.write_bytes(&[0xaa]);
        bits.write_bytes(&[0xbb]);
        assert_eq!(bits.take(), [0b101, 0xaa, 0xbb]);
    }

    #[test]
    fn sixty_four_bits_and_more_keep_their_order() {
        let mut bits = BitWriter::new();
        for byte in 0..40_u64 {
            bits.write(byte | (byte << 8) << 40, 56);
        }
        bits.align();
        let written = bits.take();
        assert_eq!(written.len(), 280);
        for (byte, chunk) in written.chunks(7).enumerate() {
            assert_eq!(chunk, [byte as u8, 0, 0, 0, 0, 0, byte as u8]);
        }
    }
}
