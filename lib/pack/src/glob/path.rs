//! A pattern's segments against a path's names.

use std::collections::HashMap;
use std::sync::Arc;

use super::segment::{Segment, is_dots};

/// The segments of one alternative.
pub(super) type Segments = [Arc<Segment>];

/// Whether the segments match the names, or, with `partial`, whether they could match once more names follow.
pub(super) fn matches(names: &[&str], segments: &Segments, partial: bool) -> bool {
    let is_globstar = |segment: &Arc<Segment>| matches!(**segment, Segment::Globstar);
    let Some(first) = segments.iter().position(is_globstar) else {
        return matches_in_order(names, segments, partial);
    };
    let last = segments.iter().rposition(is_globstar).unwrap_or(first);
    let (head, rest) = (&segments[..first], &segments[first + 1..]);
    // As long as names may follow, nothing is the end.
    let (body, tail): (Option<&Segments>, &Segments) = match (partial, last.checked_sub(first + 1)) {
        (true, _) => (Some(rest), &[]),
        (false, Some(middle)) => (Some(&rest[..middle]), &rest[middle + 1..]),
        (false, None) => (None, rest),
    };
    let start = head.len();
    if !matches_in_order(&names[..start.min(names.len())], head, partial) {
        return false;
    }
    let Some(ending) = matching_tail(names, start, tail) else {
        return false;
    };
    let Some(body) = body.filter(|body| !body.is_empty()) else {
        let between = names.get(start..names.len() - ending).unwrap_or_default();
        return !between.iter().any(|name| is_dots(name)) && (partial || ending > 0 || !between.is_empty());
    };
    let sections: Vec<&Segments> = body.split(is_globstar).collect();
    let mut search = Search {
        names,
        sections: &sections,
        ending,
        partial,
        known: HashMap::new(),
    };
    search.from(start, 0) == Found::Yes
}

/// How many names at the end the tail takes, which must match there.
fn matching_tail(names: &[&str], start: usize, tail: &Segments) -> Option<usize> {
    if tail.is_empty() {
        return Some(0);
    }
    if tail.len() + start > names.len() {
        return None;
    }
    let from = names.len() - tail.len();
    if matches_in_order(&names[from..], tail, false) {
        return Some(tail.len());
    }
    // `a/**/*` matches `a/b/`: the empty name after the last slash may stay over.
    let may_stay = names.last() == Some(&"") && from > start;
    (may_stay && matches_in_order(&names[from - 1..], tail, false)).then_some(tail.len() + 1)
}

/// Without `**`: each segment its name. A slash at the end, which leaves an empty name, may stay over.
fn matches_in_order(names: &[&str], segments: &Segments, partial: bool) -> bool {
    let ends = match names.get(segments.len()..) {
        None => partial,
        Some(over) => matches!(over, [] | [""]),
    };
    ends && segments.iter().zip(names).all(|(segment, name)| segment.matches(name))
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Found {
    Yes,
    /// Not here, though it may be found further on.
    No,
    /// Neither here nor further on.
    Never,
}

/// Places the sections between the `**` one after the other.
struct Search<'a> {
    names: &'a [&'a str],
    sections: &'a [&'a Segments],
    /// Names at the end that the tail has taken.
    ending: usize,
    partial: bool,
    /// What was found from a name and a section on, so that no attempt is made twice.
    known: HashMap<(usize, usize), Found>,
}

impl Search<'_> {
    /// Places the section with this number at this name or a later one, and all others behind it.
    fn from(&mut self, start: usize, number: usize) -> Found {
        let Some(section) = self.sections.get(number) else {
            return self.rest(start);
        };
        if number == 0 {
            return self.place(start, number, section);
        }
        if let Some(known) = self.known.get(&(start, number)) {
            return *known;
        }
        let found = self.place(start, number, section);
        self.known.insert((start, number), found);
        found
    }

    fn place(&mut self, start: usize, number: usize, section: &Segments) -> Found {
        let walked_off = if self.partial { Found::Yes } else { Found::Never };
        // npm counts as many sections from the front here as follow, and the result depends on it.
        let following = self
            .sections
            .iter()
            .take(self.sections.len() - 1 - number)
            .map(|section| section.len());
        let needed = section.len() + following.sum::<usize>();
        let Some(last) = (self.names.len() - self.ending).checked_sub(needed) else {
            return walked_off;
        };
        for at in start..=last {
            let end = (at + section.len()).min(self.names.len());
            let here = self.names.get(at..end).unwrap_or_default();
            if matches_in_order(here, section, self.partial) && number < MOST_SECTIONS {
                let found = self.from(at + section.len(), number + 1);
                if found != Found::No {
                    return found;
                }
            }
            if self.names.get(at).is_some_and(|name| is_dots(name)) {
                return Found::No;
            }
        }
        walked_off
    }

    /// The last `**` takes what is left.
    fn rest(&self, start: usize) -> Found {
        let rest = self.names.get(start..).unwrap_or_default();
        let some = self.ending > 0 || !rest.is_empty();
        if some && !rest.iter().any(|name| is_dots(name)) {
            Found::Yes
        } else {
            Found::No
        }
    }
}

/// npm gives up on patterns with more `**` than this.
const MOST_SECTIONS: usize = 200;
