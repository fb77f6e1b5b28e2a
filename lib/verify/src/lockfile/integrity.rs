//! Digests as lockfiles write them.

use std::fmt;

use base64ct::{Base64, Encoding as _};
use certified_evidence::{Integrity, Shasum};

/// What a tarball has to hash to.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LockedDigest {
    /// SHA-512.
    Sha512(Integrity),
    /// SHA-1, in lockfiles of years ago.
    Sha1(Shasum),
    /// An algorithm that nobody writes, or a digest that is none.
    Other(String),
}

impl LockedDigest {
    /// The digests of a text as Subresource Integrity writes them: with spaces between them, and options after a question mark.
    pub(super) fn list(text: &str) -> Vec<Self> {
        text.split_whitespace().map(Self::one).collect()
    }

    /// SHA-1 as the hex digits behind the address that Yarn 1 writes.
    pub(super) fn of_fragment(digits: &str) -> Option<Self> {
        digits.parse().ok().map(Self::Sha1)
    }

    fn one(text: &str) -> Self {
        let digest = text.split('?').next().unwrap_or_default();
        if let Ok(integrity) = digest.parse() {
            return Self::Sha512(integrity);
        }
        let mut bytes = [0; 20];
        let decoded = digest
            .strip_prefix("sha1-")
            .map(|encoded| Base64::decode(encoded, &mut bytes));
        if matches!(decoded, Some(Ok(decoded)) if decoded.len() == 20) {
            return Self::Sha1(Shasum::from_bytes(bytes));
        }
        Self::Other(digest.chars().take(120).collect())
    }
}

impl fmt::Display for LockedDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sha512(integrity) => integrity.fmt(f),
            Self::Sha1(shasum) => write!(f, "sha1:{shasum}"),
            Self::Other(text) => text.escape_debug().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_algorithms_are_read_in_both_spellings_and_others_are_kept_as_they_are() {
        let (sha512, sha1) = (
            LockedDigest::Sha512(Integrity::of(b"")),
            LockedDigest::Sha1(Shasum::of(b"")),
        );
        let text = format!("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=  {}?x", Integrity::of(b""));
        assert_eq!(LockedDigest::list(&text), [sha1.clone(), sha512]);
        assert_eq!(
            LockedDigest::of_fragment("da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            Some(sha1)
        );
        assert_eq!(LockedDigest::of_fragment("main"), None);
        assert_eq!(LockedDigest::list("md5-AAAA"), [LockedDigest::Other("md5-AAAA".into())]);
    }
}
