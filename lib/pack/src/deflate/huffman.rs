//! Prefix codes (RFC 1951, 3.2.2): how many bits each code gets, and which.
//!
//! Many codes are equally short. These are the ones that come from a binary heap in which, of two equally frequent
//! trees, the shallower is taken first and a leaf that came in later may overtake an earlier one only through the heap.

/// The code of an alphabet of `N` letters.
#[derive(Clone, Debug)]
pub(super) struct Code<const N: usize> {
    /// Bits of each letter; 0 when it does not appear.
    pub(super) lengths: [u8; N],
    /// The bits, first bit lowest.
    pub(super) words: [u16; N],
    /// How many letters have to be described: the last one that appears, and all before it.
    pub(super) used: usize,
}

impl<const N: usize> Code<N> {
    /// The shortest code for letters that appear `counts` times, with no word longer than `longest` bits.
    ///
    /// At least two letters get a word, even if fewer appear: some decoders refuse a code of one word.
    pub(super) fn new(counts: &[u32; N], longest: usize) -> Self {
        let forest = Forest::grow(counts);
        let mut lengths = [0; N];
        forest.measure(longest, &mut lengths);
        Self {
            used: forest.used,
            words: words(&lengths),
            lengths,
        }
    }

    /// The first `N` letters of the code with the given lengths; letters that never appear take up words as well.
    pub(super) fn with_lengths<const M: usize>(lengths: &[u8; M]) -> Self {
        let words = words(lengths);
        let first = |letter| {
            (
                lengths.get(letter).copied().unwrap_or(0),
                words.get(letter).copied().unwrap_or(0),
            )
        };
        Self {
            used: N,
            lengths: std::array::from_fn(|letter| first(letter).0),
            words: std::array::from_fn(|letter| first(letter).1),
        }
    }
}

/// Gives words of equal length in the order of the letters, shorter words first.
fn words<const N: usize>(lengths: &[u8; N]) -> [u16; N] {
    let mut next = [0_u16; 17];
    for &length in lengths.iter().filter(|&&length| length > 0) {
        next[usize::from(length) + 1] += 1;
    }
    let mut first = 0_u16;
    for count in &mut next[1..] {
        first = first.wrapping_add(*count) << 1;
        *count = first;
    }
    // `next[n]` is now the first word of n bits.
    let mut words = [0; N];
    for (word, &length) in words.iter_mut().zip(lengths).filter(|(_, length)| **length > 0) {
        let slot = &mut next[usize::from(length)];
        *word = slot.reverse_bits() >> (16 - length);
        *slot = slot.wrapping_add(1);
    }
    words
}

/// A tree over the letters, joined two by two, the rarest first. Numbers below `letters` are leaves.
struct Forest {
    letters: usize,
    used: usize,
    count: Vec<u32>,
    depth: Vec<u8>,
    parent: Vec<u16>,
    /// Trees that wait to be joined: a heap from index 1, the smallest first.
    heap: Vec<u16>,
    /// Trees that are joined, in that order; the root last.
    taken: Vec<u16>,
}

impl Forest {
    fn grow<const N: usize>(counts: &[u32; N]) -> Self {
        let mut forest = Self::plant(counts);
        for slot in (1..=forest.waiting() / 2).rev() {
            forest.sift(slot);
        }
        while forest.waiting() >= 2 {
            forest.join();
        }
        let root = forest.heap[1];
        forest.taken.push(root);
        forest
    }

    /// A leaf for every letter that appears, and for the first ones if there are fewer than two.
    fn plant<const N: usize>(counts: &[u32; N]) -> Self {
        let mut count = Vec::with_capacity(2 * N);
        count.extend_from_slice(counts);
        let mut heap = Vec::with_capacity(N + 1);
        heap.push(0);
        heap.extend((0..N as u16).filter(|&letter| counts[usize::from(letter)] > 0));
        let mut used = if heap.len() > 1 {
            usize::from(heap[heap.len() - 1]) + 1
        } else {
            0
        };
        while heap.len() < 3 {
            let letter = if used < 3 { used } else { 0 };
            used = used.max(letter + 1);
            count[letter] = 1;
            heap.push(letter as u16);
        }
        Self {
            letters: N,
            used,
            count,
            depth: vec![0; 2 * N],
            parent: vec![0; 2 * N],
            heap,
            taken: Vec::with_capacity(2 * N),
        }
    }

    fn waiting(&self) -> usize {
        self.heap.len() - 1
    }

    /// Takes the two smallest trees and puts their union in the place of the second.
    fn join(&mut self) {
        let least = self.heap.swap_remove(1);
        self.sift(1);
        let second = self.heap[1];
        self.taken.extend([least, second]);
        let union = self.count.len();
        let (a, b) = (usize::from(least), usize::from(second));
        self.count.push(self.count[a] + self.count[b]);
        self.depth[union] = self.depth[a].max(self.depth[b]) + 1;
        self.parent[a] = union as u16;
        self.parent[b] = union as u16;
        self.heap[1] = union as u16;
        self.sift(1);
    }

    /// Moves the tree at `slot` down until neither child is smaller.
    fn sift(&mut self, mut slot: usize) {
        let last = self.waiting();
        let tree = self.heap[slot];
        while 2 * slot <= last {
            let mut child = 2 * slot;
            if child < last && self.goes_first(self.heap[child + 1], self.heap[child]) {
                child += 1;
            }
            if self.goes_first(tree, self.heap[child]) {
                break;
            }
            self.heap[slot] = self.heap[child];
            slot = child;
        }
        self.heap[slot] = tree;
    }

    fn goes_first(&self, a: u16, b: u16) -> bool {
        let key = |tree: u16| (self.count[usize::from(tree)], self.depth[usize::from(tree)]);
        key(a) <= key(b)
    }

    /// Writes the depth of every leaf, none deeper than `longest`.
    fn measure<const N: usize>(&self, longest: usize, lengths: &mut [u8; N]) {
        let mut depth = vec![0_usize; self.count.len()];
        let mut leaves = [0_usize; 16];
        let mut too_deep = 0_usize;
        for &tree in self.taken.iter().rev().skip(1) {
            let tree = usize::from(tree);
            let natural = depth[usize::from(self.parent[tree])] + 1;
            too_deep += usize::from(natural > longest);
            depth[tree] = natural.min(longest);
            if tree < self.letters {
                leaves[depth[tree]] += 1;
                lengths[tree] = depth[tree] as u8;
            }
        }
        if too_deep > 0 {
            lift(&mut leaves, too_deep, longest);
            self.share_out(&leaves, lengths);
        }
    }

    /// Gives the rarest letters the longest words. Order of rarity is the order in which the trees were taken.
    fn share_out<const N: usize>(&self, leaves: &[usize; 16], lengths: &mut [u8; N]) {
        let rarest_first = self
            .taken
            .iter()
            .map(|&tree| usize::from(tree))
            .filter(|&tree| tree < self.letters);
        let longest_first = (1..16)
            .rev()
            .flat_map(|length| std::iter::repeat_n(length as u8, leaves[length]));
        for (letter, length) in rarest_first.zip(longest_first) {
            lengths[letter] = length;
        }
    }
}

/// Makes room for leaves that were cut off at `longest`: each step moves a shallower leaf down, with one of them beside it.
fn lift(leaves: &mut [usize; 16], too_deep: usize, longest: usize) {
    for _ in 0..too_deep.div_ceil(2) {
        let above = (1..longest).rev().find(|&length| leaves[length] > 0).unwrap_or(1);
        leaves[above] -= 1;
        leaves[above + 1] += 2;
        leaves[longest] -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_format_gets_its_words() {
        let code = Code::<8>::with_lengths(&[3, 3, 3, 3, 3, 2, 4, 4]);
        let msb_first = |letter: usize| code.words[letter].reverse_bits() >> (16 - code.lengths[letter]);
        let words: Vec<u16> = (0..8).map(msb_first).collect();
        assert_eq!(words, [0b010, 0b011, 0b100, 0b101, 0b110, 0b00, 0b1110, 0b1111]);
    }

    #[test]
    fn two_letters_get_a_word_even_if_none_appears() {
        assert_eq!(Code::new(&[0; 30], 15).lengths[..3], [1, 1, 0]);
        let mut counts = [0; 30];
        counts[9] = 5;
        let code = Code::new(&counts, 15);
        assert_eq!((code.lengths[0], code.lengths[9], code.used), (1, 1, 10));
    }

    #[test]
    fn words_never_grow_beyond_the_limit_and_fill_the_space() {
        let mut counts = [0_u32; 19];
        let (mut a, mut b) = (1, 1);
        for count in &mut counts {
            *count = a;
            (a, b) = (b, a + b);
        }
        let code = Code::new(&counts, 7);
        let space: u32 = code.lengths.iter().map(|&length| 1 << (7 - length)).sum();
        assert_eq!(space, 1 << 7);
        assert!(code.lengths.is_sorted_by(|rare, frequent| rare >= frequent));
    }
}
