//! Positions at which the same bytes begin, each with the way back to the next older one.
//!
//! Links are laid for a whole stretch of input at a time: which positions are visited later does not change them.

/// Links between positions by a hash of the `BYTES` bytes that begin there.
#[derive(Debug)]
pub(super) struct Chain<const BYTES: usize> {
    /// For each hash its newest position, counted from a moving base; 0 stands for "none".
    newest: Box<[u16; HASHES]>,
    /// For each position, modulo the length, how far back the next older one is. "None" leads beyond every reach.
    back: Box<[u16; RING]>,
}

impl<const BYTES: usize> Chain<BYTES> {
    /// A chain without positions.
    pub(super) fn new() -> Self {
        Self {
            newest: Box::new([0; HASHES]),
            back: Box::new([0; RING]),
        }
    }

    /// How far back from `position` the next older one is. If there is none, this leads to the start of the input, or
    /// beyond [`REACH`].
    #[inline]
    pub(super) fn back(&self, position: usize) -> usize {
        usize::from(self.back[position % RING])
    }

    /// The same for a position in the last stretch that was not linked itself, whose hash is this.
    pub(super) fn back_with(&self, hash: usize, position: usize) -> usize {
        position - base(position) - usize::from(self.newest[hash % HASHES])
    }

    /// Links the positions of the stretch that starts at `from`, a multiple of [`STRETCH`].
    pub(super) fn link(&mut self, input: &[u8], from: usize, hash: impl Fn(&[u8; BYTES]) -> usize) {
        let base = base(from);
        if base > 0 && from == base + REACH {
            for place in self.newest.iter_mut() {
                *place = place.saturating_sub(REACH as u16);
            }
        }
        let stretch = input.get(from..).unwrap_or_default();
        let stretch = stretch.get(..STRETCH + BYTES - 1).unwrap_or(stretch);
        let back = &mut self.back[from % RING..][..STRETCH];
        for ((index, bytes), back) in stretch.array_windows().enumerate().zip(back) {
            let place = (from - base + index) as u16;
            let newest = &mut self.newest[hash(bytes) % HASHES];
            *back = place - *newest;
            *newest = place;
        }
    }
}

/// Where the places of a stretch are counted from: the last multiple of [`REACH`] that keeps everything in reach.
fn base(from: usize) -> usize {
    (from / REACH).saturating_sub(1) * REACH
}

/// Numbers the positions of each hash, so that the links between two of them can be counted without following them.
#[derive(Debug)]
pub(super) struct Ranks {
    count: Box<[u16; HASHES]>,
    rank: Box<[u16; RING]>,
}

impl Ranks {
    /// No positions yet.
    pub(super) fn new() -> Self {
        Self {
            count: Box::new([0; HASHES]),
            rank: Box::new([0; RING]),
        }
    }

    /// Numbers the positions of the stretch that starts at `from`, a multiple of [`STRETCH`].
    pub(super) fn number(&mut self, input: &[u8], from: usize, hash: impl Fn(&[u8; 4]) -> usize) {
        let stretch = input.get(from..).unwrap_or_default();
        for (bytes, rank) in stretch.array_windows().zip(&mut self.rank[from % RING..][..STRETCH]) {
            let count = &mut self.count[hash(bytes) % HASHES];
            *count = count.wrapping_add(1);
            *rank = *count;
        }
    }

    /// How many links lead from `newer` to `older`, two positions of one hash that are at most [`REACH`] apart.
    #[inline]
    pub(super) fn links(&self, newer: usize, older: usize) -> usize {
        usize::from(self.rank[newer % RING].wrapping_sub(self.rank[older % RING]))
    }
}

/// No link from farther away is ever followed.
pub(super) const REACH: usize = 1 << 15;
/// Positions that are linked at a time.
pub(super) const STRETCH: usize = 1 << 13;
/// Positions whose links are kept.
const RING: usize = 1 << 16;
const HASHES: usize = 1 << 15;
