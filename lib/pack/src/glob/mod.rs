//! The patterns of `.npmignore`, `.gitignore` and `files`.
//!
//! npm matches them with the rules of minimatch, version 10, and its options `matchBase` (a pattern without a slash is for names at any
//! depth), `dot` (a leading dot is nothing special), `flipNegate` (a leading `!` says what to do with a match, not what to match) and
//! `nocase`. They are not the rules of git. This is the same dialect, with its oddities, because a file more or less in a package is a
//! different package.
//!
//! A pattern is taken apart in this order: leading `!`, [braces], slashes, and each [segment] between them as a fast path or as a
//! regular expression ([groups](tree), [merged](flatten); [classes](class); [their source](source); [matching](expression)). The
//! segments are placed on a [path].

mod braces;
mod class;
mod effort;
mod expression;
mod flatten;
mod letters;
mod needle;
mod path;
mod segment;
mod sequence;
mod set;
mod source;
mod steps;
mod tree;
mod units;

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

pub(crate) use steps::{Step, routes};

use effort::Effort;
use needle::Needle;
use segment::{Case, Segment};

/// One line of an ignore file or one entry of `files`, for example `!lib/**/*.js`.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    negated: bool,
    short: bool,
    /// For each alternative what a path has to have, unless one of them may match anything.
    needles: Option<Vec<Needle>>,
    meaning: Meaning,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum PatternError {
    /// npm refuses it as well.
    #[error("a pattern of {length} UTF-16 units is longer than {LONGEST}")]
    TooLong {
        /// UTF-16 units of the pattern.
        length: usize,
    },
    /// npm ends with a syntax error of the regular expression that it makes of this.
    #[error("the part `{segment}` of a pattern makes no regular expression, and npm stops at it")]
    Unusable {
        /// The part between slashes, after its braces were expanded.
        segment: String,
    },
    /// Its braces or groups multiply or are nested beyond any use.
    #[error("a pattern with so many or so deeply nested braces or groups cannot be expanded")]
    TooComplex,
}

/// The two versions of its matcher that npm 12 carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Version {
    /// For the lines of ignore files.
    Current,
    /// For what is looked for on disk. Of braces it keeps fewer results, and takes every escaped character for a period; groups in
    /// groups it leaves as they are.
    Former,
}

impl PatternError {
    /// Whether npm would take the pattern.
    pub(crate) fn is_ours(&self) -> bool {
        matches!(self, Self::TooComplex)
    }
}

impl Pattern {
    /// Reads a pattern. Lines are to be trimmed before.
    pub(crate) fn parse(text: &str) -> Result<Self, PatternError> {
        let text = units::split(text);
        if text.len() > LONGEST {
            return Err(PatternError::TooLong { length: text.len() });
        }
        let marks = text.iter().take_while(|&&unit| unit == '!').count();
        let meaning = match text.first() {
            None => Meaning::Nothing,
            Some('#') => Meaning::Comment,
            Some(_) => Meaning::Alternatives(Vec::new()),
        };
        let mut pattern = Self {
            negated: marks % 2 == 1,
            short: false,
            needles: None,
            meaning,
        };
        if let Meaning::Alternatives(alternatives) = &mut pattern.meaning {
            let mut effort = Effort::new();
            let mut known = HashMap::new();
            let mut needles = Some(Vec::new());
            for alternative in braces::expand(&text[marks..], Version::Current, &mut effort)? {
                let pieces = resolve_parents(units::pieces(&alternative));
                pattern.short |= pieces.len()
                    <= if pieces.last().is_some_and(|last| last.is_empty()) {
                        2
                    } else {
                        1
                    };
                alternatives.push(segments(&pieces, &mut known, &mut effort)?);
                needles = needles.zip(Needle::of(&pieces)).map(|(mut needles, needle)| {
                    needles.push(needle);
                    needles
                });
            }
            pattern.needles = needles;
        }
        Ok(pattern)
    }

    /// Whether it begins with an odd number of `!`: what it matches is to be kept, not left out.
    pub(crate) fn negated(&self) -> bool {
        self.negated
    }

    /// Whether some alternative has just one segment, or one and a slash after it.
    ///
    /// Such patterns are tried on the name of a folder, too, where others are tried on its path only.
    pub(crate) fn is_short(&self) -> bool {
        self.short
    }

    /// Whether the pattern could match the path or one of its ends, as far as a quick look tells. It says nothing about what
    /// something below the path could match.
    pub(crate) fn may_match(&self, path: &str) -> bool {
        let fits = |needles: &Vec<Needle>| needles.iter().any(|needle| needle.fits(path));
        // Letters beyond ASCII can be the other case of one in it.
        !path.is_ascii() || self.needles.as_ref().is_none_or(fits)
    }

    /// Whether the pattern, without its leading `!`, matches the path.
    ///
    /// With `partial` the path is that of a folder, and the question is whether something in it could match.
    pub(crate) fn matches(&self, path: &str, partial: bool) -> bool {
        let alternatives = match &self.meaning {
            Meaning::Comment => return false,
            Meaning::Nothing => return path.is_empty(),
            Meaning::Alternatives(_) if partial && path == "/" => return true,
            Meaning::Alternatives(alternatives) => alternatives,
        };
        let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let all = OnceCell::new();
        alternatives.iter().any(|segments| match segments.as_slice() {
            [_] => path::matches(&[name], segments, partial),
            _ => path::matches(all.get_or_init(|| names(path)), segments, partial),
        })
    }
}

#[derive(Clone, Debug)]
enum Meaning {
    /// Begins with `#`: matches no path.
    Comment,
    /// The empty pattern: matches the empty path.
    Nothing,
    /// Matches what one of these matches.
    Alternatives(Vec<Vec<Arc<Segment>>>),
}

/// A text in the form in which two are compared when case does not count: its UTF-16 units, each in the case that stands for both.
pub(crate) fn folded(text: &str) -> Vec<u16> {
    let fold = |unit: u16| u16::try_from(letters::Letters::Units.fold(unit.into())).unwrap_or(unit);
    text.encode_utf16().map(fold).collect()
}

/// Drops `x/..`, and `**` after `**`.
fn resolve_parents(pieces: Vec<&[char]>) -> Vec<&[char]> {
    let mut kept: Vec<&[char]> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match (kept.last().copied(), piece) {
            (Some(['*', '*']), ['*', '*']) => {}
            (None | Some([] | ['.'] | ['.', '.'] | ['*', '*']), _) => kept.push(piece),
            (Some(_), ['.', '.']) => {
                kept.pop();
            }
            (Some(_), _) => kept.push(piece),
        }
    }
    if kept.is_empty() { vec![&[]] } else { kept }
}

/// Reads each piece once, however many alternatives it is in.
fn segments(
    pieces: &[&[char]],
    known: &mut HashMap<Vec<char>, Arc<Segment>>,
    effort: &mut Effort,
) -> Result<Vec<Arc<Segment>>, PatternError> {
    let mut segments = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let segment = match known.get(*piece) {
            Some(segment) => Arc::clone(segment),
            None => {
                let segment = Arc::new(Segment::parse(piece, Case::Any, effort)?);
                known.insert(piece.to_vec(), Arc::clone(&segment));
                segment
            }
        };
        segments.push(segment);
    }
    Ok(segments)
}

/// The names between slashes, any number of which count as one: a leading or trailing slash leaves an empty name.
fn names(path: &str) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let mut rest = path;
    while let Some((name, after)) = rest.split_once('/') {
        names.push(name);
        rest = after.trim_start_matches('/');
    }
    names.push(rest);
    names
}

/// UTF-16 units of the longest pattern.
const LONGEST: usize = 65_536;

#[cfg(test)]
mod tests;
