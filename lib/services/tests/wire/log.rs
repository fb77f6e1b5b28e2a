use base64ct::{Base64, Encoding};
use certified_evidence::bundle::TransparencyLogEntry;
use certified_evidence::certificate::{Authority, Certificate};
use certified_evidence::hashed_rekord::HashedRekord;
use certified_evidence::log::{
    Checkpoint, Entry, InclusionProof, LeafHash, LogKey, TileKind, TilePath, Tree, TreeHash, TreeHead,
    read_entry_bundle, read_hash_tile,
};
use certified_evidence::wire::chronicle::{EventReply, Receipt};
use certified_evidence::wire::log::ConsistencyReply;
use certified_evidence::{Digest, KeyDetails, SigningKey};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::receipts::{self, Known, key};
use crate::up::{As, NOW, Up};

const EVENTS: &str = "gateway/chronicle/events";
const RECORD: (Method, &str) = (Method::POST, "gateway/log/api/v2/log/entries");

impl Up {
    /// The log's key, as this run's anchors have it.
    fn log_key(&self) -> LogKey {
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

    async fn checkpoint(&self) -> TreeHead {
        let text = String::from_utf8(self.read("checkpoint").await).unwrap();
        let checkpoint: Checkpoint = text.parse().unwrap();
        *checkpoint.verify(&self.log_key()).unwrap().head()
    }
}

/// The request to record a signature.
fn request(signed: &[u8], key: &SigningKey, certificate: &Certificate) -> Value {
    let details = KeyDetails::of(key.public_key()).unwrap();
    json!({ "hashedRekordRequestV002": {
        "digest": Base64::encode_string(Digest::of(signed).as_bytes()),
        "signature": {
            "content": key.sign(signed).unwrap(),
            "verifier": {
                "x509Certificate": { "rawBytes": Base64::encode_string(certificate.der()) },
                "keyDetails": details,
            },
        },
    } })
}

/// Somebody else's certificate.
fn foreign() -> (SigningKey, Certificate) {
    let root = Authority::root("somebody else", "elsewhere", NOW, 1000, key(9), &mut Known(5)).unwrap();
    (key(9), root.certificate().clone())
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
async fn a_genuine_signature_is_recorded_once_and_proven_as_sigstores_clients_expect() {
    let mut up = Up::at_noon().await;
    let (key, certificate) = foreign();
    let body = request(b"tarball", &key, &certificate);
    up.golden.compare("chronicle/record.request.json", &body);
    let answer = up.ask(RECORD.0, RECORD.1, As::ApiKey, Some(body.to_string())).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let value: Value = answer.json().await.unwrap();
    let entry: TransparencyLogEntry = serde_json::from_value(value.clone()).unwrap();
    let record = HashedRekord::parse(&entry.canonicalized_body).unwrap();
    record
        .check(Digest::of(b"tarball"), &key.sign(b"tarball").unwrap(), &certificate)
        .unwrap();
    assert_eq!(entry.log_id.key_id, *up.log_key().log_id());
    let checkpoint: Checkpoint = entry.inclusion_proof.checkpoint.envelope.parse().unwrap();
    let head = *checkpoint.verify(&up.log_key()).unwrap().head();
    assert_eq!(head.root().as_bytes(), &entry.inclusion_proof.root_hash);
    let proof = InclusionProof::new(entry.log_index.try_into().unwrap(), head.size(), Vec::new());
    proof.verify(LeafHash::of(&entry.canonicalized_body), &head).unwrap();
    let golden = Checkpoint::sign(&head, &receipts::signer()).unwrap();
    up.golden.learn(checkpoint.as_str(), golden.as_str());
    let id = |key: &LogKey| Base64::encode_string(key.log_id());
    up.golden.learn(&id(&up.log_key()), &id(receipts::signer().key()));
    up.golden.compare("chronicle/record.reply.json", &value);
    up.writes(
        RECORD,
        As::ApiKey,
        "chronicle/record.request.json",
        200,
        "chronicle/record.reply.json",
    )
    .await;
    assert_eq!(up.checkpoint().await.size().get(), 1);
}

#[tokio::test]
async fn a_signature_that_the_certificates_key_did_not_make_is_not_recorded() {
    let up = Up::at_noon().await;
    let (key, certificate) = foreign();
    let good = request(b"tarball", &key, &certificate);
    let with = |pointer: &str, value: Value| {
        let mut body = good.clone();
        *body.pointer_mut(&format!("/hashedRekordRequestV002{pointer}")).unwrap() = value;
        body
    };
    for body in [
        with("/digest", json!(Base64::encode_string(Digest::of(b"other").as_bytes()))),
        with("/digest", json!("AAAA")),
        with("/signature/content", json!(key.sign(b"other").unwrap())),
        with("/signature/content", json!("AAAA")),
        with("/signature/verifier/keyDetails", json!("PKIX_RSA_PKCS1V15_2048_SHA256")),
        with("/signature/verifier/x509Certificate/rawBytes", json!("AAAA")),
        json!({ "dsseRequestV002": {} }),
    ] {
        let answer = up.ask(RECORD.0, RECORD.1, As::ApiKey, Some(body.to_string())).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body}");
    }
    assert_eq!(up.checkpoint().await, TreeHead::empty());
}

#[tokio::test]
async fn without_a_credential_only_a_certificate_that_was_issued_here_records() {
    let up = Up::at_noon().await;
    let (key, certificate) = foreign();
    let foreign = request(b"tarball", &key, &certificate).to_string();
    for (who, status) in [(As::Nobody, 401), (As::ChittyId, 403)] {
        let answer = up.ask(RECORD.0, RECORD.1, who, Some(foreign.clone())).await;
        assert_eq!(answer.status().as_u16(), status);
    }
    let own = receipts::key(3);
    let csr = certified_evidence::CertificateRequest::create(&own, "@acme/widgets@1.2.3").unwrap();
    let mut issue: Value = serde_json::from_str(&up.golden.request("chittyid/issue.request.json")).unwrap();
    issue["csr"] = json!(csr.to_pem());
    let issued = up
        .ask(
            Method::POST,
            "id/v1/certificates/issue",
            As::ChittyId,
            Some(issue.to_string()),
        )
        .await;
    let issued: Value = issued.json().await.unwrap();
    let certificate = Certificate::from_pem(issued["pem"].as_str().unwrap()).unwrap();
    let body = request(b"tarball", &own, &certificate).to_string();
    let answer = up.ask(RECORD.0, RECORD.1, As::Nobody, Some(body.clone())).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    // Withdrawn, it speaks for nobody.
    let revoke = format!("id/v1/certificates/{}/revoke", issued["cert_id"].as_str().unwrap());
    let reason = json!({ "reason": "lost" }).to_string();
    let revoked = up.ask(Method::POST, &revoke, As::ChittyId, Some(reason)).await;
    assert_eq!(revoked.status(), StatusCode::OK);
    let answer = up.ask(RECORD.0, RECORD.1, As::Nobody, Some(body)).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn many_who_append_at_once_get_indexes_without_gaps_and_the_same_content_gets_one() {
    let up = std::sync::Arc::new(Up::at_noon().await);
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
