//! Whose signature it has to be.

use std::fmt;

use certified_evidence::certificate::Claim;
use certified_evidence::{Bundle, Certificate, Digest};

use crate::Refusal;

/// Who has to have signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Signer<'a> {
    /// The one subject alternative name of the certificate: a URI, or an address of e-mail.
    pub identity: &'a str,
    /// Who vouched for that name.
    pub issuer: Issuer<'a>,
}

/// Who vouched for an identity towards the certificate authority: the issuer of the token that it was shown. The same name means somebody
/// else when somebody else says it, so this is never left open.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Issuer<'a> {
    /// This one, as the certificate says.
    Named(&'a str),
    /// The certificate names none: its authority alone vouches.
    Nobody,
}

impl<'a> Issuer<'a> {
    pub(crate) const fn named(self) -> Option<&'a str> {
        match self {
            Self::Named(issuer) => Some(issuer),
            Self::Nobody => None,
        }
    }
}

impl Signer<'_> {
    /// A certificate with several names would be that of whoever the reader looks for.
    pub(crate) fn check(&self, certificate: &Certificate) -> Result<(), Refusal> {
        let names = [certificate.uri_names(), certificate.email_names()].concat();
        if names != [self.identity] {
            return Err(Refusal::CertificateOtherName {
                expected: self.identity.to_owned(),
                found: names.join(" "),
            });
        }
        let claims = certificate
            .claims()
            .map_err(|e| Refusal::CertificateUnreadable { why: e.to_string() })?;
        // The older of the two extensions says the same, in certificates that have both.
        let mut found: Vec<&str> = [Claim::Issuer, Claim::BareIssuer]
            .iter()
            .filter_map(|claim| claims.get(*claim))
            .collect();
        found.dedup();
        if found == self.issuer.named().as_slice() {
            return Ok(());
        }
        Err(Refusal::CertificateOtherIssuer {
            expected: self.issuer.named().unwrap_or_default().to_owned(),
            found: found.join(" and "),
        })
    }
}

/// The bundle is by the certificate that everything else of the release is by.
pub(crate) fn same_certificate(of: &'static str, bundle: &Bundle, certificate: &Certificate) -> Result<(), Refusal> {
    if bundle.certificate == *certificate {
        return Ok(());
    }
    Err(Refusal::BundleOtherCertificate {
        of,
        expected: Digest::from_bytes(certificate.fingerprint()),
        found: Digest::from_bytes(bundle.certificate.fingerprint()),
    })
}

impl fmt::Display for Signer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.issuer {
            Issuer::Named(issuer) => write!(f, "{}, vouched for by {issuer}", self.identity),
            Issuer::Nobody => f.write_str(self.identity),
        }
    }
}
