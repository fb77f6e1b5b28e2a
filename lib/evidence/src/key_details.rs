//! What Sigstore calls a kind of key together with its signatures.

use std::fmt;
use std::str::FromStr;

use crate::key::{PublicKey, PublicKeyKind};
use crate::log::LogKey;
use crate::text::serde_as_text;

/// A kind of key and of its signatures, for example `PKIX_ECDSA_P256_SHA_256`.
///
/// Spec: `PublicKeyDetails` in <https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_common.proto>.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyDetails {
    /// ECDSA over P-256 with SHA-256.
    EcdsaP256,
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// RSASSA-PKCS1-v1_5 with SHA-256 and a modulus of 2048 bits.
    Rsa2048,
    /// The same with 3072 bits.
    Rsa3072,
    /// The same with 4096 bits.
    Rsa4096,
    /// A kind that signs nothing here. Kept by its name, so that a file that names it can still be read for its other keys.
    Other(String),
}

impl KeyDetails {
    /// What this key is called; nothing for an RSA key of a size that Sigstore has no name for.
    pub fn of(key: &PublicKey) -> Option<Self> {
        match key.kind() {
            PublicKeyKind::EcdsaP256 => Some(Self::EcdsaP256),
            PublicKeyKind::Rsa { bits: 2048 } => Some(Self::Rsa2048),
            PublicKeyKind::Rsa { bits: 3072 } => Some(Self::Rsa3072),
            PublicKeyKind::Rsa { bits: 4096 } => Some(Self::Rsa4096),
            PublicKeyKind::Rsa { .. } => None,
        }
    }

    /// What this log's key is called.
    pub fn of_log(key: &LogKey) -> Self {
        let known = NAMES.into_iter().find(|(_, name)| *name == key.details());
        known.map_or_else(|| Self::Other(key.details().to_owned()), |(kind, _)| kind)
    }

    /// The name on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(name) => name,
            known => NAMES
                .iter()
                .find(|(kind, _)| kind == known)
                .map_or("", |(_, name)| name),
        }
    }
}

impl fmt::Display for KeyDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyDetails {
    type Err = KeyDetailsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some((kind, _)) = NAMES.iter().find(|(_, name)| *name == text) {
            return Ok(kind.clone());
        }
        let letters = text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if text.is_empty() || text.len() > LONGEST || !letters {
            return Err(KeyDetailsError {
                found: text.chars().take(40).collect(),
            });
        }
        Ok(Self::Other(text.to_owned()))
    }
}

serde_as_text!(KeyDetails);

/// Text that is no name of a kind of key.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected a kind of key such as PKIX_ECDSA_P256_SHA_256, found `{found}`")]
pub struct KeyDetailsError {
    /// The beginning of what was found.
    pub found: String,
}

const NAMES: [(KeyDetails, &str); 5] = [
    (KeyDetails::EcdsaP256, "PKIX_ECDSA_P256_SHA_256"),
    (KeyDetails::Ed25519, "PKIX_ED25519"),
    (KeyDetails::Rsa2048, "PKIX_RSA_PKCS1V15_2048_SHA256"),
    (KeyDetails::Rsa3072, "PKIX_RSA_PKCS1V15_3072_SHA256"),
    (KeyDetails::Rsa4096, "PKIX_RSA_PKCS1V15_4096_SHA256"),
];
const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::KeyAlgorithm;
    use crate::key::tests::key;

    #[test]
    fn a_kind_has_one_name_and_an_unknown_name_is_kept() {
        for (kind, name) in NAMES {
            assert_eq!((kind.to_string().as_str(), name.parse()), (name, Ok(kind)));
        }
        let other = "PKIX_ECDSA_P384_SHA_384".parse::<KeyDetails>().unwrap();
        assert_eq!(other.to_string(), "PKIX_ECDSA_P384_SHA_384");
        for text in ["", "ecdsa", "PKIX ECDSA", &"A".repeat(65)] {
            assert!(text.parse::<KeyDetails>().is_err(), "{text}");
        }
    }

    #[test]
    fn keys_that_are_made_here_have_a_name() {
        let name = |algorithm| KeyDetails::of(key(algorithm).public_key());
        assert_eq!(name(KeyAlgorithm::EcdsaP256), Some(KeyDetails::EcdsaP256));
        assert_eq!(name(KeyAlgorithm::Rsa2048), Some(KeyDetails::Rsa2048));
    }
}
