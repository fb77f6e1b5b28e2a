//! Brace expansion: `a{b,c}` is `ab` and `ac`, `{1..3}` is `1`, `2` and `3`.
//!
//! The rules are bash's, with npm's own exceptions: `${…}` stays, a leading `{}` is literal, a group without a comma stays, and what
//! exceeds the most results that are wanted or [`LONGEST`] units altogether is left out without a word.

use std::collections::HashSet;

use super::effort::{DEEPEST, Effort};
use super::sequence::Sequence;
use super::units::ends_line;
use super::{PatternError, Version};

type Text = Vec<char>;

/// All alternatives of a pattern, each once, in order.
pub(super) fn expand(pattern: &[char], version: Version, effort: &mut Effort) -> Result<Vec<Text>, PatternError> {
    if !has_group(pattern) {
        return Ok(vec![pattern.to_vec()]);
    }
    let mut hidden = hide_escapes(pattern.strip_prefix(&['{', '}']).unwrap_or(pattern), version);
    if pattern.starts_with(&['{', '}']) {
        hidden.splice(0..0, [OPEN, CLOSE]);
    }
    let mut seen = HashSet::new();
    let all = Expander {
        most: most(version),
        effort,
    }
    .expand(&hidden, Level::Top, 0)?;
    Ok(all
        .iter()
        .map(|text| show_escapes(text))
        .filter(|text| seen.insert(text.clone()))
        .collect())
}

/// How many results npm keeps.
fn most(version: Version) -> usize {
    match version {
        Version::Current => 100_000,
        Version::Former => 10_000,
    }
}

/// Whether there is a `{` with a `}` after it, and neither a `{` nor the end of a line between them.
fn has_group(pattern: &[char]) -> bool {
    let mut open = false;
    for &unit in pattern {
        match unit {
            '{' => open = true,
            '}' if open => return true,
            _ if ends_line(unit) => open = false,
            _ => {}
        }
    }
    false
}

/// Escaped braces, commas, periods and backslashes become stand-ins that no text contains.
fn hide_escapes(text: &[char], version: Version) -> Text {
    let mut hidden = Text::with_capacity(text.len());
    let mut rest = text.iter().copied().peekable();
    while let Some(unit) = rest.next() {
        let stand_in = match rest.peek() {
            Some(&next) if unit == '\\' => {
                let known = ESCAPES.iter().find(|(shown, _)| *shown == next);
                known.map(|(_, stand_in)| *stand_in).or_else(|| {
                    let mistaken = version == Version::Former && !ends_line(next);
                    mistaken.then_some(PERIOD)
                })
            }
            _ => None,
        };
        match stand_in {
            Some(stand_in) => {
                rest.next();
                hidden.push(stand_in);
            }
            None => hidden.push(unit),
        }
    }
    hidden
}

fn show_escapes(text: &[char]) -> Text {
    let shown = |unit: char| {
        ESCAPES
            .iter()
            .find(|(_, stand_in)| *stand_in == unit)
            .map_or(unit, |(shown, _)| *shown)
    };
    text.iter().map(|&unit| shown(unit)).collect()
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Level {
    Top,
    Inner,
}

/// What stands between the braces of a group.
enum Body<'a> {
    /// Of `${…}`, which stays, whatever it is.
    Kept,
    Sequence(Sequence),
    List(&'a [char]),
    /// Neither: no group after all.
    Plain,
}

impl<'a> Body<'a> {
    fn of(before: &[char], body: &'a [char]) -> Self {
        match Sequence::parse(body) {
            _ if before.last() == Some(&'$') => Self::Kept,
            Some(sequence) => Self::Sequence(sequence),
            None if body.contains(&',') => Self::List(body),
            None => Self::Plain,
        }
    }
}

struct Expander<'a> {
    most: usize,
    effort: &'a mut Effort,
}

impl Expander<'_> {
    /// Goes through the groups from left to right and multiplies what there is so far by each.
    fn expand(&mut self, text: &[char], level: Level, depth: usize) -> Result<Vec<Text>, PatternError> {
        if depth > DEEPEST {
            return Err(PatternError::TooComplex);
        }
        let mut rest = text.to_vec();
        let mut level = level;
        let mut done = vec![Text::new()];
        // Empty results are dropped only where the first group is a list, and only when they are complete.
        let mut drop_empty = None;
        loop {
            self.effort.spend(rest.len() + 1)?;
            let Some((open, close)) = balanced(&rest) else {
                return self.combine(&done, &rest, &[Text::new()], drop_empty == Some(true));
            };
            let (before, after) = (&rest[..open], &rest[close + 1..]);
            let body = Body::of(before, &rest[open + 1..close]);
            if matches!(body, Body::Plain) && closes_later(after) {
                // `{a},b}`: the brace found first is an ordinary character of a longer group.
                rest[close] = CLOSE;
                level = Level::Top;
                continue;
            }
            let is_list = matches!(body, Body::List(_));
            let dropping = *drop_empty.get_or_insert(level == Level::Top && is_list) && after.is_empty();
            let (before, values) = match body {
                Body::Plain => return self.combine(&done, &rest, &[Text::new()], drop_empty == Some(true)),
                Body::Kept => (&rest[..=close], vec![Text::new()]),
                Body::Sequence(sequence) => (before, sequence.values(self.most, LONGEST)),
                Body::List(body) => {
                    let nothing_yet = before.is_empty() && done.iter().all(Vec::is_empty);
                    (before, self.list(body, dropping && nothing_yet, depth)?)
                }
            };
            done = self.combine(&done, before, &values, dropping)?;
            if after.is_empty() {
                return Ok(done);
            }
            rest = after.to_vec();
        }
    }

    /// The expansions of each part of a list.
    fn list(&mut self, body: &[char], drop_empty: bool, depth: usize) -> Result<Vec<Text>, PatternError> {
        let mut parts = self.comma_parts(body)?;
        if let [only] = parts.as_slice() {
            // `{{a,b}}`: the commas all belong to the group inside, and the braces around it stay.
            parts = self.expand(only, Level::Inner, depth + 1)?;
            for part in &mut parts {
                part.insert(0, '{');
                part.push('}');
            }
            if parts.len() == 1 {
                return Ok(parts);
            }
        }
        let mut values = Vec::new();
        let mut length = 0;
        for part in &parts {
            for value in self.expand(part, Level::Inner, depth + 1)? {
                if drop_empty && value.is_empty() {
                    continue;
                }
                length += value.len();
                if values.len() >= self.most || length > LONGEST {
                    return Ok(values);
                }
                values.push(value);
            }
        }
        Ok(values)
    }

    /// Splits at the commas that are in no group.
    fn comma_parts(&mut self, body: &[char]) -> Result<Vec<Text>, PatternError> {
        let mut parts = vec![Text::new()];
        let mut rest = body;
        loop {
            self.effort.spend(rest.len() + 1)?;
            let group = balanced(rest);
            let (before, group, after) = match group {
                Some((open, close)) => (&rest[..open], &rest[open..=close], &rest[close + 1..]),
                None => (rest, &rest[..0], &rest[..0]),
            };
            for (at, piece) in before.split(|&unit| unit == ',').enumerate() {
                if at > 0 {
                    parts.push(Text::new());
                }
                append(&mut parts, piece);
            }
            append(&mut parts, group);
            if after.is_empty() {
                return Ok(parts);
            }
            rest = after;
        }
    }

    /// Every text so far, followed by `between`, followed by every value: as many as npm would keep.
    fn combine(
        &mut self,
        done: &[Text],
        between: &[char],
        values: &[Text],
        drop_empty: bool,
    ) -> Result<Vec<Text>, PatternError> {
        let mut all = Vec::new();
        let mut length = 0;
        for start in done {
            for value in values {
                let total = start.len() + between.len() + value.len();
                self.effort.spend(total + 1)?;
                if all.len() >= self.most {
                    return Ok(all);
                }
                if drop_empty && total == 0 {
                    continue;
                }
                length += total;
                if length > LONGEST {
                    return Ok(all);
                }
                all.push([start, between, value].concat());
            }
        }
        Ok(all)
    }
}

fn append(parts: &mut [Text], piece: &[char]) {
    if let Some(last) = parts.last_mut() {
        last.extend_from_slice(piece);
    }
}

/// Whether a comma follows and, on the same line, a closing brace.
fn closes_later(after: &[char]) -> bool {
    let mut lines = after.split(|&unit| ends_line(unit));
    lines.any(|line| {
        line.iter()
            .rposition(|&unit| unit == '}')
            .is_some_and(|close| line[..close].contains(&','))
    })
}

/// Where the first group opens and closes; of braces that do not pair up, the leftmost pair that does.
fn balanced(text: &[char]) -> Option<(usize, usize)> {
    let next = |wanted: char, from: usize| {
        text.iter()
            .skip(from)
            .position(|&unit| unit == wanted)
            .map(|at| at + from)
    };
    let mut open = next('{', 0);
    let mut close = next('}', open? + 1);
    let mut waiting = Vec::new();
    let mut leftmost: Option<(usize, usize)> = None;
    let mut at = open;
    while let (Some(here), Some(end)) = (at, close) {
        if at == open {
            waiting.push(here);
            open = next('{', here + 1);
        } else {
            let start = waiting.pop()?;
            if waiting.is_empty() {
                return Some((start, end));
            }
            if leftmost.is_none_or(|(left, _)| start < left) {
                leftmost = Some((start, end));
            }
            close = next('}', here + 1);
        }
        at = match (open, close) {
            (Some(open), Some(close)) if open < close => Some(open),
            _ => close,
        };
    }
    leftmost
}

const SLASH: char = '\u{10_ff00}';
const OPEN: char = '\u{10_ff01}';
const CLOSE: char = '\u{10_ff02}';
const COMMA: char = '\u{10_ff03}';
const PERIOD: char = '\u{10_ff04}';

/// What may be escaped, and its stand-in: characters that the units of a text never are.
const ESCAPES: [(char, char); 5] = [('\\', SLASH), ('{', OPEN), ('}', CLOSE), (',', COMMA), ('.', PERIOD)];

/// Units that npm keeps altogether.
const LONGEST: usize = 4_000_000;
