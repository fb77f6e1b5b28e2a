//! The certificate authority of the embedded services: a root that says "local only", and an issuing certificate below it, both made at
//! the start and never written down.

use certified_evidence::anchors::CertificateAuthority;
use certified_evidence::certificate::{Authority, AuthorityError, Certificate, LeafProfile};
use certified_evidence::sct::CtLogKey;
use certified_evidence::timestamp_token::TimestampAuthorityError;
use certified_evidence::trust_root::{self, TransparencyLog, TrustRootError, ValidFor};
use certified_evidence::{Anchors, KeyAlgorithm, KeyError, SigningKey, Timestamp};
use rand_core::CryptoRng;
use url::Url;

/// A root, the authority below it that issues, and the log that has seen each certificate before it is handed out: the service's own
/// table of certificates, in which every one stands.
pub(crate) struct LocalAuthority {
    root: Certificate,
    issuing: Authority,
    log: CtLogKey,
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
    /// No authority for timestamps.
    #[error(transparent)]
    Timestamps(#[from] TimestampAuthorityError),
    /// Nothing that a verifier could trust.
    #[error(transparent)]
    TrustRoot(#[from] TrustRootError),
}

impl LocalAuthority {
    /// Makes the keys and both certificates.
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
        Ok(Self {
            root: certificate.clone(),
            issuing,
            log: CtLogKey::new(SigningKey::generate(KeyAlgorithm::EcdsaP256, rng)?),
            anchors,
        })
    }

    /// What a verifier has to trust to believe this authority.
    pub(crate) const fn anchors(&self) -> &Anchors {
        &self.anchors
    }

    /// The same for verifiers of others: the authority, and the log of its certificates.
    pub(crate) fn trusted(
        &self,
        address: &Url,
    ) -> Result<(trust_root::CertificateAuthority, TransparencyLog), TrustRootError> {
        let valid_for = ValidFor::from(self.root.not_before());
        let chain = [self.issuing.certificate(), &self.root];
        let authority = trust_root::CertificateAuthority::new(address.as_str(), &chain, valid_for)?;
        let log = TransparencyLog::new(format!("{address}ct"), self.log.public_key(), valid_for)?;
        Ok((authority, log))
    }

    /// Issues the certificate of one release, with the log's word for it.
    pub(crate) fn issue(&self, profile: LeafProfile, now: Timestamp) -> Result<Certificate, AuthorityError> {
        self.issuing.issue_logged(profile, &self.log, now)
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
