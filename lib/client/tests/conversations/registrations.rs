//! ChittyRegistry: registering a release with its evidence, finding it, moving it on.

use certified_client::{Class, Failure, Registry};
use certified_evidence::Shasum;
use certified_evidence::wire::registry::{PackageStatus, RegisterRequest, StatusRequest};
use serde_json::{Value, json};

use crate::samples::{digest, integrity, name, stored_event, token, transport, version};
use crate::stub::{HASTY, Reply, Stub, hangs_up_after};

fn registry(stub: &Stub) -> Registry {
    Registry::new(transport(), stub.base.clone(), token()).with_patience(HASTY)
}

fn tarball() -> Value {
    json!({
        "filename": "acme-widgets-1.2.3.tgz",
        "size": 1234,
        "sha256": digest(),
        "integrity": integrity(),
        "shasum": Shasum::of(b"").to_string(),
        "tar_sha256": digest()
    })
}

fn block() -> Value {
    json!({
        "certificate": {
            "cert_id": "CERT-PKG-20260101-7K2QXM4A",
            "chitty_id": "CID-123",
            "fingerprint": digest(),
            "issued_at": "2026-01-01T12:00:00Z",
            "expires_at": "2027-01-01T12:00:00Z",
            "verify_url": "https://id.example/v1/certificates/verify/CERT-PKG-20260101-7K2QXM4A"
        },
        "provenance": {
            "chronicle_event": "evt_20260101120000_ab12cd",
            "tarball_hash": digest(),
            "r2_url": "https://files.example/packages/@acme/widgets/1.2.3.tgz",
            "chronicle_url": "https://api.example/chronicle/events/evt_20260101120000_ab12cd",
            "registry_url": "https://api.example/registry/packages/@acme%2fwidgets/1.2.3"
        },
        "governance": {
            "approved_by": ["octocat"],
            "approval_date": "2026-01-01",
            "approval_url": "local",
            "policy_version": "1"
        },
        "build": { "commit": "unknown", "workflow_run": "local", "timestamp": "2026-01-01T12:00:00Z" }
    })
}

fn evidence() -> Value {
    json!({
        "format": "certified-publish/evidence/v1",
        "name": "@acme/widgets",
        "version": "1.2.3",
        "certified": tarball(),
        "published": tarball(),
        "block": block(),
        "certificate": {
            "cert_id": "CERT-PKG-20260101-7K2QXM4A",
            "chitty_id": "CID-123",
            "fingerprint": digest(),
            "pem": "-----BEGIN CERTIFICATE-----\n",
            "chain": []
        },
        "signatures": { "certified": "AAAA", "published": "AAAA" },
        "packed_by": "npm 12",
        "signed_at": "2026-01-01T12:00:00Z",
        "event": {
            "chronicle_url": "https://api.example/chronicle/events/evt_20260101120000_ab12cd",
            "event": stored_event()
        },
        "archive": {
            "r2_location": "packages/packages/@acme/widgets/1.2.3.tgz",
            "r2_url": "https://files.example/packages/@acme/widgets/1.2.3.tgz"
        }
    })
}

fn request_json() -> Value {
    json!({
        "package_name": "@acme/widgets",
        "version": "1.2.3",
        "cert_id": "CERT-PKG-20260101-7K2QXM4A",
        "chronicle_event_id": "evt_20260101120000_ab12cd",
        "r2_location": "packages/packages/@acme/widgets/1.2.3.tgz",
        "npm_registry": "https://npm.example",
        "status": "pending",
        "integrity": integrity(),
        "tarball_hash": digest(),
        "metadata": { "github_repo": "acme/widgets", "commit": "unknown", "workflow_run": "local" },
        "evidence": evidence()
    })
}

fn request() -> RegisterRequest {
    serde_json::from_value(request_json()).unwrap()
}

fn reply() -> Value {
    json!({
        "success": true,
        "reg_id": "reg_1767268800000_7k2qxm",
        "package_name": "@acme/widgets",
        "version": "1.2.3",
        "registry_url": "https://api.example/registry/packages/@acme%2fwidgets/1.2.3",
        "registered_at": "2026-01-01T12:00:00Z",
        "status": "pending",
        "tarball_hash": digest(),
        "integrity": integrity()
    })
}

fn record() -> Value {
    let mut record = request_json();
    for (key, value) in [
        ("reg_id", "reg_1767268800000_7k2qxm"),
        (
            "registry_url",
            "https://api.example/registry/packages/@acme%2fwidgets/1.2.3",
        ),
        ("registered_by", "CID-123"),
        ("registered_at", "2026-01-01T12:00:00Z"),
        ("updated_at", "2026-01-01T12:00:00Z"),
    ] {
        record[key] = value.into();
    }
    record
}

#[tokio::test]
async fn a_release_is_registered_with_its_evidence() {
    for status in [200, 201] {
        let stub = Stub::new([Reply::json(status, &reply().to_string())]).await;
        assert_eq!(
            registry(&stub).register(&request()).await.unwrap().status,
            PackageStatus::Pending
        );
        let seen = stub.only();
        assert_eq!(
            (seen.method.as_str(), seen.uri.as_str()),
            ("POST", "/base/registry/api/packages/register")
        );
        assert!(seen.header("authorization").is_some());
        assert_eq!(serde_json::from_slice::<Value>(&seen.body).unwrap(), request_json());
    }
}

#[tokio::test]
async fn a_registration_whose_answer_was_lost_is_asked_for_again() {
    let (base, count) = hangs_up_after("").await;
    let client = Registry::new(transport(), base, token()).with_patience(HASTY);
    let error = client.register(&request()).await.unwrap_err();
    assert_eq!((error.class(), *count.lock().unwrap()), (Class::Unknown, 3));
}

#[tokio::test]
async fn other_digests_under_the_same_version_are_a_conflict() {
    let stub = Stub::new([Reply::json(
        409,
        r#"{"error":"VERSION_EXISTS","message":"other digest"}"#,
    )])
    .await;
    let error = registry(&stub).register(&request()).await.unwrap_err();
    assert!(matches!(error.what, Failure::Conflict(_)));
    assert_eq!(error.class(), Class::Conflict);
    assert!(error.advice().contains("new version"));
}

#[tokio::test]
async fn a_registered_release_is_read_without_a_token() {
    let stub = Stub::new([
        Reply::json(200, &record().to_string()),
        Reply::json(404, r#"{"error":"no"}"#),
    ])
    .await;
    let client = registry(&stub);
    let found = client.package(&name(), &version()).await.unwrap().unwrap();
    assert_eq!(found.release, request());
    assert!(client.package(&name(), &version()).await.unwrap().is_none());
    let seen = &stub.seen()[0];
    assert_eq!(seen.uri, "/base/registry/packages/@acme%2fwidgets/1.2.3");
    assert_eq!(seen.header("authorization"), None);
}

#[tokio::test]
async fn a_record_with_a_field_twice_is_no_answer() {
    let twice = record()
        .to_string()
        .replacen("\"status\":", "\"status\":\"certified\",\"status\":", 1);
    let stub = Stub::new([Reply::json(200, &twice)]).await;
    let error = registry(&stub).package(&name(), &version()).await.unwrap_err();
    assert_eq!(error.class(), Class::Verification, "{error}");
}

#[tokio::test]
async fn a_release_is_moved_on_under_a_scoped_name_in_one_segment() {
    let moved = json!({
        "success": true,
        "package_name": "@acme/widgets",
        "version": "1.2.3",
        "status": "certified",
        "updated_at": "2026-01-01T12:00:00Z"
    });
    let stub = Stub::new([Reply::json(200, &moved.to_string())]).await;
    let asked = StatusRequest {
        status: PackageStatus::Certified,
        reason: "npm serves the registered bytes".into(),
    };
    let answered = registry(&stub).set_status(&name(), &version(), &asked).await.unwrap();
    assert_eq!(answered.status, PackageStatus::Certified);
    let seen = stub.only();
    assert_eq!(
        (seen.method.as_str(), seen.uri.as_str()),
        ("PUT", "/base/registry/packages/@acme%2fwidgets/1.2.3/status")
    );
    assert!(seen.header("authorization").is_some());
}
