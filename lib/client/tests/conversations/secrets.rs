//! No token reaches a log.

use certified_client::npm::{Npm, Publication};
use certified_client::store::{S3Options, Store};
use certified_client::{ChittyId, Failure, Registry};
use serde_json::json;

use crate::samples::{TOKEN, chronicle, event, issue, token, transport};
use crate::stub::{HASTY, Reply, Stub};

const API_KEY: &str = "chitty_fedcba9876543210";

#[tokio::test]
async fn no_client_shows_its_token() {
    let stub = Stub::new([Reply::status(200)]).await;
    let base = || stub.base.clone();
    let options = || S3Options::new(base(), "packages", TOKEN, API_KEY);
    let shown = [
        format!(
            "{:?}",
            ChittyId::new(transport(), base(), token(), Some(API_KEY.into()))
        ),
        format!("{:#?}", chronicle(&stub)),
        format!("{:?}", Registry::new(transport(), base(), token())),
        format!("{:?}", Npm::new(transport(), base(), Some(token()))),
        format!("{:?}", options()),
        format!("{:?}", Store::s3(&transport(), options()).unwrap()),
        format!(
            "{:?}",
            Publication::new(&json!({ "name": "a", "version": "1.0.0" }), "x", "latest").unwrap()
        ),
    ];
    for text in shown {
        assert!(!text.contains(TOKEN) && !text.contains(API_KEY), "{text}");
    }
}

#[tokio::test]
async fn a_token_that_a_service_echoes_does_not_come_back_in_the_error() {
    let escaped = TOKEN.replace('s', "\\u0073");
    let bodies = [
        format!(r#"{{"error":"bad token {TOKEN}","message":"key {API_KEY}"}}"#),
        format!(
            r#"{{"error":"bad token {escaped}","message":"{}{API_KEY}"}}"#,
            "x".repeat(190)
        ),
        format!(r#"{{"error":{{"code":"X","message":"Authorization: Bearer {TOKEN}"}}}}"#),
    ];
    for body in bodies {
        let stub = Stub::new([Reply::json(401, &body)]).await;
        let client = ChittyId::new(transport(), stub.base.clone(), token(), Some(API_KEY.into())).with_patience(HASTY);
        let error = client.issue(&issue()).await.unwrap_err();
        assert!(matches!(error.what, Failure::Unauthorized(_)));
        for text in [error.to_string(), format!("{error:?}"), error.advice()] {
            assert!(
                !text.contains(TOKEN) && !text.contains(API_KEY) && !text.contains(&API_KEY[..8]),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn what_a_service_says_reaches_the_error_as_one_short_line() {
    let body = format!(r#"{{"error":"A\nB","message":"\u001b[31m\u202e{}"}}"#, "x".repeat(5000));
    let stub = Stub::new([Reply::json(400, &body)]).await;
    let text = chronicle(&stub).record(&event()).await.unwrap_err().to_string();
    assert!(
        text.chars().count() < 400 && !text.contains(char::is_control) && !text.contains('\u{202e}'),
        "{text}"
    );
}
