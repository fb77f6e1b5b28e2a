//! Signed notes.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Encoding};

use super::{KeyName, LogKey, LogSigner};
use crate::KeyError;
use crate::text::serde_as_text;

/// Text with signatures below it (C2SP signed-note):
///
/// ```text
/// If you think cryptography is the answer to your problem,
/// then you don't know what your problem is.
///
/// — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
/// ```
///
/// The text is not to be believed before [`Note::verify`].
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Note {
    envelope: String,
    /// Bytes of the text at the beginning of the envelope, its last line break included.
    text: usize,
    signatures: Vec<NoteSignature>,
}

/// One signature line of a note.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct NoteSignature {
    name: KeyName,
    key_id: [u8; 4],
    bytes: Vec<u8>,
}

impl Note {
    /// The longest note that is read, in bytes.
    pub const LONGEST: usize = 128 * 1024;
    /// The most signatures that are read.
    pub const MOST_SIGNATURES: usize = 64;

    /// Signs a text, which ends with a line break.
    ///
    /// # Errors
    /// [`NoteError::Text`] for a text that no note can carry, [`NoteError::NoSignature`] without a signer, [`NoteError::Signing`].
    pub fn sign(text: &str, signers: &[&LogSigner]) -> Result<Self, NoteError> {
        let mut envelope = format!("{text}\n");
        for signer in signers {
            envelope.push_str(&signer.line(text)?);
        }
        let note: Self = envelope.parse()?;
        // A text that ends in an empty line would be read as another text.
        if note.text() == text {
            Ok(note)
        } else {
            Err(NoteError::Text)
        }
    }

    /// The signed text, with its last line break.
    pub fn text(&self) -> &str {
        self.envelope.get(..self.text).unwrap_or_default()
    }

    /// The whole note, text and signatures, byte for byte.
    pub fn as_str(&self) -> &str {
        &self.envelope
    }

    /// The signatures, in their order.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Checks every signature of these keys, and that there is at least one. Signatures of other keys are passed over, because nothing can
    /// be said about them. Gives the keys that signed.
    ///
    /// # Errors
    /// [`NoteError::Wrong`] when one of these keys did not sign what is said to be its signature, [`NoteError::NoKnownKey`].
    pub fn verify<'k>(&self, keys: &'k [LogKey]) -> Result<Vec<&'k LogKey>, NoteError> {
        let mut signed = Vec::new();
        for signature in &self.signatures {
            let named = |key: &&LogKey| *key.name() == signature.name && key.key_id() == signature.key_id;
            for key in keys.iter().filter(named) {
                if !key.signed(self.text().as_bytes(), &signature.bytes) {
                    return Err(NoteError::Wrong { key: key.to_string() });
                }
                signed.push(key);
            }
        }
        if signed.is_empty() {
            let found = self.signatures.iter().map(ToString::to_string).collect::<Vec<_>>();
            return Err(NoteError::NoKnownKey {
                found: found.join(", "),
            });
        }
        Ok(signed)
    }
}

impl NoteSignature {
    /// Who is said to have signed.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The first bytes of the id of the key that is said to have signed.
    pub const fn key_id(&self) -> [u8; 4] {
        self.key_id
    }

    /// The signature itself, without the id.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn parse(line: &str) -> Result<Self, NoteError> {
        let refused = || NoteError::Line { found: beginning(line) };
        let (name, encoded) = line
            .strip_prefix("\u{2014} ")
            .and_then(|rest| rest.split_once(' '))
            .ok_or_else(refused)?;
        let bytes = Base64::decode_vec(encoded).map_err(|_| refused())?;
        match bytes.split_first_chunk() {
            Some((key_id, signature)) if !signature.is_empty() => Ok(Self {
                name: name.parse().map_err(|_| refused())?,
                key_id: *key_id,
                bytes: signature.to_vec(),
            }),
            _ => Err(refused()),
        }
    }
}

/// Text that is no note, or a note that proves nothing.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// Longer than any honest note.
    #[error("expected a note of at most {} bytes, found {found}", Note::LONGEST)]
    TooLong {
        /// How many bytes there are.
        found: usize,
    },
    /// A control character other than a line break.
    #[error("expected a note without control characters, found {found:?}")]
    Control {
        /// The character.
        found: char,
    },
    /// A text that is empty, does not end with a line break, or ends with an empty line.
    #[error("expected a note's text to end with one line break")]
    Text,
    /// No empty line with signatures after it.
    #[error("expected an empty line and signatures below it, found none")]
    NoSignature,
    /// More signatures than any honest note has.
    #[error("expected at most {} signatures, found {found}", Note::MOST_SIGNATURES)]
    TooManySignatures {
        /// How many there are.
        found: usize,
    },
    /// Something else where a signature has to be.
    #[error("expected a signature line like `\u{2014} name base64`, found `{found}`")]
    Line {
        /// The beginning of what was found.
        found: String,
    },
    /// Nobody who is known signed.
    #[error("expected a signature by a known key, found signatures by {found}")]
    NoKnownKey {
        /// The names and ids of whoever signed.
        found: String,
    },
    /// A signature that is said to be a known key's and is not.
    #[error("the signature that is said to be by {key} was made over another text or by another key")]
    Wrong {
        /// The key that should have signed.
        key: String,
    },
    /// No signature could be made.
    #[error(transparent)]
    Signing(#[from] KeyError),
}

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(envelope: &str) -> Result<Self, Self::Err> {
        if envelope.len() > Self::LONGEST {
            return Err(NoteError::TooLong { found: envelope.len() });
        }
        if let Some(found) = envelope.chars().find(|&c| c < ' ' && c != '\n') {
            return Err(NoteError::Control { found });
        }
        // The last empty line, because the text may have empty lines of its own.
        let blank = envelope.rfind("\n\n").ok_or(NoteError::NoSignature)?;
        let (text, below) = (blank + 1, envelope.get(blank + 2..).unwrap_or_default());
        let lines = below.strip_suffix('\n').ok_or(NoteError::NoSignature)?;
        let found = lines.split('\n').count();
        if found > Self::MOST_SIGNATURES {
            return Err(NoteError::TooManySignatures { found });
        }
        Ok(Self {
            envelope: envelope.to_owned(),
            text,
            signatures: lines.split('\n').map(NoteSignature::parse).collect::<Result<_, _>>()?,
        })
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.envelope)
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}", self.name, u32::from_be_bytes(self.key_id))
    }
}

serde_as_text!(Note);

fn beginning(text: &str) -> String {
    text.chars().take(80).flat_map(char::escape_debug).collect()
}
