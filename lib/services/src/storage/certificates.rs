//! Certificates that were issued.

use async_trait::async_trait;
use certified_evidence::wire::certificates::Requester;
use certified_evidence::{CertId, ChittyId, Digest, PackageName, Timestamp, Version};

use super::{AuditEntry, StorageError, Written};

/// The table `certificates`.
#[async_trait]
pub(crate) trait Certificates: Send + Sync {
    /// Keeps a certificate that was just signed.
    async fn add(&self, certificate: &StoredCertificate, audit: &AuditEntry) -> Result<(), StorageError>;

    /// Looks one up by its name.
    async fn find(&self, cert_id: &CertId) -> Result<Option<StoredCertificate>, StorageError>;

    /// Looks one up by the SHA-256 over its DER.
    async fn of_fingerprint(&self, fingerprint: &Digest) -> Result<Option<StoredCertificate>, StorageError>;

    /// Withdraws one. The earliest withdrawal stays; one that begins no earlier answers with it. Nothing when the certificate is unknown.
    async fn revoke(
        &self,
        cert_id: &CertId,
        revocation: &Revocation,
        audit: &AuditEntry,
    ) -> Result<Option<Written<Revocation>>, StorageError>;

    /// All certificates of a package, the newest first.
    async fn of_package(&self, name: &PackageName) -> Result<Vec<StoredCertificate>, StorageError>;
}

/// A certificate as it is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct StoredCertificate {
    /// Its name.
    pub(crate) cert_id: CertId,
    /// The identity it was issued to; its common name.
    pub(crate) chitty_id: ChittyId,
    /// The package it was issued for.
    pub(crate) package_name: PackageName,
    /// The version it was issued for.
    pub(crate) version: Version,
    /// The certificate as PEM.
    pub(crate) pem: String,
    /// The certificates between it and a root, the issuing one first, as PEM.
    pub(crate) chain: Vec<String>,
    /// The common name of the certificate that issued it.
    pub(crate) issuer: String,
    /// SHA-256 over its DER.
    pub(crate) fingerprint: Digest,
    /// Its serial number, upper-case hex.
    pub(crate) serial_number: String,
    /// When its life begins.
    pub(crate) issued_at: Timestamp,
    /// When its life ends.
    pub(crate) expires_at: Timestamp,
    /// Who asked for it: the authenticated identity.
    pub(crate) owner: String,
    /// Who the request said it was.
    pub(crate) requester: Requester,
    /// What the request said about its approval.
    pub(crate) governance_approval: String,
    /// Whether and why it was withdrawn.
    pub(crate) revocation: Option<Revocation>,
}

/// When and why a certificate was withdrawn.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Revocation {
    /// When.
    pub(crate) at: Timestamp,
    /// Why, in the owner's words.
    pub(crate) reason: String,
}
