//! Signed envelopes (DSSE 1.0): a payload, its type, and signatures over both.
//!
//! ```json
//! { "payload": "eyJfdHlwZSI6…", "payloadType": "application/vnd.in-toto+json", "signatures": [{ "sig": "MEUCIQC6…" }] }
//! ```
//!
//! Spec: <https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md>

use serde::{Deserialize, Deserializer, Serialize};

use crate::key::{KeyError, PublicKey, SigningKey};
use crate::octets;
use crate::signature::{Signature, SignatureError};

/// What is signed instead of the payload, so that bytes signed as one type cannot be taken for another (PAE).
pub fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

/// A payload, its type, and the signatures over both. Reading one proves nothing about it; [`Envelope::verify`] does.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    #[serde(with = "octets::either")]
    payload: Vec<u8>,
    payload_type: String,
    signatures: Vec<EnvelopeSignature>,
}

impl Envelope {
    /// The largest envelope that is read, in bytes of JSON.
    pub const LARGEST: usize = 4 * 1024 * 1024;

    /// Signs the payload and its type.
    ///
    /// # Errors
    /// [`KeyError::Signing`] when the key does not sign.
    pub fn sign(key: &SigningKey, payload_type: &str, payload: Vec<u8>) -> Result<Self, KeyError> {
        let signature = key.sign(&pre_authentication_encoding(payload_type, &payload))?;
        let signature = EnvelopeSignature {
            sig: signature.as_bytes().to_vec(),
            keyid: String::new(),
        };
        Ok(Self {
            payload,
            payload_type: payload_type.to_owned(),
            signatures: vec![signature],
        })
    }

    /// Reads an envelope from its JSON.
    ///
    /// # Errors
    /// [`DsseError::TooLarge`] and [`DsseError::Json`].
    pub fn parse(json: &[u8]) -> Result<Self, DsseError> {
        if json.len() > Self::LARGEST {
            return Err(DsseError::TooLarge { found: json.len() });
        }
        Ok(serde_json::from_slice(json)?)
    }

    /// The envelope on one line of JSON.
    ///
    /// # Errors
    /// Never for a value of this type; JSON's writer is fallible.
    pub fn to_json(&self) -> Result<String, DsseError> {
        Ok(serde_json::to_string(self)?)
    }

    /// What the payload is, as its signer says.
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// The bytes that the signatures are over.
    pub fn signed_bytes(&self) -> Vec<u8> {
        pre_authentication_encoding(&self.payload_type, &self.payload)
    }

    /// The signature of an envelope that has exactly one.
    ///
    /// # Errors
    /// [`DsseError::Signatures`] when there are none or several: which of them counts would depend on the reader.
    pub fn signature(&self) -> Result<Signature, DsseError> {
        match self.signatures.as_slice() {
            [only] => Ok(Signature::from_bytes(only.sig.as_slice())?),
            several => Err(DsseError::Signatures { found: several.len() }),
        }
    }

    /// Checks the one signature, and gives out the payload that it is over. There is no other way to the payload.
    ///
    /// # Errors
    /// [`DsseError`], with the fact that was wrong.
    pub fn verify(&self, key: &PublicKey, payload_type: &'static str) -> Result<&[u8], DsseError> {
        if self.payload_type != payload_type {
            return Err(DsseError::OtherType {
                expected: payload_type,
                found: self.payload_type.chars().take(80).collect(),
            });
        }
        key.verify(&self.signed_bytes(), &self.signature()?)?;
        Ok(&self.payload)
    }
}

/// Why an envelope is not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DsseError {
    /// Larger than [`Envelope::LARGEST`].
    #[error("expected an envelope of at most {} bytes, found {found}", Envelope::LARGEST)]
    TooLarge {
        /// The length that was found, in bytes.
        found: usize,
    },
    /// Not the JSON of an envelope.
    #[error("expected a DSSE envelope: {0}")]
    Json(#[from] serde_json::Error),
    /// Another number of signatures than one.
    #[error("expected one signature, found {found}")]
    Signatures {
        /// How many there are.
        found: usize,
    },
    /// A payload of another type.
    #[error("expected a payload of type `{expected}`, found `{found}`")]
    OtherType {
        /// The type that was asked for.
        expected: &'static str,
        /// The beginning of the type that was found.
        found: String,
    },
    /// A signature that is not one, or not over this payload.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

/// `keyid` is a hint to readers with many keys; nothing here follows it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct EnvelopeSignature {
    #[serde(with = "octets::either")]
    sig: Vec<u8>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    keyid: String,
}

/// Reads the envelope of a bundle. DSSE asks its readers to accept four spellings of the same bytes; the JSON of protocol buffers, which a
/// bundle is, is written in one, and evidence has no place that can be changed.
pub(crate) fn of_one_spelling<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Envelope>, D::Error> {
    let written = Option::<Padded>::deserialize(deserializer)?;
    Ok(written.map(|written| Envelope {
        payload: written.payload,
        payload_type: written.payload_type,
        signatures: written
            .signatures
            .into_iter()
            .map(|PaddedSignature { sig, keyid }| EnvelopeSignature { sig, keyid })
            .collect(),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Padded {
    #[serde(with = "octets")]
    payload: Vec<u8>,
    payload_type: String,
    signatures: Vec<PaddedSignature>,
}

#[derive(Deserialize)]
struct PaddedSignature {
    #[serde(with = "octets")]
    sig: Vec<u8>,
    #[serde(default)]
    keyid: String,
}

#[cfg(test)]
mod tests;
