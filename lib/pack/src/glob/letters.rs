//! When two letters are the same but for their case.
//!
//! Without the flag `u` JavaScript compares UTF-16 units by their upper case, where that is one unit, and never takes a letter beyond
//! ASCII for an ASCII one. With the flag it compares code points by Unicode's simple case folding.

use std::collections::HashMap;
use std::sync::OnceLock;

/// What an expression takes for one letter.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Letters {
    #[default]
    Units,
    Points,
    /// Units that differ from those of another case.
    ExactUnits,
    /// Code points that differ from those of another case.
    ExactPoints,
}

/// A letter of a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter {
    pub(super) own: u32,
    pub(super) folded: u32,
}

impl Letters {
    /// Whether letters are code points, as with the flag `u`.
    pub(super) fn are_points(self) -> bool {
        matches!(self, Self::Points | Self::ExactPoints)
    }

    /// The letters of a name.
    pub(super) fn of(self, name: &str) -> Vec<Letter> {
        let letter = |own: u32| Letter {
            own,
            folded: self.fold(own),
        };
        match self {
            Self::Units | Self::ExactUnits => name.encode_utf16().map(|unit| letter(unit.into())).collect(),
            Self::Points | Self::ExactPoints => name.chars().map(|point| letter(point.into())).collect(),
        }
    }

    /// The letter that stands for all that differ from this one by case alone.
    pub(super) fn fold(self, letter: u32) -> u32 {
        match (self, char::from_u32(letter)) {
            (_, None) | (Self::ExactUnits | Self::ExactPoints, _) => letter,
            (Self::Units, Some(own)) => upper(own).into(),
            (Self::Points, Some(own)) => simple_fold(own).into(),
        }
    }

    /// Whether a letter that differs from this one by case alone has the property.
    pub(super) fn variants(self, letter: &Letter, has: impl Fn(u32) -> bool) -> bool {
        if self == Self::Units
            && let Ok(ascii) = u8::try_from(letter.own)
            && ascii.is_ascii()
        {
            return ascii.is_ascii_alphabetic() && has(u32::from(ascii ^ 0x20));
        }
        let family = self.families().and_then(|families| families.get(&letter.folded));
        family.is_some_and(|family| family.iter().any(|&other| has(other)))
    }

    /// All letters that have variants, by what they fold to.
    fn families(self) -> Option<&'static HashMap<u32, Vec<u32>>> {
        static UNITS: OnceLock<HashMap<u32, Vec<u32>>> = OnceLock::new();
        static POINTS: OnceLock<HashMap<u32, Vec<u32>>> = OnceLock::new();
        match self {
            Self::Units => Some(UNITS.get_or_init(|| self.collect_families(0xffff))),
            Self::Points => Some(POINTS.get_or_init(|| self.collect_families(LAST_WITH_CASE))),
            Self::ExactUnits | Self::ExactPoints => None,
        }
    }

    fn collect_families(self, last: u32) -> HashMap<u32, Vec<u32>> {
        let mut families: HashMap<u32, Vec<u32>> = HashMap::new();
        for letter in 0..=last {
            let folded = self.fold(letter);
            if folded != letter {
                families.entry(folded).or_insert_with(|| vec![folded]).push(letter);
            }
        }
        families
    }
}

fn upper(own: char) -> char {
    if own.is_ascii() {
        return own.to_ascii_uppercase();
    }
    single(own, own.to_uppercase())
        .filter(|upper| !upper.is_ascii() && upper.len_utf16() == 1)
        .unwrap_or(own)
}

/// Unicode's simple case folding, up to the choice of the letter that stands for a family: the small letter of the capital letter,
/// where both are single letters, with the exceptions that CaseFolding.txt makes.
fn simple_fold(own: char) -> char {
    match own {
        '\u{130}' | '\u{131}' => own,
        '\u{1fd3}' => '\u{390}',
        '\u{1fe3}' => '\u{3b0}',
        '\u{fb05}' => '\u{fb06}',
        _ => {
            let upper = single(own, own.to_uppercase()).unwrap_or(own);
            single(upper, upper.to_lowercase()).unwrap_or(upper)
        }
    }
}

fn single(own: char, mut changed: impl Iterator<Item = char>) -> Option<char> {
    let first = changed.next().unwrap_or(own);
    changed.next().is_none().then_some(first)
}

/// No code point beyond has another case.
const LAST_WITH_CASE: u32 = 0x1_ffff;
