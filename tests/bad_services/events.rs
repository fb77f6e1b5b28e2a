//! A Chronicle that tells another story.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use certified_evidence::Digest;
use certified_evidence::wire::chronicle::EventReply;
use certified_evidence::wire::registry::PackageStatus;

use crate::meddling::{Act, Answer, Said, Scene};
use crate::writes;

/// The Chronicle records the event and answers with one in which something is exchanged.
async fn retold(retell: impl Fn(&mut EventReply) + Clone + Send + Sync + 'static) -> Said {
    let scene = Scene::meddled(move |asked| {
        let retell = retell.clone();
        if !asked.is("POST", "/chronicle/events") {
            return Act::Forward;
        }
        Act::Change(Box::new(move |answer| {
            let mut reply = serde_json::from_slice(&answer).unwrap();
            retell(&mut reply);
            serde_json::to_vec(&reply).unwrap()
        }))
    })
    .await;
    let said = scene.run().await;
    assert_eq!(scene.written(), writes(2));
    assert!(scene.archived().is_empty());
    said
}

#[tokio::test]
async fn an_event_about_another_digest_is_refused_and_nothing_is_archived() {
    let said = retold(|reply| {
        reply.event.payload.artifacts.tarball_hash = Digest::of(b"another tarball");
        reply.receipt = None;
    })
    .await;
    said.stops(40, "event/other-digest").shows("event-other-digest");
}

#[tokio::test]
async fn an_event_that_its_receipt_does_not_prove_is_refused_and_nothing_is_archived() {
    let said = retold(|reply| reply.event.actor = "somebody else".to_owned()).await;
    said.stops(40, "chronicle/answer").shows("event-not-proven");
}

#[tokio::test]
async fn an_event_about_another_version_is_refused_and_nothing_is_archived() {
    let said = retold(|reply| {
        reply.event.payload.version = "1.2.4".parse().unwrap();
        reply.receipt = None;
    })
    .await;
    said.stops(40, "event/other-event").shows("event-other-version");
}

#[tokio::test]
async fn a_chronicle_that_is_gone_after_the_publish_leaves_a_release_that_the_next_run_finishes() {
    let gone = Arc::new(AtomicBool::new(true));
    let is_gone = Arc::clone(&gone);
    let scene = Scene::meddled(move |asked| {
        let is_published = asked.is("POST", "/chronicle/events") && contains(&asked.body, b"package.published");
        if is_published && is_gone.load(Ordering::SeqCst) {
            return Act::Answer(Answer::error(501, "UNAVAILABLE", "come back later"));
        }
        Act::Forward
    })
    .await;
    scene
        .run()
        .await
        .stops(10, "publish/unavailable")
        .shows("chronicle-gone-after-publish");
    assert_eq!(scene.written(), writes(5));
    assert_eq!(scene.on_npm().await, ["1.2.3"]);
    assert_eq!(scene.registered().await, Some(PackageStatus::Pending));
    gone.store(false, Ordering::SeqCst);
    scene.run().await.succeeds();
    assert_eq!(scene.registered().await, Some(PackageStatus::Certified));
}

fn contains(body: &[u8], words: &[u8]) -> bool {
    body.windows(words.len()).any(|window| window == words)
}
