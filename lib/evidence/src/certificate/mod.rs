//! X.509 certificates (RFC 5280): read with suspicion here, made in [`Authority`].
//!
//! Reading a certificate proves nothing about it. Whether a chain ends in something one trusts is for the verifier to
//! say.

mod authority;
mod claims;
mod extensions;
mod facts;
mod leaf;
pub(crate) mod name;
mod release;
mod serial;

use std::fmt;

use der::Decode as _;
use der::asn1::ObjectIdentifier;
use sha2::{Digest as _, Sha256};

pub use self::authority::{Authority, AuthorityError};
pub use self::claims::{Claim, ClaimError, WorkflowClaims};
pub(crate) use self::extensions::TIME_STAMPING;
use self::facts::Facts;
pub use self::leaf::LeafProfile;
pub use self::name::NameError;
pub use self::serial::SerialNumber;
use crate::key::{KeyError, PublicKey};
use crate::pem_text::{self, PemTextError};
use crate::time::Timestamp;

/// A certificate: its DER, and the facts that were read from it. As text a PEM block labelled `CERTIFICATE`.
#[derive(Clone)]
pub struct Certificate {
    der: Vec<u8>,
    facts: Facts,
}

impl Certificate {
    /// The most certificates that [`Certificate::chain_from_pem`] reads.
    pub const LONGEST_CHAIN: usize = 8;

    /// The largest certificate that is read, in bytes of DER.
    pub const LARGEST: usize = 16 * 1024;

    /// Reads a certificate from its DER.
    ///
    /// # Errors
    /// [`CertificateError`], with the fact that was wrong.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > Self::LARGEST {
            return Err(CertificateError::TooLarge {
                limit: Self::LARGEST,
                found: der.len(),
            });
        }
        let certificate = x509_cert::Certificate::from_der(der).map_err(malformed)?;
        // The algorithm stands in two places, of which only the inner one is signed (RFC 5280, section 4.1.1.2).
        if certificate.signature_algorithm() != certificate.tbs_certificate().signature() {
            return Err(CertificateError::TwoAlgorithms);
        }
        Ok(Self {
            der: der.to_vec(),
            facts: Facts::read(certificate.tbs_certificate())?,
        })
    }

    /// Reads a certificate from exactly one PEM block.
    ///
    /// # Errors
    /// [`CertificateError`], with the fact that was wrong.
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        Self::from_der(&pem_text::decode_one(LABEL, text, 2 * Self::LARGEST)?)
    }

    /// Reads a certificate from the text that [`Certificate::to_pem`] gives, and from no other spelling of it. This is for documents
    /// that somebody vouches for as a whole: two texts of one certificate would be two documents that say the same.
    ///
    /// # Errors
    /// [`PemTextError::OtherSpelling`] and whatever [`Certificate::from_pem`] refuses.
    pub fn from_canonical_pem(text: &str) -> Result<Self, CertificateError> {
        Self::from_der(&pem_text::decode_canonical(LABEL, text, 2 * Self::LARGEST)?)
    }

    /// Reads one to [`Certificate::LONGEST_CHAIN`] certificates in the order of the text. That one issued the other
    /// is not checked.
    ///
    /// # Errors
    /// [`CertificateError`], with the fact that was wrong.
    pub fn chain_from_pem(text: &str) -> Result<Vec<Self>, CertificateError> {
        let limit = 2 * Self::LARGEST * Self::LONGEST_CHAIN;
        let blocks = pem_text::decode_many(LABEL, text, limit, Self::LONGEST_CHAIN)?;
        blocks.iter().map(|der| Self::from_der(der)).collect()
    }

    /// The PEM text, lines ending in `\n`.
    pub fn to_pem(&self) -> String {
        pem_text::encode(LABEL, &self.der)
    }

    /// The DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the DER.
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(&self.der).into()
    }

    /// The common name of the subject.
    pub fn common_name(&self) -> Option<&str> {
        self.facts.common_name.as_deref()
    }

    /// The organisation of the subject.
    pub fn organization(&self) -> Option<&str> {
        self.facts.organization.as_deref()
    }

    /// The common name of the issuer, as this certificate claims.
    pub fn issuer_common_name(&self) -> Option<&str> {
        self.facts.issuer_common_name.as_deref()
    }

    /// The URIs among the subject alternative names, in their order.
    pub fn uri_names(&self) -> &[String] {
        &self.facts.uri_names
    }

    /// The e-mail addresses among the subject alternative names, in their order; people who sign by hand with
    /// Sigstore have one.
    pub fn email_names(&self) -> &[String] {
        &self.facts.email_names
    }

    /// The serial number in upper-case hex, two digits for each byte, without leading zero bytes.
    pub fn serial_hex(&self) -> &str {
        &self.facts.serial_hex
    }

    /// The first second in which the certificate is valid.
    pub const fn not_before(&self) -> Timestamp {
        self.facts.not_before
    }

    /// The last second in which the certificate is valid.
    pub const fn not_after(&self) -> Timestamp {
        self.facts.not_after
    }

    /// The public key of the subject.
    ///
    /// # Errors
    /// [`KeyError`] when it is of a kind that signs no releases here; a foreign authority may well have one on
    /// another curve.
    pub fn public_key(&self) -> Result<PublicKey, KeyError> {
        PublicKey::from_spki_der(&self.facts.spki)
    }

    /// The public key of the subject in DER (`SubjectPublicKeyInfo`), of whatever kind it is.
    pub fn spki_der(&self) -> &[u8] {
        &self.facts.spki
    }

    /// Whether the subject may issue certificates (`basicConstraints`).
    pub const fn is_ca(&self) -> bool {
        self.facts.is_ca
    }

    /// Whether issuer and subject are the same, as in every root.
    pub const fn is_self_issued(&self) -> bool {
        self.facts.is_self_issued
    }

    /// The contents of an extension, for example of `1.3.6.1.4.1.57264.1.8`; nothing when it is absent.
    pub fn extension(&self, oid: &str) -> Option<&[u8]> {
        self.extension_by_oid(ObjectIdentifier::new(oid).ok()?)
    }

    /// What the issuer says about the workflow that asked for this certificate.
    ///
    /// # Errors
    /// [`ClaimError`] when one of these extensions is not text.
    pub fn claims(&self) -> Result<WorkflowClaims, ClaimError> {
        WorkflowClaims::read(self)
    }

    fn extension_by_oid(&self, oid: ObjectIdentifier) -> Option<&[u8]> {
        let extension = self.facts.extensions.iter().find(|(found, _)| *found == oid);
        extension.map(|(_, contents)| contents.as_slice())
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Certificate({:?}, serial {})",
            self.facts.common_name, self.facts.serial_hex
        )
    }
}

/// Why a certificate is not accepted.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// More bytes than any honest certificate has.
    #[error("expected a certificate of at most {limit} bytes, found {found}")]
    TooLarge {
        /// The most that is read, in bytes.
        limit: usize,
        /// The length that was found, in bytes.
        found: usize,
    },
    /// Bytes that are not a certificate.
    #[error("expected an X.509 certificate, found {reason}")]
    Malformed {
        /// What the reader tripped over.
        reason: String,
    },
    /// Text that is not the PEM of certificates.
    #[error(transparent)]
    Text(#[from] PemTextError),
    /// A version without extensions, so without any limit on what the key may do.
    #[error("expected an X.509 certificate of version 3, found version {found}")]
    Version {
        /// The version that was found, 1 or 2.
        found: u8,
    },
    /// The signed and the unsigned signature algorithm differ.
    #[error("expected one signature algorithm, found two that differ")]
    TwoAlgorithms,
    /// An extension that stands there twice: which of them counts would depend on the reader.
    #[error("expected extension {oid} at most once, found it again")]
    TwiceTheSameExtension {
        /// Its object identifier.
        oid: String,
    },
    /// A subject or issuer that cannot be read.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A validity that ends before it begins.
    #[error("expected a validity that ends after {not_before}, found one that ends at {not_after}")]
    Validity {
        /// The first second of the validity.
        not_before: Timestamp,
        /// The last second of the validity.
        not_after: Timestamp,
    },
}

fn malformed(cause: der::Error) -> CertificateError {
    CertificateError::Malformed {
        reason: cause.to_string(),
    }
}

const LABEL: &str = "CERTIFICATE";

#[cfg(test)]
pub(crate) mod tests;
