//! Authorities in a trust root, of certificates for releases and of time.

use serde::{Deserialize, Serialize};

use super::{TrustRootError, ValidFor};
use crate::certificate::Certificate;
use crate::octets;

/// An authority whose certificates are believed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(from = "Written", into = "Written")]
pub struct CertificateAuthority {
    /// What to call it.
    pub subject: Subject,
    /// Its address.
    pub uri: String,
    /// Its certificates in DER, the root last. First stands the one that issues; for a timestamp authority the one that signs.
    pub certificates: Vec<Vec<u8>>,
    /// When it is believed.
    pub valid_for: ValidFor,
}

/// The names of an authority.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Subject {
    /// Whose it is.
    #[serde(default)]
    pub organization: String,
    /// Which of theirs it is.
    #[serde(default)]
    pub common_name: String,
}

impl CertificateAuthority {
    /// An authority of these certificates, the root last, believed from that time to the end of the root's own life.
    ///
    /// # Errors
    /// [`TrustRootError::NoCertificate`].
    pub fn new(uri: impl Into<String>, chain: &[&Certificate], valid_for: ValidFor) -> Result<Self, TrustRootError> {
        let root = chain.last().ok_or(TrustRootError::NoCertificate)?;
        Ok(Self {
            subject: Subject {
                organization: root.organization().unwrap_or_default().to_owned(),
                common_name: root.common_name().unwrap_or_default().to_owned(),
            },
            uri: uri.into(),
            certificates: chain.iter().map(|certificate| certificate.der().to_vec()).collect(),
            valid_for,
        })
    }

    /// The certificates, read.
    ///
    /// # Errors
    /// [`TrustRootError::Certificate`].
    pub fn chain(&self) -> Result<Vec<Certificate>, TrustRootError> {
        let read = self.certificates.iter().map(|der| Certificate::from_der(der));
        Ok(read.collect::<Result<_, _>>()?)
    }
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    subject: Subject,
    #[serde(default)]
    uri: String,
    cert_chain: Chain,
    valid_for: ValidFor,
    #[serde(default, skip_serializing)]
    #[expect(dead_code, reason = "named here so that it is not taken for an unknown field")]
    operator: serde::de::IgnoredAny,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Chain {
    certificates: Vec<RawBytes>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawBytes {
    #[serde(with = "octets")]
    raw_bytes: Vec<u8>,
}

impl From<CertificateAuthority> for Written {
    fn from(authority: CertificateAuthority) -> Self {
        let raw = |raw_bytes| RawBytes { raw_bytes };
        Self {
            subject: authority.subject,
            uri: authority.uri,
            cert_chain: Chain {
                certificates: authority.certificates.into_iter().map(raw).collect(),
            },
            valid_for: authority.valid_for,
            operator: serde::de::IgnoredAny,
        }
    }
}

impl From<Written> for CertificateAuthority {
    fn from(written: Written) -> Self {
        let certificates = written.cert_chain.certificates;
        Self {
            subject: written.subject,
            uri: written.uri,
            certificates: certificates
                .into_iter()
                .map(|certificate| certificate.raw_bytes)
                .collect(),
            valid_for: written.valid_for,
        }
    }
}
