use reqwest::Method;
use serde_json::json;

use crate::up::{As, Up};

const API_KEY: (Method, &str) = (Method::POST, "auth/v1/api/keys/validate");
const SERVICE: (Method, &str) = (Method::POST, "auth/v1/service/validate");

#[tokio::test]
async fn a_credential_in_force_is_told_with_its_owner_and_scopes() {
    let up = Up::at_noon().await;
    up.writes(
        API_KEY,
        As::Service,
        "auth/api-key.request.json",
        200,
        "auth/api-key.reply.json",
    )
    .await;
    up.writes(
        SERVICE,
        As::Service,
        "auth/service-token.request.json",
        200,
        "auth/service-token.reply.json",
    )
    .await;
    let by_header = up.ask(SERVICE.0, SERVICE.1, As::Service, None).await;
    up.compared(by_header, 200, "auth/service-token.reply.json").await;
}

#[tokio::test]
async fn a_credential_that_is_worth_nothing_is_told_as_invalid() {
    let up = Up::at_noon().await;
    let unknown = json!({ "api_key": format!("chitty_{}", "1".repeat(64)) }).to_string();
    let response = up.ask(API_KEY.0, API_KEY.1, As::Nobody, Some(unknown)).await;
    up.compared(response, 401, "auth/api-key-unknown.error.json").await;
    let web_token = json!({ "service_token": "eyJhbGciOiJIUzI1NiJ9.e30.c2ln" }).to_string();
    let response = up.ask(SERVICE.0, SERVICE.1, As::Nobody, Some(web_token)).await;
    up.compared(response, 401, "auth/service-token-jwt.error.json").await;
    let other_kind = json!({ "service_token": up.token(As::ApiKey) }).to_string();
    assert_eq!(
        up.ask(SERVICE.0, SERVICE.1, As::Nobody, Some(other_kind))
            .await
            .status(),
        401
    );
}

#[tokio::test]
async fn an_unreadable_question_is_refused_without_quoting_it() {
    let up = Up::at_noon().await;
    let body = json!({ "api_key": { "chitty_1234": 1 }, "chitty_1234": 1 }).to_string();
    let response = up.ask(API_KEY.0, API_KEY.1, As::Nobody, Some(body)).await;
    assert_eq!(response.status(), 400);
    assert!(!response.text().await.unwrap().contains("chitty_1234"));
}

#[tokio::test]
async fn the_hundred_and_first_request_in_a_minute_is_told_when_to_come_back() {
    let up = Up::at_noon().await;
    let body = up.golden.request("chronicle/append.request.json");
    // One request asked who the owner is.
    for _ in 0..99 {
        let response = up
            .ask(Method::POST, "gateway/chronicle/events", As::ApiKey, Some(body.clone()))
            .await;
        assert!(response.status().is_success());
    }
    let response = up
        .ask(Method::POST, "gateway/chronicle/events", As::ApiKey, Some(body))
        .await;
    assert_eq!(response.headers()["retry-after"], "60");
    up.compared(response, 429, "auth/rate-limited.error.json").await;
}
