//! The public keys of logs.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Encoding};
use ring::signature::{ED25519, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};

use crate::text::serde_as_text;
use crate::{KeyAlgorithm, KeyError, PublicKey, Signature};

/// Who signed a note, for example `chronicle.example.com/log`: not empty, no spaces, no control characters, no plus sign, and at most 255
/// bytes.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct KeyName(String);

impl KeyName {
    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A log's public key under a name: ECDSA over P-256, or Ed25519. As text a verifier key of C2SP signed-note, for example
/// `example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogKey {
    name: KeyName,
    inner: Inner,
    id: [u8; 32],
}

impl LogKey {
    /// A P-256 key. Its id is the SHA-256 of its DER.
    ///
    /// # Errors
    /// [`LogKeyError::Kind`] for an RSA key.
    pub fn ecdsa(name: KeyName, key: PublicKey) -> Result<Self, LogKeyError> {
        match key.algorithm() {
            KeyAlgorithm::EcdsaP256 => Ok(Self {
                name,
                id: key.fingerprint(),
                inner: Inner::Ecdsa(key),
            }),
            KeyAlgorithm::Rsa2048 => Err(LogKeyError::Kind { found: "an RSA key" }),
        }
    }

    /// An Ed25519 key (RFC 8032). Its id is the SHA-256 of its name, a line break, the byte 1 and the key.
    pub fn ed25519(name: KeyName, key: [u8; 32]) -> Self {
        let id = Sha256::new()
            .chain_update(name.as_str())
            .chain_update([b'\n', ED25519_TYPE])
            .chain_update(key)
            .finalize();
        Self {
            name,
            inner: Inner::Ed25519(key),
            id: id.into(),
        }
    }

    /// Reads a DER `SubjectPublicKeyInfo` of either kind.
    ///
    /// # Errors
    /// [`LogKeyError::Kind`] and [`LogKeyError::Key`].
    pub fn from_spki_der(name: KeyName, der: &[u8]) -> Result<Self, LogKeyError> {
        match der.strip_prefix(&ED25519_SPKI) {
            Some(key) => Ok(Self::ed25519(name, key.try_into().map_err(|_| ed25519_length(key))?)),
            None => Self::ecdsa(name, PublicKey::from_spki_der(der)?),
        }
    }

    /// The key as a DER `SubjectPublicKeyInfo` (RFC 5280, RFC 8410).
    pub fn spki_der(&self) -> Vec<u8> {
        match &self.inner {
            Inner::Ecdsa(key) => key.spki_der().to_vec(),
            Inner::Ed25519(key) => [&ED25519_SPKI[..], key].concat(),
        }
    }

    /// Who signs with it.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// All 32 bytes of the id, as Sigstore names a log (`logId.keyId`).
    pub const fn log_id(&self) -> &[u8; 32] {
        &self.id
    }

    /// The first four bytes of the id, as a note's signature names its key.
    pub const fn key_id(&self) -> [u8; 4] {
        let [a, b, c, d, ..] = self.id;
        [a, b, c, d]
    }

    /// The kind of key in Sigstore's words, `PKIX_ECDSA_P256_SHA_256` or `PKIX_ED25519`.
    pub const fn details(&self) -> &'static str {
        match self.inner {
            Inner::Ecdsa(_) => "PKIX_ECDSA_P256_SHA_256",
            Inner::Ed25519(_) => "PKIX_ED25519",
        }
    }

    /// Whether these bytes are this key's signature of this message. Inside the house only: notes and checkpoints give proofs.
    pub(super) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.inner {
            Inner::Ecdsa(key) => {
                Signature::from_bytes(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
            Inner::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature).is_ok(),
        }
    }
}

/// Text or bytes that are no log's key.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LogKeyError {
    /// A name that a note's signature line cannot carry.
    #[error(
        "expected a key name of 1 to {LONGEST_NAME} bytes without spaces, control characters and `+`, found `{found}`"
    )]
    Name {
        /// The beginning of what was found.
        found: String,
    },
    /// A key of a kind that logs do not sign with here.
    #[error("expected a P-256 or Ed25519 key, found {found}")]
    Kind {
        /// What was found.
        found: &'static str,
    },
    /// An Ed25519 key of another length.
    #[error("expected an Ed25519 key of 32 bytes, found {found}")]
    Length {
        /// How many bytes were found.
        found: usize,
    },
    /// No key that can be believed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Not a name, eight hex digits and base64 with plus signs between them.
    #[error("expected `name+hex+base64`, found `{found}`")]
    Text {
        /// The beginning of what was found.
        found: String,
    },
    /// The id in the text belongs to another key or name.
    #[error("expected the key id {expected} for this name and key, found `{found}`")]
    OtherId {
        /// The id that the name and the key have.
        expected: String,
        /// The beginning of what was found.
        found: String,
    },
}

impl fmt::Display for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = match &self.inner {
            Inner::Ecdsa(key) => [&[ECDSA_TYPE], key.spki_der()].concat(),
            Inner::Ed25519(key) => [&[ED25519_TYPE], &key[..]].concat(),
        };
        let id = u32::from_be_bytes(self.key_id());
        write!(f, "{}+{id:08x}+{}", self.name, Base64::encode_string(&bytes))
    }
}

impl FromStr for LogKey {
    type Err = LogKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || LogKeyError::Text { found: beginning(text) };
        if text.len() > LONGEST_TEXT {
            return Err(refused());
        }
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(refused());
        };
        let name: KeyName = name.parse()?;
        let bytes = Base64::decode_vec(encoded).map_err(|_| refused())?;
        let key = match bytes.split_first() {
            Some((&ED25519_TYPE, key)) => Self::ed25519(name, key.try_into().map_err(|_| ed25519_length(key))?),
            Some((&ECDSA_TYPE, der)) => Self::ecdsa(name, PublicKey::from_spki_der(der)?)?,
            Some(_) => {
                return Err(LogKeyError::Kind {
                    found: "another type byte",
                });
            }
            None => return Err(refused()),
        };
        let expected = format!("{:08x}", u32::from_be_bytes(key.key_id()));
        if id != expected {
            let found = beginning(id);
            return Err(LogKeyError::OtherId { expected, found });
        }
        Ok(key)
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KeyName {
    type Err = LogKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let foreign = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.len() > LONGEST_NAME || text.contains(foreign) {
            return Err(LogKeyError::Name { found: beginning(text) });
        }
        Ok(Self(text.to_owned()))
    }
}

serde_as_text!(KeyName);
serde_as_text!(LogKey);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Inner {
    Ecdsa(PublicKey),
    Ed25519([u8; 32]),
}

const fn ed25519_length(key: &[u8]) -> LogKeyError {
    LogKeyError::Length { found: key.len() }
}

fn beginning(text: &str) -> String {
    text.chars().take(80).flat_map(char::escape_debug).collect()
}

/// Type bytes of C2SP signed-note.
const ED25519_TYPE: u8 = 1;
const ECDSA_TYPE: u8 = 2;
/// What stands before the 32 bytes of an Ed25519 key in its DER (RFC 8410, section 4): it is always the same.
const ED25519_SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const LONGEST_NAME: usize = 255;
/// A name, an id, and the base64 of a P-256 key with room to spare.
const LONGEST_TEXT: usize = 1024;
