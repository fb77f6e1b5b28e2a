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

#[tokio::test]
async fn a_version_waits_on_the_stage_until_it_is_approved() {
    let mut up = Up::at_noon().await;
    let stage = (Method::POST, "npm/-/stage/package/@acme%2fwidgets");
    let body = up.golden.request(REQUEST);
    let refused = up.ask(stage.0.clone(), stage.1, As::Registry, Some(body.clone())).await;
    assert_eq!(refused.status(), 403);
    let staged = up.ask(stage.0.clone(), stage.1, As::Npm, Some(body)).await;
    assert_eq!(staged.status(), 201);
    let staged: Value = staged.json().await.unwrap();
    up.golden.learn_from("npm/stage.reply.json", &staged, &["/stageId"]);
    up.golden.compare("npm/stage.reply.json", &staged);
    let id = staged["stageId"].as_str().unwrap();
    up.writes(stage, As::Npm, REQUEST, 409, "npm/stage-again.error.json")
        .await;

    let item = format!("npm/-/stage/{id}");
    up.reads(Method::GET, &item, As::Npm, 200, "npm/stage-item.reply.json")
        .await;
    let list = "npm/-/stage?package=%40acme%2Fwidgets&page=0&perPage=100";
    up.reads(Method::GET, list, As::Npm, 200, "npm/stage-list.reply.json")
        .await;
    for path in [item.clone(), format!("{item}/tarball"), "npm/-/stage".to_owned()] {
        assert_eq!(
            up.ask(Method::GET, &path, As::Nobody, None).await.status(),
            401,
            "{path}"
        );
        assert_eq!(
            up.ask(Method::GET, &path, As::Registry, None).await.status(),
            401,
            "{path}"
        );
    }
    let tarball = up.ask(Method::GET, &format!("{item}/tarball"), As::Npm, None).await;
    assert_eq!(tarball.headers()["content-type"], "application/octet-stream");
    let approval = format!("{item}/approve");
    up.reads(Method::POST, &approval, As::Npm, 201, "npm/approve.reply.json")
        .await;
    assert_eq!(up.ask(Method::POST, &approval, As::Npm, None).await.status(), 404);
    assert_eq!(up.ask(Method::DELETE, &item, As::Npm, None).await.status(), 404);
    assert_eq!(up.ask(Method::GET, TARBALL, As::Nobody, None).await.status(), 200);
}

#[tokio::test]
async fn a_package_names_the_workflow_that_it_trusts() {
    let mut up = Up::at_noon().await;
    let trust = (Method::POST, "npm/-/package/@acme%2fwidgets/trust");
    let body = up.golden.request("npm/trust.request.json");
    let nothing_there = up.ask(trust.0.clone(), trust.1, As::Npm, Some(body.clone())).await;
    assert_eq!(nothing_there.status(), 404);
    up.writes(PUBLISH, As::Npm, REQUEST, 201, "npm/publish.reply.json")
        .await;
    let named = up.ask(trust.0, trust.1, As::Npm, Some(body)).await;
    assert_eq!(named.status(), 200);
    let named: Value = named.json().await.unwrap();
    up.golden.learn_from("npm/trust.reply.json", &named, &["/0/id"]);
    up.golden.compare("npm/trust.reply.json", &named);
    up.reads(Method::GET, trust.1, As::Npm, 200, "npm/trust.reply.json")
        .await;
    assert_eq!(up.ask(Method::GET, trust.1, As::Nobody, None).await.status(), 401);
}

#[tokio::test]
async fn an_exchange_is_answered_where_npm_asks_for_it() {
    let up = Up::at_noon().await;
    // npm's own client asks at the root of the host, ours below the registry's address.
    for path in [
        "-/npm/v1/oidc/token/exchange/package/@acme%2fwidgets",
        "npm/-/npm/v1/oidc/token/exchange/package/@acme%2fwidgets",
    ] {
        up.reads(
            Method::POST,
            path,
            As::Nobody,
            401,
            "npm/exchange-without-identity.error.json",
        )
        .await;
        // Nobody's identity tokens are accepted here; a token of the registry is none.
        up.reads(
            Method::POST,
            path,
            As::Npm,
            404,
            "npm/exchange-nobody-trusted.error.json",
        )
        .await;
    }
}

#[tokio::test]
async fn a_token_of_cloudflares_has_a_name_and_others_have_none() {
    let up = Up::at_noon().await;
    let account = certified_services::Tokens::CLOUDFLARE_ACCOUNT;
    let verify = format!("cloudflare/accounts/{account}/tokens/verify");
    let told: Value = up
        .ask(Method::GET, &verify, As::Cloudflare, None)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(
        (&told["success"], &told["result"]["status"]),
        (&true.into(), &"active".into())
    );
    assert_eq!(told["result"]["id"].as_str().unwrap().len(), 32);
    let other = format!("cloudflare/accounts/{}/tokens/verify", "0".repeat(32));
    for (path, who) in [
        (verify.as_str(), As::Nobody),
        (&verify, As::Npm),
        (&other, As::Cloudflare),
        ("cloudflare/user/tokens/verify", As::Cloudflare),
    ] {
        let refused = up.ask(Method::GET, path, who, None).await;
        assert_eq!(refused.status(), 401, "{path}");
        assert_eq!(refused.json::<Value>().await.unwrap()["success"], false);
    }
}
