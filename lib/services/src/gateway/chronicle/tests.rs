//! What the Chronicle records, without a port.

use std::sync::Arc;

use certified_evidence::Digest;
use certified_evidence::wire::chronicle::EventType;

use super::Chronicle;
use crate::refusal::Refusal;
use crate::staged::{Later, NOW, addresses, caller, event, log, request_id, store};
use crate::storage::Written;

async fn chronicle(later: &Later) -> Chronicle {
    let store = Arc::new(store().await);
    Chronicle {
        log: Arc::new(log(store.clone())),
        events: store,
        addresses: addresses(),
        clock: later.clock(),
    }
}

#[tokio::test]
async fn the_same_event_again_is_the_event_that_is_there() {
    let later = Later::default();
    let chronicle = chronicle(&later).await;
    let writer = caller("writer", &["chronicle:write"]);
    let Written::New(first) = chronicle.append(&writer, &request_id(), event()).await.unwrap() else {
        panic!("the first event is new")
    };
    assert_eq!((first.timestamp, first.event.actor.as_str()), (NOW, "writer"));
    later.pass(60);
    let mut again = event();
    again.metadata.actor = "somebody else".into();
    let other = caller("other writer", &["chronicle:admin"]);
    assert_eq!(
        chronicle.append(&other, &request_id(), again).await.unwrap(),
        Written::Present(first)
    );
}

#[tokio::test]
async fn another_type_version_or_tarball_is_another_event() {
    let chronicle = chronicle(&Later::default()).await;
    let writer = caller("writer", &["chronicle:write"]);
    let (mut published, mut version, mut tarball) = (event(), event(), event());
    published.event_type = EventType::Published;
    version.version = "9.9.9".parse().unwrap();
    tarball.artifacts.tarball_hash = Digest::of(b"other bytes");
    for event in [event(), published, version, tarball] {
        assert!(matches!(
            chronicle.append(&writer, &request_id(), event).await,
            Ok(Written::New(_))
        ));
    }
    assert_eq!(chronicle.page(None, 0, 2).await.unwrap().total, 4);
    let page = chronicle.page(Some(EventType::Published), 0, 5000).await.unwrap();
    assert_eq!((page.total, page.events.len(), page.limit), (1, 1, 1000));
    assert_eq!(chronicle.of_package(event().package).await.unwrap().total, 4);
}

#[tokio::test]
async fn a_caller_without_the_scope_records_nothing() {
    let chronicle = chronicle(&Later::default()).await;
    let refused = chronicle
        .append(&caller("reader", &["chronicle:read"]), &request_id(), event())
        .await;
    assert!(matches!(refused, Err(Refusal::Scope { .. })));
    assert_eq!(chronicle.page(None, 0, 1).await.unwrap().total, 0);
    let unknown = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    assert!(matches!(chronicle.get(&unknown).await, Err(Refusal::NotFound { .. })));
}
