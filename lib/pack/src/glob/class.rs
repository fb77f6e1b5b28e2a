//! Bracket classes: `[a-z]`, `[!a]`, `[[:alpha:]]`, translated to the class of a regular expression.

use super::PatternError;
use super::effort::Effort;
use super::source::escape;
use super::units::{ends_line, value};

/// A class in the notation of regular expressions.
pub(super) struct Class {
    pub(super) source: Vec<char>,
    /// How many units of the pattern it takes.
    pub(super) length: usize,
    /// Whether it matches more than one character's text.
    pub(super) magic: bool,
    /// Whether it speaks of Unicode properties.
    pub(super) properties: bool,
}

/// Reads the class that begins at the `[` at `open`; none when it is never closed.
pub(super) fn parse(glob: &[char], open: usize, effort: &mut Effort) -> Result<Option<Class>, PatternError> {
    let body = glob.get(open + 1..).unwrap_or_default();
    let negated = matches!(body.first(), Some('!' | '^'));
    let mut reader = Reader {
        rest: &body[usize::from(negated)..],
        ..Reader::default()
    };
    let whole = glob.len() - open;
    let end = reader.read();
    let length = whole - reader.rest.len();
    effort.spend(length.saturating_mul(4))?;
    Ok(match end {
        End::Missing => None,
        End::Impossible => Some(impossible(whole)),
        End::Closed if reader.items.is_empty() && reader.excluded.is_empty() => Some(impossible(whole)),
        End::Closed => Some(reader.class(negated, length)),
    })
}

/// A class that nothing can be in spoils the rest of the segment.
fn impossible(length: usize) -> Class {
    Class {
        source: vec!['$', '.'],
        length,
        magic: true,
        properties: false,
    }
}

enum End {
    Closed,
    Missing,
    Impossible,
}

#[derive(Default)]
struct Reader<'a> {
    rest: &'a [char],
    /// Characters, ranges and properties.
    items: Vec<Vec<char>>,
    /// Properties of what the class does not contain.
    excluded: Vec<Vec<char>>,
    range_start: Option<char>,
    properties: bool,
}

impl Reader<'_> {
    fn read(&mut self) -> End {
        let mut escaping = false;
        let mut first = true;
        while let Some((&unit, rest)) = self.rest.split_first() {
            if unit == ']' && !first && !escaping {
                self.rest = rest;
                return End::Closed;
            }
            first = false;
            if unit == '\\' && !escaping {
                escaping = true;
                self.rest = rest;
                continue;
            }
            if let Some(posix) = named(self.rest).filter(|_| !escaping) {
                if self.range_start.is_some() {
                    return End::Impossible;
                }
                self.add_named(posix);
                continue;
            }
            escaping = false;
            self.add(unit, rest);
        }
        End::Missing
    }

    fn add_named(&mut self, posix: &Posix) {
        self.rest = self.rest.get(posix.name.len()..).unwrap_or_default();
        let to = if posix.negated {
            &mut self.excluded
        } else {
            &mut self.items
        };
        to.push(posix.source.chars().collect());
        self.properties |= posix.source.contains("\\p");
    }

    /// One character: the end of a range, the start of one, or itself. Ranges that run backwards are dropped.
    fn add(&mut self, unit: char, rest: &'_ [char]) {
        let skip = if let Some(start) = self.range_start.take() {
            if value(unit) > value(start) {
                self.items
                    .push([in_class(start).as_slice(), &['-'], &in_class(unit)].concat());
            } else if unit == start {
                self.items.push(in_class(unit));
            }
            0
        } else if rest.starts_with(&['-', ']']) {
            self.items.push([in_class(unit), in_class('-')].concat());
            1
        } else if rest.starts_with(&['-']) {
            self.range_start = Some(unit);
            1
        } else {
            self.items.push(in_class(unit));
            0
        };
        self.rest = self.rest.get(1 + skip..).unwrap_or_default();
    }

    /// One character alone is no more than that character.
    fn class(&self, negated: bool, length: usize) -> Class {
        if let ([item], true, false) = (self.items.as_slice(), self.excluded.is_empty(), negated)
            && let [literal] | ['\\', literal] = item.as_slice()
            && !ends_line(*literal)
        {
            return Class {
                source: escape(*literal),
                length,
                magic: false,
                properties: false,
            };
        }
        Class {
            source: self.source(negated),
            length,
            magic: true,
            properties: self.properties,
        }
    }

    fn source(&self, negated: bool) -> Vec<char> {
        let class = |negated: bool, items: &[Vec<char>]| {
            let open: &[char] = if negated { &['[', '^'] } else { &['['] };
            [open, &items.concat(), &[']']].concat()
        };
        let (items, excluded) = (class(negated, &self.items), class(!negated, &self.excluded));
        match (self.items.is_empty(), self.excluded.is_empty()) {
            (false, false) => [['('].as_slice(), &items, &['|'], &excluded, &[')']].concat(),
            (false, true) => items,
            (true, _) => excluded,
        }
    }
}

fn in_class(unit: char) -> Vec<char> {
    if matches!(unit, '[' | ']' | '\\' | '-') {
        vec!['\\', unit]
    } else {
        vec![unit]
    }
}

fn named(text: &[char]) -> Option<&'static Posix> {
    if !text.starts_with(&['[', ':']) {
        return None;
    }
    POSIX
        .iter()
        .find(|posix| text.len() >= posix.name.len() && posix.name.chars().zip(text).all(|(one, other)| one == *other))
}

struct Posix {
    name: &'static str,
    source: &'static str,
    negated: bool,
}

const fn posix(name: &'static str, source: &'static str) -> Posix {
    Posix {
        name,
        source,
        negated: false,
    }
}

const POSIX: [Posix; 14] = [
    posix("[:alnum:]", r"\p{L}\p{Nl}\p{Nd}"),
    posix("[:alpha:]", r"\p{L}\p{Nl}"),
    posix("[:ascii:]", r"\x00-\x7f"),
    posix("[:blank:]", r"\p{Zs}\t"),
    posix("[:cntrl:]", r"\p{Cc}"),
    posix("[:digit:]", r"\p{Nd}"),
    Posix {
        name: "[:graph:]",
        source: r"\p{Z}\p{C}",
        negated: true,
    },
    posix("[:lower:]", r"\p{Ll}"),
    // npm takes this name for its opposite.
    posix("[:print:]", r"\p{C}"),
    posix("[:punct:]", r"\p{P}"),
    posix("[:space:]", r"\p{Z}\t\r\n\v\f"),
    posix("[:upper:]", r"\p{Lu}"),
    posix("[:word:]", r"\p{L}\p{Nl}\p{Nd}\p{Pc}"),
    posix("[:xdigit:]", r"A-Fa-f0-9"),
];
