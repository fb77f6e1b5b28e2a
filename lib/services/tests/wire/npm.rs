use base64ct::{Base64, Encoding as _};
use reqwest::Method;
use serde_json::Value;

use crate::up::{As, Up};

const PUBLISH: (Method, &str) = (Method::PUT, "npm/@acme%2fwidgets");
const REQUEST: &str = "npm/publish.request.json";
const TARBALL: &str = "npm/@acme/widgets/-/widgets-1.2.3.tgz";

#[tokio::test]
async fn a_package_is_published_once_and_served_to_everybody() {
    let up = Up::at_noon().await;
    up.writes(PUBLISH, As::Npm, REQUEST, 201, "npm/publish.reply.json")
        .await;
    up.writes(PUBLISH, As::Npm, REQUEST, 403, "npm/publish-again.error.json")
        .await;
    up.reads(
        Method::GET,
        "npm/@acme/widgets",
        As::Nobody,
        200,
        "npm/packument.reply.json",
    )
    .await;
    for path in ["npm/@acme%2fwidgets/1.2.3", "npm/@acme/widgets/latest"] {
        up.reads(Method::GET, path, As::Nobody, 200, "npm/version.reply.json")
            .await;
    }
    let media_type = "application/vnd.npm.install-v1+json";
    let accepts = format!("{media_type}; q=1.0, application/json; q=0.8, */*");
    let url = format!("{}npm/@acme%2fwidgets", up.root());
    let response = up.client.get(url).header("accept", accepts).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], media_type);
    up.compared(response, 200, "npm/packument-abbreviated.reply.json").await;
    let published: Value = serde_json::from_str(&up.golden.request(REQUEST)).unwrap();
    let data = published["_attachments"]["@acme/widgets-1.2.3.tgz"]["data"]
        .as_str()
        .unwrap();
    let served = up
        .ask(Method::GET, TARBALL, As::Nobody, None)
        .await
        .bytes()
        .await
        .unwrap();
    assert_eq!(served, Base64::decode_vec(data).unwrap());
    let head = up.ask(Method::HEAD, TARBALL, As::Nobody, None).await;
    assert_eq!(head.headers()["content-length"], served.len().to_string());
}

#[tokio::test]
async fn tags_are_shown_moved_and_removed() {
    let up = Up::at_noon().await;
    up.writes(PUBLISH, As::Npm, REQUEST, 201, "npm/publish.reply.json")
        .await;
    let tags = "npm/-/package/@acme%2fwidgets/dist-tags";
    let next = format!("{tags}/next");
    up.writes(
        (Method::PUT, &next),
        As::Npm,
        "npm/tag.request.json",
        201,
        "npm/publish.reply.json",
    )
    .await;
    up.reads(Method::GET, tags, As::Nobody, 200, "npm/tags.reply.json")
        .await;
    assert_eq!(up.ask(Method::DELETE, &next, As::Nobody, None).await.status(), 401);
    assert_eq!(up.ask(Method::DELETE, &next, As::Npm, None).await.status(), 200);
    let left: Value = up.ask(Method::GET, tags, As::Nobody, None).await.json().await.unwrap();
    assert_eq!(left, serde_json::json!({ "latest": "1.2.3" }));
}

#[tokio::test]
async fn a_publish_without_the_credential_or_the_scope_is_refused() {
    let up = Up::at_noon().await;
    up.writes(
        PUBLISH,
        As::Nobody,
        REQUEST,
        401,
        "npm/publish-without-credential.error.json",
    )
    .await;
    up.writes(
        PUBLISH,
        As::Registry,
        REQUEST,
        403,
        "npm/publish-without-scope.error.json",
    )
    .await;
    let wrong = up.golden.request(REQUEST).replace("\"sha512-", "\"sha512-AAAA");
    let response = up.ask(PUBLISH.0, PUBLISH.1, As::Npm, Some(wrong)).await;
    assert_eq!(response.status(), 400);
    up.reads(
        Method::GET,
        "npm/@acme%2fwidgets",
        As::Nobody,
        404,
        "npm/unknown.error.json",
    )
    .await;
}

#[tokio::test]
async fn the_registry_says_that_it_is_there_and_who_one_is() {
    let up = Up::at_noon().await;
    up.reads(Method::GET, "npm/-/ping", As::Nobody, 200, "npm/ping.reply.json")
        .await;
    up.reads(Method::GET, "npm/-/whoami", As::Npm, 200, "npm/whoami.reply.json")
        .await;
    assert_eq!(
        up.ask(Method::GET, "npm/-/whoami", As::Nobody, None).await.status(),
        401
    );
    assert_eq!(
        up.ask(Method::GET, "npm/-/v1/search", As::Nobody, None).await.status(),
        404
    );
    assert_eq!(up.ask(Method::POST, "npm/-/ping", As::Nobody, None).await.status(), 405);
}
