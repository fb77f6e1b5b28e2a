//! What ChittyConnect gives and refuses, without a port.

use std::sync::Arc;

use certified_evidence::log::LeafIndex;
use certified_evidence::wire::connect::{CredentialEvent, CredentialEventType};

use super::Connect;
use super::catalogue::{Item, Purpose};
use super::rules::Asked;
use crate::auth::{Auth, Caller};
use crate::refusal::Refusal;
use crate::staged::{Later, NOW, caller, log, request_id, store};
use crate::storage::sqlite::SqliteStore;

struct Case {
    connect: Connect,
    auth: Auth,
    caller: Caller,
}

async fn case(later: &Later) -> Case {
    let store: Arc<SqliteStore> = Arc::new(store().await);
    Case {
        connect: Connect {
            credentials: store.clone(),
            provisions: store.clone(),
            log: Arc::new(log(store.clone())),
            clock: later.clock(),
        },
        auth: Auth::new(store, later.clock()),
        caller: caller("release-bot", &["credentials:provision"]),
    }
}

fn asked<'a>(case: &'a Case, id: &'a certified_evidence::RequestId, service: &str) -> Asked<'a> {
    Asked {
        caller: &case.caller,
        id,
        service: service.into(),
        purpose: "package-publish".into(),
        names: vec!["npm_publish".into()],
    }
}

#[tokio::test]
async fn a_credential_is_good_for_its_own_thing_and_for_an_hour() {
    let later = Later::default();
    let (case, id) = (case(&later).await, request_id());
    let package = Some("@acme/widgets".parse().unwrap());
    let (wanted, asked) = ([Item::Npm(package)], asked(&case, &id, "widgets"));
    let granted = case.connect.give(&asked, &wanted).await.unwrap();
    assert_eq!(granted.expires_at, NOW.plus_seconds(3600));
    let header = format!("Bearer {}", granted.secrets[0].expose());
    let admitted = case.auth.admit(Some(&header), None).await.unwrap();
    assert_eq!(admitted.id, "release-bot");
    assert_eq!(admitted.scopes, ["package:publish:@acme/widgets"]);
    later.pass(3600);
    let refused = case.auth.admit(Some(&header), None).await.unwrap_err();
    assert!(matches!(refused, Refusal::Unauthorized { .. }), "{refused:?}");
}

#[tokio::test]
async fn the_eleventh_grant_in_an_hour_is_refused_and_another_service_is_not_affected() {
    let later = Later::default();
    let (case, id) = (case(&later).await, request_id());
    let two = [Item::Archive(None), Item::GitHub];
    for _ in 0..10 {
        case.connect.give(&asked(&case, &id, "widgets"), &two).await.unwrap();
        later.pass(60);
    }
    let refused = case.connect.give(&asked(&case, &id, "widgets"), &two).await;
    let Err(Refusal::TooManyGrants {
        allowed, retry_after, ..
    }) = refused
    else {
        panic!("ten are enough")
    };
    assert_eq!((allowed, retry_after), (10, 3000));
    assert!(case.connect.give(&asked(&case, &id, "gadgets"), &two).await.is_ok());
    later.pass(retry_after);
    assert!(case.connect.give(&asked(&case, &id, "widgets"), &two).await.is_ok());
}

#[tokio::test]
async fn every_grant_and_every_refusal_is_in_the_log_without_a_value() {
    let later = Later::default();
    let (case, id) = (case(&later).await, request_id());
    let granted = case
        .connect
        .give(&asked(&case, &id, "widgets"), &[Item::Npm(None)])
        .await
        .unwrap();
    let why = Refusal::Forbidden {
        reason: "the purpose does not need it".into(),
    };
    case.connect.refuse(&asked(&case, &id, "widgets"), &why).await.unwrap();
    let mut told = Vec::new();
    for index in [0, 1] {
        let receipt = case
            .connect
            .log
            .receipt(LeafIndex::try_from(index).unwrap())
            .await
            .unwrap();
        let text = String::from_utf8(receipt.entry.as_bytes().to_vec()).unwrap();
        assert!(!text.contains(granted.secrets[0].expose()), "{text}");
        told.push(serde_json::from_str::<CredentialEvent>(&text).unwrap());
    }
    assert_eq!(told[0].event_type, CredentialEventType::Provisioned);
    assert_eq!(told[0].token_id, granted.token_id);
    assert_eq!(told[0].actor, "release-bot");
    assert_eq!(told[1].event_type, CredentialEventType::Denied);
    assert_eq!(told[1].reason.as_deref(), Some("the purpose does not need it"));
}

#[test]
fn a_purpose_is_given_what_it_needs_and_nothing_else() {
    let publish = Purpose::of("npm-publish-1p-bridge").unwrap();
    assert!(publish.permit(&Item::Npm(None)).is_ok());
    assert!(publish.permit(&Item::Workers).is_err());
    let deploy = Purpose::of("ci-deploy").unwrap();
    assert!(deploy.permit(&Item::Workers).is_ok());
    assert!(deploy.permit(&Item::Npm(None)).is_err());
    assert!(Purpose::of("curiosity").is_err());
}
