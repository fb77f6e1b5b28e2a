//! ChittyID: certificates.
//!
//! | route | body | answer |
//! |---|---|---|
//! | `POST /v1/certificates/issue` | [`IssueRequest`] | 201 [`IssueReply`] |
//! | `GET /v1/certificates/verify/{cert_id}` | – | 200 [`VerifyReply`], 404 when unknown |
//! | `GET /v1/certificates/{cert_id}` | – | 200 [`CertificateRecord`] |
//! | `POST /v1/certificates/{cert_id}/revoke` | [`RevokeRequest`] | 200 [`RevokeReply`] |
//! | `GET /v1/certificates/package/{name}` | – | 200 [`PackageCertificates`] |

use serde::{Deserialize, Serialize, Serializer};

use crate::{CertId, ChittyId, Digest, KeyAlgorithm, PackageName, Secret, Timestamp, Version};

/// Asks for the certificate of one release.
#[derive(Debug, Deserialize, Serialize)]
pub struct IssueRequest {
    /// What is to be certified; only packages are.
    #[serde(rename = "type")]
    pub kind: CertificateKind,
    /// The package.
    pub package_name: PackageName,
    /// Its version.
    pub version: Version,
    /// Who asks, from which run and commit.
    pub requester: Requester,
    /// The page of the approval, or the kind of trigger.
    pub governance_approval: String,
    /// A PKCS#10 request as PEM: the public key and the proof that the caller has the private one.
    pub csr: String,
    /// The algorithm of that key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_algorithm: Option<KeyAlgorithm>,
    /// A shorter life than one year, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity_seconds: Option<u64>,
    /// An identity token of the workflow that asks, as its platform signed it. The certificate then tells what the token says: who asked,
    /// from which repository, commit and run. Good for one request.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
    pub oidc_token: Option<Secret<String>>,
}

/// The one place at which a token becomes part of a body.
fn exposed<S: Serializer>(token: &Option<Secret<String>>, serializer: S) -> Result<S::Ok, S::Error> {
    token.as_ref().map(Secret::expose).serialize(serializer)
}

/// What a certificate is for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum CertificateKind {
    /// One version of one npm package.
    Package,
}

/// Who asks for a certificate. The service trusts none of it unless a verified identity token says the same.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Requester {
    /// The account that started the run.
    pub github_user: String,
    /// The workflow run, or `local`.
    pub workflow_run: String,
    /// The commit, 40 hex digits, or `unknown`.
    pub commit: String,
}

/// A certificate was issued.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct IssueReply {
    /// Always true.
    pub success: bool,
    /// Its name.
    pub cert_id: CertId,
    /// The identity it was issued to; its common name.
    pub chitty_id: ChittyId,
    /// The X.509 certificate (RFC 7468).
    pub pem: String,
    /// The certificates between it and a root, the issuing one first.
    #[serde(default)]
    pub chain: Vec<String>,
    /// The certified public key as PEM.
    pub public_key: String,
    /// SHA-256 over the certificate's DER.
    pub fingerprint: Digest,
    /// SHA-256 over the public key's DER.
    pub public_key_fingerprint: Digest,
    /// When its life begins.
    pub issued_at: Timestamp,
    /// When its life ends.
    pub expires_at: Timestamp,
    /// The serial number, upper-case hex.
    pub serial_number: String,
    /// Where to ask later whether it still holds.
    pub verify_url: String,
}

/// Whether a certificate holds.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct VerifyReply {
    /// Whether it holds now.
    pub valid: bool,
    /// Whether it held at the time given with `?at=`; absent when none was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_at_signing: Option<bool>,
    /// The certificate; absent when it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateSummary>,
    /// Why it does not hold: `CERTIFICATE_NOT_FOUND`, `CERTIFICATE_EXPIRED` or `CERTIFICATE_REVOKED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The same as a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
}

/// A certificate in the answer of a verification.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CertificateSummary {
    /// Its name.
    pub cert_id: CertId,
    /// The identity it was issued to.
    pub chitty_id: ChittyId,
    /// What it was issued for.
    pub subject: CertificateSubject,
    /// SHA-256 over its DER.
    pub fingerprint: Digest,
    /// When its life begins.
    pub issued_at: Timestamp,
    /// When its life ends.
    pub expires_at: Timestamp,
    /// Its state.
    pub status: CertificateStatus,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}

/// What a certificate was issued for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CertificateSubject {
    /// The package.
    pub package_name: PackageName,
    /// Its version.
    pub version: Version,
    /// The certificate's common name.
    pub common_name: String,
}

/// The state of a certificate.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum CertificateStatus {
    /// In force.
    Active,
    /// Past its life.
    Expired,
    /// Withdrawn.
    Revoked,
}

/// A certificate with its bytes, for its owner.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CertificateRecord {
    /// Everything that a verification shows.
    #[serde(flatten)]
    pub summary: CertificateSummary,
    /// What is certified.
    #[serde(rename = "type")]
    pub kind: CertificateKind,
    /// The issuing certificate's common name.
    pub issuer: String,
    /// The certificate as PEM.
    pub pem: String,
    /// The certificates between it and a root.
    pub chain: Vec<String>,
    /// The serial number, upper-case hex.
    pub serial_number: String,
}

/// Withdraws a certificate.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RevokeRequest {
    /// Why; shown to everyone who asks.
    pub reason: String,
    /// Since when nothing that the key signed is to be believed, if that was earlier than now: the moment at which it was or may have been
    /// in other hands (the invalidity date of RFC 5280, section 5.3.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}

/// A certificate was withdrawn.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RevokeReply {
    /// Always true.
    pub success: bool,
    /// Its name.
    pub cert_id: CertId,
    /// Always revoked.
    pub status: CertificateStatus,
    /// Since when. A second revocation may name an earlier time, and never moves it to a later one.
    pub revoked_at: Timestamp,
    /// Why.
    pub reason: String,
}

/// The certificates of one package.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PackageCertificates {
    /// The package.
    pub package_name: PackageName,
    /// Its certificates, the newest first.
    pub certificates: Vec<PackageCertificate>,
    /// How many there are.
    pub total: u64,
}

/// One line of [`PackageCertificates`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PackageCertificate {
    /// Its name.
    pub cert_id: CertId,
    /// The version it was issued for.
    pub version: Version,
    /// Its state.
    pub status: CertificateStatus,
    /// When its life begins.
    pub issued_at: Timestamp,
    /// When its life ends.
    pub expires_at: Timestamp,
}
