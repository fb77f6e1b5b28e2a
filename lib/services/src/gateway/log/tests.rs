//! What the log appends and proves, without a port.

use std::sync::Arc;

use certified_evidence::Digest;
use certified_evidence::log::{Entry, LeafIndex, TileKind, TilePath, Tree, read_hash_tile};
use certified_evidence::wire::chronicle::{Receipt, StoredEvent};
use sqlx::sqlite::SqlitePool;

use super::Log;
use crate::refusal::Refusal;
use crate::staged::{NOW, log, request_id, store};
use crate::storage::sqlite::SqliteStore;
use crate::storage::{Append, AuditEntry, Events as _, LogStore as _, StorageError, Written};

fn record(number: u64) -> Append {
    Append {
        entry: Entry::new(format!("entry {number}")).unwrap(),
        event: None,
        audit: AuditEntry {
            timestamp: NOW,
            actor: "writer".into(),
            action: "log:record",
            resource: number.to_string(),
            request_id: request_id(),
        },
    }
}

fn recorded(number: u64) -> StoredEvent {
    let golden = include_str!("../../../../../fixtures/wire/chronicle/event.reply.json");
    let mut event: StoredEvent = serde_json::from_str(golden).unwrap();
    event.id = format!("event-{number}").parse().unwrap();
    event.payload.artifacts.tarball_hash = Digest::of(&number.to_be_bytes());
    event
}

fn at(index: u64) -> LeafIndex {
    index.try_into().unwrap()
}

#[tokio::test]
async fn a_log_larger_than_a_tile_proves_each_entry_and_serves_each_tile() {
    let store = Arc::new(store().await);
    let mut tree = Tree::new();
    for batch in (0..600).collect::<Vec<_>>().chunks(97) {
        let batch: Vec<_> = batch.iter().map(|&number| record(number)).collect();
        store.append(&batch).await.unwrap();
        for append in batch {
            tree.push(append.entry.leaf_hash()).unwrap();
        }
    }
    let log = log(store);
    assert_eq!(log.checkpoint().await.unwrap().stated_head(), &tree.head());
    for index in [0, 1, 255, 256, 257, 511, 512, 599] {
        let receipt = log.receipt(at(index)).await.unwrap();
        let proven = receipt.verify(log.key()).unwrap();
        assert_eq!(proven.head().head(), &tree.head_at(at(index).smallest_tree()).unwrap());
    }
    for from in [0, 1, 2, 255, 256, 300, 512, 599, 600] {
        let answer = log.consistency(from, None).await.unwrap();
        let earlier = tree.head_at(from.try_into().unwrap()).unwrap();
        answer.proof().verify(&earlier, &tree.head()).unwrap();
    }
    for kind in [TileKind::Hashes(0), TileKind::Hashes(1), TileKind::Hashes(2)] {
        for path in TilePath::all_in_tree(kind, tree.size()) {
            let bytes = log.tile(path).await.unwrap();
            let expected: Vec<_> = path
                .nodes()
                .filter_map(|at| certified_evidence::log::Nodes::node(&tree, at))
                .collect();
            assert_eq!(read_hash_tile(&bytes, path.width()), Ok(expected), "{path}");
        }
    }
}

#[tokio::test]
async fn a_batch_gives_the_same_content_one_index_also_within_itself() {
    let store = store().await;
    let batch = [record(1), record(2), record(1)];
    let written = store.append(&batch).await.unwrap();
    assert_eq!(
        written,
        [Written::New(at(0)), Written::New(at(1)), Written::Present(at(0))]
    );
    let again = store.append(&batch).await.unwrap();
    assert_eq!(
        again,
        [
            Written::Present(at(0)),
            Written::Present(at(1)),
            Written::Present(at(0))
        ]
    );
    assert_eq!(store.size().await.unwrap().get(), 2);
}

#[tokio::test]
async fn a_batch_that_fails_leaves_nothing_and_one_bad_entry_costs_the_others_nothing() {
    let store = Arc::new(store().await);
    // Two events of one name: the database refuses the second.
    let with_event = |number: u64, id: &str| {
        let mut event = recorded(number);
        event.id = id.parse().unwrap();
        let entry = Receipt::entry_of(&event).unwrap();
        let event = Some(event);
        Append {
            entry,
            event,
            ..record(number)
        }
    };
    let (good, bad) = (with_event(1, "one-name"), with_event(2, "one-name"));
    assert!(store.append(&[good.clone(), bad.clone(), record(3)]).await.is_err());
    assert_eq!(store.size().await.unwrap().get(), 0);
    let log = Arc::new(log(store.clone()));
    let asked: Vec<_> = [good, bad, record(3)]
        .into_iter()
        .map(|append| {
            let log: Arc<Log> = log.clone();
            tokio::spawn(async move { log.append(append).await })
        })
        .collect();
    let mut failed = 0;
    for answer in asked {
        match answer.await.unwrap() {
            Ok(written) => assert!(matches!(written, Written::New(_))),
            Err(refusal) => {
                assert!(
                    matches!(refusal, Refusal::Storage(StorageError::Database(_))),
                    "{refusal:?}"
                );
                failed += 1;
            }
        }
    }
    assert_eq!((failed, store.size().await.unwrap().get()), (1, 2));
}

#[tokio::test]
async fn events_from_before_there_was_a_log_stand_in_it_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("services.sqlite");
    let store = SqliteStore::open_file(&file).await.unwrap();
    for number in 0..3 {
        let event = recorded(number);
        let entry = Receipt::entry_of(&event).unwrap();
        let event = Some(event);
        store
            .append(&[Append {
                entry,
                event,
                ..record(number)
            }])
            .await
            .unwrap();
    }
    store.close().await;
    // What the tables held before.
    let pool = SqlitePool::connect(&format!("sqlite://{}", file.display()))
        .await
        .unwrap();
    for statement in [
        "UPDATE chronicle_events SET log_index = NULL",
        "DELETE FROM log_nodes",
        "DELETE FROM log_entries",
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    pool.close().await;
    let store = Arc::new(SqliteStore::open_file(&file).await.unwrap());
    let log = log(store.clone());
    for number in 0..3 {
        let (event, index) = store.find(&recorded(number).id).await.unwrap().unwrap();
        assert_eq!(index, at(number));
        let receipt = log.receipt(index).await.unwrap();
        receipt.verify(log.key()).unwrap();
        receipt.is_about(&event).unwrap();
    }
    assert_eq!(store.size().await.unwrap().get(), 3);
}

#[tokio::test]
async fn a_log_whose_nodes_are_gone_answers_nothing_rather_than_something_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("services.sqlite");
    let store = Arc::new(SqliteStore::open_file(&file).await.unwrap());
    store.append(&[record(0), record(1), record(2)]).await.unwrap();
    let pool = SqlitePool::connect(&format!("sqlite://{}", file.display()))
        .await
        .unwrap();
    sqlx::query("DELETE FROM log_nodes WHERE level = 1")
        .execute(&pool)
        .await
        .unwrap();
    let log = log(store.clone());
    for refused in [log.checkpoint().await.map(drop), log.receipt(at(2)).await.map(drop)] {
        assert!(
            matches!(
                refused,
                Err(Refusal::Failed {
                    code: "LOG_DAMAGED",
                    ..
                })
            ),
            "{refused:?}"
        );
    }
    assert!(store.append(&[record(3)]).await.is_err());
}
