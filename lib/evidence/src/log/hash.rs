//! The hashes of a tree.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Encoding};
use sha2::{Digest as _, Sha256};

use crate::text::serde_as_text;

/// The hash of an entry: SHA-256 over a zero byte and the entry (RFC 6962, section 2.1). As text the base64 of 32 bytes.
///
/// A leaf and a node can never have the same preimage, because their first bytes differ; the two types keep it so.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct LeafHash([u8; 32]);

impl LeafHash {
    /// The hash of these bytes as an entry.
    pub fn of(entry: &[u8]) -> Self {
        Self(Sha256::new().chain_update([0]).chain_update(entry).finalize().into())
    }

    /// A hash that was computed elsewhere.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The hash over some or all entries of a tree: a node, or the root. As text the base64 of 32 bytes, for example
/// `CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TreeHash([u8; 32]);

impl TreeHash {
    /// The root of the tree without entries: SHA-256 over nothing.
    pub fn empty() -> Self {
        Self(Sha256::digest([]).into())
    }

    /// The node above two others: SHA-256 over a one byte and both.
    #[must_use]
    pub fn join(left: &Self, right: &Self) -> Self {
        let hash = Sha256::new().chain_update([1]).chain_update(left.0);
        Self(hash.chain_update(right.0).finalize().into())
    }

    /// A hash that was computed elsewhere.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A leaf is the root of the tree of one entry.
impl From<LeafHash> for TreeHash {
    fn from(leaf: LeafHash) -> Self {
        Self(leaf.0)
    }
}

/// Text that is not a tree's hash.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected the base64 of 32 bytes, found `{found}`")]
pub struct HashError {
    /// The beginning of what was found.
    pub found: String,
}

impl fmt::Display for LeafHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Base64::encode_string(&self.0))
    }
}

impl FromStr for LeafHash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map(Self)
    }
}

impl fmt::Display for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Base64::encode_string(&self.0))
    }
}

impl FromStr for TreeHash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map(Self)
    }
}

serde_as_text!(LeafHash);
serde_as_text!(TreeHash);

/// Reads padded standard base64 without spare bits, so that equal hashes have equal text.
fn parse(text: &str) -> Result<[u8; 32], HashError> {
    let mut bytes = [0; 32];
    match Base64::decode(text, &mut bytes) {
        Ok(decoded) if decoded.len() == 32 => Ok(bytes),
        _ => Err(HashError {
            found: text.chars().take(80).flat_map(char::escape_debug).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_nodes_and_nothing_hash_as_rfc_6962_says() {
        // Computed with OpenSSL: printf '\0' | openssl dgst -sha256, and so on.
        assert_eq!(
            LeafHash::of(b"").to_string(),
            "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0="
        );
        assert_eq!(
            TreeHash::empty().to_string(),
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
        let leaf = TreeHash::from(LeafHash::of(b""));
        let preimage = [&[1][..], leaf.as_bytes(), leaf.as_bytes()].concat();
        assert_eq!(
            TreeHash::join(&leaf, &leaf).as_bytes(),
            crate::Digest::of(&preimage).as_bytes()
        );
        assert_ne!(
            TreeHash::join(&TreeHash::empty(), &leaf),
            TreeHash::join(&leaf, &TreeHash::empty())
        );
    }

    #[test]
    fn a_hash_has_one_text() {
        let hash = TreeHash::empty();
        assert_eq!(hash.to_string().parse(), Ok(hash));
        for text in [
            "",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=",
            "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFUA",
            " 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "AAAA",
        ] {
            assert!(text.parse::<TreeHash>().is_err(), "{text}");
            assert!(text.parse::<LeafHash>().is_err(), "{text}");
        }
    }
}
