use reqwest::Method;
use serde_json::{Value, json};

use crate::up::{As, Up};

const DEPLOY: (Method, &str) = (Method::POST, "connect/credentials/deploy");
const PROVISION: (Method, &str) = (Method::POST, "connect/api/credentials/provision");

#[tokio::test]
async fn a_purpose_is_given_its_tokens_for_an_hour() {
    let mut up = Up::at_noon().await;
    let reply = given(&up, DEPLOY, "connect/deploy.request.json").await;
    let names = ["/cloudflare_token", "/npm_token", "/github_token"];
    up.golden.learn_from("connect/deploy.reply.json", &reply, &names);
    up.golden.compare("connect/deploy.reply.json", &reply);
}

#[tokio::test]
async fn one_credential_is_given_for_one_package() {
    let mut up = Up::at_noon().await;
    let reply = given(&up, PROVISION, "connect/provision.request.json").await;
    let names = ["/credential/value", "/credential/token_id"];
    up.golden.learn_from("connect/provision.reply.json", &reply, &names);
    up.golden.compare("connect/provision.reply.json", &reply);
    let token = reply["credential"]["value"].as_str().unwrap();
    let other = up
        .client
        .put(format!("{}npm/left-pad", up.root()))
        .bearer_auth(token)
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(other.status(), 403);
}

#[tokio::test]
async fn what_the_purpose_does_not_need_is_refused() {
    let up = Up::at_noon().await;
    let worker = context("cloudflare_workers_deploy", &json!({}));
    refused(
        &up,
        PROVISION,
        As::Connect,
        worker,
        (403, "connect/provision-other-purpose.error.json"),
    )
    .await;
    let scopes = json!({ "target_service": "chronicle", "scopes": ["registry:write"] });
    let wide = context("chittyos_service_token", &scopes);
    refused(
        &up,
        PROVISION,
        As::Connect,
        wide,
        (403, "connect/provision-other-scope.error.json"),
    )
    .await;
    let unknown = context("crown_jewels", &json!({}));
    refused(
        &up,
        PROVISION,
        As::Connect,
        unknown,
        (400, "connect/provision-unknown-type.error.json"),
    )
    .await;
    let elsewhere = context("openai_api_key", &json!({}));
    refused(
        &up,
        PROVISION,
        As::Connect,
        elsewhere,
        (503, "connect/provision-not-kept.error.json"),
    )
    .await;
}

#[tokio::test]
async fn nobody_and_whoever_has_no_right_to_credentials_is_given_none() {
    let up = Up::at_noon().await;
    let body = up.golden.request("connect/deploy.request.json");
    refused(
        &up,
        DEPLOY,
        As::Nobody,
        body.clone(),
        (401, "connect/deploy-without-key.error.json"),
    )
    .await;
    refused(
        &up,
        DEPLOY,
        As::ApiKey,
        body,
        (403, "connect/deploy-without-scope.error.json"),
    )
    .await;
    let old = up.ask(Method::GET, DEPLOY.1, As::Connect, None).await;
    assert_eq!(old.status(), 405);
}

#[tokio::test]
async fn the_eleventh_request_in_an_hour_is_told_when_to_come_back() {
    let up = Up::at_noon().await;
    for _ in 0..10 {
        given(&up, DEPLOY, "connect/deploy.request.json").await;
    }
    let body = up.golden.request("connect/deploy.request.json");
    let response = up.ask(DEPLOY.0, DEPLOY.1, As::Connect, Some(body)).await;
    assert_eq!(response.headers()["retry-after"], "3600");
    up.compared(response, 429, "connect/rate-limited.error.json").await;
}

async fn given(up: &Up, (method, path): (Method, &str), request: &str) -> Value {
    let body = up.golden.request(request);
    let response = up.ask(method, path, As::Connect, Some(body)).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    response.json().await.unwrap()
}

async fn refused(up: &Up, (method, path): (Method, &str), who: As, body: String, (status, file): (u16, &str)) {
    up.compared(up.ask(method, path, who, Some(body)).await, status, file)
        .await;
}

fn context(kind: &str, more: &Value) -> String {
    let mut context = json!({ "service": "widgets", "purpose": "package-publish" });
    for (name, value) in more.as_object().unwrap() {
        context[name] = value.clone();
    }
    json!({ "type": kind, "context": context }).to_string()
}
