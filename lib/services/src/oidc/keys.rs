//! The keys of one issuer: a JSON Web Key Set (RFC 7517, section 5).

use certified_evidence::PublicKey;
use serde::Deserialize;

use super::jwk::{Jwk, Key};
use super::strict;

/// The keys with which an issuer signs its tokens, as in the file that it serves:
///
/// ```json
/// {"keys": [{"kty": "RSA", "kid": "cc41…", "alg": "RS256", "use": "sig", "n": "…", "e": "AQAB"}]}
/// ```
#[derive(Clone, Debug)]
pub struct KeySet(Vec<Key>);

impl KeySet {
    /// The largest file that is read, in bytes.
    pub const LARGEST: usize = 256 * 1024;

    /// Reads a set. Keys that sign no tokens here (of another kind, for another use, without a name, too weak) are left out.
    ///
    /// # Errors
    /// [`KeySetError`], with the fact that was wrong.
    pub fn parse(json: &[u8]) -> Result<Self, KeySetError> {
        if json.len() > Self::LARGEST {
            return Err(KeySetError::TooLarge { found: json.len() });
        }
        let read: Set = strict::read(json, "").map_err(|_| KeySetError::Malformed)?;
        let keys: Vec<Key> = read.keys.into_iter().filter_map(Key::read).collect();
        if keys.is_empty() {
            return Err(KeySetError::NoKey);
        }
        for (place, key) in keys.iter().enumerate() {
            if keys.iter().skip(place + 1).any(|other| other.name() == key.name()) {
                let name = key.name().chars().take(80).collect();
                return Err(KeySetError::Twice { name });
            }
        }
        Ok(Self(keys))
    }

    /// The public keys.
    pub fn public_keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.0.iter().map(Key::public_key)
    }

    /// The key of that name.
    pub(super) fn find(&self, name: &str) -> Option<&Key> {
        self.0.iter().find(|key| key.name() == name)
    }
}

/// Why a set of keys is not accepted.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// More than any honest set has.
    #[error("expected a JSON Web Key Set of at most {} bytes, found {found}", KeySet::LARGEST)]
    TooLarge {
        /// Its size in bytes.
        found: usize,
    },
    /// Not the JSON of a set, or JSON with two members of one name.
    #[error("expected a JSON Web Key Set, {{\"keys\": [...]}}, found something else")]
    Malformed,
    /// Nothing that signs tokens.
    #[error("expected a key for RS256 or ES256 with a `kid`, found none")]
    NoKey,
    /// Two keys of one name: which of them signed would depend on the order.
    #[error("expected one key called `{name}`, found two")]
    Twice {
        /// Their name.
        name: String,
    },
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Jwk>,
}
