//! One segment of a pattern, between two slashes, and the names that it matches.

use super::effort::Effort;
use super::expression::Expression;
use super::letters::Letters;
use super::source;
use super::units;
use super::{PatternError, Version};

/// Whether letters that differ by case alone are the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Case {
    Any,
    Exact,
}

/// What a segment matches.
#[derive(Clone, Debug)]
pub(super) enum Segment {
    /// `**`: any number of names.
    Globstar,
    /// This name.
    Exact(String),
    /// This name, in any case: its folded units.
    Word(Vec<u32>),
    /// `*`: every name.
    Any,
    /// `*.js`, `??.js`: names that end like this, of this many units where the pattern says so.
    Ending {
        ending: String,
        length: Option<usize>,
        case: Case,
    },
    /// `*.*`: names with a dot.
    Dotted,
    /// `.*`: names that begin with a dot.
    Hidden,
    /// Everything else.
    Expression(Expression),
}

impl Segment {
    /// Reads a segment.
    pub(super) fn parse(segment: &[char], case: Case, effort: &mut Effort) -> Result<Self, PatternError> {
        effort.spend(segment.len() + 1)?;
        let only_stars = |text: &[char]| !text.is_empty() && text.iter().all(|&unit| unit == '*');
        match segment {
            [] => return Ok(Self::Exact(String::new())),
            ['*', '*'] => return Ok(Self::Globstar),
            _ if only_stars(segment) => return Ok(Self::Any),
            ['.', rest @ ..] if only_stars(rest) => return Ok(Self::Hidden),
            ['*' | '?', ..] => {}
            _ => return Self::general(segment, case, effort),
        }
        if let [before, after] = segment.split(|&unit| unit == '.').collect::<Vec<_>>().as_slice()
            && only_stars(before)
            && only_stars(after)
        {
            return Ok(Self::Dotted);
        }
        let wild = segment[0];
        let ending: Vec<char> = segment.iter().copied().skip_while(|&unit| unit == wild).collect();
        if ending.iter().any(|unit| "+@!?*[(".contains(*unit)) {
            return Self::general(segment, case, effort);
        }
        // npm takes the ending as it is written: backslashes are part of it.
        let length = (wild == '?').then_some(segment.len());
        let ending = units::join(&ending);
        Ok(Self::Ending {
            ending: match case {
                Case::Any => ending.to_lowercase(),
                Case::Exact => ending,
            },
            length,
            case,
        })
    }

    /// Without a fast path: by the regular expression, unless there is nothing in it but text.
    fn general(segment: &[char], case: Case, effort: &mut Effort) -> Result<Self, PatternError> {
        let text = units::join(segment);
        let has_case = case == Case::Any && text.to_uppercase() != text.to_lowercase();
        if !segment.iter().any(|&unit| "*?[\\(".contains(unit)) {
            let word = || Letters::Units.of(&text).iter().map(|letter| letter.folded).collect();
            return Ok(if has_case {
                Self::Word(word())
            } else {
                Self::Exact(text)
            });
        }
        let version = match case {
            Case::Any => Version::Current,
            Case::Exact => Version::Former,
        };
        let source = source::of_segment(segment, version, effort)?;
        if !source.magic && !has_case {
            return Ok(Self::Exact(units::join(&source::unescape(&source.text))));
        }
        let anchored = [&['^'], source.text.as_slice(), &['$']].concat();
        let letters = match (source.points, case) {
            (true, Case::Any) => Letters::Points,
            (true, Case::Exact) => Letters::ExactPoints,
            (false, Case::Any) => Letters::Units,
            (false, Case::Exact) => Letters::ExactUnits,
        };
        let anchored = if source.points {
            units::points(&anchored)
        } else {
            units::values(&anchored)
        };
        let Some(expression) = Expression::parse(&anchored, letters, effort)? else {
            return Err(PatternError::Unusable { segment: text });
        };
        match expression.word() {
            Some(word) if letters == Letters::Units => Ok(Self::Word(word)),
            _ => Ok(Self::Expression(expression)),
        }
    }

    /// Whether it matches this name. A `**` matches no name by itself; it is for the path to place it.
    pub(super) fn matches(&self, name: &str) -> bool {
        match self {
            Self::Globstar => false,
            Self::Exact(text) => text == name,
            Self::Word(word) => {
                let mut letters = name.encode_utf16().map(|unit| Letters::Units.fold(unit.into()));
                word.iter().all(|letter| letters.next() == Some(*letter)) && letters.next().is_none()
            }
            Self::Any => !name.is_empty() && !is_dots(name),
            Self::Ending {
                ending,
                length: None,
                case,
            } => ends_like(name, ending, *case),
            Self::Ending {
                ending,
                length: Some(length),
                case,
            } => name.encode_utf16().count() == *length && !is_dots(name) && ends_like(name, ending, *case),
            Self::Dotted => !is_dots(name) && name.contains('.'),
            Self::Hidden => !is_dots(name) && name.starts_with('.'),
            Self::Expression(expression) => expression.matches(name),
        }
    }
}

/// Whether the name means a folder above or the same one.
pub(super) fn is_dots(name: &str) -> bool {
    matches!(name, "." | "..")
}

fn ends_like(name: &str, ending: &str, case: Case) -> bool {
    if case == Case::Exact {
        return name.ends_with(ending);
    }
    if !name.is_ascii() {
        return name.to_lowercase().ends_with(ending);
    }
    let tail = name.len().checked_sub(ending.len()).and_then(|at| name.get(at..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(ending))
}
