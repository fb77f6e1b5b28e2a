use std::sync::Arc;

use certified_evidence::Digest;
use certified_evidence::bundle::TransparencyLogEntry;
use certified_evidence::log::{
    Checkpoint, Entry, LogKey, TileKind, TilePath, Tree, TreeHash, TreeHead, read_entry_bundle, read_hash_tile,
};
use certified_evidence::wire::chronicle::{EventReply, Receipt};
use certified_evidence::wire::log::ConsistencyReply;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::receipts;
use crate::record::{RECORD, foreign, request};
use crate::up::{As, Up};

const EVENTS: &str = "gateway/chronicle/events";

impl Up {
    /// The log's key, as this run's anchors have it.
    pub(crate) fn log_key(&self) -> LogKey {
        self.running.anchors().logs[0].key.clone()
    }

    /// Records the golden event about another tarball.
    async fn appended(&self, number: u32) -> EventReply {
        let mut event: Value = serde_json::from_str(&self.golden.request("chronicle/append.request.json")).unwrap();
        event["artifacts"]["tarball_hash"] = json!(Digest::of(&number.to_be_bytes()).to_string());
        let answer = self
            .ask(Method::POST, EVENTS, As::ApiKey, Some(event.to_string()))
            .await;
        answer.json().await.unwrap()
    }

    async fn read(&self, path: &str) -> Vec<u8> {
        let answer = self
            .ask(Method::GET, &format!("gateway/log/{path}"), As::Nobody, None)
            .await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.bytes().await.unwrap().to_vec()
    }

    pub(crate) async fn checkpoint(&self) -> TreeHead {
        let text = String::from_utf8(self.read("checkpoint").await).unwrap();
        let checkpoint: Checkpoint = text.parse().unwrap();
        *checkpoint.verify(&self.log_key()).unwrap().head()
    }
}

#[tokio::test]
async fn every_event_is_an_entry_and_its_receipt_proves_it_without_asking_again() {
    let up = Up::at_noon().await;
    let mut replies = Vec::new();
    for number in 0..7 {
        replies.push(up.appended(number).await);
    }
    for (index, reply) in replies.iter().enumerate() {
        let receipt = reply.receipt.as_ref().unwrap();
        let proven = receipt.verify(&up.log_key()).unwrap();
        assert_eq!(proven.included().index().get(), index as u64);
        receipt.is_about(&reply.event).unwrap();
        let again = up.appended(index as u32).await;
        assert_eq!(&again, reply, "asking again says nothing new");
        let asked: Receipt = serde_json::from_slice(&up.read(&format!("proof/inclusion?index={index}")).await).unwrap();
        assert_eq!(&asked, receipt);
        let shown = format!("{EVENTS}/{}", reply.event_id);
        let shown: Value = up
            .ask(Method::GET, &shown, As::Nobody, None)
            .await
            .json()
            .await
            .unwrap();
        assert_eq!(shown["receipt"], serde_json::to_value(receipt).unwrap());
    }
    let now = up.checkpoint().await;
    assert_eq!(now.size().get(), 7);
    for reply in &replies {
        let seen = *reply.receipt.as_ref().unwrap().checkpoint.stated_head();
        let path = format!("proof/consistency?from={}", seen.size());
        let answer: ConsistencyReply = serde_json::from_slice(&up.read(&path).await).unwrap();
        assert_eq!(answer.checkpoint.verify(&up.log_key()).unwrap().head(), &now);
        answer.proof().verify(&seen, &now).unwrap();
    }
}

#[tokio::test]
async fn the_whole_tree_can_be_built_from_the_tiles_that_everybody_may_read() {
    let up = Up::at_noon().await;
    assert_eq!(up.checkpoint().await, TreeHead::empty());
    for number in 0..5 {
        up.appended(number).await;
    }
    let head = up.checkpoint().await;
    for prefix in ["", "api/v2/"] {
        let hashes = read_hash_tile(&up.read(&format!("{prefix}tile/0/000.p/5")).await, 5).unwrap();
        let entries = read_entry_bundle(&up.read(&format!("{prefix}tile/entries/000.p/5")).await, 5).unwrap();
        let leaves: Vec<_> = entries.iter().map(Entry::leaf_hash).collect();
        assert_eq!(
            leaves.iter().map(|&leaf| TreeHash::from(leaf)).collect::<Vec<_>>(),
            hashes
        );
        let mut tree = Tree::new();
        for leaf in leaves {
            tree.push(leaf).unwrap();
        }
        assert_eq!(tree.head(), head);
    }
    // A narrower tile is the beginning of a wider one, so an older checkpoint's tiles are still there.
    assert_eq!(up.read("tile/0/000.p/3").await, up.read("tile/0/000.p/5").await[..96]);
    for absent in [
        "tile/0/000",
        "tile/0/000.p/6",
        "tile/1/000.p/1",
        "tile/0/001.p/1",
        "tile/entries/000.p/6",
        "tile/0/0",
        "tile/x",
    ] {
        let answer = up
            .ask(Method::GET, &format!("gateway/log/{absent}"), As::Nobody, None)
            .await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{absent}");
    }
    let tile = TilePath::in_tree(TileKind::Hashes(0), 0, head.size()).unwrap();
    let answer = up
        .ask(Method::GET, &format!("gateway/log/{tile}"), As::Nobody, None)
        .await;
    assert_eq!(answer.headers()["content-type"], "application/octet-stream");
    assert!(
        answer.headers()["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    let answer = up.ask(Method::GET, "gateway/log/checkpoint", As::Nobody, None).await;
    assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(answer.headers()["cache-control"], "no-cache");
}

#[tokio::test]
async fn proofs_of_what_never_was_are_refused() {
    let up = Up::at_noon().await;
    up.appended(0).await;
    for (path, status) in [
        ("proof/inclusion?index=1", 404),
        ("proof/inclusion?index=-1", 400),
        ("proof/inclusion", 400),
        ("proof/inclusion?index=9223372036854775807", 400),
        ("proof/consistency?from=2", 404),
        ("proof/consistency?from=0&to=2", 404),
        ("proof/consistency?from=1&to=0", 400),
        ("proof/consistency?from=18446744073709551615", 404),
        ("proof/consistency", 400),
    ] {
        let answer = up
            .ask(Method::GET, &format!("gateway/log/{path}"), As::Nobody, None)
            .await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
}

#[tokio::test]
async fn the_proofs_are_the_golden_ones() {
    let mut up = Up::at_noon().await;
    let event = up.golden.request("chronicle/append.request.json");
    let first: Value = up
        .ask(Method::POST, EVENTS, As::ApiKey, Some(event))
        .await
        .json()
        .await
        .unwrap();
    up.golden.learn(
        first["event_id"].as_str().unwrap(),
        "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
    );
    receipts::learn(&mut up, &first);
    let path = "gateway/log/proof/inclusion?index=0";
    up.reads(Method::GET, path, As::Nobody, 200, "chronicle/inclusion.reply.json")
        .await;
    let path = "gateway/log/proof/consistency?from=0&to=1";
    up.reads(Method::GET, path, As::Nobody, 200, "chronicle/consistency.reply.json")
        .await;
}

#[tokio::test]
async fn many_who_append_at_once_get_indexes_without_gaps_and_the_same_content_gets_one() {
    let up = Arc::new(Up::at_noon().await);
    // Forty different events and as many records of one signature, all at the same time.
    let appends = (0..40).map(|number| {
        let up = up.clone();
        tokio::spawn(async move { up.appended(number).await.receipt.unwrap() })
    });
    let (key, certificate) = foreign();
    let body = request(b"tarball", &key, &certificate).to_string();
    let records = (0..40).map(|_| {
        let (up, body) = (up.clone(), body.clone());
        tokio::spawn(async move {
            let answer = up.ask(RECORD.0, RECORD.1, As::ApiKey, Some(body)).await;
            let created = answer.status() == StatusCode::CREATED;
            (created, answer.json::<TransparencyLogEntry>().await.unwrap())
        })
    });
    let (appends, records): (Vec<_>, Vec<_>) = (appends.collect(), records.collect());
    let mut indexes = Vec::new();
    for append in appends {
        let receipt = append.await.unwrap();
        receipt.verify(&up.log_key()).unwrap();
        indexes.push(receipt.log_index.get());
    }
    let (mut created, mut entries) = (0, Vec::new());
    for record in records {
        let (new, entry) = record.await.unwrap();
        created += usize::from(new);
        entries.push(entry);
    }
    entries.dedup();
    assert_eq!((created, entries.len()), (1, 1));
    indexes.push(entries[0].log_index);
    indexes.sort_unstable();
    assert_eq!(indexes, (0..41).collect::<Vec<_>>());
    assert_eq!(up.checkpoint().await.size().get(), 41);
}
