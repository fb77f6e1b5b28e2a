//! What the form of a token is, and whether something at a place of a text has it.

use super::finding::LeakKind;
use super::letters::{Letters, is_random};
use super::{jwt, keys};

/// A form, and where in it the search begins.
pub(super) struct Form {
    /// The byte string that is searched for. Four bytes or more, and rare: the first four are what the search goes by.
    pub(super) anchor: &'static str,
    pub(super) kind: LeakKind,
    pub(super) rule: &'static str,
    pub(super) what: &'static str,
    pub(super) body: Body,
}

pub(super) enum Body {
    /// A token that begins with the anchor and goes on with these parts.
    Token(&'static [Part]),
    /// The same without anything that has to be before it.
    Address(&'static [Part]),
    /// A token with the anchor in the middle: how it begins, what is before the anchor and what behind.
    Middle(&'static str, Part, Part),
    /// A value that is assigned to a name that ends with the anchor.
    Assigned(Part),
    /// The public half of a pair. It is a leak with the other half beside it.
    AwsPair,
    PrivateKey,
    Putty,
    WebToken,
}

/// A part of a token.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// So many letters, at least and at most.
    Run(Letters, usize, usize),
    Text(&'static str),
}

impl Form {
    /// Whether a secret of this form is at this place of the text; if so, how it begins, where that shows its kind.
    pub(super) fn judge(&self, bytes: &[u8], at: usize) -> Option<Option<String>> {
        let (before, found) = bytes.split_at_checked(at)?;
        let after = found.get(self.anchor.len()..)?;
        let (is_leak, shows) = match &self.body {
            Body::Token(parts) => (is_edge(before) && continues(after, parts), true),
            Body::Address(parts) => (continues(after, parts), false),
            Body::Middle(begins, left, right) => (is_around(before, after, begins, *left, *right), false),
            Body::Assigned(part) => (
                assigned(after).is_some_and(|value| is_literal(value) && continues(value, &[*part])),
                false,
            ),
            Body::AwsPair => (is_edge(before) && is_aws_pair(before, found), true),
            Body::PrivateKey => (keys::is_framed_key(bytes, at), false),
            Body::Putty => (keys::is_putty_key(bytes, at), false),
            Body::WebToken => (is_edge(before) && jwt::is_long_lived(bytes, at), true),
        };
        let shown = self.anchor.get(..4).filter(|_| shows).map(str::to_owned);
        is_leak.then_some(shown)
    }
}

/// Whether these parts follow, nothing of their letters after the last, and drawn by lot.
fn continues(text: &[u8], parts: &[Part]) -> bool {
    let (mut rest, mut drawn) = (text, Vec::new());
    for part in parts {
        let length = match *part {
            Part::Text(wanted) if rest.starts_with(wanted.as_bytes()) => wanted.len(),
            Part::Text(_) => return false,
            Part::Run(letters, least, most) => {
                let length = letters.run(rest, most);
                if !(least..=most).contains(&length) {
                    return false;
                }
                drawn.extend(rest.iter().take(length));
                length
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    is_random(&drawn) && !PUBLIC.iter().any(|known| drawn.starts_with(known.as_bytes()))
}

/// A token begins where no word goes on; the letter of an escape in program text or in an address is no word.
fn is_edge(before: &[u8]) -> bool {
    match before {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => true,
        [.., last] => !last.is_ascii_alphanumeric() && *last != b'_',
        [] => true,
    }
}

fn is_around(before: &[u8], after: &[u8], begins: &str, left: Part, right: Part) -> bool {
    let Part::Run(letters, least, most) = left else {
        return false;
    };
    let length = letters.run_back(before, most);
    let first = before.get(before.len().saturating_sub(length)..).unwrap_or_default();
    (least..=most).contains(&length) && first.starts_with(begins.as_bytes()) && continues(after, &[right])
}

/// The value after a name, in the ways of program text, JSON, YAML, INI and command lines.
fn assigned(after: &[u8]) -> Option<&[u8]> {
    const AROUND: &[u8] = b" \t\"'`\\])";
    let skip = |text: &'_ [u8], set: &[u8]| text.iter().take(8).take_while(|byte| set.contains(byte)).count();
    let rest = after.get(skip(after, AROUND)..)?;
    let sign = skip(rest, b"=:>,");
    if sign == 0 {
        return None;
    }
    let rest = rest.get(sign..)?;
    rest.get(skip(rest, AROUND)..)
}

/// Program text assigns the values of other names too, `options.credentials.provider`; these have no digits.
fn is_literal(value: &[u8]) -> bool {
    let letters = value.iter().take_while(|byte| Letters::Any.has(**byte));
    letters.take(64).filter(|byte| byte.is_ascii_digit()).count() >= 2
}

/// The secret key stands within a few lines of the key's id; an id alone opens nothing.
fn is_aws_pair(before: &[u8], found: &[u8]) -> bool {
    const NEAR: usize = 300;
    let id = Letters::Base32.run(found, 20);
    if id != 20 || !is_random(found.get(4..20).unwrap_or_default()) {
        return false;
    }
    let near = before.get(before.len().saturating_sub(NEAR)..).unwrap_or_default();
    let behind = found.get(20..).unwrap_or_default();
    let behind = behind.get(..NEAR).unwrap_or(behind);
    let has_secret = |text: &[u8]| {
        let words = text.split(|byte| !Letters::Base64.has(*byte));
        words.filter(|word| word.len() == 40).any(is_aws_secret)
    };
    has_secret(near) || has_secret(behind)
}

fn is_aws_secret(word: &[u8]) -> bool {
    let mixed = word.iter().any(u8::is_ascii_lowercase) && word.iter().any(u8::is_ascii_uppercase);
    mixed && is_random(word)
}

/// How the keys begin that everybody has: that of the storage emulator for Azure.
const PUBLIC: [&str; 1] = ["Eby8vdM02xNOcqFl"];
