//! The side that gives timestamps.

use std::fmt;

use super::{SctError, SignedCertificateTimestamp, tbs};
use crate::certificate::Certificate;
use crate::key::{PublicKey, SigningKey};
use crate::signature::Signature;
use crate::time::Timestamp;

/// The key of a log of certificates. What it signs, somebody has to keep: this type has no memory.
pub struct CtLogKey(SigningKey);

impl CtLogKey {
    /// Takes up a key.
    pub const fn new(key: SigningKey) -> Self {
        Self(key)
    }

    /// The public half, for verifiers.
    pub const fn public_key(&self) -> &PublicKey {
        self.0.public_key()
    }

    /// The log's name in timestamps: SHA-256 of its public key.
    pub fn id(&self) -> [u8; 32] {
        self.0.public_key().fingerprint()
    }

    /// Gives a timestamp for a certificate that has none yet.
    ///
    /// # Errors
    /// [`SctError::Malformed`] when the certificate has one or cannot be taken apart, [`SctError::Key`] when the key does not sign.
    pub fn timestamp(
        &self,
        certificate: &Certificate,
        issuer: &PublicKey,
        at: Timestamp,
    ) -> Result<SignedCertificateTimestamp, SctError> {
        if !SignedCertificateTimestamp::of(certificate)?.is_empty() {
            return Err(super::malformed("a certificate that has one already".to_owned()));
        }
        let mut timestamp = SignedCertificateTimestamp {
            log_id: self.id(),
            millis: at.unix().saturating_mul(1000),
            extensions: Vec::new(),
            algorithm: self.0.algorithm(),
            // Replaced below: what is signed does not depend on it.
            signature: Signature::from_bytes([0])?,
        };
        let tbs = tbs::without_timestamps(certificate.der())?;
        timestamp.signature = self.0.sign(&timestamp.signed_bytes(&tbs, issuer.spki_der())?)?;
        Ok(timestamp)
    }
}

impl fmt::Debug for CtLogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CtLogKey({:?}, ****)", self.public_key())
    }
}
