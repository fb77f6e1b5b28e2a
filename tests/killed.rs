//! What is left of the log when the services are killed in the middle of their work.
//!
//! `certified-publish services` runs them on a database file and is killed (SIGKILL), again and again, while several connections append.
//! Whatever it has answered must be there afterwards, and every checkpoint it ever showed must be of the same log.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use certified_evidence::log::{
    Checkpoint, ConsistencyProof, Entry, LogKey, TileKind, TilePath, Tree, TreeHead, read_entry_bundle,
};
use certified_evidence::wire::chronicle::{EventReply, Receipt, StoredEvent};
use certified_evidence::{Anchors, Digest};
use certified_services::{Options, Running, start};
use reqwest::Client;
use serde_json::{Value, json};
use stage::services::Services;
use tokio::sync::Mutex;

/// How often the services are killed.
const KILLS: u32 = 25;
/// How many append at the same time.
const WRITERS: u32 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_answered_survives_every_kill_and_the_log_never_forks() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let seen = Arc::new(Seen::default());
    for round in 0..KILLS {
        let services = Services::start(&data, folder.path(), &[]);
        let up = Arc::new(Up::of(&services));
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| tokio::spawn(append(up.clone(), seen.clone())))
            .collect();
        // Killed after as many answers as the round has, so at another moment of the work each time.
        let enough = seen.acknowledged.lock().await.len() + 1 + round as usize;
        while seen.acknowledged.lock().await.len() < enough && writers.iter().any(|writer| !writer.is_finished()) {
            tokio::task::yield_now().await;
        }
        drop(services);
        for writer in writers {
            writer.await.unwrap();
        }
    }
    judge(&data, &seen).await;
}

/// Everything that the services ever said.
#[derive(Default)]
struct Seen {
    numbers: AtomicU32,
    acknowledged: Mutex<Vec<EventReply>>,
    checkpoints: Mutex<Vec<Checkpoint>>,
    keys: Mutex<Vec<LogKey>>,
}

/// One life of the services.
struct Up {
    gateway: String,
    token: String,
    key: LogKey,
    client: Client,
}

impl Up {
    fn of(services: &Services) -> Self {
        let anchors = std::fs::read(&services.assignments["CERTIFIED_PUBLISH_ANCHORS"]).unwrap();
        Self {
            gateway: services.gateway().to_owned(),
            token: services.assignments["CHITTY_API_KEY"].clone(),
            key: Anchors::parse(&anchors).unwrap().logs[0].key.clone(),
            client: Client::builder().no_proxy().build().unwrap(),
        }
    }

    async fn record(&self, number: u32) -> Option<EventReply> {
        let golden = include_str!("../fixtures/wire/chronicle/append.request.json");
        let mut event: Value = serde_json::from_str(golden).unwrap();
        event["artifacts"]["tarball_hash"] = json!(Digest::of(&number.to_be_bytes()).to_string());
        let url = format!("{}chronicle/events", self.gateway);
        let sent = self
            .client
            .post(url)
            .bearer_auth(&self.token)
            .body(event.to_string())
            .send()
            .await;
        let answer = sent.ok()?;
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.json().await.ok()
    }

    async fn checkpoint(&self) -> Option<Checkpoint> {
        let sent = self.client.get(format!("{}log/checkpoint", self.gateway)).send().await;
        let text = sent.ok()?.text().await.ok()?;
        Some(text.parse().unwrap())
    }
}

/// Appends until the services are gone, and keeps what they answer.
async fn append(up: Arc<Up>, seen: Arc<Seen>) {
    seen.keys.lock().await.push(up.key.clone());
    loop {
        let number = seen.numbers.fetch_add(1, Ordering::SeqCst);
        let Some(reply) = up.record(number).await else { return };
        seen.acknowledged.lock().await.push(reply);
        let Some(checkpoint) = up.checkpoint().await else {
            return;
        };
        seen.checkpoints.lock().await.push(checkpoint);
    }
}

/// Holds what is there against what was said.
async fn judge(folder: &Path, seen: &Seen) {
    let running = start(Options::in_folder(folder)).await.unwrap();
    let key = running.anchors().logs[0].key.clone();
    assert!(
        seen.keys.lock().await.iter().all(|earlier| *earlier == key),
        "the log changed its key"
    );
    let (entries, head) = whole_log(&running, &key).await;
    let mut tree = Tree::new();
    for entry in &entries {
        tree.push(entry.leaf_hash()).unwrap();
    }
    assert_eq!(tree.head(), head, "the entries are not those of the signed tree");
    let acknowledged = seen.acknowledged.lock().await;
    let mut indexes = BTreeMap::new();
    for reply in acknowledged.iter() {
        let receipt = reply.receipt.as_ref().unwrap();
        receipt.verify(&key).unwrap();
        receipt.is_about(&reply.event).unwrap();
        let index = usize::try_from(receipt.log_index.get()).unwrap();
        assert_eq!(entries[index], receipt.entry, "an answer was forgotten");
        assert_eq!(indexes.insert(index, ()), None, "two answers have one index");
        consistent(&tree, receipt.checkpoint.verify(&key).unwrap().head());
    }
    let checkpoints = seen.checkpoints.lock().await;
    for checkpoint in checkpoints.iter() {
        consistent(&tree, checkpoint.verify(&key).unwrap().head());
    }
    // Every entry is an event that the table knows at the same place, answered or not.
    for (index, entry) in entries.iter().enumerate() {
        let event: StoredEvent = serde_json::from_slice(entry.as_bytes()).unwrap();
        let url = format!("{}chronicle/events/{}", running.addresses().gateway, event.id);
        let shown: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        let receipt: Receipt = serde_json::from_value(shown["receipt"].clone()).unwrap();
        assert_eq!((receipt.log_index.get(), &receipt.entry), (index as u64, entry));
    }
    assert!(
        acknowledged.len() as u32 >= KILLS,
        "only {} answers",
        acknowledged.len()
    );
    assert!(
        checkpoints.len() as u32 >= KILLS,
        "only {} checkpoints",
        checkpoints.len()
    );
    running.stop().await;
}

fn consistent(tree: &Tree, earlier: &TreeHead) {
    let proof = ConsistencyProof::make(earlier.size(), tree.size(), tree).unwrap();
    proof.verify(earlier, &tree.head()).unwrap();
}

/// All entries, as a stranger reads them, and the head that the log signs.
async fn whole_log(running: &Running, key: &LogKey) -> (Vec<Entry>, TreeHead) {
    let log = format!("{}log/", running.addresses().gateway);
    let read = async |path: String| {
        reqwest::get(format!("{log}{path}"))
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap()
    };
    let checkpoint: Checkpoint = std::str::from_utf8(&read("checkpoint".into()).await)
        .unwrap()
        .parse()
        .unwrap();
    let head = *checkpoint.verify(key).unwrap().head();
    let mut entries = Vec::new();
    for tile in TilePath::all_in_tree(TileKind::Entries, head.size()) {
        entries.extend(read_entry_bundle(&read(tile.to_string()).await, tile.width()).unwrap());
    }
    assert_eq!(entries.len() as u64, head.size().get());
    (entries, head)
}
