//! ChittyConnect for workflow runs, which show nothing but what their platform says about them.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use certified_evidence::{KeyAlgorithm, SigningKey};
use certified_services::{IdentityTokens, KeySet, TokenIssuer};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::up::{As, NOW, Up};

const CREDENTIALS: &str = "connect/api/github-actions/credentials";
const ISSUER: &str = "https://token.actions.githubusercontent.com";

struct Platform {
    key: SigningKey,
    up: Up,
}

impl Platform {
    async fn at_noon(owners: &[&str]) -> Self {
        let key = SigningKey::generate(KeyAlgorithm::Rsa2048, &mut UnwrapErr(SysRng)).unwrap();
        let der = key.public_key().spki_der();
        let text = |part: &[u8]| Base64UrlUnpadded::encode_string(part);
        let jwks = json!({"keys": [{"kty": "RSA", "kid": "one", "alg": "RS256", "n": text(&der[33..289]), "e": text(&der[291..])}]});
        let keys = KeySet::parse(jwks.to_string().as_bytes()).unwrap();
        let mut accepted = IdentityTokens::default();
        accepted.issuers.push(TokenIssuer::new(ISSUER).unwrap().with_keys(keys));
        accepted.owners = owners.iter().map(|&owner| owner.to_owned()).collect();
        let up = Up::trusting(accepted).await;
        Self { key, up }
    }

    fn token(&self, number: usize, change: impl FnOnce(&mut Value)) -> String {
        let commit = "c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeeabcd";
        let workflow = "acme/widgets/.github/workflows/release.yml@refs/tags/v1.2.3";
        let mut claims = json!({
            "iss": ISSUER, "aud": "https://connect.chitty.cc", "sub": "repo:acme/widgets:ref:refs/tags/v1.2.3", "jti": format!("token {number}"),
            "iat": NOW.unix(), "nbf": NOW.unix() - 600, "exp": NOW.unix() + 300, "actor": "octo", "event_name": "release",
            "job_workflow_ref": workflow, "job_workflow_sha": commit, "workflow_ref": workflow, "workflow_sha": commit,
            "workflow": "release", "ref": "refs/tags/v1.2.3", "sha": commit, "repository": "acme/widgets", "repository_id": "11",
            "repository_owner": "acme", "repository_owner_id": "12", "run_id": "31", "run_attempt": "1", "runner_environment": "github-hosted"
        });
        change(&mut claims);
        let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
        let signed = format!(
            "{}.{}",
            part(&json!({"alg": "RS256", "kid": "one", "typ": "JWT"})),
            part(&claims)
        );
        let signature = self.key.sign(signed.as_bytes()).unwrap();
        format!("{signed}.{}", Base64UrlUnpadded::encode_string(signature.as_bytes()))
    }

    async fn ask(&self, token: &str, names: &[&str]) -> Response {
        let request = self.up.client.post(format!("{}{CREDENTIALS}", self.up.root()));
        let body = json!({ "credentials": names }).to_string();
        let request = request.header("content-type", "application/json").body(body);
        let request = if token.is_empty() {
            request
        } else {
            request.bearer_auth(token)
        };
        request.send().await.unwrap()
    }

    async fn refused(&self, token: &str, names: &[&str], status: u16, code: &str) -> Value {
        let response = self.ask(token, names).await;
        assert_eq!(response.status().as_u16(), status, "{names:?}");
        let said: Value = response.json().await.unwrap();
        assert_eq!(
            (&said["success"], &said["error"]["code"]),
            (&json!(false), &json!(code))
        );
        said
    }
}

const SEVEN: [&str; 7] = [
    "CHITTY_API_KEY",
    "CHITTY_ID_TOKEN",
    "CHITTY_REGISTRY_TOKEN",
    "CLOUDFLARE_ACCOUNT_ID",
    "CLOUDFLARE_API_TOKEN",
    "GITHUB_TOKEN",
    "NPM_TOKEN",
];

#[tokio::test]
async fn a_run_is_given_what_a_release_needs_for_an_hour() {
    let platform = Platform::at_noon(&[]).await;
    let response = platform.ask(&platform.token(1, |_| ()), &SEVEN).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let said: Value = response.json().await.unwrap();
    let given = said["credentials"].as_object().unwrap();
    assert_eq!(given.keys().map(String::as_str).collect::<Vec<_>>(), SEVEN);
    assert_eq!(said["expires_at"], json!(NOW.plus_seconds(3600)));
    let about = &said["metadata"];
    assert_eq!(
        (&about["repository"], &about["run_id"], &about["actor"]),
        (&json!("acme/widgets"), &json!("31"), &json!("octo"))
    );
    // Each is good for its own thing: npm's token tells npm who it is, and nobody else's does.
    for (name, status) in [("NPM_TOKEN", 200), ("CLOUDFLARE_ACCOUNT_ID", 401)] {
        let asked = platform.up.client.get(format!("{}npm/-/whoami", platform.up.root()));
        let answer = asked.bearer_auth(given[name].as_str().unwrap()).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{name}");
    }
}

#[tokio::test]
async fn one_wrong_name_is_answered_with_the_right_ones_and_costs_no_token() {
    let platform = Platform::at_noon(&[]).await;
    let token = platform.token(1, |_| ());
    let said = platform
        .refused(&token, &["NPM_TOKEN", "CROWN_JEWELS"], 400, "INVALID_CREDENTIALS")
        .await;
    assert_eq!(said["allowed"].as_array().unwrap().len(), 7);
    platform
        .refused(
            &token,
            &["NPM_TOKEN", "OPENAI_API_KEY"],
            503,
            "CREDENTIAL_NOT_AVAILABLE",
        )
        .await;
    platform.refused(&token, &[], 400, "INVALID_REQUEST").await;
    assert_eq!(platform.ask(&token, &["NPM_TOKEN"]).await.status(), 200);
    platform.refused(&token, &["NPM_TOKEN"], 401, "OIDC_INVALID").await;
}

#[tokio::test]
async fn who_proves_nothing_and_who_may_not_ask_is_given_nothing() {
    let platform = Platform::at_noon(&["ACME"]).await;
    platform.refused("", &["NPM_TOKEN"], 401, "MISSING_TOKEN").await;
    for (number, (claim, value)) in [
        ("aud", json!("https://id.chitty.cc")),
        ("aud", json!(["https://connect.chitty.cc", "https://elsewhere.example"])),
        ("exp", json!(NOW.unix() - 600)),
        ("iss", json!("https://elsewhere.example")),
    ]
    .into_iter()
    .enumerate()
    {
        let token = platform.token(number, |claims| claims[claim] = value.clone());
        platform.refused(&token, &["NPM_TOKEN"], 401, "OIDC_INVALID").await;
    }
    let stranger = platform.token(7, |claims| claims["event_name"] = json!("pull_request_target"));
    platform.refused(&stranger, &["NPM_TOKEN"], 403, "OIDC_EVENT").await;
    let changed = format!("{}A", platform.token(8, |_| ()));
    assert_eq!(platform.ask(&changed, &["NPM_TOKEN"]).await.status(), 401);
    let other = platform.token(9, |claims| {
        claims["repository_owner"] = json!("emca");
        for claim in ["repository", "sub", "workflow_ref", "job_workflow_ref"] {
            claims[claim] = json!(claims[claim].as_str().unwrap().replace("acme/", "emca/"));
        }
    });
    platform.refused(&other, &["NPM_TOKEN"], 403, "ORG_NOT_ALLOWED").await;
    assert_eq!(
        platform.ask(&platform.token(10, |_| ()), &["NPM_TOKEN"]).await.status(),
        200
    );
}

#[tokio::test]
async fn the_eleventh_request_for_one_thing_in_an_hour_is_told_when_to_come_back() {
    let platform = Platform::at_noon(&[]).await;
    for number in 0..10 {
        let token = platform.token(number, |_| ());
        assert_eq!(platform.ask(&token, &["NPM_TOKEN"]).await.status(), 200);
    }
    let response = platform.ask(&platform.token(10, |_| ()), &["NPM_TOKEN"]).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (429, &"3600".parse().unwrap())
    );
    assert_eq!(
        platform
            .ask(&platform.token(11, |_| ()), &["CHITTY_ID_TOKEN"])
            .await
            .status(),
        200
    );
}

#[tokio::test]
async fn everybody_may_read_what_there_is() {
    let platform = Platform::at_noon(&[]).await;
    let answer = platform
        .up
        .ask(Method::GET, "connect/api/github-actions/available", As::Nobody, None)
        .await;
    platform.up.compared(answer, 200, "connect/available.reply.json").await;
}
