use std::net::SocketAddr;

use certified_services::{Options, StartError, start};
use reqwest::Method;
use serde_json::Value;

use crate::up::{As, REQUEST_ID, Up};

#[tokio::test]
async fn a_request_without_a_name_is_given_one_and_a_bad_name_is_replaced() {
    let up = Up::at_noon().await;
    let url = format!("{}health", up.root());
    let given = up.client.get(&url).send().await.unwrap();
    assert_eq!(given.headers()["x-request-id"].len(), REQUEST_ID.len());
    let replaced = up.client.get(&url).header("x-request-id", "a b").send().await.unwrap();
    assert_ne!(replaced.headers()["x-request-id"], "a b");
}

#[tokio::test]
async fn what_is_not_there_is_told_in_json() {
    let up = Up::at_noon().await;
    for (method, path, status, code) in [
        (Method::GET, "nowhere", 404, "NOT_FOUND"),
        (Method::GET, "id/nowhere", 404, "NOT_FOUND"),
        (Method::GET, "id/v1/certificates/issue", 405, "METHOD_NOT_ALLOWED"),
        (Method::DELETE, "gateway/chronicle/events", 405, "METHOD_NOT_ALLOWED"),
    ] {
        let response = up.ask(method, path, As::Nobody, None).await;
        assert_eq!(response.status(), status, "{path}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error_code"], code, "{path}");
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_and_the_sender_hears_it() {
    let up = Up::at_noon().await;
    let body = format!("{{\"x\":\"{}\"}}", "x".repeat(1024 * 1024));
    let response = up
        .ask(Method::POST, "gateway/chronicle/events", As::ApiKey, Some(body))
        .await;
    assert_eq!(response.status(), 413);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error_code"], "PAYLOAD_TOO_LARGE");
}

#[tokio::test]
async fn a_publish_beyond_its_limit_is_refused() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let data = tempfile::tempdir().unwrap();
    let running = start(Options {
        largest_publish: 100,
        ..Options::in_folder(data.path())
    })
    .await
    .unwrap();
    let url = running.addresses().npm.join("widgets").unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client
        .put(url)
        .bearer_auth(running.tokens().npm_token.expose())
        .body("x".repeat(101));
    assert_eq!(request.send().await.unwrap().status(), 413);
    running.stop().await;
}

#[tokio::test]
async fn an_address_that_others_could_reach_is_refused() {
    let data = tempfile::tempdir().unwrap();
    for listen in ["0.0.0.0:0", "192.0.2.1:0", "[::]:0"] {
        let listen: SocketAddr = listen.parse().unwrap();
        let refused = start(Options {
            listen,
            ..Options::in_folder(data.path())
        })
        .await;
        assert!(matches!(refused, Err(StartError::NotLoopback { .. })), "{listen}");
    }
    let missing = start(Options::in_folder(data.path().join("missing"))).await;
    assert!(matches!(missing, Err(StartError::Folder { .. })));
}

#[tokio::test]
async fn what_was_recorded_is_there_after_a_stop_and_a_start_and_the_old_credentials_still_hold() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let data = tempfile::tempdir().unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let event = include_str!("../../../../fixtures/wire/chronicle/append.request.json");
    let mut seen = Vec::new();
    let mut key = None;
    for _ in 0..2 {
        let running = start(Options::in_folder(data.path())).await.unwrap();
        let key = key.get_or_insert_with(|| running.tokens().chitty_api_key.expose().clone());
        let url = running.addresses().gateway.join("chronicle/events").unwrap();
        let response = client.post(url).bearer_auth(key).body(event).send().await.unwrap();
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap();
        seen.push((status, body["event_id"].clone()));
        running.stop().await;
    }
    assert_eq!((seen[0].0, seen[1].0), (201, 200));
    assert_eq!(seen[0].1, seen[1].1);
}

#[tokio::test]
async fn no_credential_is_written_down() {
    let data = tempfile::tempdir().unwrap();
    let running = start(Options::in_folder(data.path())).await.unwrap();
    let token = running.tokens().npm_token.expose().clone();
    running.stop().await;
    for entry in std::fs::read_dir(data.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(
                !bytes.windows(token.len()).any(|window| window == token.as_bytes()),
                "{}",
                path.display()
            );
        }
    }
}
