//! Literals and copies, and the codes and extra bits that stand for them (RFC 1951, 3.2.5).

/// The shortest copy.
pub(super) const SHORTEST: usize = 3;
/// The longest copy.
pub(super) const LONGEST: usize = 258;
/// The code that ends a block.
pub(super) const END_OF_BLOCK: usize = 256;
/// Codes of the literal/length alphabet that may appear.
pub(super) const LITERAL_CODES: usize = 286;
/// Codes of the distance alphabet that may appear.
pub(super) const DISTANCE_CODES: usize = 30;

/// One step of the compressed text: a byte, or a copy of earlier bytes. Packed, because a block keeps thousands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbol(u32);

impl Symbol {
    /// A byte that stands for itself.
    pub(super) fn literal(byte: u8) -> Self {
        Self(u32::from(byte))
    }

    /// A copy of `length` (3 to 258) bytes from `distance` (1 to 32,768) bytes ago.
    pub(super) fn copy(length: usize, distance: usize) -> Self {
        Self((distance as u32) << 8 | (length - SHORTEST) as u32)
    }

    /// The byte of a literal, or the length of a copy less 3.
    #[inline]
    pub(super) fn low(self) -> usize {
        (self.0 & 0xff) as usize
    }

    /// The distance of a copy; 0 for a literal.
    #[inline]
    pub(super) fn distance(self) -> usize {
        (self.0 >> 8 & 0xffff) as usize
    }

    /// How many bytes of the text it stands for.
    #[inline]
    pub(super) fn span(self) -> usize {
        if self.distance() == 0 { 1 } else { self.low() + SHORTEST }
    }

    /// The same symbol, marked when the parser knew of no copy before it looked for this one: what follows depends on the
    /// text alone, and two parsers that both come by here go on alike.
    #[inline]
    pub(super) fn fresh(self, fresh: bool) -> Self {
        Self(self.0 | u32::from(fresh) << 31)
    }

    /// Whether it is marked.
    #[inline]
    pub(super) fn is_fresh(self) -> bool {
        self.0 >> 31 == 1
    }
}

/// The code (257 to 285) of a length, given less 3.
#[inline]
pub(super) fn length_code(short: usize) -> usize {
    END_OF_BLOCK + 1 + usize::from(LENGTH_CODES[short & 0xff])
}

/// Extra bits of a literal/length code, and the first length (less 3) that it stands for.
pub(super) fn length_extra(code: usize) -> (u32, usize) {
    match code.saturating_sub(END_OF_BLOCK + 1) {
        28 => (0, 255),
        step @ 0..8 => (0, step),
        step => {
            let extra = step / 4 - 1;
            (extra as u32, (4 + step % 4) << extra)
        }
    }
}

/// The code (0 to 29) of a distance.
#[inline]
pub(super) fn distance_code(distance: usize) -> usize {
    let below = distance as u32 - 1;
    if below < 2 {
        return below as usize;
    }
    let top = below.ilog2();
    (2 * top + (below >> (top - 1) & 1)) as usize
}

/// Extra bits of a distance code, and the first distance that it stands for.
pub(super) fn distance_extra(code: usize) -> (u32, usize) {
    if code < 4 {
        return (0, code + 1);
    }
    let extra = code / 2 - 1;
    (extra as u32, ((2 + code % 2) << extra) + 1)
}

/// Length less 3 → code less 257.
const LENGTH_CODES: [u8; 256] = {
    let mut codes = [0; 256];
    let mut short = 0;
    while short < 255 {
        codes[short] = if short < 8 {
            short as u8
        } else {
            let top = short.ilog2();
            (4 * (top as usize - 1) + (short >> (top - 2) & 3)) as u8
        };
        short += 1;
    }
    // Code 284 with all extra bits set would mean 258 as well; the format gives that length a code of its own.
    codes[255] = 28;
    codes
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_lies_in_the_range_of_its_code() {
        for short in 0..256 {
            let (extra, first) = length_extra(length_code(short));
            assert!(short >= first && short - first < 1 << extra, "{short}");
        }
        assert_eq!(length_code(255), 285);
        assert_eq!(length_code(254), 284);
        assert_eq!(length_extra(265), (1, 8));
    }

    #[test]
    fn every_distance_lies_in_the_range_of_its_code() {
        for distance in 1..=32_768 {
            let (extra, first) = distance_extra(distance_code(distance));
            assert!(distance >= first && distance - first < 1 << extra, "{distance}");
        }
        assert_eq!(distance_code(32_768), 29);
        assert_eq!(distance_extra(29), (13, 24_577));
    }
}
