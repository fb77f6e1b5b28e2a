//! Packuments, tarballs and publishing.

use base64ct::{Base64, Encoding};
use certified_client::npm::{Access, Npm, Packument, npm_registry_url};
use certified_client::{BaseUrl, Class, Failure};
use serde_json::{Value, json};

use crate::samples::{TOKEN, name, publication, token, transport, version};
use crate::stub::{HASTY, Reply, Stub};

fn npm(stub: &Stub) -> Npm {
    Npm::new(transport(), stub.base.clone(), Some(token())).with_patience(HASTY)
}

fn packument(tarball: &str) -> Packument {
    serde_json::from_value(
        json!({ "name": "@acme/widgets", "versions": { "1.2.3": { "dist": { "tarball": tarball } } } }),
    )
    .unwrap()
}

#[test]
fn the_public_registry_is_an_address_that_can_be_used() {
    assert!(npm_registry_url().parse::<BaseUrl>().is_ok());
}

#[tokio::test]
async fn a_packument_is_asked_for_by_the_escaped_name() {
    let body = json!({ "name": "@acme/widgets", "dist-tags": { "latest": "1.2.3" }, "versions": {}, "_rev": "1" });
    let stub = Stub::new([
        Reply::json(200, &body.to_string()),
        Reply::json(404, r#"{"error":"not found"}"#),
    ])
    .await;
    let npm = npm(&stub);
    assert_eq!(
        npm.packument(&name()).await.unwrap().unwrap().dist_tags["latest"],
        "1.2.3"
    );
    assert!(npm.packument(&name()).await.unwrap().is_none());
    let seen = &stub.seen()[0];
    assert_eq!(
        (seen.method.as_str(), seen.uri.as_str()),
        ("GET", "/base/@acme%2fwidgets")
    );
    assert_eq!(seen.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(seen.header("accept"), Some("application/json"));
}

#[tokio::test]
async fn a_packument_of_another_package_is_no_answer() {
    let stub = Stub::new([Reply::json(200, r#"{"name":"@acme/other"}"#)]).await;
    let error = npm(&stub).packument(&name()).await.unwrap_err();
    assert_eq!(error.class(), Class::Verification);
}

#[tokio::test]
async fn a_reader_sends_no_token() {
    let stub = Stub::new([Reply::json(404, "{}")]).await;
    Npm::new(transport(), stub.base.clone(), None)
        .packument(&name())
        .await
        .unwrap();
    assert_eq!(stub.only().header("authorization"), None);
    let error = Npm::new(transport(), stub.base.clone(), None)
        .publish(&publication())
        .await
        .unwrap_err();
    assert_eq!(error.what, Failure::NoToken);
    assert!(error.advice().contains("NPM_TOKEN"));
}

#[tokio::test]
async fn a_tarball_comes_from_the_registry_whatever_the_packument_says() {
    let elsewhere = Stub::new([Reply::json(200, "stolen")]).await;
    let stub = Stub::new([Reply::json(200, "bytes")]).await;
    let own = stub.base.to_string();
    let origin = own.strip_suffix("/base").unwrap().to_owned();
    let by_convention = "/base/@acme/widgets/-/widgets-1.2.3.tgz";
    let places = [
        (format!("{origin}/files/w.tgz?sig=1"), "/files/w.tgz?sig=1"),
        (format!("{}/x/widgets-1.2.3.tgz", elsewhere.base), by_convention),
        (
            "https://cdn.example/a/other-name.tgz".to_owned(),
            "/base/@acme/widgets/-/other-name.tgz",
        ),
        ("https://cdn.example/a/%2e%2e%2fx.tgz".to_owned(), by_convention),
        (
            origin.replace("http://", "http://user:pass@") + "/widgets-1.2.3.tgz",
            by_convention,
        ),
        ("file:///etc/passwd".to_owned(), "/base/@acme/widgets/-/passwd"),
        ("nonsense".to_owned(), by_convention),
        (String::new(), by_convention),
    ];
    for (said, asked) in places {
        assert_eq!(
            npm(&stub)
                .tarball(&name(), &version(), &packument(&said))
                .await
                .unwrap(),
            b"bytes"
        );
        assert_eq!(stub.seen().last().unwrap().uri, asked, "{said}");
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_version_that_is_not_there_yet_may_be_asked_for_later() {
    let stub = Stub::new([Reply::status(404)]).await;
    let missing = npm(&stub)
        .tarball(&name(), &"9.9.9".parse().unwrap(), &packument("x"))
        .await
        .unwrap_err();
    assert!(stub.seen().is_empty());
    let late = npm(&stub)
        .tarball(&name(), &version(), &packument("x"))
        .await
        .unwrap_err();
    for error in [missing, late] {
        assert!(matches!(error.what, Failure::NotFound(_)));
        assert_eq!(error.class(), Class::Unavailable);
    }
}

#[tokio::test]
async fn a_publish_is_one_put_with_the_tarball_inside() {
    let stub = Stub::new([Reply::json(201, "{}")]).await;
    npm(&stub)
        .publish(&publication().access(Access::Public).unwrap())
        .await
        .unwrap();
    let seen = stub.only();
    assert_eq!(
        (seen.method.as_str(), seen.uri.as_str()),
        ("PUT", "/base/@acme%2fwidgets")
    );
    let headers = [
        ("authorization", "Bearer svc_0123456789abcdef"),
        ("npm-auth-type", "web"),
        ("npm-command", "publish"),
        ("content-type", "application/json"),
    ];
    for (header, value) in headers {
        assert_eq!(seen.header(header), Some(value));
    }
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    let attachment = &body["_attachments"]["@acme/widgets-1.2.3.tgz"];
    assert_eq!(
        Base64::decode_vec(attachment["data"].as_str().unwrap()).unwrap(),
        b"tarball"
    );
    assert_eq!((&attachment["length"], &body["access"]), (&json!(7), &json!("public")));
    let dist = &body["versions"]["1.2.3"]["dist"];
    assert_eq!(
        dist["integrity"],
        certified_evidence::Integrity::of(b"tarball").to_string()
    );
    assert_eq!(
        dist["tarball"],
        format!("{}/@acme/widgets/-/@acme/widgets-1.2.3.tgz", stub.base)
    );
}

#[tokio::test]
async fn a_refused_publish_says_what_to_do_about_it() {
    let refusals = [
        (
            Reply::json(404, r#"{"error":"Not found"}"#),
            "give NPM_TOKEN write access",
            Class::Authentication,
        ),
        (
            Reply::json(402, r#"{"error":"You must sign up for private packages"}"#),
            "`access: public`",
            Class::Authentication,
        ),
        (
            Reply::json(
                403,
                r#"{"error":"You cannot publish over the previously published versions: 1.2.3."}"#,
            ),
            "does not exist yet",
            Class::Authentication,
        ),
        (
            Reply::json(401, "{}").header("www-authenticate", "OTP"),
            "trusted publishing",
            Class::Authentication,
        ),
        (
            Reply::json(401, "{}").header("www-authenticate", "Bearer"),
            "replace NPM_TOKEN",
            Class::Authentication,
        ),
        (
            Reply::json(409, r#"{"error":"Failed to save packument"}"#),
            "new version",
            Class::Conflict,
        ),
    ];
    for (reply, advice, class) in refusals {
        let stub = Stub::new([reply]).await;
        let error = npm(&stub).publish(&publication()).await.unwrap_err();
        assert!(error.advice().contains(advice), "{}", error.advice());
        assert_eq!(error.class(), class, "{error}");
    }
}
