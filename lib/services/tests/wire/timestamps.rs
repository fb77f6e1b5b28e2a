//! The timestamp authority over HTTP, and what others have to trust.

use certified_evidence::certificate::Certificate;
use certified_evidence::sct;
use certified_evidence::timestamp_token::{TimestampError, TimestampRequest, verify};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use reqwest::{Response, StatusCode};

use crate::chitty_id::issued;
use crate::up::{NOW, Up};

const QUERY: &str = "application/timestamp-query";

async fn post(up: &Up, content_type: &str, body: Vec<u8>) -> Response {
    let address = up.running.addresses().chitty_id.join("api/v1/timestamp").unwrap();
    let request = up.client.post(address).header("content-type", content_type).body(body);
    request.send().await.unwrap()
}

#[tokio::test]
async fn anybody_gets_a_timestamp_that_the_trust_root_makes_believable() {
    let up = Up::at_noon().await;
    let request = TimestampRequest::about(b"signature", &mut UnwrapErr(SysRng));
    let answer = post(&up, QUERY, request.to_der().unwrap()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/timestamp-reply");
    let answer = answer.bytes().await.unwrap();
    let trusted = &up.running.trust_root().timestamp_authorities;
    assert_eq!(request.accept(&answer, trusted).unwrap().at(), NOW);
}

#[tokio::test]
async fn what_is_no_request_gets_a_refusal_in_the_words_of_its_kind() {
    let up = Up::at_noon().await;
    let answer = post(&up, QUERY, b"{}".to_vec()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let refused = verify(&answer.bytes().await.unwrap(), b"", &[]);
    assert!(
        matches!(refused, Err(TimestampError::Refused { status: 2, .. })),
        "{refused:?}"
    );
    assert_eq!(
        post(&up, "application/json", b"{}".to_vec()).await.status(),
        StatusCode::BAD_REQUEST
    );
    let large = vec![0; 64 * 1024 + 1];
    assert_eq!(post(&up, QUERY, large).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn every_certificate_carries_the_word_of_the_log_that_the_trust_root_names() {
    let mut up = Up::at_noon().await;
    let issued = issued(&mut up).await;
    let certificate = Certificate::from_pem(issued["pem"].as_str().unwrap()).unwrap();
    let issuer = Certificate::from_pem(issued["chain"][0].as_str().unwrap()).unwrap();
    let root = up.running.trust_root();
    let logged = sct::verify(&certificate, &issuer, &root.ctlogs).unwrap();
    assert_eq!(logged.at(), NOW);
    let (theirs, ours) = (root.anchors().unwrap(), up.running.anchors());
    assert_eq!(theirs.certificate_authorities, ours.certificate_authorities);
    assert_eq!((theirs.logs.len(), &theirs.logs[0].key), (1, &ours.logs[0].key));
}
