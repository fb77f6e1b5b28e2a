use certified_evidence::Digest;
use reqwest::Method;
use serde_json::{Value, json};

use crate::up::{As, Up};

const REGISTER: (Method, &str) = (Method::POST, "gateway/registry/api/packages/register");
const REQUEST: &str = "registry/register.request.json";
const REPLY: &str = "registry/register.reply.json";
const STATUS: (Method, &str) = (Method::PUT, "gateway/registry/packages/@acme%2fwidgets/1.2.3/status");

#[tokio::test]
async fn a_release_is_registered_once_moved_on_and_shown_to_everybody() {
    let mut up = Up::at_noon().await;
    let body = up.golden.request(REQUEST);
    let response = up.ask(REGISTER.0, REGISTER.1, As::Registry, Some(body)).await;
    assert_eq!(response.status(), 201);
    let first: Value = response.json().await.unwrap();
    up.golden
        .learn(first["reg_id"].as_str().unwrap(), "reg_1767268800000_7k2qxm");
    up.golden.compare(REPLY, &first);
    up.writes(REGISTER, As::ApiKey, REQUEST, 200, REPLY).await;
    up.writes(
        STATUS,
        As::Registry,
        "registry/status.request.json",
        200,
        "registry/status.reply.json",
    )
    .await;
    up.writes(
        REGISTER,
        As::Registry,
        REQUEST,
        200,
        "registry/register-certified.reply.json",
    )
    .await;
    let page = first["registry_url"].as_str().unwrap().replace(&up.root(), "");
    up.reads(Method::GET, &page, As::Nobody, 200, "registry/package.reply.json")
        .await;
    let versions = "gateway/registry/packages/@acme%2fwidgets";
    up.reads(Method::GET, versions, As::Nobody, 200, "registry/versions.reply.json")
        .await;
    up.reads(
        Method::GET,
        "gateway/registry/packages",
        As::Nobody,
        200,
        "registry/packages.reply.json",
    )
    .await;
    let back = json!({ "status": "pending", "reason": "changed my mind" }).to_string();
    let response = up.ask(STATUS.0, STATUS.1, As::Registry, Some(back)).await;
    up.compared(response, 409, "registry/status.error.json").await;
}

#[tokio::test]
async fn releases_that_may_or_can_not_be_registered_are_refused() {
    let up = Up::at_noon().await;
    up.writes(
        REGISTER,
        As::Nobody,
        REQUEST,
        401,
        "registry/register-without-credential.error.json",
    )
    .await;
    up.writes(
        REGISTER,
        As::ChittyId,
        REQUEST,
        403,
        "registry/register-without-scope.error.json",
    )
    .await;
    let golden: Value = serde_json::from_str(&up.golden.request(REQUEST)).unwrap();
    let mut missing = golden.clone();
    missing.as_object_mut().unwrap().shift_remove("cert_id");
    let response = up
        .ask(REGISTER.0, REGISTER.1, As::Registry, Some(missing.to_string()))
        .await;
    up.compared(response, 400, "registry/register-missing-field.error.json")
        .await;
    let mut contradiction = golden.clone();
    contradiction["version"] = json!("1.2.4");
    let response = up
        .ask(REGISTER.0, REGISTER.1, As::Registry, Some(contradiction.to_string()))
        .await;
    up.compared(response, 400, "registry/register-contradiction.error.json")
        .await;
    let mut other = golden.clone();
    other["tarball_hash"] = json!(Digest::of(b"other bytes"));
    other["evidence"]["certified"]["sha256"] = other["tarball_hash"].clone();
    up.ask(REGISTER.0, REGISTER.1, As::Registry, Some(golden.to_string()))
        .await;
    let response = up
        .ask(REGISTER.0, REGISTER.1, As::Registry, Some(other.to_string()))
        .await;
    up.compared(response, 409, "registry/register-other-bytes.error.json")
        .await;
}

#[tokio::test]
async fn an_unknown_release_is_told_as_such() {
    let up = Up::at_noon().await;
    let unknown = "gateway/registry/packages/@acme%2fwidgets/1.2.3";
    up.reads(
        Method::GET,
        unknown,
        As::Nobody,
        404,
        "registry/package-unknown.error.json",
    )
    .await;
    let (request, reply) = ("registry/status.request.json", "registry/package-unknown.error.json");
    up.writes(STATUS, As::Registry, request, 404, reply).await;
    for path in [
        "gateway/registry/packages/..%2f..",
        "gateway/registry/packages/a/latest",
    ] {
        assert_eq!(
            up.ask(Method::GET, path, As::Nobody, None).await.status(),
            404,
            "{path}"
        );
    }
}
