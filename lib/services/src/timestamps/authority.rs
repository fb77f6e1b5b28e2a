//! The timestamp authority of the embedded services. Its root is another than that of the certificates for releases: who may say what
//! time it is may not say who somebody is.

use certified_evidence::certificate::{Authority, Certificate, SerialNumber};
use certified_evidence::timestamp_token::{TimestampAuthority, TimestampAuthorityError};
use certified_evidence::trust_root::{CertificateAuthority, TrustRootError, ValidFor};
use certified_evidence::{KeyAlgorithm, SigningKey, Timestamp};
use rand_core::CryptoRng;
use url::Url;

use crate::chitty_id::AuthorityFailed;
use crate::randomness;

/// A root, and the key below it that signs timestamps; both made at the start and never written down.
pub(crate) struct LocalTimestamps {
    root: Certificate,
    authority: TimestampAuthority,
}

impl LocalTimestamps {
    /// Makes both keys and both certificates.
    pub(crate) fn new(now: Timestamp, rng: &mut impl CryptoRng) -> Result<Self, AuthorityFailed> {
        // Whoever compares the time of a signature with this may have a clock of its own.
        let from = now.minus_seconds(DAY);
        let root_key = SigningKey::generate(KeyAlgorithm::EcdsaP256, rng)?;
        let root = Authority::root(ROOT_NAME, ORGANIZATION, from, 3 * YEAR, root_key, rng)?;
        let key = SigningKey::generate(KeyAlgorithm::EcdsaP256, rng)?;
        let life = (from, from.plus_seconds(2 * YEAR));
        let certificate = root.timestamping(NAME, ORGANIZATION, life, key.public_key(), rng)?;
        // The root's key is dropped here: nothing needs it any more, so nobody can use it.
        Ok(Self {
            root: root.certificate().clone(),
            authority: TimestampAuthority::new(key, certificate)?,
        })
    }

    /// Answers a request: with a timestamp, or with the reason why there is none.
    pub(crate) fn answer(&self, request: &[u8], now: Timestamp) -> Result<Vec<u8>, TimestampAuthorityError> {
        let serial = SerialNumber::random(&mut randomness::system());
        self.authority.answer(request, now, serial)
    }

    /// What a verifier has to trust to believe these timestamps.
    pub(crate) fn trusted(&self, address: &Url) -> Result<CertificateAuthority, TrustRootError> {
        let chain = [self.authority.certificate(), &self.root];
        CertificateAuthority::new(address.as_str(), &chain, ValidFor::from(self.root.not_before()))
    }
}

const ROOT_NAME: &str = "ChittyOS timestamp root, local only";
const NAME: &str = "ChittyOS timestamps, local only";
const ORGANIZATION: &str = "ChittyOS local only";
const DAY: u64 = 24 * 60 * 60;
const YEAR: u64 = 366 * DAY;
