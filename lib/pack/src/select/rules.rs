//! One list of rules: the lines of an ignore file, or lines that npm makes up.

use std::collections::BTreeMap;

use super::paths::Paths;
use crate::error::PackError;
use crate::glob::Pattern;
use crate::tree::Kind;

/// Rules in order; a later one wins.
#[derive(Clone, Debug)]
pub(super) struct Rules(Vec<Rule>);

#[derive(Clone, Debug)]
struct Rule {
    /// A rule with an odd number of `!` in front includes, any other excludes.
    includes: bool,
    meaning: Meaning,
}

#[derive(Clone, Debug)]
enum Meaning {
    Pattern(Pattern),
    Paths(Paths),
}

impl Rules {
    /// Reads the lines of a text; empty lines and those that begin with `#` are no rules.
    pub(super) fn parse(text: &str, origin: &str) -> Result<Self, PackError> {
        let lines = text
            .split('\n')
            .map(|line| line.strip_suffix('\r').unwrap_or(line))
            .map(trim);
        let rules = lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| {
                let pattern = Pattern::parse(line).map_err(|source| PackError::Pattern {
                    origin: origin.to_owned(),
                    source: Box::new(source),
                })?;
                Ok(Rule {
                    includes: pattern.negated(),
                    meaning: Meaning::Pattern(pattern),
                })
            });
        rules.collect::<Result<_, _>>().map(Self)
    }

    /// Adds one rule for each file and two for each folder, one of them for all that is in it. They all include, or all
    /// exclude.
    pub(super) fn add_paths(
        &mut self,
        includes: bool,
        found: BTreeMap<String, Kind>,
        origin: &str,
    ) -> Result<(), PackError> {
        let mut paths = Paths::default();
        let mark = if includes { "!" } else { "" };
        // What such a path means as a pattern need not be the path.
        for (path, kind) in paths.take(found) {
            let text = match kind {
                Kind::File => format!("{mark}/{path}"),
                Kind::Folder => format!("{mark}/{path}\n{mark}/{path}/**"),
                Kind::Link | Kind::Other => continue,
            };
            self.0.extend(Self::parse(&text, origin)?.0);
        }
        if !paths.is_empty() {
            let meaning = Meaning::Paths(paths);
            self.0.push(Rule { includes, meaning });
        }
        Ok(())
    }

    /// What becomes of an entry that was or was not included so far.
    pub(super) fn judge(&self, entry: &Entry<'_>, mut included: bool) -> bool {
        for rule in &self.0 {
            if rule.includes != included && rule.hits(entry) {
                included = rule.includes;
            }
        }
        included
    }
}

impl Rule {
    fn hits(&self, entry: &Entry<'_>) -> bool {
        let (path, below) = (entry.path(), entry.below_root());
        let pattern = match &self.meaning {
            Meaning::Pattern(pattern) => pattern,
            Meaning::Paths(paths) => {
                // An ignore file sees `name/` when it asks whether a folder itself passes.
                let path = path.strip_suffix('/').unwrap_or(path);
                return paths.hold(path) || self.includes && entry.perhaps_folder && paths.lie_below(path);
            }
        };
        let beyond = self.includes && entry.perhaps_folder;
        if !beyond && !pattern.may_match(&entry.slashed) {
            return false;
        }
        if pattern.matches(below, false) || pattern.matches(path, false) {
            return true;
        }
        // A pattern without a slash, or with one at its end only, also judges the base name of what lies deeper.
        entry.perhaps_folder
            && (self.hits_folder(pattern, &entry.slashed)
                || pattern.is_short()
                    && entry
                        .base_slashed
                        .as_deref()
                        .is_some_and(|base| self.hits_folder(pattern, base)))
    }

    /// Judges `/path/` as a folder, or as the beginning of a path that an including rule is after.
    fn hits_folder(&self, pattern: &Pattern, slashed: &str) -> bool {
        let below = slashed.strip_suffix('/').unwrap_or(slashed);
        let path = without_root(below);
        pattern.matches(slashed, false)
            || pattern.matches(without_root(slashed), false)
            || self.includes && (pattern.matches(below, true) || pattern.matches(path, true))
    }
}

/// A path as one folder's rules see it.
pub(super) struct Entry<'a> {
    /// The path between two slashes.
    slashed: String,
    /// The base name between two slashes, when the path has more than one part.
    base_slashed: Option<String>,
    name: &'a str,
    perhaps_folder: bool,
}

impl<'a> Entry<'a> {
    /// An entry directly in the folder. As long as it is `perhaps_folder`, it passes when something in it could.
    pub(super) fn new(name: &'a str, perhaps_folder: bool) -> Self {
        Self {
            slashed: format!("/{name}/"),
            base_slashed: None,
            name,
            perhaps_folder,
        }
    }

    /// The same entry as the folder above sees it.
    pub(super) fn seen_from_above(&self, folder: &str) -> Self {
        Self {
            slashed: format!("/{folder}{}", self.slashed),
            base_slashed: Some(format!("/{}/", self.name)),
            name: self.name,
            perhaps_folder: self.perhaps_folder,
        }
    }

    fn below_root(&self) -> &str {
        self.slashed.strip_suffix('/').unwrap_or_default()
    }

    fn path(&self) -> &str {
        without_root(self.below_root())
    }
}

fn without_root(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or(path)
}

/// Trims what JavaScript calls white space.
pub(super) fn trim(line: &str) -> &str {
    line.trim_matches(|c: char| c == '\u{feff}' || c != '\u{85}' && c.is_whitespace())
}
