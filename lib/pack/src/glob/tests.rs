//! Every row was decided by npm.

use super::{Pattern, PatternError};

fn check(rows: &[(&str, &str, bool)], partial: bool) {
    for (text, path, expected) in rows {
        let pattern = Pattern::parse(text).unwrap();
        assert_eq!(pattern.matches(path, partial), *expected, "`{text}` on `{path}`");
    }
}

#[test]
fn a_pattern_without_a_slash_is_for_names_at_any_depth() {
    check(
        &[
            ("a.js", "lib/sub/a.js", true),
            ("A.JS", "lib/a.js", true),
            ("lib/a.js", "/lib/a.js", false),
            ("/a.js", "/a.js", true),
            ("/a.js", "/lib/a.js", false),
            ("build/", "build", false),
            ("build/", "build/", true),
            ("a//b", "a/b", true),
            ("a/../b", "b", true),
            ("./a", "a", false),
        ],
        false,
    );
}

#[test]
fn wild_cards_take_names_with_a_leading_dot_and_never_the_dots_themselves() {
    check(
        &[
            ("*", "lib/.x", true),
            ("*", "..", false),
            ("a/*", "a/b/", true),
            ("*.js", "lib/.JS", true),
            ("*.*", ".git", true),
            (".*", "x.y", false),
            ("???", "a/b.c", true),
            ("?", "😀", false),
            ("??", "😀", true),
            ("a?c", "a/b/c", false),
            ("*\\#", "x#", false),
            ("*\\#", "x\\#", true),
        ],
        false,
    );
}

#[test]
fn two_stars_between_slashes_take_any_number_of_names() {
    check(
        &[
            ("**/.git", ".git", true),
            ("**/.git", "a/b/.git", true),
            ("a/**", "a", false),
            ("a/**", "a/", true),
            ("a/**/b", "a/b", true),
            ("a/**/b/**/c", "a/x/b/y/z/c", true),
            ("a/**/b", "a/../b", false),
            ("a/**b", "a/x/b", false),
            ("**/a/b/**/c/**/d", "a/b/c/d", false),
        ],
        false,
    );
}

#[test]
fn a_folder_matches_in_part_where_something_in_it_could_match() {
    check(
        &[
            ("/lib/**/*.js", "/lib", true),
            ("/lib/sub/a.js", "/lib/sub", true),
            ("/lib/sub/a.js", "/src", false),
            ("**/*.js", "/src", true),
            ("lib", "/", true),
            ("a/**/b/c", "a/x/y", true),
        ],
        true,
    );
    check(&[("/lib/sub/a.js", "/lib/sub", false)], false);
}

#[test]
fn braces_are_expanded_first() {
    check(
        &[
            ("*.{js,ts}", "a.ts", true),
            ("{lib,src/{a,b}}/x", "src/b/x", true),
            ("v{08..10}", "v09", true),
            ("{a..e..2}", "d", false),
            ("${a,b}", "${a,b}", true),
            ("{a}", "a", false),
            ("{},a}", "{},a}", true),
            ("\\{a,b\\}", "{a,b}", true),
            ("{,a}b", "b", true),
            ("{a},b}", "a}", true),
        ],
        false,
    );
}

#[test]
fn classes_hold_one_unit_and_named_classes_unicode_properties() {
    check(
        &[
            ("[a-c]", "B", true),
            ("[!a]", "a", false),
            ("[]a]", "]", true),
            ("[c-a]", "b", false),
            ("[a", "[a", true),
            ("app/[id].js", "app/i.js", true),
            ("app/[id].js", "app/[id].js", false),
            ("[.]x", ".x", true),
            ("[.]", ".", true),
            ("[.x]", ".", false),
            ("[😀]", "😀", false),
            ("[[:alpha:]]", "é", true),
            ("[[:upper:]]", "a", true),
            ("[[:graph:]]", "😀", true),
            ("[^[:digit:]]", "٣", false),
            ("[\\^-a]", "b", true),
        ],
        false,
    );
}

#[test]
fn groups_repeat_choose_and_refuse() {
    check(
        &[
            ("@(a|b).js", "b.js", true),
            ("?(a)b", "b", true),
            ("*(a|b)c", "abbac", true),
            ("+(a|*(b))", "bb", true),
            ("x!(a|b)", "xab", true),
            ("x!(a|b)", "xb", false),
            ("/!(*.js)", "/a.js", false),
            ("!(a|b)", "(a|b)", true),
            ("a!(b)c", "abc", false),
            ("a!(b)c", "abbc", true),
            ("@(a", "@(a", true),
            ("@()", "@()", true),
            ("(a|b)", "a", false),
            ("a\\|b", "ax", true),
        ],
        false,
    );
}

#[test]
fn case_is_ignored_as_javascript_ignores_it() {
    check(
        &[
            ("É", "é", true),
            ("k", "\u{212a}", false),
            ("*k", "\u{212a}", true),
            ("[[:digit:]k]", "\u{212a}", true),
            ("\u{df}", "ẞ", false),
            ("σ", "ς", true),
        ],
        false,
    );
}

#[test]
fn an_odd_number_of_marks_negates() {
    for (text, negated) in [("a", false), ("!a", true), ("!!a", false), ("!!!a", true), ("!", true)] {
        assert_eq!(Pattern::parse(text).unwrap().negated(), negated, "{text}");
    }
    check(&[("!a", "a", true), ("!!a", "b", false)], false);
}

#[test]
fn a_pattern_with_one_alternative_of_one_segment_is_short() {
    for (text, short) in [
        ("a", true),
        ("a/", true),
        ("/a", false),
        ("{a/b,c}", true),
        ("**/a", false),
        ("a/..", true),
    ] {
        assert_eq!(Pattern::parse(text).unwrap().is_short(), short, "{text}");
    }
}

#[test]
fn comments_and_empty_patterns_match_nothing() {
    check(
        &[
            ("#a", "#a", false),
            ("!#a", "#a", true),
            ("", "a", false),
            ("{,}", "", false),
        ],
        false,
    );
}

#[test]
fn a_pattern_longer_than_npm_allows_is_refused() {
    assert!(Pattern::parse(&"a".repeat(65_536)).is_ok());
    assert_eq!(
        Pattern::parse(&"a".repeat(65_537)).unwrap_err(),
        PatternError::TooLong { length: 65_537 }
    );
}

#[test]
fn a_pattern_on_which_npm_stops_with_a_syntax_error_is_refused() {
    for segment in ["foo-[[:digit:]]", "[[:alpha:]],x", "!()*()", "[[:alpha:]]\\!"] {
        let error = Pattern::parse(&format!("lib/{segment}/x")).unwrap_err();
        assert_eq!(
            error,
            PatternError::Unusable {
                segment: segment.to_owned()
            }
        );
    }
}

#[test]
fn patterns_that_explode_are_refused() {
    for text in [
        "!(a)".repeat(1000),
        "+(".repeat(30_000),
        "{a,".repeat(15_000) + &"}".repeat(15_000),
        "{a,b}".repeat(13_000),
    ] {
        assert_eq!(Pattern::parse(&text).unwrap_err(), PatternError::TooComplex);
    }
}

#[test]
fn patterns_that_make_others_backtrack_for_ever_are_answered() {
    let name = "a".repeat(250);
    let path = "a/".repeat(60) + "b";
    check(
        &[
            (&"*a".repeat(100), &format!("{name}b"), false),
            ("+(+(a|aa)|*(aa|aaa))x", &name, false),
            (&("*(x".repeat(199) + &"*a)".repeat(199)), &name, false),
            (&("**/a/".repeat(60) + "c"), &path, false),
            (&("**/?(*)*/".repeat(30) + "c"), &path, false),
        ],
        false,
    );
}
