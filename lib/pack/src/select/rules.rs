//! One list of rules: the lines of an ignore file, or lines that npm makes up.

use crate::error::PackError;
use crate::glob::Pattern;

/// Rules in order; a later one wins.
#[derive(Clone, Debug)]
pub(super) struct Rules(Vec<Rule>);

#[derive(Clone, Debug)]
struct Rule {
    pattern: Pattern,
    /// A rule with an odd number of `!` in front includes, any other excludes.
    includes: bool,
    /// A rule without a slash, or with one at its end only, also judges the base name of what lies deeper.
    short: bool,
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
                    short: pattern.is_short(),
                    pattern,
                })
            });
        rules.collect::<Result<_, _>>().map(Self)
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
        if self.pattern.matches(below, false) || self.pattern.matches(path, false) {
            return true;
        }
        entry.perhaps_folder
            && (self.hits_folder(&entry.slashed)
                || self.short && entry.base_slashed.as_deref().is_some_and(|base| self.hits_folder(base)))
    }

    /// Judges `/path/` as a folder, or as the beginning of a path that an including rule is after.
    fn hits_folder(&self, slashed: &str) -> bool {
        let below = slashed.strip_suffix('/').unwrap_or(slashed);
        let path = without_root(below);
        self.pattern.matches(slashed, false)
            || self.pattern.matches(without_root(slashed), false)
            || self.includes && (self.pattern.matches(below, true) || self.pattern.matches(path, true))
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
fn trim(line: &str) -> &str {
    line.trim_matches(|c: char| c == '\u{feff}' || c != '\u{85}' && c.is_whitespace())
}
