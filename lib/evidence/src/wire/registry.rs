//! ChittyRegistry, behind the gateway.
//!
//! | route | body | answer |
//! |---|---|---|
//! | `POST /registry/api/packages/register` | [`RegisterRequest`] | 201 [`RegisterReply`]; 200 for the same bytes again; 409 for other bytes |
//! | `GET /registry/packages/{name}/{version}` | – | 200 [`PackageRecord`] |
//! | `PUT /registry/packages/{name}/{version}/status` | [`StatusRequest`] | 200 [`StatusReply`] |
//! | `GET /registry/packages/{name}` | – | 200 [`PackageVersions`] |
//! | `GET /registry/packages` | – | 200 [`PackageList`] |
//!
//! A scoped name is one segment of the path: `@acme%2Fwidgets`.

use serde::{Deserialize, Serialize};

use crate::{CertId, Digest, EventId, Evidence, Integrity, PackageName, RegId, Timestamp, Version};

/// Registers one release.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct RegisterRequest {
    /// The package.
    pub package_name: PackageName,
    /// Its version.
    pub version: Version,
    /// The certificate of the release.
    pub cert_id: CertId,
    /// The event that recorded the certified tarball.
    pub chronicle_event_id: EventId,
    /// `bucket/key` of the certified tarball.
    pub r2_location: String,
    /// The npm registry that serves the package.
    pub npm_registry: String,
    /// `pending` until npm was read back.
    pub status: PackageStatus,
    /// SHA-512 of the published tarball: what npm serves.
    pub integrity: Integrity,
    /// SHA-256 of the certified tarball: what was signed and recorded.
    pub tarball_hash: Digest,
    /// Where it was built.
    pub metadata: RegisterMetadata,
    /// Everything that proves the release.
    pub evidence: Box<Evidence>,
}

/// Where a registered release was built.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RegisterMetadata {
    /// `owner/repository`, or empty.
    pub github_repo: String,
    /// The commit, 40 hex digits, or `unknown`.
    pub commit: String,
    /// The workflow run, or `local`.
    pub workflow_run: String,
}

/// How far a release has come.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PackageStatus {
    /// Registered; npm was not read back yet. Not certified.
    Pending,
    /// npm was read back and serves the registered bytes.
    Certified,
    /// The publish failed for good.
    PublishFailed,
    /// Certified, and not to be used any more.
    Deprecated,
}

impl PackageStatus {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Certified => "certified",
            Self::PublishFailed => "publish_failed",
            Self::Deprecated => "deprecated",
        }
    }
}

/// A release is registered.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RegisterReply {
    /// Always true.
    pub success: bool,
    /// The registration's name.
    pub reg_id: RegId,
    /// The package.
    pub package_name: PackageName,
    /// Its version.
    pub version: Version,
    /// The release's page.
    pub registry_url: String,
    /// When it was registered first.
    pub registered_at: Timestamp,
    /// How far it has come.
    pub status: PackageStatus,
    /// SHA-256 of the certified tarball as recorded.
    pub tarball_hash: Digest,
    /// SHA-512 of the published tarball as recorded.
    pub integrity: Integrity,
}

/// A registered release.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct PackageRecord {
    /// The registration's name.
    pub reg_id: RegId,
    /// The release's page.
    pub registry_url: String,
    /// Who registered it: the authenticated identity.
    pub registered_by: String,
    /// When it was registered first.
    pub registered_at: Timestamp,
    /// When its status changed last.
    pub updated_at: Timestamp,
    /// What was registered, with the status of now.
    #[serde(flatten)]
    pub release: RegisterRequest,
}

/// Moves a release on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StatusRequest {
    /// Where to.
    pub status: PackageStatus,
    /// Why, in a sentence.
    pub reason: String,
}

/// A release was moved on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StatusReply {
    /// Always true.
    pub success: bool,
    /// The package.
    pub package_name: PackageName,
    /// Its version.
    pub version: Version,
    /// How far it has come.
    pub status: PackageStatus,
    /// When.
    pub updated_at: Timestamp,
}

/// The registered versions of one package.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PackageVersions {
    /// The package.
    pub package_name: PackageName,
    /// Its versions, the oldest first.
    pub versions: Vec<PackageVersion>,
    /// How many there are.
    pub total: u64,
}

/// One line of [`PackageVersions`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PackageVersion {
    /// The version.
    pub version: Version,
    /// The registration's name.
    pub reg_id: RegId,
    /// How far it has come.
    pub status: PackageStatus,
    /// When it was registered.
    pub registered_at: Timestamp,
}

/// The registered packages.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PackageList {
    /// Their names, in order.
    pub packages: Vec<PackageName>,
    /// How many there are.
    pub total: u64,
}
