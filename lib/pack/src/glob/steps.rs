//! Patterns that are looked for on disk, instead of being held against the paths that a walk finds.
//!
//! npm 12 reads the entries of `files` in this way, with the rules of node-glob, version 13, and its option `dot`. Case counts, and
//! nothing but a `/` at the start of a pattern says where it begins: in the folder that it is looked for in, or at the root.

use std::fmt;

use super::effort::Effort;
use super::segment::{Case, Segment};
use super::{LONGEST, PatternError, Version, braces, units};

/// One step on the way through the folders that a pattern describes.
#[derive(Clone)]
pub(crate) enum Step {
    /// To this name, which may be empty, `.` or `..`.
    Name(String),
    /// `**`: down any number of folders.
    Globstar,
    /// To every name that matches.
    Any(Matcher),
}

/// What the names at one step have to look like.
#[derive(Clone)]
pub(crate) struct Matcher(Segment);

impl Matcher {
    /// Whether it matches this name.
    pub(crate) fn matches(&self, name: &str) -> bool {
        self.0.matches(name)
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "{name:?}"),
            Self::Globstar => f.write_str("**"),
            Self::Any(_) => f.write_str("?"),
        }
    }
}

/// All ways that a pattern describes, one for each of the alternatives between its braces. None is empty.
pub(crate) fn routes(pattern: &str) -> Result<Vec<Vec<Step>>, PatternError> {
    let text = units::split(pattern);
    if text.len() > LONGEST {
        return Err(PatternError::TooLong { length: text.len() });
    }
    let mut effort = Effort::new();
    let mut routes = Vec::new();
    for alternative in braces::expand(&text, Version::Former, &mut effort)? {
        let pieces = shorten(units::pieces(&alternative));
        let steps = pieces.into_iter().map(|piece| step(piece, &mut effort));
        routes.push(steps.collect::<Result<_, _>>()?);
    }
    Ok(routes)
}

fn step(piece: &[char], effort: &mut Effort) -> Result<Step, PatternError> {
    Ok(match Segment::parse(piece, Case::Exact, effort)? {
        Segment::Globstar => Step::Globstar,
        Segment::Exact(name) => Step::Name(name),
        other => Step::Any(Matcher(other)),
    })
}

/// Drops what leads nowhere else: `.` between two slashes, `x/..`, and `**` after `**`.
fn shorten(mut pieces: Vec<&[char]>) -> Vec<&[char]> {
    loop {
        let before = pieces.len();
        pieces.dedup_by(|next, piece| *next == ['*', '*'] && *piece == ['*', '*']);
        drop_dots(&mut pieces);
        pieces = drop_parents(&pieces);
        if pieces.len() == before {
            return pieces;
        }
    }
}

fn drop_dots(pieces: &mut Vec<&[char]>) {
    let last = pieces.len() - 1;
    let mut at = 0;
    pieces.retain(|piece| {
        at += 1;
        at == 1 || at == last + 1 || !matches!(piece, ['.'])
    });
    if matches!(pieces.as_slice(), [['.'], [] | ['.']]) {
        pieces.pop();
    }
}

fn drop_parents<'a>(pieces: &[&'a [char]]) -> Vec<&'a [char]> {
    let mut kept: Vec<&[char]> = Vec::with_capacity(pieces.len());
    for (at, piece) in pieces.iter().enumerate() {
        let has_parent = !matches!(kept.last(), None | Some([] | ['.'] | ['.', '.'] | ['*', '*']));
        if !has_parent || !matches!(piece, ['.', '.']) {
            kept.push(piece);
            continue;
        }
        kept.pop();
        // `x/../**` does not begin with `**`, which matters where the folder is a link.
        if kept.is_empty() && matches!(pieces.get(at + 1), Some(['*', '*'])) {
            kept.push(&['.']);
        }
    }
    if kept.is_empty() { vec![&[]] } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_taken_apart_into_steps() {
        for (pattern, steps) in [
            ("lib/**/*.js", r#"[["lib", **, ?]]"#),
            ("a/./b//c/../d", r#"[["a", "b", "d"]]"#),
            ("a/..", r#"[[""]]"#),
            ("a/../**", r#"[[".", **]]"#),
            ("**/**/x", r#"[[**, "x"]]"#),
            ("**/../x", r#"[[**, "..", "x"]]"#),
            ("{a,b/}", r#"[["a"], ["b", ""]]"#),
            (r"{a,b}\*", r#"[["a."], ["b."]]"#),
            (r"\[id].js", r#"[["[id].js"]]"#),
            ("#a!b", r##"[["#a!b"]]"##),
            ("/a", r#"[["", "a"]]"#),
        ] {
            assert_eq!(format!("{:?}", routes(pattern).unwrap()), steps, "{pattern}");
        }
    }

    #[test]
    fn case_counts() {
        for (pattern, name, matches) in [
            ("*.JS", "a.js", false),
            ("*.js", "a.js", true),
            ("?.js", "A.js", true),
            ("[a-c]", "B", false),
            ("[[:lower:]]", "B", false),
            ("+(a)", "A", false),
        ] {
            let routes = routes(pattern).unwrap();
            let [Step::Any(matcher)] = routes[0].as_slice() else {
                panic!("{pattern}")
            };
            assert_eq!(matcher.matches(name), matches, "{pattern} {name}");
        }
    }
}
