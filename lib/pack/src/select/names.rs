//! When npm takes two names for the same one.

use std::borrow::Cow;

use icu_normalizer::DecomposingNormalizerBorrowed;

/// A name in the form in which names are compared where case counts: the compatibility decomposition (UAX 15, NFKD).
pub(super) fn normal(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return Cow::Borrowed(name);
    }
    DecomposingNormalizerBorrowed::new_nfkd().normalize(name)
}

/// A name in the form in which names of packages are compared: without case, because many file systems do so.
pub(super) fn fold(name: &str) -> String {
    normal(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_the_same_are_the_same() {
        assert_eq!(normal("e\u{301}"), normal("\u{e9}"));
        assert_eq!(normal("\u{fb01}x"), "fix");
        assert_eq!(fold("\u{c9}"), fold("e\u{301}"));
        assert_ne!(normal("A"), normal("a"));
        assert_eq!(fold("A"), fold("a"));
    }
}
