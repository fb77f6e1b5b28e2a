use certified_evidence::certificate::Certificate;
use reqwest::Method;
use serde_json::{Value, json};

use crate::up::{As, Up};

const ISSUE: (Method, &str) = (Method::POST, "id/v1/certificates/issue");
const REQUEST: &str = "chittyid/issue.request.json";
const MADE_UP: [&str; 6] = [
    "/cert_id",
    "/chitty_id",
    "/pem",
    "/chain/0",
    "/fingerprint",
    "/serial_number",
];

/// Issues the certificate of the golden request.
pub(crate) async fn issued(up: &mut Up) -> Value {
    let body = up.golden.request(REQUEST);
    let response = up.ask(ISSUE.0, ISSUE.1, As::ChittyId, Some(body)).await;
    assert_eq!(response.status(), 201);
    let reply: Value = response.json().await.unwrap();
    up.golden.learn_from("chittyid/issue.reply.json", &reply, &MADE_UP);
    reply
}

#[tokio::test]
async fn a_certificate_is_issued_shown_listed_and_revoked() {
    let mut up = Up::at_noon().await;
    let reply = issued(&mut up).await;
    up.golden.compare("chittyid/issue.reply.json", &reply);
    let certificate = format!("id/v1/certificates/{}", reply["cert_id"].as_str().unwrap());
    let verify = reply["verify_url"].as_str().unwrap().replace(&up.root(), "");
    let at = format!("{verify}?at=2026-01-01T11:58:59Z");
    up.reads(Method::GET, &verify, As::Nobody, 200, "chittyid/verify.reply.json")
        .await;
    up.reads(Method::GET, &at, As::Nobody, 200, "chittyid/verify-at.reply.json")
        .await;
    up.reads(Method::GET, &certificate, As::Registry, 200, "chittyid/show.reply.json")
        .await;
    let of_package = "id/v1/certificates/package/@acme%2fwidgets";
    up.reads(Method::GET, of_package, As::Nobody, 200, "chittyid/package.reply.json")
        .await;
    let revoke = (Method::POST, &*format!("{certificate}/revoke"));
    for _ in 0..2 {
        let (request, reply) = ("chittyid/revoke.request.json", "chittyid/revoke.reply.json");
        up.writes(revoke.clone(), As::ChittyId, request, 200, reply).await;
    }
    up.reads(
        Method::GET,
        &verify,
        As::Nobody,
        200,
        "chittyid/verify-revoked.reply.json",
    )
    .await;
}

#[tokio::test]
async fn a_certificate_chains_to_the_anchors_of_its_run() {
    let mut up = Up::at_noon().await;
    let reply = issued(&mut up).await;
    let leaf = Certificate::from_pem(reply["pem"].as_str().unwrap()).unwrap();
    let issuing = Certificate::from_pem(reply["chain"][0].as_str().unwrap()).unwrap();
    let anchor = &up.running.anchors().certificate_authorities[0];
    let root = Certificate::from_pem(&anchor.pem).unwrap();
    assert_eq!(leaf.issuer_common_name(), issuing.common_name());
    assert_eq!(issuing.issuer_common_name(), root.common_name());
    assert!(root.common_name().unwrap().contains("local only"));
    assert_eq!(
        (anchor.valid_from, anchor.valid_until),
        (root.not_before(), root.not_after())
    );
}

#[tokio::test]
async fn requests_for_certificates_that_cannot_be_are_refused() {
    let up = Up::at_noon().await;
    up.writes(
        ISSUE,
        As::Nobody,
        REQUEST,
        401,
        "chittyid/issue-without-credential.error.json",
    )
    .await;
    up.writes(
        ISSUE,
        As::ApiKey,
        REQUEST,
        403,
        "chittyid/issue-without-scope.error.json",
    )
    .await;
    let golden: Value = serde_json::from_str(&up.golden.request(REQUEST)).unwrap();
    let changes = [
        ("type", Some(json!("service")), "chittyid/issue-other-type.error.json"),
        (
            "csr",
            Some(json!("-----BEGIN PUBLIC KEY-----\nMA==\n-----END PUBLIC KEY-----\n")),
            "chittyid/issue-no-csr.error.json",
        ),
        (
            "key_algorithm",
            Some(json!("rsa-2048")),
            "chittyid/issue-other-key.error.json",
        ),
        (
            "validity_seconds",
            Some(json!(599)),
            "chittyid/issue-too-short.error.json",
        ),
        ("version", None, "chittyid/issue-missing-field.error.json"),
        (
            "package_name",
            Some(json!("../evil")),
            "chittyid/issue-no-name.error.json",
        ),
    ];
    for (member, value, reply) in changes {
        let mut body = golden.clone();
        let object = body.as_object_mut().unwrap();
        match value {
            Some(value) => object.insert(member.to_owned(), value),
            None => object.shift_remove(member),
        };
        let response = up.ask(ISSUE.0, ISSUE.1, As::ChittyId, Some(body.to_string())).await;
        up.compared(response, 400, reply).await;
    }
}

#[tokio::test]
async fn an_unknown_certificate_is_told_as_such() {
    let up = Up::at_noon().await;
    let unknown = "id/v1/certificates/CERT-PKG-20260101-AAAAAAAA";
    let verify = "id/v1/certificates/verify/CERT-PKG-20260101-AAAAAAAA";
    up.reads(
        Method::GET,
        verify,
        As::Nobody,
        404,
        "chittyid/verify-unknown.error.json",
    )
    .await;
    up.reads(
        Method::GET,
        "id/v1/certificates/verify/..%2f",
        As::Nobody,
        404,
        "chittyid/verify-unknown.error.json",
    )
    .await;
    up.reads(
        Method::GET,
        unknown,
        As::ChittyId,
        404,
        "chittyid/show-unknown.error.json",
    )
    .await;
    assert_eq!(up.ask(Method::GET, unknown, As::Nobody, None).await.status(), 401);
    let at = format!("{verify}?at=yesterday");
    assert_eq!(up.ask(Method::GET, &at, As::Nobody, None).await.status(), 400);
}

#[tokio::test]
async fn an_api_key_beside_the_token_must_be_in_force_and_alone_is_the_identity() {
    let mut up = Up::at_noon().await;
    let reply = issued(&mut up).await;
    let url = format!("{}id/v1/certificates/{}", up.root(), reply["cert_id"].as_str().unwrap());
    let get = |authorization: Option<&str>, key: &str| {
        let request = up.client.get(&url).header("x-api-key", key);
        authorization
            .map_or_else(
                || request.try_clone().unwrap(),
                |token| request.try_clone().unwrap().bearer_auth(token),
            )
            .send()
    };
    let (token, key) = (up.token(As::ChittyId), up.token(As::ApiKey).unwrap());
    assert_eq!(get(token, key).await.unwrap().status(), 200);
    assert_eq!(get(None, key).await.unwrap().status(), 200);
    assert_eq!(get(token, "chitty_unknown").await.unwrap().status(), 401);
}
