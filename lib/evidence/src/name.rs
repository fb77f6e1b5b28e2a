//! Names of npm packages.

use std::fmt;
use std::str::FromStr;

use crate::text::serde_as_text;

/// A package's name, for example `left-pad` or `@acme/widgets`.
///
/// The rules are those by which npm's registry accepts a publish: at most 214 characters, only characters that need no
/// escaping in a URL, no leading dot or underscore, none of `~'!()*`, not `node_modules` or `favicon.ico`; a scope is `@`, one such
/// part and a slash. Capital letters are accepted, because packages from before 2015 still carry them.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PackageName(String);

impl PackageName {
    /// The longest name that npm takes, in characters.
    pub const LONGEST: usize = 214;

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The scope with its `@`, if there is one.
    pub fn scope(&self) -> Option<&str> {
        self.0.split_once('/').map(|(scope, _)| scope)
    }

    /// The name below the scope.
    pub fn bare(&self) -> &str {
        self.0.split_once('/').map_or(&self.0, |(_, bare)| bare)
    }

    /// The name as one segment of a URL's path: the slash of a scope becomes `%2f`.
    pub fn escaped(&self) -> String {
        self.0.replace('/', "%2f")
    }

    /// The package URL without a version, for example `pkg:npm/%40acme/widgets`
    /// (<https://github.com/package-url/purl-spec>).
    pub fn purl(&self) -> String {
        format!("pkg:npm/{}", self.0.replace('@', "%40"))
    }
}

/// Why a text is no package name.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// Empty, or longer than [`PackageName::LONGEST`].
    #[error("a package name has 1 to 214 characters, this one has {length}")]
    Length {
        /// Characters found.
        length: usize,
    },
    /// A part is missing, there is one too many, or the scope lacks its `@`.
    #[error("a package name is `name` or `@scope/name`, found `{found}`")]
    Shape {
        /// The name found.
        found: String,
    },
    /// A character that npm refuses.
    #[error("a package name has no `{}`, found `{found}`", character.escape_debug())]
    Character {
        /// The character.
        character: char,
        /// The name found.
        found: String,
    },
    /// A name that npm keeps for itself.
    #[error("npm does not take the package name `{found}`")]
    Reserved {
        /// The name found.
        found: String,
    },
}

impl FromStr for PackageName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let length = text.chars().count();
        if length == 0 || length > Self::LONGEST {
            return Err(NameError::Length { length });
        }
        let shape = || NameError::Shape { found: text.to_owned() };
        let (scope, bare) = match text.strip_prefix('@') {
            Some(scoped) => {
                let (scope, bare) = scoped.split_once('/').ok_or_else(shape)?;
                (Some(scope), bare)
            }
            None => (None, text),
        };
        for part in scope.into_iter().chain([bare]) {
            if part.is_empty() {
                return Err(shape());
            }
            check_part(part, text)?;
        }
        if scope.is_none() && ["node_modules", "favicon.ico"].contains(&bare.to_ascii_lowercase().as_str()) {
            return Err(NameError::Reserved { found: text.to_owned() });
        }
        Ok(Self(text.to_owned()))
    }
}

/// One part: unreserved characters of RFC 3986 without `~`, and no dot or underscore first.
fn check_part(part: &str, whole: &str) -> Result<(), NameError> {
    let refused = part
        .char_indices()
        .find(|&(at, c)| !(c.is_ascii_alphanumeric() || c == '-' || (at > 0 && (c == '.' || c == '_'))));
    match refused {
        None => Ok(()),
        Some((_, character)) => Err(NameError::Character {
            character,
            found: whole.to_owned(),
        }),
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(PackageName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_npm_takes_are_taken() {
        for text in [
            "left-pad",
            "@acme/widgets",
            "@types/node",
            "JSONStream",
            "a",
            "lodash.merge",
            "7zip",
            "@a/b_c",
        ] {
            assert_eq!(text.parse::<PackageName>().map(|n| n.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn names_that_npm_refuses_are_refused() {
        let long = "a".repeat(215);
        let refused = [
            "",
            " a",
            "a ",
            ".a",
            "_a",
            "a/b",
            "@/a",
            "@a/",
            "@a",
            "@a/b/c",
            "../evil",
            "a b",
            "a~",
            "it's",
            "a\nb",
            "ü",
            "a%2fb",
            "a:b",
            "node_modules",
            "favicon.ico",
            "@.a/b",
            "@a/.b",
            long.as_str(),
        ];
        for text in refused {
            assert!(text.parse::<PackageName>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_scope_is_escaped_in_urls_as_npm_escapes_it() -> Result<(), NameError> {
        let name: PackageName = "@acme/widgets".parse()?;
        assert_eq!(name.escaped(), "@acme%2fwidgets");
        assert_eq!(name.purl(), "pkg:npm/%40acme/widgets");
        assert_eq!((name.scope(), name.bare()), (Some("@acme"), "widgets"));
        Ok(())
    }
}
