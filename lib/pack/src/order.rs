//! The order of the files in npm's tarball: by extension, then by base name, then by path, because similar files next to each
//! other compress better. Each comparison is the one of CLDR's root collation (UTS 10, UTS 35) at its third level.

use std::cmp::Ordering;

use icu_collator::options::{CaseLevel, CollatorOptions, Strength};
use icu_collator::preferences::CollationNumericOrdering;
use icu_collator::{CollatorBorrowed, CollatorPreferences};

/// Sorts files by their paths as npm does. Where npm's order is left to chance (two names that no collation tells apart), code
/// points decide.
pub(crate) fn sort<T>(files: Vec<T>, path: impl Fn(&T) -> &str) -> Vec<T> {
    let collation = Collation::tertiary();
    let mut keyed: Vec<Key<T>> = files
        .into_iter()
        .map(|file| Key {
            extension: extension(path(&file)).to_lowercase(),
            base: base_name(path(&file)).to_lowercase(),
            file,
        })
        .collect();
    keyed.sort_by(|a, b| {
        let (path_a, path_b) = (path(&a.file), path(&b.file));
        collation
            .compare(&a.extension, &b.extension)
            .then_with(|| collation.compare(&a.base, &b.base))
            .then_with(|| collation.compare(path_a, path_b))
            .then_with(|| path_a.cmp(path_b))
    });
    keyed.into_iter().map(|key| key.file).collect()
}

/// Sorts paths as the list in `npm pack --json` has them: those that begin with a capital, or with anything that has no other
/// case, come first; digits count as numbers.
pub(crate) fn sort_for_display<T>(files: &mut [T], path: impl Fn(&T) -> &str) {
    let collation = Collation::display();
    files.sort_by(|a, b| {
        let (a, b) = (path(a), path(b));
        begins_lower(a)
            .cmp(&begins_lower(b))
            .then_with(|| collation.compare(a, b))
    });
}

/// The last component of a path.
pub(crate) fn base_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, base)| base)
}

/// The path of the folder, `.` at the top.
pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or(".", |(parent, _)| parent)
}

/// The end of the last component from its last dot on; nothing for `.name`, `name` and `..`, a dot for `name.`.
fn extension(path: &str) -> &str {
    let base = base_name(path);
    match base.rfind('.') {
        None | Some(0) => "",
        Some(_) if base == ".." => "",
        Some(dot) => base.get(dot..).unwrap_or_default(),
    }
}

fn begins_lower(path: &str) -> bool {
    // JavaScript looks at one UTF-16 unit, and half of a surrogate pair has no case.
    let first = path.chars().next().filter(|&c| c.len_utf16() == 1);
    first.is_some_and(|c| !c.to_uppercase().eq([c]))
}

struct Key<T> {
    extension: String,
    base: String,
    file: T,
}

/// The collation. Its data is compiled in; should it be missing all the same, code points decide.
struct Collation(Option<CollatorBorrowed<'static>>);

impl Collation {
    fn tertiary() -> Self {
        Self(CollatorBorrowed::try_new(CollatorPreferences::default(), CollatorOptions::default()).ok())
    }

    fn display() -> Self {
        let mut preferences = CollatorPreferences::default();
        preferences.numeric_ordering = Some(CollationNumericOrdering::True);
        let mut options = CollatorOptions::default();
        options.strength = Some(Strength::Primary);
        options.case_level = Some(CaseLevel::On);
        Self(CollatorBorrowed::try_new(preferences, options).ok())
    }

    fn compare(&self, a: &str, b: &str) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        self.0
            .as_ref()
            .map_or_else(|| a.cmp(b), |collator| collator.compare(a, b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(paths: &[&str]) -> Vec<String> {
        sort(paths.iter().rev().map(ToString::to_string).collect(), |path| path)
    }

    #[test]
    fn extensions_come_first_then_base_names_then_paths() {
        let order = [
            "LICENSE",
            "z/LICENSE",
            ".npmrc.d/x",
            "a/b/c.css",
            "a.js",
            "lib/a.js",
            "b.js",
            "package.json",
            "README.md",
            "a.test.ts",
        ];
        assert_eq!(sorted(&order), order);
    }

    #[test]
    fn punctuation_is_ordered_by_the_collation_and_not_by_code_points() {
        let order = [
            "_", "-", ",", ";", ":", "!", "?", "'", "\"", "(", ")", "[", "]", "{", "}", "@", "*", "\\", "&", "#", "%",
            "`", "^", "+", "<", "=", ">", "|", "~", "$", "0", "9", "a", "B",
        ];
        assert_eq!(sorted(&order), order);
    }

    #[test]
    fn a_small_letter_comes_before_its_capital_and_an_accent_after_both() {
        assert_eq!(sorted(&["a/x", "A/x", "á/x", "b/x"]), ["a/x", "A/x", "á/x", "b/x"]);
    }

    #[test]
    fn case_does_not_part_base_names_or_extensions() {
        assert_eq!(
            sorted(&["lib/A.JS", "src/a.js", "b.js"]),
            ["lib/A.JS", "src/a.js", "b.js"]
        );
    }

    #[test]
    fn names_that_no_collation_tells_apart_still_have_one_order() {
        let paths = ["e\u{301}.js", "\u{e9}.js", "x\u{1}", "x\u{2}"];
        let mut backwards: Vec<&str> = paths.to_vec();
        backwards.reverse();
        assert_eq!(sorted(&paths), sorted(&backwards));
    }

    #[test]
    fn an_extension_is_what_follows_the_last_dot_unless_that_is_the_first_character() {
        for (path, found) in [
            (".x", ""),
            ("a.", "."),
            (".a.b", ".b"),
            ("..", ""),
            ("...", "."),
            ("..x", ".x"),
            ("a.b/c", ""),
            ("a.b.c", ".c"),
        ] {
            assert_eq!(extension(path), found, "{path}");
        }
    }

    #[test]
    fn the_displayed_list_has_capitals_first_and_counts_numbers() {
        let mut files = vec![
            "lib/10.js",
            "lib/9.js",
            "README.md",
            "index.js",
            ".x",
            "package.json",
            "1.js",
        ];
        sort_for_display(&mut files, |file| file);
        assert_eq!(
            files,
            [
                ".x",
                "1.js",
                "README.md",
                "index.js",
                "lib/9.js",
                "lib/10.js",
                "package.json"
            ]
        );
    }
}
