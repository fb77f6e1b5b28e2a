//! The secrets of the caller, in the spellings that programs make of them.

use std::collections::BTreeMap;
use std::fmt;

use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding};

use super::anchors::Search;

/// A secret of the process that packs. It is known by its name; the value is never shown.
#[derive(Clone, Eq, PartialEq)]
pub struct OwnSecret {
    name: String,
    value: Vec<u8>,
}

impl OwnSecret {
    /// A secret and what to call it, for example the variable that it comes from.
    pub fn new(name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}

impl fmt::Debug for OwnSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnSecret({}, ****)", self.name)
    }
}

/// All of them, ready to be searched for at once.
#[derive(Default)]
pub(super) struct OwnSecrets {
    search: Search,
    /// The name of the secret that each searched spelling belongs to.
    names: Vec<String>,
    longest: usize,
}

impl OwnSecrets {
    pub(super) fn new(secrets: Vec<OwnSecret>) -> Self {
        let mut spelled: BTreeMap<Vec<u8>, String> = BTreeMap::new();
        for secret in secrets {
            for part in parts(&secret.value) {
                for spelling in spellings(part) {
                    spelled.entry(spelling).or_insert_with(|| secret.name.clone());
                }
            }
        }
        let (patterns, names): (Vec<_>, Vec<_>) = spelled.into_iter().unzip();
        Self {
            longest: patterns.iter().map(Vec::len).max().unwrap_or_default(),
            search: Search::of(&patterns),
            names,
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let names: std::collections::BTreeSet<&str> = self.names.iter().map(String::as_str).collect();
        names.into_iter()
    }

    /// The length of the longest spelling.
    pub(super) const fn longest(&self) -> usize {
        self.longest
    }

    /// The name of the first secret in there, if any.
    pub(super) fn first_in(&self, bytes: &[u8]) -> Option<&str> {
        self.find(bytes, 0).map(|(_, name)| name)
    }

    /// The next place at or after `from`, with the name of the secret.
    pub(super) fn find(&self, bytes: &[u8], from: usize) -> Option<(usize, &str)> {
        let (at, which) = self.search.find(bytes, from)?;
        Some((at, self.names.get(which)?))
    }
}

/// What of a value is searched for: the whole, or of a value with several lines, such as a key file, the first lines that could be in no
/// other file.
fn parts(value: &[u8]) -> Vec<&[u8]> {
    let value = value.trim_ascii();
    if value.len() < SHORTEST {
        return Vec::new();
    }
    if !value.contains(&b'\n') {
        return vec![value];
    }
    let lines = value.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines
        .filter(|line| line.len() >= SHORTEST_LINE && !line.starts_with(b"-----"))
        .take(MOST_LINES)
        .collect()
}

fn spellings(value: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![value.to_vec(), hexadecimal(value), percent(value), json(value)];
    // Base64 of a text that contains the value somewhere: which letters stand for it depends on where it begins modulo three.
    for before in 0..3 {
        let shifted: Vec<u8> = std::iter::repeat_n(0, before).chain(value.iter().copied()).collect();
        let (first, bits) = ((before * 8).div_ceil(6), shifted.len() * 8);
        let last = bits / 6;
        for text in [
            Base64Unpadded::encode_string(&shifted),
            Base64UrlUnpadded::encode_string(&shifted),
        ] {
            all.extend(text.as_bytes().get(first..last).map(<[u8]>::to_vec));
        }
    }
    all
}

fn hexadecimal(value: &[u8]) -> Vec<u8> {
    value
        .iter()
        .flat_map(|byte| format!("{byte:02x}").into_bytes())
        .collect()
}

/// As JavaScript's `encodeURIComponent` writes it.
fn percent(value: &[u8]) -> Vec<u8> {
    let escape = |byte: &u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')' => {
            vec![*byte]
        }
        _ => format!("%{byte:02X}").into_bytes(),
    };
    value.iter().flat_map(escape).collect()
}

/// As it stands between the quotes of a JSON text.
fn json(value: &[u8]) -> Vec<u8> {
    let quoted = serde_json::Value::from(String::from_utf8_lossy(value)).to_string();
    quoted.trim_matches('"').as_bytes().to_vec()
}

/// In bytes. Anything shorter stands in ordinary files by chance.
const SHORTEST: usize = 8;
/// In bytes, for one line of several.
const SHORTEST_LINE: usize = 20;
const MOST_LINES: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn found(value: &str, content: &str) -> Option<String> {
        let own = OwnSecrets::new(vec![OwnSecret::new("NAME", value)]);
        own.first_in(content.as_bytes()).map(str::to_owned)
    }

    #[test]
    fn a_secret_is_found_in_every_spelling() {
        let secret = "p/ss \"w?rd>>1";
        let base64 = |text: String| Base64Unpadded::encode_string(text.as_bytes());
        for content in [
            format!("x{secret}y"),
            "key=p%2Fss%20%22w%3Frd%3E%3E1".to_owned(),
            r#"{"key":"p/ss \"w?rd>>1"}"#.to_owned(),
            base64(format!(":{secret}")),
            base64(format!("ab{secret}cd")),
            base64(format!("abc{secret}")),
            Base64UrlUnpadded::encode_string(format!("user:{secret}").as_bytes()),
            hexadecimal(secret.as_bytes()).iter().map(|b| char::from(*b)).collect(),
        ] {
            assert_eq!(found(secret, &content).as_deref(), Some("NAME"), "{content}");
        }
        assert_eq!(found(secret, "p/ss \"w?rd>>2"), None);
    }

    #[test]
    fn of_a_key_file_each_line_counts_but_not_its_frame() {
        let key = "-----BEGIN PRIVATE KEY-----\nk3VbQ9zTf0LmXw7RaYc2Ns8E\nTf0LmXw7RaYc2Ns8Ek3VbQ9z\n-----END PRIVATE KEY-----\n";
        assert!(found(key, r"'Tf0LmXw7RaYc2Ns8Ek3VbQ9z'").is_some());
        assert_eq!(found(key, "-----BEGIN PRIVATE KEY-----"), None);
    }

    #[test]
    fn values_that_are_in_every_file_are_not_searched_for() {
        assert_eq!(found("true", "true"), None);
        assert_eq!(found("  1234567 ", "1234567"), None);
    }

    #[test]
    fn nothing_of_a_secret_is_printed() {
        let secret = OwnSecret::new("NAME", "k3VbQ9zTf0LmXw7RaYc2Ns8E");
        assert_eq!(format!("{secret:?}"), "OwnSecret(NAME, ****)");
    }
}
