//! The `chittyos` member of a published package.json: what a reader of the installed package can follow up.
//!
//! ```json
//! {
//!   "certificate": { "cert_id": "CERT-PKG-20260101-7K2QXM4A", "chitty_id": "…", "fingerprint": "sha256:…", … },
//!   "provenance":  { "chronicle_event": "…", "tarball_hash": "sha256:…", "r2_url": "…", … },
//!   "governance":  { "approved_by": ["…"], "approval_date": "2026-01-01", … },
//!   "build":       { "commit": "…", "workflow_run": "…", "timestamp": "2026-01-01T12:00:00Z" }
//! }
//! ```
//!
//! `provenance.tarball_hash` is the SHA-256 of the *certified* tarball: the one packed without this block. A tarball cannot contain
//! its own hash, so whoever checks removes the block, rebuilds that tarball and compares.

use serde::{Deserialize, Serialize};

use crate::{CertId, ChittyId, Digest, EventId, Timestamp};

/// The name of the member in package.json.
pub const MEMBER: &str = "chittyos";

/// The four groups, in the order in which they are written.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// The certificate that was issued for this release.
    pub certificate: CertificateGroup,
    /// Where the release is recorded and kept.
    pub provenance: ProvenanceGroup,
    /// Who let it go out.
    pub governance: GovernanceGroup,
    /// What it was built from.
    pub build: BuildGroup,
}

/// The certificate that was issued for this release.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateGroup {
    /// The certificate's name at ChittyID.
    pub cert_id: CertId,
    /// The identity that ChittyID minted for it; the certificate's common name.
    pub chitty_id: ChittyId,
    /// SHA-256 over the certificate's DER.
    pub fingerprint: Digest,
    /// When its life begins.
    pub issued_at: Timestamp,
    /// When its life ends. A release is judged by the time of signing, so it outlives its certificate.
    pub expires_at: Timestamp,
    /// Where ChittyID answers whether it was revoked.
    pub verify_url: String,
}

/// Where the release is recorded and kept.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProvenanceGroup {
    /// The event that recorded the certified tarball.
    pub chronicle_event: EventId,
    /// SHA-256 of the certified tarball.
    pub tarball_hash: Digest,
    /// Where the certified tarball is archived.
    pub r2_url: String,
    /// The event's page at the Chronicle.
    pub chronicle_url: String,
    /// The release's page at ChittyRegistry.
    pub registry_url: String,
}

/// Who let it go out.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GovernanceGroup {
    /// The people who approved, as their accounts are called where they approved.
    pub approved_by: Vec<String>,
    /// The day of the approval in UTC, `2026-01-01`.
    pub approval_date: String,
    /// The page of the approval, or the kind of trigger where there is none (`workflow_dispatch`, `local`).
    pub approval_url: String,
    /// The policy that was in force.
    pub policy_version: String,
}

/// What it was built from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BuildGroup {
    /// The commit, 40 hex digits, or `unknown` outside version control.
    pub commit: String,
    /// The workflow run that built it, or `local`.
    pub workflow_run: String,
    /// When the certified tarball was made.
    pub timestamp: Timestamp,
}
