//! Paths that lead to one place inside the package, on every system.

use thiserror::Error;

use super::Limits;

/// A path taken apart.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Place<'a> {
    /// The top directory.
    pub(super) root: &'a str,
    /// The rest; empty for the top directory itself.
    pub(super) below: &'a str,
}

/// Takes a path apart, or says why it does not stay where it seems to be.
///
/// Backslashes and colons are allowed further down, as npm allows them in names, but not where
/// an extractor on another system could take them for a root.
pub(super) fn place<'a>(path: &'a str, is_directory: bool, limits: &Limits) -> Result<Place<'a>, PathFault> {
    if path.len() > limits.path {
        return Err(PathFault::TooLong { limit: limits.path });
    }
    if path.contains('\0') {
        return Err(PathFault::Nul);
    }
    let path = match path.strip_suffix('/') {
        Some(_) if !is_directory => return Err(PathFault::SlashAfterFile),
        Some(path) => path,
        None => path,
    };
    if path.split('/').nth(limits.depth).is_some() {
        return Err(PathFault::TooDeep { limit: limits.depth });
    }
    let (root, below) = match path.split_once('/') {
        Some(parts) => parts,
        None if is_directory => (path, ""),
        None => return Err(PathFault::NoRoot),
    };
    if path.starts_with('/') {
        return Err(PathFault::Absolute);
    }
    if path.split('/').any(str::is_empty) {
        return Err(PathFault::EmptySegment);
    }
    if path
        .split(['/', '\\'])
        .any(|segment| !segment.is_empty() && is_dots(segment))
    {
        return Err(PathFault::Dots);
    }
    if root.contains('\\') || below.starts_with('\\') {
        return Err(PathFault::Backslash);
    }
    if has_drive(root) || has_drive(below) {
        return Err(PathFault::Drive);
    }
    Ok(Place { root, below })
}

/// What is wrong with a path.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum PathFault {
    /// Not UTF-8.
    #[error("is not UTF-8")]
    NotUtf8,
    /// More bytes than allowed.
    #[error("has more than {limit} bytes")]
    TooLong {
        /// Bytes there may be.
        limit: usize,
    },
    /// More segments than allowed.
    #[error("has more than {limit} segments")]
    TooDeep {
        /// Segments there may be.
        limit: usize,
    },
    /// A NUL, where some readers stop and others go on.
    #[error("has a NUL in it")]
    Nul,
    /// A file whose path is written like a directory's.
    #[error("ends with a slash but is not a directory")]
    SlashAfterFile,
    /// Begins with a slash.
    #[error("is absolute")]
    Absolute,
    /// Nothing, or nothing between two slashes.
    #[error("has an empty segment")]
    EmptySegment,
    /// A `.` or `..` segment, or one that some system shortens to that.
    #[error("has a segment of dots")]
    Dots,
    /// A backslash where Windows sees a root.
    #[error("has a backslash at its top")]
    Backslash,
    /// A drive letter where Windows sees a root.
    #[error("has a drive letter at its top")]
    Drive,
    /// A file beside the top directory.
    #[error("is not in a top directory")]
    NoRoot,
}

/// Whether `path` is not `package.json`, yet its first segment is, on a file system that ignores
/// case, invisible characters, what follows a colon, or dots and spaces at the end.
pub(super) fn looks_like_manifest(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    let visible = first.chars().filter(|char| !is_invisible(*char));
    // Up and down again: U+017F and U+212A become `s` and `k` only so.
    let folded: String = visible
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect();
    let name = folded.split(':').next().unwrap_or_default();
    first != MANIFEST && name.trim_end_matches(['.', ' ']) == MANIFEST
}

const MANIFEST: &str = "package.json";

/// Characters that HFS+ and fonts leave out.
fn is_invisible(char: char) -> bool {
    matches!(
        char,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
    )
}

/// `.` and `..`, and what Windows makes of `...` or `.. `.
fn is_dots(segment: &str) -> bool {
    segment.trim_matches(['.', ' ']).is_empty()
}

fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> Result<Place<'_>, PathFault> {
        place(path, false, &Limits::default())
    }

    fn directory(path: &str) -> Result<Place<'_>, PathFault> {
        place(path, true, &Limits::default())
    }

    #[test]
    fn a_path_is_a_top_directory_and_the_rest() {
        let parts = |root, below| Ok(Place { root, below });
        assert_eq!(file("package/lib/a.js"), parts("package", "lib/a.js"));
        assert_eq!(directory("package/lib/"), parts("package", "lib"));
        assert_eq!(directory("package/lib"), parts("package", "lib"));
        assert_eq!(directory("package/"), parts("package", ""));
    }

    #[test]
    fn names_that_only_look_odd_are_accepted() {
        for path in [
            "p/a\\b",
            "p/...a",
            "p/[...slug].js",
            "p/ab:c",
            "p/x/c:d",
            "p/a\nb",
            "p/.a",
        ] {
            assert!(file(path).is_ok(), "{path:?}");
        }
    }

    #[test]
    fn a_path_above_the_package_is_refused() {
        for path in [
            "package/../a",
            "../a",
            "package/a/..",
            "package/a\\..\\..\\b",
            "package/.. /a",
        ] {
            assert_eq!(file(path), Err(PathFault::Dots), "{path:?}");
        }
    }

    #[test]
    fn a_path_with_a_dot_segment_is_refused() {
        for path in ["./package/a", "package/./a", "package/.", "package/.\\package.json"] {
            assert_eq!(file(path), Err(PathFault::Dots), "{path:?}");
        }
    }

    #[test]
    fn an_empty_segment_is_refused() {
        assert_eq!(file("package//a"), Err(PathFault::EmptySegment));
        assert_eq!(directory("package/a//"), Err(PathFault::EmptySegment));
        assert_eq!(directory(""), Err(PathFault::EmptySegment));
    }

    #[test]
    fn an_absolute_path_is_refused() {
        assert_eq!(file("/package/a"), Err(PathFault::Absolute));
        assert_eq!(file("//package/a"), Err(PathFault::Absolute));
    }

    #[test]
    fn a_backslash_at_the_top_is_refused() {
        for path in ["package/\\a", "\\package/a", "pack\\age/a", "package/\\\\server\\share"] {
            assert_eq!(file(path), Err(PathFault::Backslash), "{path:?}");
        }
    }

    #[test]
    fn a_drive_letter_at_the_top_is_refused() {
        for path in ["C:/package/a", "package/c:a", "package/C:/a", "package/c:\\a"] {
            assert_eq!(file(path), Err(PathFault::Drive), "{path:?}");
        }
    }

    #[test]
    fn a_file_outside_the_top_directory_is_refused() {
        assert_eq!(file("evil.js"), Err(PathFault::NoRoot));
        assert_eq!(file(""), Err(PathFault::NoRoot));
    }

    #[test]
    fn a_file_that_ends_with_a_slash_is_refused() {
        assert_eq!(file("package/a/"), Err(PathFault::SlashAfterFile));
    }

    #[test]
    fn a_nul_is_refused() {
        assert_eq!(file("package/a\0b"), Err(PathFault::Nul));
    }

    #[test]
    fn a_path_longer_or_deeper_than_allowed_is_refused() {
        let limits = Limits {
            path: 9,
            depth: 2,
            ..Limits::default()
        };
        assert!(place("package/a", false, &limits).is_ok());
        let long = place("package/ab", false, &limits);
        assert_eq!(long, Err(PathFault::TooLong { limit: 9 }));
        assert_eq!(place("p/a/b", false, &limits), Err(PathFault::TooDeep { limit: 2 }));
    }

    #[test]
    fn other_spellings_of_the_manifest_are_noticed() {
        let names = [
            "Package.json",
            "PACKAGE.JSON",
            "pac\u{212a}age.json",
            "package.j\u{17f}on",
            "package.json.",
            "package.json ",
            "package.json:a",
            "pack\u{200c}age.json",
            "Package.json/a",
        ];
        for name in names {
            assert!(looks_like_manifest(name), "{name:?}");
        }
    }

    #[test]
    fn the_manifest_and_its_neighbours_are_left_alone() {
        for name in ["package.json", "lib/Package.json", "package.json5", "package-lock.json"] {
            assert!(!looks_like_manifest(name), "{name:?}");
        }
    }
}
