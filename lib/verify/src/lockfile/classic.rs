//! `yarn.lock` of Yarn 1.
//!
//! ```text
//! # yarn lockfile v1
//!
//!
//! "@acme/widgets@^1.0.0", "@acme/widgets@^1.2.0":
//!   version "1.2.3"
//!   resolved "https://npm.example/@acme/widgets/-/widgets-1.2.3.tgz#da39a3ee5e6b4b0d3255bfef95601890afd80709"
//!   integrity sha512-…
//!   dependencies:
//!     left-pad "^1.3.0"
//! ```
//!
//! It looks like YAML and is none. Spec: <https://classic.yarnpkg.com/lang/en/docs/yarn-lock/>

use super::gathered::Gathered;
use super::place::not_of_a_registry;
use super::{LockedDigest, LockfileRefusal, Reason};

/// The comment that Yarn 1 writes first.
pub(super) const FIRST_LINE: &str = "# yarn lockfile v1";

pub(super) fn read(text: &str, gathered: &mut Gathered) -> Result<(), LockfileRefusal> {
    let mut entry: Option<Entry> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let words = line.trim();
        if words.is_empty() || words.starts_with('#') {
            continue;
        }
        match line.len() - line.trim_start_matches(' ').len() {
            0 => {
                if let Some(entry) = entry.replace(Entry::begin(words, number)?) {
                    entry.end(gathered)?;
                }
            }
            2 => match &mut entry {
                Some(entry) => entry.member(words, number)?,
                None => return Err(LockfileRefusal::syntax(number, "a member of nothing")),
            },
            // What it depends on has an entry of its own.
            4 => {}
            _ => return Err(LockfileRefusal::syntax(number, "the indentation is none of Yarn's")),
        }
    }
    entry.map_or(Ok(()), |entry| entry.end(gathered))
}

struct Entry {
    /// The first of the ranges that led here, for example `left-pad@^1.3.0`.
    wanted: String,
    version: Option<String>,
    resolved: Option<String>,
    integrity: Option<String>,
    line: usize,
}

impl Entry {
    fn begin(words: &str, line: usize) -> Result<Self, LockfileRefusal> {
        let end = || LockfileRefusal::syntax(line, "expected `name@range:`");
        let ranges = words.strip_suffix(':').ok_or_else(end)?;
        let (wanted, _) = word(ranges, line)?;
        Ok(Self {
            wanted,
            version: None,
            resolved: None,
            integrity: None,
            line,
        })
    }

    fn member(&mut self, words: &str, line: usize) -> Result<(), LockfileRefusal> {
        if words.ends_with(':') {
            return Ok(());
        }
        let (key, rest) = word(words, line)?;
        let (value, _) = word(rest.trim_start(), line)?;
        let place = match key.as_str() {
            "version" => &mut self.version,
            "resolved" => &mut self.resolved,
            "integrity" => {
                let whole = rest.trim().trim_matches('"').to_owned();
                return once(&mut self.integrity, whole, &key, line);
            }
            _ => return Ok(()),
        };
        once(place, value, &key, line)
    }

    fn end(self, gathered: &mut Gathered) -> Result<(), LockfileRefusal> {
        let (name, range) = split(&self.wanted).unwrap_or((&self.wanted, ""));
        let (name, range) = match range.strip_prefix("npm:") {
            // An alias: what follows is the real name, and its range if one was given.
            Some(real) => split(real).unwrap_or((real, "")),
            None => (name, range),
        };
        let version = self.version.ok_or(LockfileRefusal::Shape {
            line: self.line,
            expected: "`version`",
        })?;
        let address = self.resolved.as_deref();
        let place = address.or_else(|| range.contains([':', '/']).then_some(range));
        if let Some(place) = place
            && let Some(reason) = not_of_a_registry(place, name)
        {
            return gathered.elsewhere(self.line, name, reason, place);
        }
        let (address, fragment) = match address.and_then(|address| address.split_once('#')) {
            Some((address, fragment)) => (Some(address), LockedDigest::of_fragment(fragment)),
            None => (address, None),
        };
        let mut digests = self.integrity.as_deref().map(LockedDigest::list).unwrap_or_default();
        // Only where there is nothing better: nobody should have to keep both right.
        if digests.is_empty() {
            digests.extend(fragment);
        }
        if address.is_none() && digests.is_empty() {
            return gathered.elsewhere(self.line, name, Reason::File, range);
        }
        if let Some(locked) = gathered.release(self.line, name, &version)? {
            locked.says(digests, address);
        }
        Ok(())
    }
}

fn once(place: &mut Option<String>, value: String, key: &str, line: usize) -> Result<(), LockfileRefusal> {
    if place.replace(value).is_some() {
        return Err(LockfileRefusal::Duplicate {
            line,
            key: key.to_owned(),
        });
    }
    Ok(())
}

/// `name@range`, where the name may begin with an at sign.
fn split(text: &str) -> Option<(&str, &str)> {
    let at = text.get(1..)?.find('@')? + 1;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The first word: bare up to a space or a comma, or in quotes as in JSON.
fn word(text: &str, line: usize) -> Result<(String, &str), LockfileRefusal> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', ',']).unwrap_or(text.len());
        return Ok((text[..end].to_owned(), &text[end..]));
    };
    let mut escaped = false;
    let end = quoted.char_indices().find(|&(_, character)| {
        let ends = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        ends
    });
    let (end, _) = end.ok_or_else(|| LockfileRefusal::syntax(line, "a quotation mark is missing"))?;
    let read = serde_json::from_str(&text[..end + 2]).map_err(|error| LockfileRefusal::syntax(line, error))?;
    Ok((read, &quoted[end + 1..]))
}
