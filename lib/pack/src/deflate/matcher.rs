//! Earlier places where the text at hand occurred, newest first, in a window that slides over the input.
//!
//! The byte at the first position of the window is never copied from. Places are chained by a hash of four bytes, of which up to 4,096 links are followed; an unequal hash hides a copy of three
//! bytes. All of this is visible in the output.
//!
//! The chains by hashes of more bytes are not. They only skip places that cannot give a longer copy than the one already
//! known; whether the first chain would have come as far is told by [`Ranks`].

use super::chain::{Chain, REACH, Ranks, STRETCH};
use super::search::{Search, u32_at, u64_at};
use super::segment::Segment;
use super::symbol::{LONGEST, SHORTEST};
use super::window::{FARTHEST, Window};

/// A copy that could stand for the text at hand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Copy {
    pub(super) length: usize,
    pub(super) distance: usize,
}

/// The window over a text and the places in it.
#[derive(Debug)]
pub(super) struct Matcher<'a> {
    input: &'a [u8],
    window: Window,
    /// Position up to which places are linked.
    linked: usize,
    ranks: Ranks,
    first: Chain<4>,
    second: Chain<SECOND>,
    third: Chain<THIRD>,
}

impl<'a> Matcher<'a> {
    /// A matcher for the text of `segment`, from the segment's first position on.
    pub(super) fn new(segment: &'a Segment) -> Self {
        Self {
            input: &segment.text,
            window: Window::new(segment),
            linked: segment.from.saturating_sub(REACH),
            ranks: Ranks::new(),
            first: Chain::new(),
            second: Chain::new(),
            third: Chain::new(),
        }
    }

    /// Moves the window on when little of it is left behind `position`.
    #[inline]
    pub(super) fn slide(&mut self, position: usize) {
        self.window.slide(position);
    }

    /// The longest copy for the text at `position` that is longer than `known`; of equally long ones the newest.
    #[inline]
    pub(super) fn longest(&mut self, position: usize, known: usize) -> Option<Copy> {
        let most = LONGEST.min(self.input.len() - position);
        if known >= most || most < SHORTEST {
            return None;
        }
        while self.linked <= position {
            self.link();
        }
        let back = if most > SHORTEST {
            self.first.back(position)
        } else {
            self.first.back_with(self.last_hash(position), position)
        };
        let place = position - back;
        if back > FARTHEST || place <= self.window.start() {
            return None;
        }
        let oldest = self.window.start().max(position.saturating_sub(FARTHEST));
        let search = Search::new(self.input.get(..position + most)?, position, oldest, known);
        self.climb(search, place).found()
    }

    /// Follows the chain that suits the length known so far, beginning with `place`.
    #[inline]
    fn climb<'w>(&self, mut search: Search<'w>, place: usize) -> Search<'w> {
        let position = search.position();
        // The farthest place is only looked at when no other comes before it.
        if search.best() < SECOND - 1 || search.most() < THIRD || position - place == FARTHEST {
            search.try_place(place);
            let until = if search.most() < THIRD { LONGEST } else { SECOND - 1 };
            search.follow(&self.first, place, until);
            if search.most() < THIRD || search.best() < SECOND - 1 {
                return search;
            }
        }
        if search.best() < THIRD - 1 {
            search.leap(&self.second, &self.ranks, THIRD - 1);
        }
        if search.best() >= THIRD - 1 {
            search.leap(&self.third, &self.ranks, LONGEST);
        }
        search
    }

    /// The hash at the last position that has one: three bytes of input, and what lies behind them in the window, which is
    /// nothing yet, or the text of half a window ago.
    #[cold]
    fn last_hash(&self, position: usize) -> usize {
        let end = position + SHORTEST;
        let behind = if self.window.wraps_before(end) {
            self.input[end - REACH]
        } else {
            0
        };
        hash(&[
            self.input[position],
            self.input[position + 1],
            self.input[position + 2],
            behind,
        ])
    }

    /// Links one stretch more.
    #[cold]
    fn link(&mut self) {
        let from = self.linked;
        self.ranks.number(self.input, from, hash);
        self.first.link(self.input, from, hash);
        self.second.link(self.input, from, mixed);
        self.third.link(self.input, from, mixed);
        self.linked += STRETCH;
    }
}

/// The hash that decides which places are seen at all.
#[inline]
fn hash(bytes: &[u8; 4]) -> usize {
    (u32::from_le_bytes(*bytes).wrapping_mul(66_521).wrapping_add(66_521) >> 16) as usize
}

/// A hash for the other chains; any would do.
#[inline]
fn mixed<const BYTES: usize>(bytes: &[u8; BYTES]) -> usize {
    let word = if BYTES < 8 {
        u64::from(u32_at(bytes, 0)) | u64::from(u32_at(bytes, BYTES - 4)) << 32
    } else {
        u64_at(bytes, 0).wrapping_mul(0xd6e8_feb8_6659_fd93) ^ u64_at(bytes, BYTES - 8)
    };
    (word.wrapping_mul(0x9e37_79b1_85eb_ca87) >> 49) as usize
}

/// Bytes that places of the second and third chain have in common.
const SECOND: usize = 6;
const THIRD: usize = 11;
