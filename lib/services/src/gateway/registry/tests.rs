//! What ChittyRegistry takes, without a port.

use std::sync::Arc;

use certified_evidence::wire::registry::PackageStatus::{self, Certified, Deprecated, Pending, PublishFailed};
use certified_evidence::wire::registry::StatusRequest;
use certified_evidence::{Digest, Integrity};
use serde_json::json;

use super::Registry;
use crate::refusal::Refusal;
use crate::staged::{Later, addresses, caller, release, request_id, store};
use crate::storage::Written;

async fn registry(later: &Later) -> Registry {
    Registry {
        registrations: Arc::new(store().await),
        addresses: addresses(),
        clock: later.clock(),
    }
}

async fn moved(registry: &Registry, to: PackageStatus) -> Result<PackageStatus, Refusal> {
    let writer = caller("writer", &["registry:write"]);
    let release = release(&[]);
    let asked = StatusRequest {
        status: to,
        reason: "because".into(),
    };
    let reply = registry
        .change_status(&writer, &request_id(), (release.package_name, release.version), asked)
        .await?;
    Ok(reply.status)
}

#[tokio::test]
async fn the_same_bytes_again_are_the_registration_that_is_there_with_its_status_of_now() {
    let later = Later::default();
    let registry = registry(&later).await;
    let writer = caller("writer", &["registry:admin"]);
    let Written::New(first) = registry.register(&writer, &request_id(), release(&[])).await.unwrap() else {
        panic!("the first registration is new")
    };
    assert_eq!(first.status, Pending);
    assert_eq!(moved(&registry, Certified).await.unwrap(), Certified);
    later.pass(60);
    let Written::Present(again) = registry.register(&writer, &request_id(), release(&[])).await.unwrap() else {
        panic!("the second registration is the first")
    };
    assert_eq!(
        (again.reg_id, again.registered_at, again.status),
        (first.reg_id, first.registered_at, Certified)
    );
}

#[tokio::test]
async fn other_bytes_of_the_same_version_are_refused_with_both_digests() {
    let registry = registry(&Later::default()).await;
    let writer = caller("writer", &["registry:write"]);
    let recorded = release(&[]);
    registry
        .register(&writer, &request_id(), recorded.clone())
        .await
        .unwrap();
    let (certified, published) = (Digest::of(b"other"), Integrity::of(b"other"));
    let cases = [
        (
            release(&[
                ("/tarball_hash", json!(certified)),
                ("/evidence/certified/sha256", json!(certified)),
            ]),
            certified.to_string(),
            recorded.tarball_hash.to_string(),
        ),
        (
            release(&[
                ("/integrity", json!(published)),
                ("/evidence/published/integrity", json!(published)),
            ]),
            published.to_string(),
            recorded.integrity.to_string(),
        ),
    ];
    for (other, asked, there) in cases {
        let refused = registry.register(&writer, &request_id(), other).await.unwrap_err();
        assert!(matches!(
            refused,
            Refusal::Conflict {
                code: "ALREADY_REGISTERED",
                ..
            }
        ));
        let message = refused.to_string();
        assert!(message.contains(&asked) && message.contains(&there), "{message}");
    }
}

#[tokio::test]
async fn a_registration_that_contradicts_its_evidence_is_refused() {
    let registry = registry(&Later::default()).await;
    let writer = caller("writer", &["registry:write"]);
    let contradictions = [
        ("/package_name", json!("@acme/gadgets")),
        ("/version", json!("9.9.9")),
        ("/tarball_hash", json!(Digest::of(b"other"))),
        ("/integrity", json!(Integrity::of(b"other"))),
        ("/status", json!("deprecated")),
    ];
    for contradiction in contradictions {
        let refused = registry
            .register(&writer, &request_id(), release(std::slice::from_ref(&contradiction)))
            .await;
        assert!(matches!(refused, Err(Refusal::Invalid { .. })), "{contradiction:?}");
    }
}

#[tokio::test]
async fn a_release_moves_on_but_never_back() {
    let allowed = [
        (Pending, Certified),
        (Pending, PublishFailed),
        (PublishFailed, Pending),
        (PublishFailed, Certified),
        (Certified, Deprecated),
    ];
    let ways = |to| match to {
        Pending => vec![],
        Certified => vec![Certified],
        PublishFailed => vec![PublishFailed],
        _ => vec![Certified, Deprecated],
    };
    for from in [Pending, Certified, PublishFailed, Deprecated] {
        for to in [Pending, Certified, PublishFailed, Deprecated] {
            let registry = registry(&Later::default()).await;
            let writer = caller("writer", &["registry:write"]);
            registry.register(&writer, &request_id(), release(&[])).await.unwrap();
            for step in ways(from) {
                moved(&registry, step).await.unwrap();
            }
            let result = moved(&registry, to).await;
            if from == to || allowed.contains(&(from, to)) {
                assert_eq!(result.unwrap(), to, "{from:?} to {to:?}");
            } else {
                assert!(matches!(result, Err(Refusal::Conflict { .. })), "{from:?} to {to:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_caller_without_the_scope_registers_and_moves_nothing() {
    let registry = registry(&Later::default()).await;
    let reader = caller("reader", &["registry:read"]);
    let refused = registry.register(&reader, &request_id(), release(&[])).await;
    assert!(matches!(refused, Err(Refusal::Scope { .. })));
    assert!(matches!(
        moved(&registry, Certified).await,
        Err(Refusal::NotFound { .. })
    ));
    assert_eq!(registry.packages().await.unwrap().total, 0);
}
