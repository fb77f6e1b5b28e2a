//! The S3 key of a Cloudflare token.

use certified_client::{AccountId, Class, Cloudflare, Service};
use certified_evidence::Secret;

use crate::samples::transport;
use crate::stub::{HASTY, Reply, Stub};

/// Cloudflare's own example of a token, and its account.
const TOKEN: &str = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY";
const NAME: &str = "ed17574386854bf78a67040be0a770b0";

fn account() -> AccountId {
    "023e105f4ecef8ad9ca31a8372d0c353".parse().unwrap()
}

fn cloudflare(stub: &Stub) -> Cloudflare {
    Cloudflare::new(transport(), stub.base.clone(), Secret::from(TOKEN)).with_patience(HASTY)
}

fn verified(status: &str) -> Reply {
    let body =
        format!(r#"{{"success":true,"errors":[],"messages":[],"result":{{"id":"{NAME}","status":"{status}"}}}}"#);
    Reply::json(200, &body)
}

fn unknown() -> Reply {
    let body =
        r#"{"success":false,"errors":[{"code":1000,"message":"Invalid API Token"}],"messages":[],"result":null}"#;
    Reply::json(401, body)
}

#[tokio::test]
async fn the_key_is_the_name_of_the_token_and_its_digest() {
    let stub = Stub::new([verified("active")]).await;
    let key = cloudflare(&stub).s3_key(&account()).await.unwrap();
    assert_eq!(key.access_key_id.expose(), NAME);
    // printf %s Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY | sha256sum
    assert_eq!(key.secret_access_key.expose(), DIGEST);
    let seen = stub.only();
    assert_eq!(
        seen.uri,
        "/base/accounts/023e105f4ecef8ad9ca31a8372d0c353/tokens/verify"
    );
    assert_eq!(seen.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert!(!format!("{key:?}").contains(NAME) && !format!("{:?}", cloudflare(&stub)).contains(TOKEN));
}

#[tokio::test]
async fn a_token_that_is_not_the_accounts_is_looked_for_among_its_people() {
    for first in [
        unknown(),
        Reply::json(403, "{}"),
        Reply::json(400, "{}"),
        Reply::json(404, "{}"),
    ] {
        let stub = Stub::new([first, verified("active")]).await;
        let key = cloudflare(&stub).s3_key(&account()).await.unwrap();
        assert_eq!(key.access_key_id.expose(), NAME);
        assert_eq!(stub.seen()[1].uri, "/base/user/tokens/verify");
    }
}

#[tokio::test]
async fn a_token_that_is_unknown_or_not_in_force_is_refused() {
    for replies in [
        vec![unknown()],
        vec![unknown(), verified("expired")],
        vec![unknown(), verified("disabled")],
    ] {
        let stub = Stub::new(replies).await;
        let error = cloudflare(&stub).s3_key(&account()).await.unwrap_err();
        assert_eq!(
            (error.service, error.class()),
            (Service::Cloudflare, Class::Authentication)
        );
        assert!(error.advice().contains("CLOUDFLARE_API_TOKEN"), "{}", error.advice());
        assert!(!error.to_string().contains(TOKEN));
    }
}

#[tokio::test]
async fn an_answer_that_is_none_is_no_key() {
    for body in ["", "[]", r#"{"success":true,"result":{"id":"../x","status":"active"}}"#] {
        let stub = Stub::new([Reply::json(200, body)]).await;
        let error = cloudflare(&stub).s3_key(&account()).await.unwrap_err();
        assert_eq!(error.class(), Class::Verification, "{body}");
    }
}

const DIGEST: &str = "5d7b5f2a9e44137c4aff6a77d914b1d6e2e16c496cfc5ec93f0be6265167dce0";
