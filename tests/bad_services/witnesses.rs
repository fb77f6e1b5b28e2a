//! Witnesses that are not there, or that say something about another signature. The release stops before anybody could take a bundle that
//! does not hold.

use std::sync::{Arc, Mutex};

use certified_evidence::Bundle;
use certified_evidence::bundle::TransparencyLogEntry;
use serde_json::Value;

use crate::meddling::{Act, Answer, Asked, Scene};
use crate::{ISSUE, OBJECT, RECORD, TIMESTAMP, writes, writes_without};

fn asks_for_the_time(asked: &Asked) -> bool {
    asked.is("POST", "/api/v1/timestamp")
}

fn asks_the_log(asked: &Asked) -> bool {
    asked.is("POST", "/log/api/v2/log/entries")
}

/// Every such question is answered with the answer to the first.
async fn repeating(which: fn(&Asked) -> bool) -> Scene {
    let first: Arc<Mutex<Option<Vec<u8>>>> = Arc::default();
    Scene::meddled(move |asked| {
        if !which(asked) {
            return Act::Forward;
        }
        let first = Arc::clone(&first);
        Act::Change(Box::new(move |answer| {
            first.lock().unwrap().get_or_insert(answer).clone()
        }))
    })
    .await
}

/// Such questions are answered with this status.
async fn answering(status: u16, which: fn(&Asked) -> bool) -> Scene {
    Scene::meddled(move |asked| match which(asked) {
        true => Act::Answer(Answer::error(status, "NOBODY", "nobody is here")),
        false => Act::Forward,
    })
    .await
}

#[tokio::test]
async fn a_timestamp_authority_that_is_gone_stops_the_run_before_anything_is_recorded() {
    let scene = answering(501, asks_for_the_time).await;
    scene
        .run()
        .await
        .stops(10, "sign/unavailable")
        .shows("timestamps-unavailable");
    assert_eq!(scene.written(), [ISSUE, TIMESTAMP]);
    assert!(scene.archived().is_empty());
}

#[tokio::test]
async fn a_log_that_is_gone_stops_the_run_before_an_event_is_recorded() {
    let scene = answering(501, asks_the_log).await;
    scene.run().await.stops(10, "sign/unavailable").shows("log-unavailable");
    assert_eq!(scene.written(), [ISSUE, TIMESTAMP, RECORD]);
    assert!(scene.archived().is_empty());
}

#[tokio::test]
async fn a_timestamp_over_other_bytes_is_refused_and_nothing_is_registered() {
    let scene = repeating(asks_for_the_time).await;
    scene
        .run()
        .await
        .stops(40, "metadata/answer")
        .shows("timestamp-over-other-bytes");
    assert_eq!(scene.written(), writes(3)[..5]);
    assert_eq!(scene.registered().await, None);
}

#[tokio::test]
async fn a_log_entry_about_another_signature_is_refused_and_nothing_is_registered() {
    let scene = repeating(asks_the_log).await;
    scene
        .run()
        .await
        .stops(40, "metadata/bundle")
        .shows("log-entry-about-another-signature");
    assert_eq!(scene.written(), writes(3)[..6]);
    assert_eq!(scene.registered().await, None);
}

#[tokio::test]
async fn a_log_entry_that_its_proof_does_not_prove_is_refused_and_no_event_is_recorded() {
    let scene = Scene::meddled(|asked| match asks_the_log(asked) {
        true => Act::Change(Box::new(|answer| {
            let mut entry: TransparencyLogEntry = serde_json::from_slice(&answer).unwrap();
            entry.inclusion_proof.hashes.push([7; 32]);
            serde_json::to_vec(&entry).unwrap()
        })),
        false => Act::Forward,
    })
    .await;
    scene.run().await.stops(40, "sign/bundle").shows("log-entry-not-proven");
    assert_eq!(scene.written(), [ISSUE, TIMESTAMP, RECORD]);
}

#[tokio::test]
async fn services_without_a_witness_that_the_anchors_name_are_refused() {
    for (which, name, written) in [
        (asks_for_the_time as fn(&Asked) -> bool, "no-timestamps", 2),
        (asks_the_log, "no-log", 3),
    ] {
        let scene = answering(404, which).await;
        scene.run().await.stops(40, "sign/no-witness").shows(name);
        assert_eq!(scene.written(), writes(2)[..written]);
    }
}

#[tokio::test]
async fn services_without_witnesses_make_a_release_without_bundles_where_the_anchors_name_none() {
    let scene = answering(404, |asked| asks_for_the_time(asked) || asks_the_log(asked)).await;
    scene.trust_no_witness();
    scene.run().await.succeeds();
    assert_eq!(scene.written(), writes_without(&[TIMESTAMP, RECORD], 6));
    let beside = ["", ".cert.pem", ".sig"].map(|ending| format!("{OBJECT}{ending}"));
    assert_eq!(scene.archived(), beside);
    let evidence: Value = serde_json::from_slice(&scene.evidence("evidence.json").unwrap()).unwrap();
    assert!(evidence["event"].is_object() && evidence.get("bundles").is_none());
    assert_eq!(scene.evidence(CERTIFIED), None);
}

#[tokio::test]
async fn an_authority_of_time_without_a_log_makes_bundles_that_tell_the_time() {
    let scene = Scene::quiet().await;
    scene.trust_no_log();
    scene.run().await.succeeds();
    assert_eq!(scene.written(), writes_without(&[RECORD], 6));
    let bundle = Bundle::parse(&scene.evidence(CERTIFIED).unwrap()).unwrap();
    assert_eq!((bundle.timestamps.len(), bundle.log_entries.len()), (1, 0));
}

const CERTIFIED: &str = "acme-widgets-1.2.3.tgz.sigstore.json";
