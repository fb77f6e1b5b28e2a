//! The kinds of keys, by name.

use std::fmt;
use std::str::FromStr;

use super::KeyError;
use crate::text::serde_as_text;

/// How a release is signed. On the wire and in configuration `ecdsa-p256` or `rsa-2048`.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum KeyAlgorithm {
    /// ECDSA over NIST P-256 with SHA-256 (FIPS 186-5), nonces derived from key and message (RFC 6979).
    #[default]
    EcdsaP256,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017). Keys made here have a modulus of 2048 bits; larger ones up to 4096
    /// bits, made elsewhere, sign in the same way and carry this name too.
    Rsa2048,
}

impl KeyAlgorithm {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EcdsaP256 => "ecdsa-p256",
            Self::Rsa2048 => "rsa-2048",
        }
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyAlgorithm {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "ecdsa-p256" => Ok(Self::EcdsaP256),
            "rsa-2048" => Ok(Self::Rsa2048),
            _ => Err(KeyError::UnknownName {
                found: text.chars().take(40).collect(),
            }),
        }
    }
}

serde_as_text!(KeyAlgorithm);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_algorithm_has_one_name_everywhere() {
        for algorithm in [KeyAlgorithm::EcdsaP256, KeyAlgorithm::Rsa2048] {
            assert_eq!(algorithm.to_string().parse(), Ok(algorithm));
            assert_eq!(serde_json::to_string(&algorithm).unwrap(), format!("\"{algorithm}\""));
        }
        let refused = KeyError::UnknownName {
            found: "ECDSA-P256".to_owned(),
        };
        assert_eq!("ECDSA-P256".parse::<KeyAlgorithm>(), Err(refused));
    }
}
