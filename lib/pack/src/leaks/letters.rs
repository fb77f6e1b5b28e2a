//! The letters that tokens are made of, and whether they were drawn by lot or written by hand.

/// A set of letters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Letters {
    /// `0-9a-f`.
    Hex,
    /// `A-Z2-7`, base32 (RFC 4648).
    Base32,
    /// `A-Z0-9`.
    Upper,
    /// `A-Za-z0-9`.
    Word,
    /// `A-Za-z0-9_-`, base64url (RFC 4648).
    Url,
    /// `A-Za-z0-9+/`, base64 (RFC 4648).
    Base64,
    /// `A-Za-z0-9_~.-`, unreserved (RFC 3986).
    Unreserved,
    /// All of these and `=`.
    Any,
}

impl Letters {
    pub(super) const fn has(self, byte: u8) -> bool {
        match self {
            Self::Hex => byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'),
            Self::Base32 => byte.is_ascii_uppercase() || matches!(byte, b'2'..=b'7'),
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Word => byte.is_ascii_alphanumeric(),
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'),
            Self::Unreserved => Self::Url.has(byte) || matches!(byte, b'~' | b'.'),
            Self::Any => Self::Unreserved.has(byte) || Self::Base64.has(byte) || byte == b'=',
        }
    }

    /// How many of the first bytes are of this set, counted up to `most` and one more.
    pub(super) fn run(self, bytes: &[u8], most: usize) -> usize {
        let first = bytes.iter().take(most.saturating_add(1));
        first.take_while(|byte| self.has(**byte)).count()
    }

    /// The same from the end backwards.
    pub(super) fn run_back(self, bytes: &[u8], most: usize) -> usize {
        let last = bytes.iter().rev().take(most.saturating_add(1));
        last.take_while(|byte| self.has(**byte)).count()
    }
}

/// Whether a value looks drawn by lot: many different letters, no words of people who write examples, no counting up.
pub(super) fn is_random(value: &[u8]) -> bool {
    let hexadecimal = value.iter().all(|byte| Letters::Hex.has(*byte) || *byte == b'-');
    let least = match value.len() {
        _ if hexadecimal => 2.8,
        0..32 => 3.2,
        _ => 3.6,
    };
    entropy(value) >= least && !counts(value) && !says_so(value)
}

/// Shannon's, in bits per byte.
pub(super) fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let all = value.len() as f64;
    let share = |count: &u32| f64::from(*count) / all;
    let counted = counts.iter().filter(|count| **count > 0).map(share);
    counted.map(|share| -share * share.log2()).sum()
}

/// `123456`, `fedcba`, `xxxxxx`: six in a row happen by lot once in a hundred million tokens.
fn counts(value: &[u8]) -> bool {
    let mut rows = [1_u32; 3];
    for pair in value.windows(2) {
        let [before, after] = pair else { continue };
        let step = i16::from(*after) - i16::from(*before);
        for (row, wanted) in rows.iter_mut().zip([0, 1, -1]) {
            *row = if step == wanted { *row + 1 } else { 1 };
            if *row >= 6 {
                return true;
            }
        }
    }
    false
}

fn says_so(value: &[u8]) -> bool {
    let value = value.to_ascii_lowercase();
    WORDS
        .iter()
        .any(|word| value.windows(word.len()).any(|part| part == word.as_bytes()))
}

/// What stands in the tokens of documentation. Four letters only where chance does not write them.
const WORDS: [&str; 15] = [
    "example",
    "placeholder",
    "xxxx",
    "your_",
    "your-",
    "redacted",
    "dummy",
    "changeme",
    "insert",
    "sample",
    "replace",
    "secret",
    "token",
    "notreal",
    "0123",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_drawn_by_lot_is_told_from_what_was_written_by_hand() {
        for random in ["k3VbQ9zTf0LmXw7RaYc2Ns8E", "9f86d081884c7d659a2feaa0c55ad015"] {
            assert!(is_random(random.as_bytes()), "{random}");
        }
        for written in [
            "xxxxxxxxxxxxxxxxxxxxxxxx",
            "abcdefghijklmnopqrstuvwx",
            "k3VbQ9zEXAMPLEw7RaYc2Ns8",
            "your_k3VbQ9zTf0LmXw7RaYc",
            "000000000000000000000000",
            "9876543210zTf0LmXw7RaYc2",
            "aabbaabbaabbaabbaabbaabb",
        ] {
            assert!(!is_random(written.as_bytes()), "{written}");
        }
    }

    #[test]
    fn a_run_is_counted_no_further_than_needed() {
        assert_eq!(Letters::Hex.run(b"abcdefg", 10), 6);
        assert_eq!(Letters::Hex.run(b"abcdef", 3), 4);
        assert_eq!(Letters::Hex.run_back(b"g12", 10), 2);
    }
}
