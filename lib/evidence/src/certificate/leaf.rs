//! The certificates that an authority issues to those who sign: releases, and timestamps.

use rand_core::CryptoRng;

use super::authority::{Authority, AuthorityError, Plan, sign};
use super::claims::WorkflowClaims;
use super::serial::SerialNumber;
use super::{Certificate, extensions, name, release};
use crate::key::PublicKey;
use crate::sct::CtLogKey;
use crate::time::Timestamp;

impl Authority {
    /// Issues the certificate of one release. The same profile gives the same certificate.
    ///
    /// # Errors
    /// [`AuthorityError::Name`], [`AuthorityError::Lifetime`] and [`AuthorityError::OutlivesIssuer`] when the profile
    /// asks for what cannot be, [`AuthorityError::Signing`] when the key does not sign.
    pub fn issue(&self, profile: LeafProfile) -> Result<Certificate, AuthorityError> {
        self.issue_plan(&profile, self.plan(&profile)?)
    }

    /// Issues the certificate of one release with the word of a log that it has seen it (RFC 6962, section 3.3): the last extension is
    /// the log's timestamp over everything before it.
    ///
    /// # Errors
    /// As [`Authority::issue`], and [`AuthorityError::Logging`].
    pub fn issue_logged(
        &self,
        profile: LeafProfile,
        log: &CtLogKey,
        at: Timestamp,
    ) -> Result<Certificate, AuthorityError> {
        let mut plan = self.plan(&profile)?;
        let unlogged = self.issue_plan(&profile, plan.clone())?;
        let timestamp = log.timestamp(&unlogged, self.key.public_key(), at)?;
        plan.extensions.push(extensions::timestamps(&[timestamp])?);
        self.issue_plan(&profile, plan)
    }

    /// Certifies the key of a timestamp authority: for signing timestamps and for nothing else (RFC 3161, section 2.3).
    ///
    /// # Errors
    /// As [`Authority::issue`].
    pub fn timestamping<R: CryptoRng + ?Sized>(
        &self,
        common_name: &str,
        organization: &str,
        (not_before, not_after): (Timestamp, Timestamp),
        key: &PublicKey,
        rng: &mut R,
    ) -> Result<Certificate, AuthorityError> {
        let identifier = extensions::key_identifier(key.spki_der())?;
        let plan = Plan {
            issuer: self.subject.clone(),
            subject: name::distinguished(common_name, Some(organization))?,
            extensions: [
                extensions::timestamping()?,
                extensions::key_identifiers(&identifier, &self.key_identifier)?,
            ]
            .concat(),
        };
        let validity = self.validity(not_before, not_after)?;
        sign(&self.key, plan, SerialNumber::random(rng), validity, key)
    }

    fn plan(&self, profile: &LeafProfile) -> Result<Plan, AuthorityError> {
        if let Some(uri) = &profile.san_uri {
            name::check_uri(uri)?;
        }
        let identifier = extensions::key_identifier(profile.public_key.spki_der())?;
        let release = profile.release.as_deref().map(release::extension).transpose()?;
        Ok(Plan {
            issuer: self.subject.clone(),
            subject: name::distinguished(&profile.common_name, None)?,
            extensions: [
                extensions::leaf(profile.san_uri.as_deref())?,
                extensions::key_identifiers(&identifier, &self.key_identifier)?,
                profile.claims.extensions()?,
                release.into_iter().collect(),
            ]
            .concat(),
        })
    }

    fn issue_plan(&self, profile: &LeafProfile, plan: Plan) -> Result<Certificate, AuthorityError> {
        let validity = self.validity(profile.not_before, profile.not_after)?;
        sign(&self.key, plan, profile.serial, validity, &profile.public_key)
    }
}

/// What stands in the certificate of one release; everything else is the same in all of them: version 3, key usage
/// `digitalSignature` (critical), extended key usage `codeSigning`, the identifiers of both keys, and no word about
/// being an authority.
#[derive(Clone, Debug)]
pub struct LeafProfile {
    /// The common name, which is the whole subject: the ChittyID of the release, 1 to 64 characters.
    pub common_name: String,
    /// Who asked, as a URI: for GitHub Actions the workflow,
    /// `https://github.com/acme/widgets/.github/workflows/release.yml@refs/tags/v1`.
    pub san_uri: Option<String>,
    /// What is released, as a package URL with the version; only where `san_uri` says something else.
    pub release: Option<String>,
    /// The key that signs the release.
    pub public_key: PublicKey,
    /// The first second in which the certificate is valid.
    pub not_before: Timestamp,
    /// The last second in which the certificate is valid, not after the authority's own.
    pub not_after: Timestamp,
    /// The serial number.
    pub serial: SerialNumber,
    /// What the authority verified about the workflow; empty when it verified nothing.
    pub claims: WorkflowClaims,
}
