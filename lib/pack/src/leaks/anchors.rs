//! Where to look closer: a search for many short byte strings at once.

use aho_corasick::{AhoCorasick, MatchKind, Span, packed};

/// A set of byte strings to search for.
#[derive(Default)]
pub(super) struct Search(Option<Engine>);

enum Engine {
    /// With vector instructions, several bytes of the text at a time.
    Packed(packed::Searcher),
    /// On processors without, and for more strings than those can take.
    Automaton(AhoCorasick),
}

impl Search {
    pub(super) fn of(patterns: &[impl AsRef<[u8]>]) -> Self {
        if patterns.is_empty() {
            return Self(None);
        }
        let packed = packed::Config::new()
            .match_kind(packed::MatchKind::LeftmostFirst)
            .heuristic_pattern_limits(false)
            .builder()
            .extend(patterns)
            .build();
        if let Some(searcher) = packed {
            return Self(Some(Engine::Packed(searcher)));
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .build(patterns);
        Self(automaton.ok().map(Engine::Automaton))
    }

    /// The next string that begins at or after `from`: where, and which.
    pub(super) fn find(&self, bytes: &[u8], from: usize) -> Option<(usize, usize)> {
        if from > bytes.len() {
            return None;
        }
        let span = Span {
            start: from,
            end: bytes.len(),
        };
        let found = match self.0.as_ref()? {
            Engine::Packed(searcher) => searcher.find_in(bytes, span),
            Engine::Automaton(automaton) => automaton.find(aho_corasick::Input::new(bytes).span(span)),
        }?;
        Some((found.start(), found.pattern().as_usize()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_strings_are_found_alike() {
        for count in [1, 30, 60, 100, 200] {
            let patterns: Vec<String> = (0..count).map(|n| format!("<{n:03}>")).collect();
            let search = Search::of(&patterns);
            let text = format!("{} <{:03}> and", "x".repeat(100), count - 1);
            assert_eq!(search.find(text.as_bytes(), 0), Some((101, count - 1)));
            assert_eq!(search.find(text.as_bytes(), 102), None);
            assert_eq!(search.find(text.as_bytes(), 1000), None);
        }
        assert_eq!(Search::default().find(b"anything", 0), None);
    }
}
