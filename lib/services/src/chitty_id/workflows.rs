//! What is certified of a workflow that hands in an identity token, and what is not.

use std::sync::Arc;

use certified_evidence::certificate::{Certificate, Claim};
use certified_evidence::wire::certificates::IssueReply;
use serde_json::{Value, json};

use super::ChittyId;
use super::tests::{chitty_id, key, request};
use crate::oidc::tests::issued::{AUDIENCE, Forge, ISSUER, claims};
use crate::oidc::{Identities, LocalIssuer, Refused};
use crate::randomness;
use crate::refusal::Refusal;
use crate::staged::{Later, caller, request_id, store};

/// The requester's words about the account, the run and the commit.
type Words = [&'static str; 3];

const TRUE: Words = ["octo", "31", "c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeeabcd"];

async fn asked(chitty_id: &ChittyId, words: Words, token: Option<String>) -> Result<IssueReply, Refusal> {
    let mut asked = request(&key());
    let requester = &mut asked.requester;
    [requester.github_user, requester.workflow_run, requester.commit] = words.map(str::to_owned);
    asked.oidc_token = token.map(Into::into);
    let publisher = caller("publisher", &["certificate:request"]);
    chitty_id.issue(&publisher, &request_id(), asked).await
}

fn token() -> Option<String> {
    Some(Forge::rs256().sign(&claims()))
}

#[tokio::test]
async fn a_workflow_with_a_token_is_named_and_its_release_beside_it() {
    let chitty_id = chitty_id(&Later::default()).await;
    let reply = asked(&chitty_id, TRUE, token()).await.unwrap();
    let certificate = Certificate::from_pem(&reply.pem).unwrap();
    let workflow = "https://github.com/acme/widgets/.github/workflows/release.yml@refs/tags/v1.2.3";
    assert_eq!(certificate.uri_names(), [workflow]);
    assert_eq!(certificate.release(), Ok(Some("pkg:npm/%40acme/widgets@1.2.3")));
    let told = certificate.claims().unwrap();
    assert_eq!(told.get(Claim::Issuer), Some(ISSUER));
    assert_eq!(told.get(Claim::SourceRepositoryDigest), Some(TRUE[2]));
    assert_eq!(told.iter().count(), 23);
    assert_eq!(certificate.common_name(), Some(reply.chitty_id.as_str()));
    let life = reply.expires_at.unix() - reply.issued_at.unix();
    assert_eq!(life, 365 * 24 * 60 * 60);
}

#[tokio::test]
async fn without_a_token_nothing_of_a_workflow_is_certified() {
    let chitty_id = chitty_id(&Later::default()).await;
    let reply = asked(&chitty_id, TRUE, None).await.unwrap();
    let certificate = Certificate::from_pem(&reply.pem).unwrap();
    assert!(certificate.claims().unwrap().is_empty());
    assert_eq!(certificate.release(), Ok(None));
    assert_eq!(certificate.uri_names(), ["pkg:npm/%40acme/widgets@1.2.3"]);
}

#[tokio::test]
async fn words_that_contradict_the_token_are_refused_and_leave_the_token_good() {
    let chitty_id = chitty_id(&Later::default()).await;
    let others = [
        ["other", TRUE[1], TRUE[2]],
        [TRUE[0], "32", TRUE[2]],
        [TRUE[0], TRUE[1], "0000000000000000000000000000000000000000"],
    ];
    for words in others {
        let refused = asked(&chitty_id, words, token()).await;
        assert!(
            matches!(refused, Err(Refusal::IdentityToken(Refused::Disagrees { .. }))),
            "{words:?}"
        );
    }
    // A requester that knows nothing contradicts nothing.
    assert!(asked(&chitty_id, ["octo", "local", "unknown"], token()).await.is_ok());
    let again = asked(&chitty_id, TRUE, token()).await;
    assert!(
        matches!(again, Err(Refusal::IdentityToken(Refused::Replayed))),
        "{again:?}"
    );
}

#[tokio::test]
async fn a_token_is_not_spent_on_a_request_that_is_refused_for_another_reason() {
    let chitty_id = chitty_id(&Later::default()).await;
    let mut short = request(&key());
    (short.oidc_token, short.validity_seconds) = (token().map(Into::into), Some(1));
    let publisher = caller("publisher", &["certificate:request"]);
    assert!(chitty_id.issue(&publisher, &request_id(), short).await.is_err());
    assert!(asked(&chitty_id, TRUE, token()).await.is_ok());
}

#[tokio::test]
async fn a_token_that_is_not_accepted_gets_no_certificate_without_its_claims_instead() {
    let chitty_id = chitty_id(&Later::default()).await;
    let mut pull_request: Value = claims();
    pull_request["event_name"] = json!("pull_request");
    let refused = asked(&chitty_id, TRUE, Some(Forge::rs256().sign(&pull_request))).await;
    assert!(
        matches!(refused, Err(Refusal::IdentityToken(Refused::Event { .. }))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_rehearsal_keeps_the_name_of_its_release_and_says_who_vouched() {
    let mut chitty_id = chitty_id(&Later::default()).await;
    let issuer = LocalIssuer::new(&mut randomness::system()).unwrap();
    let identities = Identities::new(Vec::new(), Arc::new(store().await), Later::default().clock()).unwrap();
    chitty_id.identities = Arc::new(identities.with_local(Some(issuer)));
    let token = |holder: &str| {
        let holder = caller(holder, &["certificate:request"]);
        let token = chitty_id.identity_token(&holder, AUDIENCE).unwrap();
        Some(token.expose().clone())
    };
    let reply = asked(&chitty_id, ["octo", "local", "unknown"], token("publisher")).await;
    let certificate = Certificate::from_pem(&reply.unwrap().pem).unwrap();
    let release = "pkg:npm/%40acme/widgets@1.2.3";
    assert_eq!(certificate.uri_names(), [release]);
    assert_eq!(certificate.release(), Ok(Some(release)));
    let told = certificate.claims().unwrap();
    assert_eq!(told.get(Claim::Issuer), Some(LocalIssuer::NAME));
    assert_eq!(told.get(Claim::SourceRepositoryUri), None);
    let of_another = asked(&chitty_id, ["octo", "local", "unknown"], token("somebody else")).await;
    assert!(
        matches!(of_another, Err(Refusal::IdentityToken(Refused::Disagrees { .. }))),
        "{of_another:?}"
    );
}
