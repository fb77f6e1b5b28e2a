//! What is asked again, how often, and what is not.

use std::time::Duration;

use certified_client::npm::{Npm, Publication};
use certified_client::{Failure, Patience};
use serde_json::json;

use crate::samples::{chronicle, event, event_reply, token, transport};
use crate::stub::{HASTY, Reply, Stub, hangs_up_after};

#[tokio::test]
async fn a_service_that_recovers_is_asked_until_it_answers_always_under_the_same_request_id() {
    for status in [408, 425, 429, 500, 502, 503, 504] {
        let stub = Stub::new([
            Reply::status(status),
            Reply::status(status),
            Reply::json(201, &event_reply().to_string()),
        ])
        .await;
        let reply = chronicle(&stub).record(&event()).await.unwrap();
        assert!(reply.success, "{status}");
        let ids: Vec<_> = stub
            .seen()
            .iter()
            .map(|seen| seen.header("x-request-id").unwrap().to_owned())
            .collect();
        assert_eq!(ids.len(), 3);
        assert!(ids.iter().all(|id| *id == ids[0] && id.len() == 36), "{ids:?}");
    }
}

#[tokio::test]
async fn the_last_failure_is_given_back_with_the_request_id_when_patience_ends() {
    let stub = Stub::new([Reply::status(503)]).await;
    let error = chronicle(&stub).record(&event()).await.unwrap_err();
    let seen = stub.seen();
    assert_eq!(seen.len(), 3);
    assert_eq!(error.request_id(), seen[0].header("x-request-id"));
}

#[tokio::test]
async fn another_call_has_another_request_id() {
    let stub = Stub::new([Reply::json(201, &event_reply().to_string())]).await;
    let client = chronicle(&stub);
    client.record(&event()).await.unwrap();
    client.record(&event()).await.unwrap();
    let seen = stub.seen();
    assert_ne!(seen[0].header("x-request-id"), seen[1].header("x-request-id"));
}

#[tokio::test]
async fn a_refusal_is_not_asked_again() {
    for status in [400, 401, 403, 404, 409, 422, 501] {
        let stub = Stub::new([Reply::status(status)]).await;
        chronicle(&stub).record(&event()).await.unwrap_err();
        assert_eq!(stub.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn retry_after_is_kept() {
    let patience = Patience {
        first_pause: Duration::from_secs(20),
        ..HASTY
    };
    let stub = Stub::new([
        Reply::status(429).header("retry-after", "0"),
        Reply::json(201, &event_reply().to_string()),
    ])
    .await;
    // With the usual pause this would take seconds; the service said none.
    let asked = chronicle(&stub).with_patience(patience);
    let request = event();
    let reply = tokio::time::timeout(Duration::from_secs(15), asked.record(&request))
        .await
        .unwrap();
    assert!(reply.unwrap().success);
}

#[tokio::test]
async fn a_service_that_asks_for_more_than_half_a_minute_is_not_asked_again() {
    let stub = Stub::new([Reply::status(429).header("retry-after", "31")]).await;
    let error = chronicle(&stub).record(&event()).await.unwrap_err();
    assert_eq!(stub.seen().len(), 1);
    assert_eq!(
        error.to_string(),
        "the Chronicle has had too many requests, asks to come back after 31 s"
    );
    assert_eq!(error.advice(), "run again after 31 seconds");
}

#[tokio::test]
async fn a_publish_is_sent_once_whatever_becomes_of_it() {
    let publication = || {
        Publication::new(
            &json!({ "name": "@acme/widgets", "version": "1.2.3" }),
            "tarball",
            "latest",
        )
        .unwrap()
    };
    for status in [408, 429, 500, 503] {
        let stub = Stub::new([Reply::status(status)]).await;
        let npm = Npm::new(transport(), stub.base.clone(), Some(token())).with_patience(HASTY);
        npm.publish(&publication()).await.unwrap_err();
        assert_eq!(stub.seen().len(), 1, "{status}");
    }
    let (base, count) = hangs_up_after("").await;
    let npm = Npm::new(transport(), base, Some(token())).with_patience(HASTY);
    let error = npm.publish(&publication()).await.unwrap_err();
    assert!(matches!(error.what, Failure::Unknown(_)), "{error}");
    assert_eq!(*count.lock().unwrap(), 1);
}
