//! The side that issues: a key, the certificate that says it may, and the profile of what it signs.

use std::time::Duration;

use der::asn1::{GeneralizedTime, OctetString};
use der::{Decode as _, Encode as _};
use rand_core::CryptoRng;
use spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, CertificateBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::ext::Extension;
use x509_cert::name::Name;
use x509_cert::time::{Time, Validity};

use super::serial::SerialNumber;
use super::{Certificate, CertificateError, NameError, extensions, name};
use crate::key::{PublicKey, SigningKey};
use crate::sct::SctError;
use crate::time::Timestamp;

/// A certificate authority: its private key and its certificate, which belong together.
#[derive(Debug)]
pub struct Authority {
    pub(super) key: SigningKey,
    pub(super) certificate: Certificate,
    pub(super) subject: Name,
    pub(super) key_identifier: OctetString,
}

impl Authority {
    /// Makes a root: a certificate that signs itself, with at most one issuing authority below it.
    ///
    /// # Errors
    /// [`AuthorityError`], with the fact that was wrong.
    pub fn root<R: CryptoRng + ?Sized>(
        common_name: &str,
        organization: &str,
        not_before: Timestamp,
        lifetime_secs: u64,
        key: SigningKey,
        rng: &mut R,
    ) -> Result<Self, AuthorityError> {
        let subject = name::distinguished(common_name, Some(organization))?;
        let identifier = extensions::key_identifier(key.public_key().spki_der())?;
        let plan = Plan {
            issuer: subject.clone(),
            subject,
            extensions: [
                extensions::authority(1, false)?,
                extensions::key_identifiers(&identifier, &identifier)?,
            ]
            .concat(),
        };
        let validity = validity(not_before, not_before.plus_seconds(lifetime_secs))?;
        let certificate = sign(&key, plan, SerialNumber::random(rng), validity, key.public_key())?;
        Self::from_parts(key, certificate)
    }

    /// Makes an issuing authority below this root: no authority below it, and code signing alone.
    ///
    /// # Errors
    /// [`AuthorityError::NothingBelow`] when this is an issuing authority itself, [`AuthorityError::OutlivesIssuer`],
    /// and as [`Authority::root`].
    pub fn issuing<R: CryptoRng + ?Sized>(
        &self,
        common_name: &str,
        organization: &str,
        not_before: Timestamp,
        lifetime_secs: u64,
        key: SigningKey,
        rng: &mut R,
    ) -> Result<Self, AuthorityError> {
        if self.certificate.facts.path_length == Some(0) {
            return Err(AuthorityError::NothingBelow);
        }
        let identifier = extensions::key_identifier(key.public_key().spki_der())?;
        let plan = Plan {
            issuer: self.subject.clone(),
            subject: name::distinguished(common_name, Some(organization))?,
            extensions: [
                extensions::authority(0, true)?,
                extensions::key_identifiers(&identifier, &self.key_identifier)?,
            ]
            .concat(),
        };
        let validity = self.validity(not_before, not_before.plus_seconds(lifetime_secs))?;
        let certificate = sign(&self.key, plan, SerialNumber::random(rng), validity, key.public_key())?;
        Self::from_parts(key, certificate)
    }

    /// Takes up an authority that was kept somewhere.
    ///
    /// # Errors
    /// [`AuthorityError::OtherKey`] when the certificate is for another key, [`AuthorityError::NotAnAuthority`] when
    /// it may not issue.
    pub fn from_parts(key: SigningKey, certificate: Certificate) -> Result<Self, AuthorityError> {
        if certificate.facts.spki != key.public_key().spki_der() {
            return Err(AuthorityError::OtherKey);
        }
        if !certificate.is_ca() || !certificate.facts.signs_certificates {
            return Err(AuthorityError::NotAnAuthority);
        }
        let parsed = x509_cert::Certificate::from_der(certificate.der())?;
        // What verifiers compare is the identifier in the certificate, whatever it was computed from.
        let key_identifier = match &certificate.facts.key_identifier {
            Some(bytes) => OctetString::new(bytes.clone())?,
            None => extensions::key_identifier(key.public_key().spki_der())?,
        };
        let subject = parsed.tbs_certificate().subject().clone();
        Ok(Self {
            key,
            certificate,
            subject,
            key_identifier,
        })
    }

    /// The certificate of this authority.
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The key of this authority, for whoever has to keep it.
    pub const fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The organisation in the certificate of this authority.
    pub fn organization(&self) -> Option<&str> {
        self.certificate.organization()
    }

    pub(super) fn validity(&self, not_before: Timestamp, not_after: Timestamp) -> Result<Validity, AuthorityError> {
        let issuer = self.certificate.not_after();
        if not_after > issuer {
            return Err(AuthorityError::OutlivesIssuer {
                issuer,
                found: not_after,
            });
        }
        validity(not_before, not_after)
    }
}

/// Why an authority cannot be made, or does not issue.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// A name that cannot stand in a certificate.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A certificate that cannot be read back.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The certificate belongs to another key.
    #[error("expected the authority's certificate and key to belong together, found a certificate for another key")]
    OtherKey,
    /// The certificate does not allow to issue.
    #[error("expected the certificate of an authority, found one that may not issue certificates")]
    NotAnAuthority,
    /// An issuing authority was asked to make another one.
    #[error("an issuing authority may not have another one below it")]
    NothingBelow,
    /// A validity that ends before it begins.
    #[error("expected a validity that ends after {not_before}, found one that ends at {not_after}")]
    Lifetime {
        /// The first second of the validity.
        not_before: Timestamp,
        /// The last second of the validity.
        not_after: Timestamp,
    },
    /// A certificate that would be valid longer than the one that vouches for it.
    #[error(
        "expected a validity that ends with the authority's own at {issuer} or before, found one that ends at {found}"
    )]
    OutlivesIssuer {
        /// The last second of the authority's validity.
        issuer: Timestamp,
        /// The last second that was asked for.
        found: Timestamp,
    },
    /// A value that has no encoding.
    #[error("could not encode the certificate: {reason}")]
    Encoding {
        /// The cause.
        reason: String,
    },
    /// No signature could be made.
    #[error("could not sign the certificate: {reason}")]
    Signing {
        /// The cause.
        reason: String,
    },
    /// The log gave no timestamp for the certificate.
    #[error("could not log the certificate: {reason}")]
    Logging {
        /// The cause.
        reason: String,
    },
}

impl From<der::Error> for AuthorityError {
    fn from(cause: der::Error) -> Self {
        Self::Encoding {
            reason: cause.to_string(),
        }
    }
}

impl From<SctError> for AuthorityError {
    fn from(cause: SctError) -> Self {
        Self::Logging {
            reason: cause.to_string(),
        }
    }
}

/// Names and extensions exactly as written above; the builder adds nothing of its own.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) issuer: Name,
    pub(super) subject: Name,
    pub(super) extensions: Vec<Extension>,
}

impl BuilderProfile for Plan {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _subject_key: SubjectPublicKeyInfoRef<'_>,
        _issuer_key: SubjectPublicKeyInfoRef<'_>,
        _tbs: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        Ok(self.extensions.clone())
    }
}

fn validity(not_before: Timestamp, not_after: Timestamp) -> Result<Validity, AuthorityError> {
    if not_after <= not_before {
        return Err(AuthorityError::Lifetime { not_before, not_after });
    }
    // The builder writes years before 2050 as UTCTime, as RFC 5280, section 4.1.2.5, demands.
    let time =
        |at: Timestamp| GeneralizedTime::from_unix_duration(Duration::from_secs(at.unix())).map(Time::GeneralTime);
    Ok(Validity::new(time(not_before)?, time(not_after)?))
}

pub(super) fn sign(
    key: &SigningKey,
    plan: Plan,
    serial: SerialNumber,
    validity: Validity,
    subject_key: &PublicKey,
) -> Result<Certificate, AuthorityError> {
    let serial = x509_cert::serial_number::SerialNumber::new(serial.as_bytes())?;
    let subject_key = SubjectPublicKeyInfoOwned::from_der(subject_key.spki_der())?;
    let signing = |cause: builder::Error| AuthorityError::Signing {
        reason: cause.to_string(),
    };
    let builder = CertificateBuilder::new(plan, serial, validity, subject_key).map_err(signing)?;
    let certificate = key.build(builder).map_err(signing)?;
    Ok(Certificate::from_der(&certificate.to_der()?)?)
}
