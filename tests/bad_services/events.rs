//! A Chronicle that tells another story.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use certified_evidence::log::{Checkpoint, LogSigner};
use certified_evidence::wire::chronicle::EventReply;
use certified_evidence::wire::registry::PackageStatus;
use certified_evidence::{Digest, Secret};

use crate::meddling::{Act, Answer, Said, Scene};
use crate::{RECORD, writes, writes_without};

/// Whether the anchors name the Chronicle's log.
#[derive(Clone, Copy, PartialEq)]
enum Anchors {
    WithLog,
    WithoutLog,
}
use Anchors::{WithLog, WithoutLog};

/// The Chronicle records the event and answers with one in which something is exchanged.
async fn retold(anchors: Anchors, retell: impl Fn(&mut EventReply) + Clone + Send + Sync + 'static) -> Said {
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
    let mut unasked: &[&str] = &[];
    if anchors == WithoutLog {
        scene.trust_no_log();
        unasked = &[RECORD];
    }
    let said = scene.run().await;
    assert_eq!(scene.written(), writes_without(unasked, 2));
    assert!(scene.archived().is_empty());
    said
}

#[tokio::test]
async fn an_event_about_another_digest_is_refused_and_nothing_is_archived() {
    let said = retold(WithoutLog, |reply| {
        reply.event.payload.artifacts.tarball_hash = Digest::of(b"another tarball");
        reply.receipt = None;
    })
    .await;
    said.stops(40, "event/other-digest").shows("event-other-digest");
}

#[tokio::test]
async fn an_event_that_its_receipt_does_not_prove_is_refused_and_nothing_is_archived() {
    let said = retold(WithLog, |reply| reply.event.actor = "somebody else".to_owned()).await;
    said.stops(40, "chronicle/answer").shows("event-not-proven");
}

#[tokio::test]
async fn an_event_without_a_receipt_is_refused_where_the_anchors_name_a_log_and_nothing_is_archived() {
    let said = retold(WithLog, |reply| reply.receipt = None).await;
    said.stops(40, "chronicle/answer").shows("event-without-receipt");
}

#[tokio::test]
async fn a_receipt_that_another_log_signed_is_refused_and_nothing_is_archived() {
    let said = retold(WithLog, |reply| {
        let receipt = reply.receipt.as_mut().unwrap();
        let name = receipt.checkpoint.origin().parse().unwrap();
        let other = LogSigner::ed25519(name, &Secret::new([7; 32]));
        receipt.checkpoint = Checkpoint::sign(receipt.checkpoint.stated_head(), &other.unwrap()).unwrap();
    })
    .await;
    said.stops(40, "chronicle/answer").shows("event-of-another-log");
}

#[tokio::test]
async fn an_event_about_another_version_is_refused_and_nothing_is_archived() {
    let said = retold(WithoutLog, |reply| {
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
