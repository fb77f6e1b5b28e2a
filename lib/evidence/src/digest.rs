//! What bytes hash to, in the three spellings of this trade.
//!
//! | type | algorithm | text |
//! |---|---|---|
//! | [`Digest`] | SHA-256 | `sha256:` and 64 lower-case hex digits |
//! | [`Integrity`] | SHA-512 | `sha512-` and base64, as in npm's `dist.integrity` (W3C Subresource Integrity) |
//! | [`Shasum`] | SHA-1 | 40 lower-case hex digits, as in npm's `dist.shasum`; never trusted, only compared |

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Encoding};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

use crate::text::serde_as_text;

/// What the bytes hash to. On the wire: `sha256:` and 64 lower-case hex digits.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The SHA-256 of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// A digest that was computed elsewhere.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The 64 hex digits without the algorithm's name.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }

    /// Reads [`Digest::hex`].
    ///
    /// # Errors
    /// [`DigestError::Spelling`] when the text is not 64 lower-case hex digits.
    pub fn from_hex(digits: &str) -> Result<Self, DigestError> {
        unhex(digits)
            .map(Self)
            .ok_or_else(|| spelling("64 lower-case hex digits", digits))
    }
}

/// SHA-512 in npm's spelling, for example `sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Integrity([u8; 64]);

impl Integrity {
    /// The SHA-512 of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha512::digest(bytes).into())
    }

    /// A digest that was computed elsewhere.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// The 128 hex digits that in-toto writes instead of base64.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }

    /// Reads [`Integrity::hex`].
    ///
    /// # Errors
    /// [`DigestError::Spelling`] when the text is not 128 lower-case hex digits.
    pub fn from_hex(digits: &str) -> Result<Self, DigestError> {
        unhex(digits)
            .map(Self)
            .ok_or_else(|| spelling("128 lower-case hex digits", digits))
    }
}

/// SHA-1 in npm's spelling. Broken as a proof; kept because npm's clients still print and send it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Shasum([u8; 20]);

impl Shasum {
    /// The SHA-1 of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha1::digest(bytes).into())
    }

    /// A digest that was computed elsewhere.
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }
}

/// Text that is not a digest.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DigestError {
    /// The algorithm's name is missing or another one.
    #[error("expected a digest that starts with `{expected}`, found `{found}`")]
    Algorithm {
        /// What the text has to start with.
        expected: &'static str,
        /// How it started.
        found: String,
    },
    /// The part after the algorithm's name is not the digest's one spelling.
    #[error("expected {expected}, found `{found}`")]
    Spelling {
        /// The spelling asked for.
        expected: &'static str,
        /// The beginning of what was found.
        found: String,
    },
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("sha256:").ok_or_else(|| algorithm("sha256:", text))?;
        Self::from_hex(digits)
    }
}

impl fmt::Display for Integrity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha512-{}", Base64::encode_string(&self.0))
    }
}

impl FromStr for Integrity {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let encoded = text.strip_prefix("sha512-").ok_or_else(|| algorithm("sha512-", text))?;
        let mut bytes = [0; 64];
        match Base64::decode(encoded, &mut bytes) {
            Ok(decoded) if decoded.len() == 64 => Ok(Self(bytes)),
            _ => Err(spelling("the base64 of 64 bytes", encoded)),
        }
    }
}

impl fmt::Display for Shasum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl FromStr for Shasum {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        unhex(text)
            .map(Self)
            .ok_or_else(|| spelling("40 lower-case hex digits", text))
    }
}

serde_as_text!(Digest);
serde_as_text!(Integrity);
serde_as_text!(Shasum);

fn algorithm(expected: &'static str, found: &str) -> DigestError {
    DigestError::Algorithm {
        expected,
        found: beginning(found),
    }
}

fn spelling(expected: &'static str, found: &str) -> DigestError {
    DigestError::Spelling {
        expected,
        found: beginning(found),
    }
}

fn beginning(text: &str) -> String {
    text.chars().take(80).collect()
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn unhex<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let digits = digits.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = match *pair {
            [high, low] => nibble(high)? << 4 | nibble(low)?,
            _ => return None,
        };
    }
    Some(bytes)
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digests_of_nothing_are_the_published_ones() {
        assert_eq!(
            Digest::of(b"").to_string(),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(Shasum::of(b"").to_string(), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert!(
            Integrity::of(b"")
                .to_string()
                .starts_with("sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H")
        );
    }

    #[test]
    fn uppercase_hex_is_refused_so_that_equal_digests_have_equal_text() {
        let upper = Digest::of(b"").to_string().to_uppercase().replace("SHA256", "sha256");
        assert!(upper.parse::<Digest>().is_err());
    }

    #[test]
    fn a_digest_survives_its_text() {
        let digest = Digest::of(b"acme");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        let integrity = Integrity::of(b"acme");
        assert_eq!(integrity.to_string().parse(), Ok(integrity));
        let shasum = Shasum::of(b"acme");
        assert_eq!(shasum.to_string().parse(), Ok(shasum));
    }

    #[test]
    fn another_algorithm_or_length_is_refused() {
        for text in ["", "sha1:00", "sha256:", "sha256:00", "sha512-", "sha512-AAAA"] {
            assert!(text.parse::<Digest>().is_err(), "{text}");
            assert!(text.parse::<Integrity>().is_err(), "{text}");
            assert!(text.parse::<Shasum>().is_err(), "{text}");
        }
    }
}
