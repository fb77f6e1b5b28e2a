//! One search for the longest copy: places are tried from newer to older, and only a longer copy replaces a shorter one.

use super::chain::{Chain, Ranks};
use super::matcher::Copy;

/// A search in progress.
#[derive(Debug)]
pub(super) struct Search<'w> {
    /// The input up to the end of the longest copy possible.
    text: &'w [u8],
    /// Where the text that is searched for begins.
    position: usize,
    /// Places here and before are out of reach.
    oldest: usize,
    /// How many places of the first chain may be tried.
    tries: usize,
    best: usize,
    from: Option<usize>,
}

impl<'w> Search<'w> {
    /// A search for the end of `text` that begins at `position`, among the places after `oldest`.
    #[inline]
    pub(super) fn new(text: &'w [u8], position: usize, oldest: usize, known: usize) -> Self {
        let tries = if known >= GOOD { TRIES / 4 } else { TRIES };
        Self {
            text,
            position,
            oldest,
            tries,
            best: known,
            from: None,
        }
    }

    #[inline]
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// The longest length possible.
    #[inline]
    pub(super) fn most(&self) -> usize {
        self.text.len() - self.position
    }

    /// The longest length known.
    #[inline]
    pub(super) fn best(&self) -> usize {
        self.best
    }

    /// What the search found.
    #[inline]
    pub(super) fn found(&self) -> Option<Copy> {
        self.from.map(|from| Copy {
            length: self.best,
            distance: self.position - from,
        })
    }

    /// Tries one place.
    #[inline]
    pub(super) fn try_place(&mut self, place: usize) {
        let length = self.common(place);
        if length > self.best {
            self.best = length;
            self.from = Some(place);
        }
    }

    /// Tries the places before `place`, which counts as the first try, until a copy has `until` bytes.
    #[inline]
    pub(super) fn follow(&mut self, chain: &Chain<4>, mut place: usize, until: usize) {
        let until = until.min(self.most());
        let mut probe = self.probe();
        for _ in 1..self.tries {
            place -= chain.back(place);
            if place <= self.oldest || self.best >= until {
                return;
            }
            if probe.fits(self.text, place) {
                self.try_place(place);
                probe = self.probe();
            }
        }
    }

    /// Tries the places of a chain that leaves out only places that cannot be longer, until a copy has `until` bytes.
    #[inline]
    pub(super) fn leap<const BYTES: usize>(&mut self, chain: &Chain<BYTES>, ranks: &Ranks, until: usize) {
        let until = until.min(self.most());
        let mut probe = self.probe();
        let mut place = self.position;
        let mut tried = 0;
        while self.best < until {
            place -= chain.back(place);
            if place <= self.oldest {
                return;
            }
            tried += 1;
            let fits = probe.fits(self.text, place);
            if !fits && tried < self.tries {
                continue;
            }
            let length = self.common(place);
            // Only places of one hash have ranks that can be compared.
            if (length > self.best || length >= 4 && tried >= self.tries)
                && ranks.links(self.position, place) > self.tries
            {
                return;
            }
            if length > self.best {
                self.best = length;
                self.from = Some(place);
                probe = self.probe();
            }
        }
    }

    #[inline]
    fn probe(&self) -> Probe {
        let offset = self.best.saturating_sub(3);
        let mask = if self.best < 3 { 0x00ff_ffff } else { u32::MAX };
        Probe {
            offset,
            mask,
            want: u32_at(self.text, self.position + offset) & mask,
        }
    }

    /// How many bytes at `place` are those that are searched for.
    #[inline]
    fn common(&self, place: usize) -> usize {
        let (wanted, there) = (&self.text[self.position..], &self.text[place..]);
        let mut length = 0;
        for (a, b) in wanted.chunks_exact(8).zip(there.chunks_exact(8)) {
            let differ = u64_at(a, 0) ^ u64_at(b, 0);
            if differ != 0 {
                return length + differ.trailing_zeros() as usize / 8;
            }
            length += 8;
        }
        length
            + wanted[length..]
                .iter()
                .zip(&there[length..])
                .take_while(|(a, b)| a == b)
                .count()
    }
}

/// The bytes that a place has to have for a copy longer than the best one.
struct Probe {
    offset: usize,
    mask: u32,
    want: u32,
}

impl Probe {
    #[inline]
    fn fits(&self, text: &[u8], place: usize) -> bool {
        u32_at(text, place + self.offset) & self.mask == self.want
    }
}

/// Four bytes from `offset`, the lowest first; those beyond the end are 0.
#[inline]
pub(super) fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    match bytes.get(offset..offset + 4) {
        Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
        _ => bytes
            .iter()
            .skip(offset)
            .rev()
            .fold(0, |word, &byte| word << 8 | u32::from(byte)),
    }
}

/// Eight bytes from `offset`, the lowest first; 0 if there are fewer.
#[inline]
pub(super) fn u64_at(bytes: &[u8], offset: usize) -> u64 {
    bytes
        .get(offset..)
        .and_then(<[u8]>::first_chunk)
        .map_or(0, |&bytes| u64::from_le_bytes(bytes))
}

/// Places of the first chain that are tried, and a quarter of them if a copy of `GOOD` bytes is known.
const TRIES: usize = 4096;
const GOOD: usize = 32;
