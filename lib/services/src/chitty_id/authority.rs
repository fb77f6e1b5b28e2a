//! The certificate authority of the embedded services: a root that says "local only", and an issuing certificate below it, both made at
//! the start and never written down.

use certified_evidence::anchors::CertificateAuthority;
use certified_evidence::certificate::{Authority, AuthorityError, Certificate, LeafProfile};
use certified_evidence::{Anchors, KeyAlgorithm, KeyError, SigningKey, Timestamp};
use rand_core::CryptoRng;

/// A root and the authority below it that issues.
pub(crate) struct LocalAuthority {
    issuing: Authority,
    anchors: Anchors,
}

/// The authority could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityFailed {
    /// No key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// No certificate.
    #[error(transparent)]
    Certificate(#[from] AuthorityError),
}

impl LocalAuthority {
    /// Makes both keys and both certificates.
    pub(crate) fn new(now: Timestamp, rng: &mut impl CryptoRng) -> Result<Self, AuthorityFailed> {
        // Clocks differ, and a certificate begins a minute before it is asked for; its issuers must be there already.
        let from = now.minus_seconds(DAY);
        let root_key = SigningKey::generate(KeyAlgorithm::EcdsaP256, rng)?;
        let root = Authority::root(ROOT_NAME, ORGANIZATION, from, 3 * YEAR, root_key, rng)?;
        let issuing_key = SigningKey::generate(KeyAlgorithm::EcdsaP256, rng)?;
        let issuing = root.issuing(ISSUING_NAME, ORGANIZATION, from, 2 * YEAR, issuing_key, rng)?;
        let certificate = root.certificate();
        let anchor = CertificateAuthority {
            name: ROOT_NAME.to_owned(),
            pem: certificate.to_pem(),
            valid_from: certificate.not_before(),
            valid_until: certificate.not_after(),
        };
        let anchors = Anchors {
            certificate_authorities: vec![anchor],
            ..Anchors::default()
        };
        // The root's key is dropped here: nothing needs it any more, so nobody can use it.
        Ok(Self { issuing, anchors })
    }

    /// What a verifier has to trust to believe this authority.
    pub(crate) const fn anchors(&self) -> &Anchors {
        &self.anchors
    }

    /// Issues the certificate of one release.
    pub(crate) fn issue(&self, profile: LeafProfile) -> Result<Certificate, AuthorityError> {
        self.issuing.issue(profile)
    }

    /// The certificates between a release's and the root, the issuing one first.
    pub(crate) fn chain(&self) -> Vec<String> {
        vec![self.issuing.certificate().to_pem()]
    }

    /// What the certificates below call their issuer.
    pub(crate) const fn name(&self) -> &'static str {
        ISSUING_NAME
    }
}

const ROOT_NAME: &str = "ChittyOS root, local only";
const ISSUING_NAME: &str = "ChittyOS issuing, local only";
const ORGANIZATION: &str = "ChittyOS local only";
const DAY: u64 = 24 * 60 * 60;
const YEAR: u64 = 366 * DAY;
