//! The classes of a regular expression: `[^a-z\p{L}]`.

use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};

use super::expression::starts_with;
use super::letters::{Letter, Letters};

/// Letters, ranges of letters and Unicode properties, or everything but these.
#[derive(Clone, Debug, Default)]
pub(super) struct Set {
    negated: bool,
    ranges: Vec<(u32, u32)>,
    properties: Vec<GeneralCategoryGroup>,
    letters: Letters,
}

impl Set {
    /// Reads a class behind its `[`, and takes it from the source; none when JavaScript refuses it.
    pub(super) fn parse(source: &mut &[u32], letters: Letters) -> Option<Self> {
        let negated = starts_with(source, "^");
        let mut set = Self {
            negated,
            letters,
            ..Self::default()
        };
        *source = source.get(usize::from(negated)..)?;
        while !starts_with(source, "]") {
            let Some(first) = set.item(source)? else { continue };
            if starts_with(source, "-") && !starts_with(source, "-]") {
                *source = source.get(1..)?;
                let last = set.item(source)??;
                if first > last {
                    return None;
                }
                set.ranges.push((first, last));
            } else {
                set.ranges.push((first, first));
            }
        }
        *source = source.get(1..)?;
        Some(set)
    }

    /// What `.` matches.
    pub(super) fn any_but_line_ends(letters: Letters) -> Self {
        let ranges = vec![(0x0a, 0x0a), (0x0d, 0x0d), (0x2028, 0x2029)];
        Self {
            negated: true,
            ranges,
            properties: Vec::new(),
            letters,
        }
    }

    /// Whether this letter, or one that differs from it only by case, is in the set.
    pub(super) fn contains(&self, letter: &Letter) -> bool {
        let has = |letter: u32| {
            self.ranges
                .iter()
                .any(|&(first, last)| (first..=last).contains(&letter))
                || self.properties.iter().any(|group| group.contains(category(letter)))
        };
        self.negated != (has(letter.own) || self.letters.variants(letter, has))
    }

    /// One letter, or a property, which goes into the set at once.
    fn item(&mut self, source: &mut &[u32]) -> Option<Option<u32>> {
        let (&letter, rest) = source.split_first()?;
        if letter != u32::from('\\') {
            *source = rest;
            return Some(Some(letter));
        }
        for (name, group) in PROPERTIES {
            if starts_with(rest, name) {
                *source = rest.get(name.len()..)?;
                self.properties.push(group);
                return Some(None);
            }
        }
        for (name, letter) in ESCAPES {
            if starts_with(rest, name) {
                *source = rest.get(name.len()..)?;
                return Some(Some(letter));
            }
        }
        let (&letter, rest) = rest.split_first()?;
        *source = rest;
        Some(Some(letter))
    }
}

fn category(letter: u32) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get32(letter)
}

/// The properties that the named classes of patterns stand for.
const PROPERTIES: [(&str, GeneralCategoryGroup); 11] = [
    ("p{L}", GeneralCategoryGroup::Letter),
    ("p{Ll}", GeneralCategoryGroup::LowercaseLetter),
    ("p{Lu}", GeneralCategoryGroup::UppercaseLetter),
    ("p{Nl}", GeneralCategoryGroup::LetterNumber),
    ("p{Nd}", GeneralCategoryGroup::DecimalNumber),
    ("p{P}", GeneralCategoryGroup::Punctuation),
    ("p{Pc}", GeneralCategoryGroup::ConnectorPunctuation),
    ("p{Z}", GeneralCategoryGroup::Separator),
    ("p{Zs}", GeneralCategoryGroup::SpaceSeparator),
    ("p{C}", GeneralCategoryGroup::Other),
    ("p{Cc}", GeneralCategoryGroup::Control),
];

const ESCAPES: [(&str, u32); 7] = [
    ("x00", 0x00),
    ("x7f", 0x7f),
    ("t", 0x09),
    ("r", 0x0d),
    ("n", 0x0a),
    ("v", 0x0b),
    ("f", 0x0c),
];
