//! Malformed and hostile tarballs, each a pure function of its number.

mod around;
mod entries;
mod headers;
pub(crate) mod item;
mod random;
mod trick;

use self::item::BLOCK;
use self::random::Random;
use self::trick::Trick;

/// A tarball to which something was done.
pub(crate) struct Case {
    pub(crate) number: u64,
    /// The names of what was done, in order; nothing at all for one in about twenty.
    pub(crate) tricks: Vec<&'static str>,
    /// Whether it must be refused: the only trick is one that no reader may fall for.
    pub(crate) refused: bool,
    pub(crate) tgz: Vec<u8>,
}

/// The tarball with this number.
pub(crate) fn case(number: u64) -> Case {
    let random = &mut Random::new(number);
    let mut played = Played::default();
    let mut items = item::good(random);
    // Most have one trick, so that it is not hidden behind another; some have up to six.
    let (on_entries, on_tar, on_gzip) = random.pick(HOW_MANY);
    for _ in 0..on_entries {
        let tricks = random.pick(&[entries::TRICKS, headers::TRICKS]);
        played.one_of(tricks, random, &mut items);
    }
    let mut tar = Vec::new();
    items.iter().for_each(|item| item.write(&mut tar));
    tar.resize(tar.len() + 2 * BLOCK, 0);
    for _ in 0..on_tar {
        // What is left of an archive after a cut may be too little for another trick.
        if tar.len() < 4 * BLOCK {
            break;
        }
        played.one_of(around::TAR, random, &mut tar);
    }
    let mut tgz = around::gzip(&tar, random.pick(&[0, 1, 1, 6]));
    for _ in 0..on_gzip {
        if tgz.len() < 20 {
            break;
        }
        played.one_of(around::GZIP, random, &mut tgz);
    }
    Case {
        number,
        refused: played.refused && played.names.len() == 1,
        tricks: played.names,
        tgz,
    }
}

#[derive(Default)]
struct Played {
    names: Vec<&'static str>,
    refused: bool,
}

impl Played {
    fn one_of<T>(&mut self, tricks: &'static [Trick<T>], random: &mut Random, on: &mut T) {
        let trick = &tricks[random.below(tricks.len())];
        (trick.play)(random, on);
        self.names.push(trick.name);
        self.refused |= trick.refused;
    }
}

/// How many tricks are done to the entries, to the archive and to the compressed archive.
const HOW_MANY: &[(usize, usize, usize)] = &[
    (0, 0, 0),
    (1, 0, 0),
    (1, 0, 0),
    (1, 0, 0),
    (1, 0, 0),
    (1, 0, 0),
    (1, 0, 0),
    (1, 0, 0),
    (1, 0, 0),
    (1, 0, 0),
    (1, 0, 0),
    (2, 0, 0),
    (2, 0, 0),
    (3, 0, 0),
    (0, 1, 0),
    (0, 1, 0),
    (0, 0, 1),
    (0, 0, 1),
    (1, 1, 0),
    (2, 2, 2),
];
