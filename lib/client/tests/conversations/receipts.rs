//! What the Chronicle has to prove, and what becomes of an answer that it does not.

use certified_client::{BaseUrl, Chronicle, Class, Failure};
use certified_evidence::bundle::TransparencyLogEntry;
use certified_evidence::log::{Checkpoint, ConsistencyProof, InclusionProof, LeafHash, LogKey, LogSigner, Tree};
use certified_evidence::wire::chronicle::{EventRequest, Receipt, StoredEvent};
use certified_evidence::{Digest, Secret};
use certified_services::{Options, Running};
use serde_json::{Value, json};

use crate::samples::{chronicle, event, event_reply, stored_event, transport};
use crate::stub::{HASTY, Reply, Stub};

fn signer(seed: u8) -> LogSigner {
    LogSigner::ed25519("log.example.com".parse().unwrap(), &Secret::new([seed; 32])).unwrap()
}

fn key() -> LogKey {
    signer(1).key().clone()
}

/// The receipt of the sample event, by the log of this seed, as the second of two entries.
fn receipt(seed: u8) -> Value {
    let event: StoredEvent = serde_json::from_value(stored_event()).unwrap();
    let entry = Receipt::entry_of(&event).unwrap();
    let mut tree = Tree::new();
    tree.push(LeafHash::of(b"before")).unwrap();
    let index = tree.push(entry.leaf_hash()).unwrap();
    let proof = InclusionProof::make(index, tree.size(), &tree).unwrap();
    let checkpoint = Checkpoint::sign(&tree.head(), &signer(seed)).unwrap();
    serde_json::to_value(Receipt::new(entry, &proof, checkpoint)).unwrap()
}

fn reply_with(receipt: Value) -> Reply {
    let mut reply = event_reply();
    reply["receipt"] = receipt;
    Reply::json(201, &reply.to_string())
}

/// What becomes of an answer with this receipt.
async fn told(receipt: Value, log: Option<LogKey>) -> Result<(), Failure> {
    let stub = Stub::new([reply_with(receipt)]).await;
    let client = match log {
        Some(key) => chronicle(&stub).with_log(key),
        None => chronicle(&stub),
    };
    client.record(&event()).await.map(drop).map_err(|error| error.what)
}

#[tokio::test]
async fn a_receipt_that_holds_is_handed_on_whether_or_not_the_log_is_known() {
    assert_eq!(told(receipt(1), Some(key())).await, Ok(()));
    assert_eq!(told(receipt(1), None).await, Ok(()));
}

#[tokio::test]
async fn a_receipt_that_does_not_hold_is_refused_with_what_is_wrong() {
    let with = |member: &str, value: Value| {
        let mut receipt = receipt(1);
        *receipt.pointer_mut(member).unwrap() = value;
        receipt
    };
    let hash = LeafHash::of(b"other").to_string();
    for (bad, reason) in [
        (with("/leaf_hash", json!(hash)), "the receipt's entry has the hash"),
        (with("/inclusion_proof/hashes/0", json!(hash)), "is not in the log"),
        (
            with("/inclusion_proof/hashes", json!([])),
            "expected a proof of 1 hashes, found 0",
        ),
        (
            with("/inclusion_proof/tree_size", json!(3)),
            "expected a proof about a tree of 2 entries",
        ),
        (with("/log_index", json!(0)), "is not in the log"),
    ] {
        for log in [None, Some(key())] {
            match told(bad.clone(), log).await {
                Err(Failure::Unproven(said)) => assert!(said.contains(reason), "{said}"),
                other => panic!("{reason}: {other:?}"),
            }
        }
    }
    // Only who knows the log can tell that another one signed.
    assert_eq!(told(receipt(2), None).await, Ok(()));
    assert!(matches!(told(receipt(2), Some(key())).await, Err(Failure::Unproven(_))));
    for unreadable in [
        json!("no receipt"),
        with("/checkpoint", json!("no note")),
        with("/log_index", json!(-1)),
    ] {
        assert!(matches!(told(unreadable, None).await, Err(Failure::Unreadable(_))));
    }
}

#[tokio::test]
async fn a_log_whose_key_changed_is_believed_under_each_key_that_is_known() {
    for seed in [1, 2] {
        let stub = Stub::new([reply_with(receipt(seed))]).await;
        let client = chronicle(&stub).with_log(key()).with_log(signer(2).key().clone());
        assert!(client.record(&event()).await.is_ok());
    }
    let stub = Stub::new([reply_with(receipt(3))]).await;
    let client = chronicle(&stub).with_log(key()).with_log(signer(2).key().clone());
    assert!(matches!(
        client.record(&event()).await.unwrap_err().what,
        Failure::Unproven(_)
    ));
}

#[tokio::test]
async fn a_receipt_for_another_event_is_refused() {
    let mut reply = event_reply();
    reply["receipt"] = receipt(1);
    reply["event"]["actor"] = json!("somebody else");
    let stub = Stub::new([Reply::json(201, &reply.to_string())]).await;
    let error = chronicle(&stub).record(&event()).await.unwrap_err();
    assert!(matches!(error.what, Failure::Unproven(_)), "{error}");
    assert_eq!(error.class(), Class::Verification);
    assert!(error.advice().contains("do not publish"), "{}", error.advice());
}

#[tokio::test]
async fn who_knows_the_log_insists_on_the_receipt_and_who_does_not_takes_the_older_answer() {
    let stub = Stub::new([Reply::json(200, &event_reply().to_string())]).await;
    assert_eq!(chronicle(&stub).record(&event()).await.unwrap().receipt, None);
    let error = chronicle(&stub).with_log(key()).record(&event()).await.unwrap_err();
    assert!(matches!(error.what, Failure::Unproven(_)), "{error}");
    let stub = Stub::new([Reply::json(200, &stored_event().to_string())]).await;
    let id = "evt_20260101120000_ab12cd".parse().unwrap();
    assert!(
        chronicle(&stub)
            .event_with_receipt(&id)
            .await
            .unwrap()
            .unwrap()
            .receipt
            .is_none()
    );
    let error = chronicle(&stub).with_log(key()).event(&id).await.unwrap_err();
    assert!(matches!(error.what, Failure::Unproven(_)), "{error}");
}

#[tokio::test]
async fn a_log_that_forgot_or_parted_is_found_out() {
    let mut tree = Tree::new();
    let mut other = Tree::new();
    for number in 0..5_u8 {
        tree.push(LeafHash::of(&[number])).unwrap();
        other.push(LeafHash::of(&[number, 1])).unwrap();
    }
    let earlier = tree.head_at(3.try_into().unwrap()).unwrap();
    let answer = |tree: &Tree| {
        let proof = ConsistencyProof::make(earlier.size(), tree.size(), tree).unwrap();
        let checkpoint = Checkpoint::sign(&tree.head(), &signer(1)).unwrap();
        let answer = json!({ "from": 3, "to": 5, "hashes": proof.path(), "checkpoint": checkpoint });
        Reply::json(200, &answer.to_string())
    };
    let stub = Stub::new([
        answer(&tree),
        answer(&other),
        Reply::json(404, r#"{"error":"TREE_SIZE_NOT_FOUND"}"#),
    ])
    .await;
    let client = chronicle(&stub).with_log(key());
    assert_eq!(client.head_since(&earlier).await.unwrap().head(), &tree.head());
    for _ in 0..2 {
        let error = client.head_since(&earlier).await.unwrap_err();
        assert!(matches!(error.what, Failure::Unproven(_)), "{error}");
    }
    assert_eq!(stub.seen()[0].uri, "/base/log/proof/consistency?from=3");
    let error = chronicle(&stub).head_since(&earlier).await.unwrap_err();
    assert!(matches!(error.what, Failure::Request(_)) && error.nothing_was_sent());
}

/// A client of the real services.
fn of(running: &Running) -> Chronicle {
    let base: BaseUrl = running.addresses().gateway.as_str().parse().unwrap();
    let token = Secret::from(running.tokens().chitty_api_key.expose().as_str());
    let key = running.anchors().logs[0].key.clone();
    Chronicle::new(transport(), base, token)
        .with_log(key)
        .with_patience(HASTY)
}

#[tokio::test]
async fn the_real_chronicle_proves_what_it_records_and_that_it_only_grows() {
    let folder = tempfile::tempdir().unwrap();
    let running = certified_services::start(Options::in_folder(folder.path()))
        .await
        .unwrap();
    let client = of(&running);
    let empty = client.head().await.unwrap();
    assert_eq!(empty.head().size().get(), 0);
    let mut heads = vec![*empty.head()];
    for number in 0..4_u8 {
        let mut event: EventRequest = event();
        event.artifacts.tarball_hash = Digest::of(&[number]);
        let reply = client.record(&event).await.unwrap();
        let again = client.record(&event).await.unwrap();
        assert_eq!(again, reply);
        let shown = client.event_with_receipt(&reply.event_id).await.unwrap().unwrap();
        assert_eq!((shown.event, shown.receipt), (reply.event, reply.receipt));
        heads.push(*client.head().await.unwrap().head());
    }
    for earlier in &heads {
        assert_eq!(Some(client.head_since(earlier).await.unwrap().head()), heads.last());
    }
    let request = include_str!("../../../../fixtures/wire/chronicle/record.request.json");
    let request = serde_json::from_str(request).unwrap();
    let entry: TransparencyLogEntry = client.record_signature(&request).await.unwrap();
    assert_eq!(entry.log_index, 4);
    let without_token = Chronicle::reader(transport(), running.addresses().gateway.as_str().parse().unwrap());
    let refused = without_token.record_signature(&request).await.unwrap_err();
    assert!(matches!(refused.what, Failure::Unauthorized(_)), "{refused}");
    running.stop().await;
}
