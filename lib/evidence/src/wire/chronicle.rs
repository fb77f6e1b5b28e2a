//! The Chronicle, behind the gateway.
//!
//! | route | body | answer |
//! |---|---|---|
//! | `POST /chronicle/events` | [`EventRequest`] | 201 [`EventReply`]; 200 when the same event is already recorded |
//! | `GET /chronicle/events/{event_id}` | – | 200 [`ShownEvent`] |
//! | `GET /chronicle/events?limit&offset&type` | – | 200 [`EventPage`] |
//! | `GET /chronicle/packages/{name}/events` | – | 200 [`PackageEvents`] |

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub use super::receipt::{EventEntryError, Proven, Receipt, ReceiptProof, ReceiptRefusal};
use crate::{CertId, Digest, EventId, Integrity, PackageName, Timestamp, Version};

/// Asks the Chronicle to record an event of a package.
///
/// The event is identified by its type, package, version and `artifacts.tarball_hash`: asking again with the same four answers with the
/// event that is there, whatever else differs.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EventRequest {
    /// What happened.
    pub event_type: EventType,
    /// The package.
    pub package: PackageName,
    /// Its version.
    pub version: Version,
    /// The certificate of the release.
    pub cert_id: CertId,
    /// The tarball it happened to.
    pub artifacts: Artifacts,
    /// Who built it, from what.
    pub metadata: BuildMetadata,
}

/// What can happen to a package.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
pub enum EventType {
    /// The certified tarball exists and is signed.
    #[serde(rename = "package.build.complete")]
    BuildComplete,
    /// npm serves the published tarball; it was read back and compared.
    #[serde(rename = "package.published")]
    Published,
}

impl EventType {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BuildComplete => "package.build.complete",
            Self::Published => "package.published",
        }
    }
}

/// The tarball that an event is about.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Artifacts {
    /// SHA-256 of the compressed file.
    pub tarball_hash: Digest,
    /// SHA-512 of the compressed file.
    pub integrity: Integrity,
    /// SHA-256 of the uncompressed tar.
    pub tar_hash: Digest,
    /// The file's name.
    pub tarball_name: String,
    /// Bytes of the compressed file.
    pub size_bytes: u64,
    /// When it was made.
    pub build_timestamp: Timestamp,
}

/// Who built a tarball, from what.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct BuildMetadata {
    /// The machinery, `github-actions` or `local`.
    pub builder: String,
    /// The commit, 40 hex digits, or `unknown`.
    pub commit: String,
    /// The workflow run, or `local`.
    pub workflow_run: String,
    /// The account that started it. The Chronicle keeps beside it who was authenticated.
    pub actor: String,
}

/// An event is recorded, durably.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EventReply {
    /// Always true.
    pub success: bool,
    /// Its name.
    pub event_id: EventId,
    /// Its page.
    pub chronicle_url: String,
    /// When it was recorded.
    pub timestamp: Timestamp,
    /// The event as recorded.
    pub event: StoredEvent,
    /// The proof that it is in the Chronicle's log; absent when the Chronicle keeps none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
}

/// An event as the Chronicle keeps it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StoredEvent {
    /// Its name.
    pub id: EventId,
    /// What happened.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// When it was recorded.
    pub timestamp: Timestamp,
    /// Who recorded it: the authenticated identity.
    pub actor: String,
    /// Who the request said it was.
    pub actor_provided: String,
    /// The request as it came.
    pub payload: EventRequest,
    /// How the caller was authenticated.
    pub metadata: EventMetadata,
}

/// An event and its receipt: the members of [`StoredEvent`], and `receipt` beside them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ShownEvent {
    /// The event.
    pub event: StoredEvent,
    /// The proof that it is in the Chronicle's log; absent when the Chronicle keeps none.
    pub receipt: Option<Receipt>,
}

impl Serialize for ShownEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut value = serde_json::to_value(&self.event).map_err(S::Error::custom)?;
        if let (Some(members), Some(receipt)) = (value.as_object_mut(), &self.receipt) {
            let receipt = serde_json::to_value(receipt).map_err(S::Error::custom)?;
            members.insert(RECEIPT.to_owned(), receipt);
        }
        value.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ShownEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = Value::deserialize(deserializer)?;
        let receipt = value.as_object_mut().and_then(|members| members.shift_remove(RECEIPT));
        Ok(Self {
            event: serde_json::from_value(value).map_err(D::Error::custom)?,
            receipt: match receipt {
                None | Some(Value::Null) => None,
                Some(receipt) => Some(serde_json::from_value(receipt).map_err(D::Error::custom)?),
            },
        })
    }
}

/// How the caller of an event was authenticated.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EventMetadata {
    /// The identity behind the token.
    pub authenticated_chitty_id: String,
    /// What that token may do.
    pub authenticated_scopes: Vec<String>,
    /// The request that recorded it.
    pub request_id: String,
}

/// A page of events, the newest first.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EventPage {
    /// The events.
    pub events: Vec<StoredEvent>,
    /// How many there are altogether.
    pub total: u64,
    /// How many were skipped.
    pub offset: u64,
    /// How many were asked for.
    pub limit: u64,
}

/// The events of one package, the oldest first.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PackageEvents {
    /// The package.
    pub package: PackageName,
    /// Its events.
    pub events: Vec<PackageEvent>,
    /// How many there are.
    pub total: u64,
}

/// One line of [`PackageEvents`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PackageEvent {
    /// Its name.
    pub event_id: EventId,
    /// What happened.
    pub event_type: EventType,
    /// The version it happened to.
    pub version: Version,
    /// When it was recorded.
    pub timestamp: Timestamp,
}

const RECEIPT: &str = "receipt";
