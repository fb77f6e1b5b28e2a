//! What a path must have for a pattern to match it: a quick look that spares most of the matching.
//!
//! Most patterns name something, and most paths do not have it. A needle may fit where the pattern does not match, never the
//! other way round: wherever letters, cases or brackets could make a difference, there is no needle.

/// What some name in the path has to be, to begin with, or to end with. All ASCII, in lower case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Needle {
    Name(Box<[u8]>),
    Beginning(Box<[u8]>),
    Ending(Box<[u8]>),
}

impl Needle {
    /// The most telling needle for pieces that all have to match a name.
    pub(super) fn of(pieces: &[&[char]]) -> Option<Self> {
        let needles = pieces.iter().filter_map(|piece| Self::of_piece(piece));
        needles.max_by_key(|needle| match needle {
            Self::Name(text) => (1, text.len()),
            Self::Ending(text) | Self::Beginning(text) => (0, text.len()),
        })
    }

    /// Whether a name of the path has it.
    pub(super) fn fits(&self, path: &str) -> bool {
        path.as_bytes().split(|&byte| byte == b'/').any(|name| match self {
            Self::Name(text) => name.eq_ignore_ascii_case(text),
            Self::Beginning(text) => name
                .get(..text.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(text)),
            Self::Ending(text) => name
                .len()
                .checked_sub(text.len())
                .and_then(|from| name.get(from..))
                .is_some_and(|end| end.eq_ignore_ascii_case(text)),
        })
    }

    fn of_piece(piece: &[char]) -> Option<Self> {
        // POSIX classes bring other rules for the case of letters with them, and a backslash may or may not be one.
        if piece.contains(&'\\') || piece.windows(2).any(|two| two == ['[', ':']) || matches!(piece, ['.'] | ['.', '.'])
        {
            return None;
        }
        let plain = piece.iter().take_while(|unit| is_plain(**unit)).count();
        let (begin, rest) = piece.split_at(plain);
        match (begin, rest) {
            ([], ['*', ending @ ..]) if !ending.is_empty() && ending.iter().all(|&unit| is_plain(unit)) => {
                Some(Self::Ending(text(ending)))
            }
            ([], _) => None,
            (_, []) => Some(Self::Name(text(begin))),
            // What follows decides about the unit before it only in groups, and those begin with a sign that is not plain.
            _ => Some(Self::Beginning(text(begin))),
        }
    }
}

/// Means itself wherever it stands.
fn is_plain(unit: char) -> bool {
    unit.is_ascii_alphanumeric() || matches!(unit, '.' | '-' | '_')
}

fn text(units: &[char]) -> Box<[u8]> {
    units.iter().map(|&unit| unit.to_ascii_lowercase() as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needle(pattern: &str) -> Option<Needle> {
        let pieces: Vec<Vec<char>> = pattern.split('/').map(|piece| piece.chars().collect()).collect();
        Needle::of(&pieces.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    #[test]
    fn the_longest_plain_name_is_the_needle_and_then_the_longest_plain_part() {
        let name = |text: &str| Some(Needle::Name(text.as_bytes().into()));
        assert_eq!(needle("**/.DS_Store/**"), name(".ds_store"));
        assert_eq!(needle("/build/config.gypi"), name("config.gypi"));
        assert_eq!(needle("a/*.swp"), name("a"));
        assert_eq!(needle("*.orig"), Some(Needle::Ending(b".orig"[..].into())));
        assert_eq!(
            needle("/.wafpickle-*"),
            Some(Needle::Beginning(b".wafpickle-"[..].into()))
        );
    }

    #[test]
    fn where_a_pattern_may_mean_anything_there_is_no_needle() {
        for pattern in [
            "*",
            "**",
            "?a",
            "[ab]c",
            "\\a",
            "*.[jt]s",
            "a[[:alpha:]]",
            ".",
            "..",
            "",
            "(a|b)",
            "é",
        ] {
            assert_eq!(needle(pattern), None, "{pattern}");
        }
    }
}
