//! Signatures as bytes, and what can be wrong with them.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Encoding};

use crate::key::KeyAlgorithm;
use crate::text::serde_as_text;

/// A detached signature: the bytes that `openssl dgst -sha256 -verify KEY -signature FILE` reads from its file.
///
/// For ECDSA the DER of `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279, section 2.2.3), for RSA the octets of RFC
/// 8017, section 8.2. As text standard base64 with padding on one line, for example `MEUCIQC6…`.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Signature(Vec<u8>);

impl Signature {
    /// The longest signature that is read, in bytes: RSA with a modulus of 4096 bits.
    pub const LONGEST: usize = 512;

    /// Takes the bytes as they are; whether they mean anything only a public key can tell.
    ///
    /// # Errors
    /// [`SignatureError::Empty`] and [`SignatureError::TooLong`].
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, SignatureError> {
        let bytes = bytes.into();
        match bytes.len() {
            0 => Err(SignatureError::Empty),
            found if found > Self::LONGEST => Err(SignatureError::TooLong {
                limit: Self::LONGEST,
                found,
            }),
            _ => Ok(Self(bytes)),
        }
    }

    /// Takes an ECDSA signature over P-256 as the two numbers of 32 bytes that JSON Web Signatures carry (RFC 7518, section 3.4).
    ///
    /// # Errors
    /// [`SignatureError::Malformed`] when these are not two numbers that a signature can have.
    pub fn from_p256_numbers(numbers: &[u8]) -> Result<Self, SignatureError> {
        let signature = p256::ecdsa::Signature::from_slice(numbers).map_err(|_| SignatureError::Malformed {
            algorithm: KeyAlgorithm::EcdsaP256,
            length: numbers.len(),
        })?;
        Self::from_bytes(signature.to_der().as_bytes())
    }

    /// An ECDSA signature over P-256 as those two numbers.
    ///
    /// # Errors
    /// [`SignatureError::Malformed`] when it is no such signature.
    pub fn to_p256_numbers(&self) -> Result<[u8; 64], SignatureError> {
        let signature = p256::ecdsa::Signature::from_der(&self.0).map_err(|_| SignatureError::Malformed {
            algorithm: KeyAlgorithm::EcdsaP256,
            length: self.0.len(),
        })?;
        Ok(signature.to_bytes().into())
    }

    /// The bytes for a `.sig` file.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Why a signature is not accepted.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// Nothing was signed, or nothing was sent.
    #[error("expected a signature, found no bytes")]
    Empty,
    /// Longer than any key that is accepted can make.
    #[error("expected a signature of at most {limit} bytes, found {found}")]
    TooLong {
        /// The most that is read, in bytes.
        limit: usize,
        /// The length that was found, in bytes.
        found: usize,
    },
    /// The text form is not padded standard base64.
    #[error("expected a signature in standard base64, found {length} characters that are not")]
    NotBase64 {
        /// How many characters were found.
        length: usize,
    },
    /// The bytes cannot be a signature by a key of this kind, whoever made them.
    #[error("expected an {algorithm} signature, found {length} bytes that are not one")]
    Malformed {
        /// The kind of key that should have signed.
        algorithm: KeyAlgorithm,
        /// The length that was found, in bytes.
        length: usize,
    },
    /// A well-formed signature, but of other bytes or by another key.
    #[error("the {algorithm} signature was made over other bytes or by another key")]
    Wrong {
        /// The kind of key that should have signed.
        algorithm: KeyAlgorithm,
    },
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Base64::encode_string(&self.0))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

impl FromStr for Signature {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Four characters carry three bytes; the text is measured before a copy of it is made.
        let limit = Self::LONGEST.div_ceil(3) * 4;
        if text.len() > limit {
            return Err(SignatureError::TooLong {
                limit: Self::LONGEST,
                found: text.len() / 4 * 3,
            });
        }
        let bytes = Base64::decode_vec(text).map_err(|_| SignatureError::NotBase64 { length: text.len() })?;
        Self::from_bytes(bytes)
    }
}

serde_as_text!(Signature);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_survives_its_text() {
        let signature = Signature::from_bytes([1, 2, 3, 4]).unwrap();
        assert_eq!(signature.to_string(), "AQIDBA==");
        assert_eq!("AQIDBA==".parse(), Ok(signature.clone()));
        let json = serde_json::to_string(&signature).unwrap();
        assert_eq!(json, "\"AQIDBA==\"");
        assert_eq!(serde_json::from_str::<Signature>(&json).unwrap(), signature);
    }

    #[test]
    fn no_bytes_too_many_bytes_and_other_alphabets_are_refused() {
        assert_eq!(Signature::from_bytes([]), Err(SignatureError::Empty));
        assert_eq!("".parse::<Signature>(), Err(SignatureError::Empty));
        assert_eq!(
            Signature::from_bytes([0; 513]),
            Err(SignatureError::TooLong { limit: 512, found: 513 })
        );
        let long = Base64::encode_string(&[0; 514]);
        assert_eq!(
            long.parse::<Signature>(),
            Err(SignatureError::TooLong { limit: 512, found: 516 })
        );
        for text in ["AQIDBA", "AQID\n", " AQID", "_-8=", "A"] {
            assert_eq!(
                text.parse::<Signature>(),
                Err(SignatureError::NotBase64 { length: text.len() }),
                "{text}"
            );
        }
    }
}
