//! What a rule compares with.

use std::fmt;
use std::str::FromStr;

use certified_evidence::{NameError, PackageName};
use serde::{Deserialize, Deserializer};

/// Which packages: `left-pad`, `@acme/*`, or `*`.
///
/// There is no `@acme*`, which would name `@acme-evil/x` too.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PackagePattern {
    /// One.
    Name(PackageName),
    /// All of a scope, which is kept with its at sign.
    Scope(String),
    /// All.
    All,
}

/// A text that names no packages.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{}` is neither a package's name nor `@scope/*` nor `*`: {why}", found.escape_debug())]
pub struct PatternError {
    /// The text.
    pub found: String,
    /// Why it is no name.
    pub why: NameError,
}

impl PackagePattern {
    /// Whether this package is one of them.
    pub fn names(&self, package: &PackageName) -> bool {
        match self {
            Self::Name(name) => name == package,
            Self::Scope(scope) => package.scope() == Some(scope),
            Self::All => true,
        }
    }
}

impl FromStr for PackagePattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let refused = |why| PatternError {
            found: text.chars().take(80).collect(),
            why,
        };
        if text == "*" {
            return Ok(Self::All);
        }
        let Some(scope) = text.strip_suffix("/*") else {
            return text.parse().map(Self::Name).map_err(refused);
        };
        // A scope is what some package of it has.
        let some: PackageName = format!("{scope}/x").parse().map_err(refused)?;
        Ok(Self::Scope(some.scope().unwrap_or(scope).to_owned()))
    }
}

impl<'de> Deserialize<'de> for PackagePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A text in which an asterisk stands for any number of any characters, for example `refs/tags/v*`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(transparent)]
pub struct TextPattern(String);

impl TextPattern {
    /// Whether the whole text is of this form.
    pub fn matches(&self, text: &str) -> bool {
        let mut pieces = self.0.split('*');
        let first = pieces.next().unwrap_or_default();
        let Some(mut rest) = text.strip_prefix(first) else {
            return false;
        };
        let Some(last) = pieces.next_back() else {
            // Without an asterisk the first piece is all there is.
            return rest.is_empty();
        };
        // The earliest place for each piece leaves most for those behind it.
        for piece in pieces {
            let Some(at) = rest.find(piece) else { return false };
            rest = &rest[at + piece.len()..];
        }
        rest.ends_with(last)
    }
}

impl From<&str> for TextPattern {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for TextPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_scope_is_its_packages_and_no_other_scope() {
        let pattern: PackagePattern = "@acme/*".parse().unwrap();
        let names = |name: &str| pattern.names(&name.parse().unwrap());
        assert!(names("@acme/widgets"));
        assert!(!names("@acme-evil/widgets") && !names("acme") && !names("widgets"));
    }

    #[test]
    fn a_text_that_is_no_name_no_scope_and_not_everything_is_refused() {
        for text in [
            "", "@acme", "@acme*", "left*", "*/x", "@acme/w*", "**", "/*", "acme/*", "@*/x",
        ] {
            assert!(text.parse::<PackagePattern>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_asterisk_stands_for_anything_and_all_of_the_text_counts() {
        let matches = |pattern: &str, text| TextPattern::from(pattern).matches(text);
        assert!(matches("refs/tags/v*", "refs/tags/v1.0.0"));
        assert!(!matches("refs/tags/v*", "refs/heads/refs/tags/v1"));
        assert!(matches("*", "") && matches("a*b*c", "abxbc") && matches("a**c", "ac") && matches("", ""));
        assert!(!matches("a*a", "a") && !matches("", "x") && !matches("abc", "abcd") && !matches("a*b", "abc"));
    }

    proptest! {
        #[test]
        fn matching_agrees_with_the_definition(pattern in "[ab*]{0,6}", text in "[ab]{0,6}") {
            fn defined(pattern: &[u8], text: &[u8]) -> bool {
                match (pattern.split_first(), text.split_first()) {
                    (None, _) => text.is_empty(),
                    (Some((b'*', rest)), None) => defined(rest, text),
                    (Some((b'*', rest)), Some((_, tail))) => defined(rest, text) || defined(pattern, tail),
                    (Some(_), None) => false,
                    (Some((a, rest)), Some((b, tail))) => a == b && defined(rest, tail),
                }
            }
            prop_assert_eq!(TextPattern::from(pattern.as_str()).matches(&text), defined(pattern.as_bytes(), text.as_bytes()));
        }
    }
}
