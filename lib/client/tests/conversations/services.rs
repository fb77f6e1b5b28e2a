//! What each service is asked, and what its answers become.

use certified_client::{ChittyId, Chronicle, Failure};
use certified_evidence::wire::certificates::RevokeRequest;
use certified_evidence::{CertId, EventId, Timestamp};
use serde_json::{Value, json};

use crate::samples::{
    TOKEN, chronicle, event, event_json, event_reply, issue, issue_reply, stored_event, token, transport,
};
use crate::stub::{HASTY, Reply, Stub};

fn cert_id() -> CertId {
    "CERT-PKG-20260101-7K2QXM4A".parse().unwrap()
}

fn event_id() -> EventId {
    "evt_20260101120000_ab12cd".parse().unwrap()
}

fn chitty_id(stub: &Stub) -> ChittyId {
    ChittyId::new(transport(), stub.base.clone(), token(), Some("chitty_key".into())).with_patience(HASTY)
}

#[tokio::test]
async fn a_certificate_is_asked_for_with_the_token_and_the_key() {
    let stub = Stub::new([Reply::json(201, &issue_reply().to_string())]).await;
    let reply = chitty_id(&stub).issue(&issue()).await.unwrap();
    assert_eq!(reply.cert_id, cert_id());
    let seen = stub.only();
    assert_eq!(
        (seen.method.as_str(), seen.uri.as_str()),
        ("POST", "/base/v1/certificates/issue")
    );
    assert_eq!(seen.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(seen.header("x-api-key"), Some("chitty_key"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert!(seen.header("user-agent").unwrap().starts_with("certified-publish/"));
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(body, serde_json::to_value(issue()).unwrap());
}

#[tokio::test]
async fn anyone_may_ask_whether_a_certificate_holds_and_no_token_is_sent() {
    let stub = Stub::new([
        Reply::json(404, r#"{"valid":false,"error":"CERTIFICATE_NOT_FOUND"}"#),
        Reply::json(200, r#"{"valid":true}"#),
    ])
    .await;
    let client = chitty_id(&stub);
    let unknown = client.verify(&cert_id(), None).await.unwrap();
    assert_eq!(
        (unknown.valid, unknown.error.as_deref()),
        (false, Some("CERTIFICATE_NOT_FOUND"))
    );
    assert!(
        client
            .verify(&cert_id(), Some(Timestamp::from_unix(1_767_268_800)))
            .await
            .unwrap()
            .valid
    );
    let seen = stub.seen();
    assert_eq!(seen[0].uri, "/base/v1/certificates/verify/CERT-PKG-20260101-7K2QXM4A");
    assert_eq!(
        seen[1].uri,
        "/base/v1/certificates/verify/CERT-PKG-20260101-7K2QXM4A?at=2026-01-01T12%3A00%3A00Z"
    );
    assert!(
        seen.iter()
            .all(|seen| seen.header("authorization").is_none() && seen.header("x-api-key").is_none())
    );
}

#[tokio::test]
async fn a_certificate_called_valid_by_an_error_is_no_answer() {
    let stub = Stub::new([Reply::json(400, r#"{"valid":true}"#)]).await;
    let error = ChittyId::reader(transport(), stub.base.clone())
        .verify(&cert_id(), None)
        .await
        .unwrap_err();
    assert!(matches!(error.what, Failure::Unreadable(_)), "{error}");
}

#[tokio::test]
async fn a_certificate_is_read_and_revoked_by_its_owner() {
    let revoked = json!({
        "success": true,
        "cert_id": "CERT-PKG-20260101-7K2QXM4A",
        "status": "revoked",
        "revoked_at": "2026-01-02T00:00:00Z",
        "reason": "lost"
    });
    let stub = Stub::new([Reply::json(200, &revoked.to_string())]).await;
    let client = chitty_id(&stub);
    assert_eq!(
        client
            .revoke(
                &cert_id(),
                &RevokeRequest {
                    reason: "lost".into(),
                    revoked_at: None
                }
            )
            .await
            .unwrap()
            .reason,
        "lost"
    );
    client.get(&cert_id()).await.unwrap_err();
    let seen = stub.seen();
    assert_eq!(seen[0].uri, "/base/v1/certificates/CERT-PKG-20260101-7K2QXM4A/revoke");
    assert_eq!(
        (seen[1].method.as_str(), seen[1].uri.as_str()),
        ("GET", "/base/v1/certificates/CERT-PKG-20260101-7K2QXM4A")
    );
    assert!(seen.iter().all(|seen| seen.header("authorization").is_some()));
}

#[tokio::test]
async fn an_event_is_recorded_with_the_token_and_read_without() {
    let stub = Stub::new([
        Reply::json(201, &event_reply().to_string()),
        Reply::json(200, &stored_event().to_string()),
        Reply::json(404, r#"{"error":"Event not found"}"#),
    ])
    .await;
    let client = chronicle(&stub);
    assert_eq!(client.record(&event()).await.unwrap().event_id, event_id());
    assert_eq!(client.event(&event_id()).await.unwrap().unwrap().payload, event());
    assert!(client.event(&event_id()).await.unwrap().is_none());
    let seen = stub.seen();
    assert_eq!(
        (seen[0].method.as_str(), seen[0].uri.as_str()),
        ("POST", "/base/chronicle/events")
    );
    assert_eq!(serde_json::from_slice::<Value>(&seen[0].body).unwrap(), event_json());
    assert_eq!(seen[1].uri, "/base/chronicle/events/evt_20260101120000_ab12cd");
    assert_eq!(
        (
            seen[0].header("authorization").is_some(),
            seen[1].header("authorization").is_some()
        ),
        (true, false)
    );
}

#[tokio::test]
async fn a_reader_reads_and_refuses_to_write() {
    let stub = Stub::new([Reply::json(200, &stored_event().to_string())]).await;
    assert!(
        Chronicle::reader(transport(), stub.base.clone())
            .event(&event_id())
            .await
            .unwrap()
            .is_some()
    );
    let error = ChittyId::reader(transport(), stub.base.clone())
        .issue(&issue())
        .await
        .unwrap_err();
    assert_eq!(error.what, Failure::NoToken);
    assert!(error.advice().contains("CHITTY_ID_TOKEN"));
}
