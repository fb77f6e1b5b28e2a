//! What ChittyID does and refuses, without a port.

use std::sync::Arc;

use certified_evidence::certificate::Certificate;
use certified_evidence::wire::certificates::{CertificateStatus, IssueRequest, RevokeRequest, VerifyReply};
use certified_evidence::{CertId, CertificateRequest, KeyAlgorithm, SigningKey};
use serde_json::json;

use super::{ChittyId, LocalAuthority, request as wanted};
use crate::oidc::tests::issued::{AUDIENCE, ISSUER, jwks};
use crate::oidc::{Identities, KeySet, TokenIssuer};
use crate::randomness;
use crate::refusal::Refusal;
use crate::staged::{Later, NOW, addresses, caller, request_id, store};

pub(super) async fn chitty_id(later: &Later) -> ChittyId {
    let store = Arc::new(store().await);
    let issuer = TokenIssuer::new(ISSUER).unwrap();
    let issuer = issuer.with_keys(KeySet::parse(jwks().to_string().as_bytes()).unwrap());
    ChittyId {
        authority: LocalAuthority::new(NOW, &mut randomness::system()).unwrap(),
        certificates: store.clone(),
        identities: Arc::new(Identities::new(vec![issuer], store, later.clock()).unwrap()),
        audience: AUDIENCE.into(),
        addresses: addresses(),
        clock: later.clock(),
    }
}

pub(super) fn key() -> SigningKey {
    SigningKey::generate(KeyAlgorithm::EcdsaP256, &mut randomness::system()).unwrap()
}

pub(super) fn request(key: &SigningKey) -> IssueRequest {
    wanted::understand(json!({
        "type": "package",
        "package_name": "@acme/widgets",
        "version": "1.2.3",
        "requester": { "github_user": "octo", "workflow_run": "123", "commit": "unknown" },
        "governance_approval": "workflow_dispatch",
        "csr": CertificateRequest::create(key, "@acme/widgets@1.2.3").unwrap().to_pem(),
    }))
    .unwrap()
}

pub(super) async fn issued(chitty_id: &ChittyId, asked: IssueRequest) -> CertId {
    let publisher = caller("publisher", &["certificate:request"]);
    chitty_id.issue(&publisher, &request_id(), asked).await.unwrap().cert_id
}

pub(super) async fn asked_about(chitty_id: &ChittyId, cert_id: &CertId, at: u64) -> VerifyReply {
    chitty_id
        .verify(cert_id, Some(NOW.plus_seconds(at)))
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn a_certificate_certifies_the_key_that_was_proven_for_the_package_that_was_named() {
    let (key, later) = (key(), Later::default());
    let chitty_id = chitty_id(&later).await;
    let publisher = caller("publisher", &["certificate:request"]);
    let reply = chitty_id.issue(&publisher, &request_id(), request(&key)).await.unwrap();
    let certificate = Certificate::from_pem(&reply.pem).unwrap();
    assert_eq!(certificate.public_key().unwrap(), *key.public_key());
    assert_eq!(certificate.common_name(), Some(reply.chitty_id.as_str()));
    assert!(reply.chitty_id.as_str().starts_with("chittyos.acme-widgets."));
    assert_eq!(certificate.uri_names(), ["pkg:npm/%40acme/widgets@1.2.3"]);
    assert_eq!(certificate.not_before(), NOW.minus_seconds(60));
    assert_eq!(
        certificate.not_after(),
        NOW.minus_seconds(60).plus_seconds(365 * 86_400)
    );
    assert_eq!(
        reply.verify_url,
        format!("http://127.0.0.1:7070/id/v1/certificates/verify/{}", reply.cert_id)
    );
    assert!(reply.cert_id.as_str().starts_with("CERT-PKG-20260101-"));
    assert_eq!(reply.chain.len(), 1);
}

#[tokio::test]
async fn a_caller_without_the_scope_gets_no_certificate() {
    let chitty_id = chitty_id(&Later::default()).await;
    let stranger = caller("stranger", &["chronicle:write"]);
    let refused = chitty_id.issue(&stranger, &request_id(), request(&key())).await;
    assert!(matches!(refused, Err(Refusal::Scope { .. })));
}

#[tokio::test]
async fn a_request_that_does_not_prove_its_key_is_refused() {
    let chitty_id = chitty_id(&Later::default()).await;
    let publisher = caller("publisher", &["certificate:request"]);
    let mut other_key = request(&key());
    other_key.key_algorithm = Some(KeyAlgorithm::Rsa2048);
    let mut no_request = request(&key());
    no_request.csr = key().public_key().to_pem();
    for asked in [other_key, no_request] {
        let refused = chitty_id.issue(&publisher, &request_id(), asked).await;
        assert!(
            matches!(
                refused,
                Err(Refusal::Invalid {
                    code: "INVALID_CSR",
                    ..
                })
            ),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_shorter_life_is_granted_down_to_ten_minutes() {
    let chitty_id = chitty_id(&Later::default()).await;
    let publisher = caller("publisher", &["certificate:request"]);
    for (asked, granted) in [(600, Some(600)), (u64::MAX, Some(365 * 86_400)), (599, None), (0, None)] {
        let mut request = request(&key());
        request.validity_seconds = Some(asked);
        let reply = chitty_id.issue(&publisher, &request_id(), request).await.ok();
        let lived = reply.map(|reply| reply.expires_at.unix() - reply.issued_at.unix());
        assert_eq!(lived, granted, "{asked}");
    }
}

#[tokio::test]
async fn another_kind_of_certificate_is_refused_by_name() {
    let refused = wanted::understand(json!({ "type": "service" })).unwrap_err();
    assert!(matches!(
        refused,
        Refusal::Invalid {
            code: "UNSUPPORTED_CERTIFICATE_TYPE",
            ..
        }
    ));
    let refused = wanted::understand(json!({ "type": "package" })).unwrap_err();
    assert!(matches!(
        refused,
        Refusal::Invalid {
            code: "MISSING_REQUIRED_FIELDS",
            ..
        }
    ));
}

#[tokio::test]
async fn a_certificate_past_its_life_is_expired_and_was_valid_before() {
    let later = Later::default();
    let chitty_id = chitty_id(&later).await;
    let mut asked = request(&key());
    asked.validity_seconds = Some(600);
    let cert_id = issued(&chitty_id, asked).await;
    assert!(asked_about(&chitty_id, &cert_id, 0).await.valid);
    later.pass(541);
    let reply = asked_about(&chitty_id, &cert_id, 540).await;
    assert_eq!((reply.valid, reply.valid_at_signing), (false, Some(true)));
    assert_eq!(reply.error.as_deref(), Some("CERTIFICATE_EXPIRED"));
    assert_eq!(
        asked_about(&chitty_id, &cert_id, 541).await.valid_at_signing,
        Some(false)
    );
}

#[tokio::test]
async fn a_revoked_certificate_held_until_it_was_revoked_and_no_later_revocation_changes_that() {
    let later = Later::default();
    let chitty_id = chitty_id(&later).await;
    let cert_id = issued(&chitty_id, request(&key())).await;
    let publisher = caller("publisher", &["certificate:request"]);
    let because = |reason: &str, revoked_at: Option<u64>| RevokeRequest {
        reason: reason.into(),
        revoked_at: revoked_at.map(|at| NOW.plus_seconds(at)),
    };
    later.pass(100);
    let first = chitty_id
        .revoke(&publisher, &request_id(), &cert_id, because("key lost", None))
        .await
        .unwrap();
    later.pass(100);
    let second = chitty_id
        .revoke(&publisher, &request_id(), &cert_id, because("again", None))
        .await
        .unwrap();
    assert_eq!(first, second);
    assert_eq!(
        (first.revoked_at, first.reason.as_str()),
        (NOW.plus_seconds(100), "key lost")
    );
    let before = asked_about(&chitty_id, &cert_id, 99).await;
    assert_eq!((before.valid, before.valid_at_signing), (false, Some(true)));
    assert_eq!(before.error.as_deref(), Some("CERTIFICATE_REVOKED"));
    assert_eq!(
        asked_about(&chitty_id, &cert_id, 100).await.valid_at_signing,
        Some(false)
    );
    assert_eq!(
        chitty_id.get(&cert_id).await.unwrap().summary.status,
        CertificateStatus::Revoked
    );
}

#[tokio::test]
async fn a_revocation_may_begin_before_it_was_asked_for_and_only_ever_moves_to_an_earlier_time() {
    let later = Later::default();
    let chitty_id = chitty_id(&later).await;
    let cert_id = issued(&chitty_id, request(&key())).await;
    let publisher = caller("publisher", &["certificate:request"]);
    later.pass(100);
    for (asked, kept) in [(Some(50), 50), (Some(60), 50), (None, 50), (Some(20), 20)] {
        let revoke = RevokeRequest {
            reason: "key lost".into(),
            revoked_at: asked.map(|at| NOW.plus_seconds(at)),
        };
        let reply = chitty_id
            .revoke(&publisher, &request_id(), &cert_id, revoke)
            .await
            .unwrap();
        assert_eq!(reply.revoked_at, NOW.plus_seconds(kept), "{asked:?}");
        let held = async |at| asked_about(&chitty_id, &cert_id, at).await.valid_at_signing;
        assert_eq!((held(kept - 1).await, held(kept).await), (Some(true), Some(false)));
    }
    let tomorrow = RevokeRequest {
        reason: "key lost".into(),
        revoked_at: Some(NOW.plus_seconds(101)),
    };
    let refused = chitty_id.revoke(&publisher, &request_id(), &cert_id, tomorrow).await;
    assert!(matches!(refused, Err(Refusal::Invalid { .. })), "{refused:?}");
}

#[tokio::test]
async fn only_its_owner_revokes_a_certificate_and_only_with_a_reason() {
    let chitty_id = chitty_id(&Later::default()).await;
    let cert_id = issued(&chitty_id, request(&key())).await;
    let other = caller("other", &["certificate:request"]);
    let because = |reason: &str| RevokeRequest {
        reason: reason.into(),
        revoked_at: None,
    };
    let refused = chitty_id
        .revoke(&other, &request_id(), &cert_id, because("mine now"))
        .await;
    assert!(matches!(refused, Err(Refusal::Forbidden { .. })));
    let publisher = caller("publisher", &["certificate:request"]);
    let refused = chitty_id
        .revoke(&publisher, &request_id(), &cert_id, because(" "))
        .await;
    assert!(matches!(
        refused,
        Err(Refusal::Invalid {
            code: "MISSING_REASON",
            ..
        })
    ));
    let unknown = "CERT-PKG-20260101-AAAAAAAA".parse().unwrap();
    let refused = chitty_id
        .revoke(&publisher, &request_id(), &unknown, because("gone"))
        .await;
    assert!(matches!(refused, Err(Refusal::NotFound { .. })));
}
