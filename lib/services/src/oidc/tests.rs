//! Tokens that are good, and tokens with one thing wrong.

pub(crate) mod issued;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use certified_evidence::certificate::Claim;
use proptest::prelude::*;
use serde_json::{Value, json};

use self::issued::{AUDIENCE, Forge, ISSUER, KeyServer, P256_KEY, RSA_KEY, claims, jwks};
use super::*;
use crate::refusal::Refusal;
use crate::staged::{Later, NOW, request_id, store};

async fn desk(later: &Later) -> Identities {
    let issuer = TokenIssuer::new(ISSUER)
        .unwrap()
        .with_keys(KeySet::parse(jwks().to_string().as_bytes()).unwrap());
    Identities::new(vec![issuer], Arc::new(store().await), later.clock()).unwrap()
}

async fn refused(token: &str) -> Refused {
    desk(&Later::default()).await.check(token, AUDIENCE).await.unwrap_err()
}

/// A good token with one claim replaced, or taken out.
fn with(claim: &str, value: Value) -> String {
    let mut claims = claims();
    match value {
        Value::Null => claims.as_object_mut().unwrap().shift_remove(claim),
        value => claims.as_object_mut().unwrap().insert(claim.to_owned(), value),
    };
    Forge::rs256().sign(&claims)
}

#[tokio::test]
async fn a_good_token_of_either_algorithm_tells_the_run() {
    for forge in [Forge::rs256(), Forge::es256()] {
        let desk = desk(&Later::default()).await;
        let unspent = desk.check(&forge.sign(&claims()), AUDIENCE).await.unwrap();
        let proven = desk.spend(unspent, "publisher", &request_id()).await.unwrap();
        let Proven::Run(run) = proven else {
            panic!("{proven:?} is no run")
        };
        assert_eq!((run.actor(), run.id()), ("octo", "31"));
        let workflow = "https://github.com/acme/widgets/.github/workflows/release.yml@refs/tags/v1.2.3";
        assert_eq!(run.identity(), workflow);
        let certified = run.certified().unwrap();
        let told: Vec<String> = certified
            .iter()
            .map(|(claim, value)| format!("{} {value}", claim as u8))
            .collect();
        insta::assert_snapshot!("certified", told.join("\n"));
        assert_eq!(certified.get(Claim::RunInvocationUri), Some(run.page().as_str()));
    }
}

#[tokio::test]
async fn a_token_is_good_once_also_for_two_who_come_at_the_same_time() {
    let desk = desk(&Later::default()).await;
    let token = Forge::rs256().sign(&claims());
    let (one, other) = (
        desk.check(&token, AUDIENCE).await.unwrap(),
        desk.check(&token, AUDIENCE).await.unwrap(),
    );
    let id = request_id();
    let (one, other) = tokio::join!(desk.spend(one, "publisher", &id), desk.spend(other, "publisher", &id));
    let replayed =
        |outcome: &Result<Proven, Refusal>| matches!(outcome, Err(Refusal::IdentityToken(Refused::Replayed)));
    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|won| **won).count(), 1);
    assert!(replayed(&one) || replayed(&other));
    let third = desk.check(&token, AUDIENCE).await.unwrap();
    assert!(replayed(&desk.spend(third, "publisher", &id).await));
}

#[tokio::test]
async fn a_token_is_remembered_for_as_long_as_its_moments_would_let_it_in() {
    let later = Later::default();
    let desk = desk(&later).await;
    let token = with("exp", json!(NOW.unix() + 3600));
    let first = desk.check(&token, AUDIENCE).await.unwrap();
    desk.spend(first, "publisher", &request_id()).await.unwrap();
    for _ in 0..50 {
        later.pass(15);
        match desk.check(&token, AUDIENCE).await {
            Ok(again) => assert!(desk.spend(again, "publisher", &request_id()).await.is_err()),
            Err(cause) => assert!(matches!(cause, Refused::TooOld { .. }), "{cause:?}"),
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_token_is_said_with_a_name_and_what_to_do() {
    let soon = |seconds: u64| json!(NOW.unix() + seconds);
    let ago = |seconds: u64| json!(NOW.unix() - seconds);
    let good = Forge::rs256().sign(&claims());
    let twice = claims().to_string().replacen('{', r#"{"jti":"other","#, 1);
    let cases = [
        ("not a token", "widgets".to_owned()),
        ("four parts", format!("{good}.x")),
        ("no base64url", good.replacen("ey", "+y", 1)),
        ("padded", format!("{good}=")),
        ("too long", "x".repeat(16 * 1024 + 1)),
        ("a member twice", Forge::rs256().sign_text(&twice)),
        ("alg none", Forge::rs256().saying("none").unsigned(&claims())),
        (
            "HS256 with the public key as secret",
            Forge::rs256().saying("HS256").with_hmac_of_public_key(&claims()),
        ),
        (
            "ES256 said of an RSA key",
            Forge::rs256().saying("ES256").sign(&claims()),
        ),
        (
            "RS256 said of a P-256 key",
            Forge::es256().saying("RS256").sign(&claims()),
        ),
        ("RS512", Forge::rs256().saying("RS512").sign(&claims())),
        ("another key under the same name", Forge::stranger().sign(&claims())),
        ("an unknown key", Forge::rs256().named("other").sign(&claims())),
        (
            "a key of its own in the header",
            Forge::rs256().named("other").carrying_its_key().sign(&claims()),
        ),
        ("critical extensions", Forge::rs256().critical().sign(&claims())),
        ("another issuer", with("iss", json!("https://token.example"))),
        ("an issuer with a slash more", with("iss", json!(format!("{ISSUER}/")))),
        ("another audience", with("aud", json!("https://connect.example"))),
        (
            "two audiences",
            with("aud", json!([AUDIENCE, "https://connect.example"])),
        ),
        ("expired", with("exp", ago(61))),
        ("not yet", with("nbf", soon(61))),
        ("made in the future", with("iat", soon(61))),
        (
            "too old",
            Forge::rs256().sign(&{
                let mut old = claims();
                (old["iat"], old["nbf"], old["exp"]) = (ago(661), ago(661), soon(3600));
                old
            }),
        ),
        ("no end", with("exp", Value::Null)),
        ("no name", with("jti", Value::Null)),
        ("no repository number", with("repository_id", Value::Null)),
        ("an owner without a number", with("repository_owner_id", json!(""))),
        ("a number that is none", with("run_id", json!("31/../32"))),
        ("a commit that is none", with("sha", json!("main"))),
        ("two lines", with("actor", json!("octo\nroot"))),
        ("another owner", with("repository_owner", json!("evil"))),
        (
            "a workflow of another repository",
            with(
                "workflow_ref",
                json!("evil/widgets/.github/workflows/x.yml@refs/tags/v1"),
            ),
        ),
        ("a pull request", with("event_name", json!("pull_request"))),
        (
            "a pull request's target",
            with("event_name", json!("pull_request_target")),
        ),
        ("another workflow's end", with("event_name", json!("workflow_run"))),
        ("a comment", with("event_name", json!("issue_comment"))),
        ("a fork's branch", with("head_ref", json!("octo:widgets:main"))),
    ];
    let mut said = String::new();
    for (name, token) in cases {
        let cause = refused(&token).await;
        said += &format!("{name}: {} {}; {}\n", cause.code(), cause, cause.advice());
    }
    insta::assert_snapshot!("refused", said);
}

#[tokio::test]
async fn moments_are_judged_with_a_minute_of_leeway() {
    for (claim, moment) in [
        ("exp", NOW.unix() - 59),
        ("nbf", NOW.unix() + 60),
        ("iat", NOW.unix() + 60),
        ("iat", NOW.unix() - 659),
    ] {
        let checked = desk(&Later::default())
            .await
            .check(&with(claim, json!(moment)), AUDIENCE)
            .await;
        assert!(checked.is_ok(), "{claim} {moment}: {checked:?}");
    }
}

#[tokio::test]
async fn runs_that_their_own_people_or_the_clock_set_off_are_let_in() {
    for event in ["push", "release", "workflow_dispatch", "schedule"] {
        let checked = desk(&Later::default())
            .await
            .check(&with("event_name", json!(event)), AUDIENCE)
            .await;
        assert!(checked.is_ok(), "{event}");
    }
}

#[tokio::test]
async fn claims_that_nobody_reads_change_nothing() {
    assert!(
        desk(&Later::default())
            .await
            .check(&with("enterprise", json!({"x": [1, 2]})), AUDIENCE)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn without_an_issuer_no_token_is_accepted() {
    let nobody = Identities::new(Vec::new(), Arc::new(store().await), Later::default().clock()).unwrap();
    let cause = nobody
        .check(&Forge::rs256().sign(&claims()), AUDIENCE)
        .await
        .unwrap_err();
    assert_eq!((cause.code(), cause.class()), ("OIDC_NOT_CONFIGURED", Class::Invalid));
}

#[tokio::test]
async fn keys_are_asked_for_once_and_an_unknown_one_once_a_minute() {
    let (later, server) = (Later::default(), Arc::new(KeyServer::default()));
    let desk = server.desk(&later).await;
    let (good, unknown) = (
        Forge::rs256().sign(&claims()),
        Forge::rs256().named("other").sign(&claims()),
    );
    for _ in 0..3 {
        assert!(desk.check(&good, AUDIENCE).await.is_ok());
    }
    assert_eq!(server.asked.load(Ordering::SeqCst), 2, "the configuration and the keys");
    for (seconds, asked) in [(0, 2), (59, 2), (1, 4), (0, 4)] {
        later.pass(seconds);
        assert_eq!(desk.check(&unknown, AUDIENCE).await.unwrap_err(), Refused::UnknownKey);
        assert_eq!(server.asked.load(Ordering::SeqCst), asked);
    }
}

#[tokio::test]
async fn keys_that_cannot_be_had_are_no_fault_of_the_token() {
    for (configuration, keys) in [
        (None, None),
        (
            Some(json!({"issuer": ISSUER, "jwks_uri": format!("{ISSUER}/keys")})),
            None,
        ),
        (
            Some(json!({"issuer": "https://token.example", "jwks_uri": format!("{ISSUER}/keys")})),
            Some(jwks()),
        ),
        (
            Some(json!({"issuer": ISSUER, "jwks_uri": "https://token.example/keys"})),
            Some(jwks()),
        ),
        (
            Some(json!({"issuer": ISSUER, "jwks_uri": "http://token.actions.githubusercontent.com/keys"})),
            Some(jwks()),
        ),
        (
            Some(json!({"issuer": ISSUER, "jwks_uri": format!("{ISSUER}/keys")})),
            Some(json!({"keys": []})),
        ),
        (
            Some(json!({"issuer": ISSUER, "jwks_uri": format!("{ISSUER}/keys")})),
            Some(json!({"keys": [RSA_KEY.jwk(), RSA_KEY.jwk()]})),
        ),
    ] {
        let later = Later::default();
        let server = Arc::new(KeyServer::answering(configuration.clone(), keys));
        let desk = server.desk(&later).await;
        let good = Forge::rs256().sign(&claims());
        for _ in 0..2 {
            let cause = desk.check(&good, AUDIENCE).await.unwrap_err();
            assert_eq!(
                (cause.code(), cause.class()),
                ("OIDC_KEYS_UNAVAILABLE", Class::Unavailable),
                "{configuration:?}"
            );
        }
        let asked = server.asked.load(Ordering::SeqCst);
        assert!(desk.check(&good, AUDIENCE).await.is_err() && server.asked.load(Ordering::SeqCst) == asked);
    }
}

#[tokio::test]
async fn a_key_that_its_issuer_took_back_is_believed_for_an_hour_at_most() {
    let (later, server) = (Later::default(), Arc::new(KeyServer::default()));
    let desk = server.desk(&later).await;
    let fresh = |later: u64| {
        let mut claims = claims();
        claims["iat"] = json!(NOW.unix() + later);
        claims["exp"] = json!(NOW.unix() + later + 300);
        Forge::rs256().sign(&claims)
    };
    assert!(desk.check(&fresh(0), AUDIENCE).await.is_ok());
    *server.keys.lock().unwrap() = Some(json!({"keys": [P256_KEY.jwk()]}));
    later.pass(3599);
    assert!(desk.check(&fresh(3599), AUDIENCE).await.is_ok());
    later.pass(1);
    assert_eq!(
        desk.check(&fresh(3600), AUDIENCE).await.unwrap_err(),
        Refused::UnknownKey
    );
}

#[test]
fn keys_that_sign_no_tokens_here_are_left_out() {
    let mut changed = RSA_KEY.jwk();
    for (member, value) in [
        ("use", json!("enc")),
        ("alg", json!("RS512")),
        ("alg", json!("ES256")),
        ("kid", Value::Null),
        ("kty", json!("oct")),
        ("e", json!("Aw")),
    ] {
        changed = RSA_KEY.jwk();
        changed[member] = value;
        let set = KeySet::parse(json!({"keys": [changed]}).to_string().as_bytes());
        assert_eq!(set.err(), Some(KeySetError::NoKey), "{member}");
    }
    assert!(KeySet::parse(json!({"keys": [changed, P256_KEY.jwk()]}).to_string().as_bytes()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_token_with_any_bit_flipped_is_refused(place in any::<prop::sample::Index>(), bit in 0..8_u8, curve in any::<bool>()) {
        let forge = if curve { Forge::es256() } else { Forge::rs256() };
        let mut bytes = forge.sign(&claims()).into_bytes();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let refused = match String::from_utf8(bytes) {
            Ok(token) => runtime.block_on(async { desk(&Later::default()).await.check(&token, AUDIENCE).await.is_err() }),
            Err(_) => true,
        };
        prop_assert!(refused);
    }
}
