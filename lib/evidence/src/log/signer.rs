//! The private keys of logs.

use std::fmt;

use base64ct::{Base64, Encoding};
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use super::{KeyName, LogKey, LogKeyError};
use crate::{KeyError, Secret, SigningKey};

/// A log's private key under its name. `Debug` shows the public half and nothing else.
pub struct LogSigner {
    inner: Inner,
    key: LogKey,
}

impl LogSigner {
    /// Signs with a P-256 key. The same text gives the same signature (RFC 6979), so that a log which signs a head again says nothing new.
    ///
    /// # Errors
    /// [`LogKeyError::Kind`] for an RSA key.
    pub fn ecdsa(name: KeyName, key: SigningKey) -> Result<Self, LogKeyError> {
        let public = LogKey::ecdsa(name, key.public_key().clone())?;
        Ok(Self {
            inner: Inner::Ecdsa(key),
            key: public,
        })
    }

    /// Signs with the Ed25519 key of this seed (RFC 8032, section 5.1.5).
    ///
    /// # Errors
    /// Never for 32 bytes; the reader of seeds is fallible.
    pub fn ed25519(name: KeyName, seed: &Secret<[u8; 32]>) -> Result<Self, LogKeyError> {
        let refused = || LogKeyError::Length { found: 0 };
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose()).map_err(|_| refused())?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| refused())?;
        Ok(Self {
            inner: Inner::Ed25519(pair),
            key: LogKey::ed25519(name, public),
        })
    }

    /// The public half.
    pub const fn key(&self) -> &LogKey {
        &self.key
    }

    /// The signature line of a note's text.
    pub(super) fn line(&self, text: &str) -> Result<String, KeyError> {
        let signature = match &self.inner {
            Inner::Ecdsa(key) => key.sign(text.as_bytes())?.as_bytes().to_vec(),
            Inner::Ed25519(pair) => pair.sign(text.as_bytes()).as_ref().to_vec(),
        };
        let bytes = [&self.key.key_id()[..], &signature].concat();
        Ok(format!(
            "\u{2014} {} {}\n",
            self.key.name(),
            Base64::encode_string(&bytes)
        ))
    }
}

impl fmt::Debug for LogSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogSigner({}, ****)", self.key)
    }
}

enum Inner {
    Ecdsa(SigningKey),
    Ed25519(Ed25519KeyPair),
}
