//! Requests and answers of one release of `@acme/widgets`.

use certified_client::npm::Publication;
use certified_client::{Chronicle, Transport};
use certified_evidence::wire::certificates::IssueRequest;
use certified_evidence::wire::chronicle::EventRequest;
use certified_evidence::{PackageName, Secret, Version};
use serde_json::{Value, json};

use crate::stub::{HASTY, Stub};

pub(crate) const TOKEN: &str = "svc_0123456789abcdef";

pub(crate) fn transport() -> Transport {
    Transport::new().unwrap()
}

pub(crate) fn token() -> Secret<String> {
    Secret::from(TOKEN)
}

pub(crate) fn name() -> PackageName {
    "@acme/widgets".parse().unwrap()
}

pub(crate) fn version() -> Version {
    "1.2.3".parse().unwrap()
}

/// What npm is sent when it is published.
pub(crate) fn publication() -> Publication {
    Publication::new(
        &json!({ "name": "@acme/widgets", "version": "1.2.3" }),
        "tarball",
        "latest",
    )
    .unwrap()
}

/// A client of the service whose calls may all be repeated.
pub(crate) fn chronicle(stub: &Stub) -> Chronicle {
    Chronicle::new(transport(), stub.base.clone(), token()).with_patience(HASTY)
}

pub(crate) fn digest() -> String {
    format!("sha256:{}", "ab".repeat(32))
}

pub(crate) fn integrity() -> String {
    certified_evidence::Integrity::of(b"").to_string()
}

pub(crate) fn event_json() -> Value {
    json!({
        "event_type": "package.build.complete",
        "package": "@acme/widgets",
        "version": "1.2.3",
        "cert_id": "CERT-PKG-20260101-7K2QXM4A",
        "artifacts": {
            "tarball_hash": digest(),
            "integrity": integrity(),
            "tar_hash": digest(),
            "tarball_name": "acme-widgets-1.2.3.tgz",
            "size_bytes": 1234,
            "build_timestamp": "2026-01-01T12:00:00Z"
        },
        "metadata": { "builder": "local", "commit": "unknown", "workflow_run": "local", "actor": "octocat" }
    })
}

pub(crate) fn event() -> EventRequest {
    serde_json::from_value(event_json()).unwrap()
}

pub(crate) fn stored_event() -> Value {
    json!({
        "id": "evt_20260101120000_ab12cd",
        "type": "package.build.complete",
        "timestamp": "2026-01-01T12:00:01Z",
        "actor": "CID-123",
        "actor_provided": "octocat",
        "payload": event_json(),
        "metadata": { "authenticated_chitty_id": "CID-123", "authenticated_scopes": ["chronicle:write"], "request_id": "r-1" }
    })
}

pub(crate) fn event_reply() -> Value {
    json!({
        "success": true,
        "event_id": "evt_20260101120000_ab12cd",
        "chronicle_url": "https://api.example/chronicle/events/evt_20260101120000_ab12cd",
        "timestamp": "2026-01-01T12:00:01Z",
        "event": stored_event()
    })
}

pub(crate) fn issue() -> IssueRequest {
    serde_json::from_value(json!({
        "type": "package",
        "package_name": "@acme/widgets",
        "version": "1.2.3",
        "requester": { "github_user": "octocat", "workflow_run": "local", "commit": "unknown" },
        "governance_approval": "workflow_dispatch",
        "csr": "-----BEGIN CERTIFICATE REQUEST-----\n"
    }))
    .unwrap()
}

pub(crate) fn issue_reply() -> Value {
    json!({
        "success": true,
        "cert_id": "CERT-PKG-20260101-7K2QXM4A",
        "chitty_id": "CID-123",
        "pem": "-----BEGIN CERTIFICATE-----\n",
        "public_key": "-----BEGIN PUBLIC KEY-----\n",
        "fingerprint": digest(),
        "public_key_fingerprint": digest(),
        "issued_at": "2026-01-01T12:00:00Z",
        "expires_at": "2027-01-01T12:00:00Z",
        "serial_number": "0A",
        "verify_url": "https://id.example/v1/certificates/verify/CERT-PKG-20260101-7K2QXM4A"
    })
}
