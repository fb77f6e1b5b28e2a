//! What the embedded services give, shown to the same verifiers with the trust root that they give too.

use std::time::{SystemTime, UNIX_EPOCH};

use certified_evidence::bundle::{Content, TransparencyLogEntry};
use certified_evidence::hashed_rekord::HashedRekord;
use certified_evidence::log::{Checkpoint, InclusionProof, LeafHash, LogSigner, Tree};
use certified_evidence::timestamp_token::TimestampRequest;
use certified_evidence::trust_root::{TransparencyLog, ValidFor};
use certified_evidence::{
    Bundle, Certificate, CertificateRequest, Digest, KeyAlgorithm, SigningKey, Timestamp, TrustRoot,
};
use certified_services::{Options, Running};
use serde_json::{Value, json};

use crate::case::{Case, table};
use crate::town::{ARTIFACT, PACKAGE, key, rng};

#[tokio::test]
async fn every_verifier_accepts_what_the_embedded_services_vouch_for() {
    // Ours is plain HTTP, but the client wants to know how it would do TLS.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let data = tempfile::tempdir().unwrap();
    let running = certified_services::start(Options::in_folder(data.path()))
        .await
        .unwrap();
    let key = key(KeyAlgorithm::EcdsaP256);
    let certificate = certificate(&running, &key).await;
    let signature = key.sign(ARTIFACT).unwrap();
    let entry = HashedRekord::new(Digest::of(ARTIFACT), signature.clone(), &certificate).unwrap();
    let mut trust_root = running.trust_root().clone();
    let bundle = Bundle {
        certificate,
        log_entries: vec![logged(&entry, &mut trust_root)],
        timestamps: vec![timestamp(&running, signature.as_bytes()).await],
        content: Content::Message {
            digest: Digest::of(ARTIFACT),
            signature,
        },
    };
    let mut case = Case::new("a release, locally", &bundle, &trust_root);
    // The local authority verifies no workflow, so it names none.
    case.issuer = None;
    insta::assert_snapshot!("embedded", table(&[case]));
    running.stop().await;
}

async fn certificate(running: &Running, key: &SigningKey) -> Certificate {
    let request = json!({
        "type": "package",
        "package_name": PACKAGE.0,
        "version": PACKAGE.1,
        "requester": { "github_user": "octo", "workflow_run": "local", "commit": "unknown" },
        "governance_approval": "workflow_dispatch",
        "csr": CertificateRequest::create(key, "@acme/widgets@1.2.3").unwrap().to_pem(),
    });
    let address = running.addresses().chitty_id.join("v1/certificates/issue").unwrap();
    let token = running.tokens().chitty_id_token.expose().clone();
    let request = client().post(address).bearer_auth(token).json(&request);
    let reply: Value = request.send().await.unwrap().json().await.unwrap();
    Certificate::from_pem(reply["pem"].as_str().unwrap()).unwrap()
}

async fn timestamp(running: &Running, bytes: &[u8]) -> Vec<u8> {
    let request = TimestampRequest::about(bytes, &mut rng());
    let address = running.addresses().timestamps.join("api/v1/timestamp").unwrap();
    let post = client()
        .post(address)
        .header("content-type", TimestampRequest::CONTENT_TYPE)
        .body(request.to_der().unwrap());
    let answer = post.send().await.unwrap().bytes().await.unwrap();
    request
        .accept(&answer, &running.trust_root().timestamp_authorities)
        .unwrap();
    answer.to_vec()
}

/// A log of this test's own, added to what is trusted.
fn logged(entry: &HashedRekord, trust_root: &mut TrustRoot) -> TransparencyLogEntry {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let valid_for = ValidFor::from(Timestamp::from_unix(since.as_secs()).minus_seconds(60));
    let signer = LogSigner::ecdsa("log.example".parse().unwrap(), key(KeyAlgorithm::EcdsaP256)).unwrap();
    trust_root.tlogs = vec![TransparencyLog::of_log("https://log.example", signer.key(), valid_for)];
    let mut tree = Tree::new();
    tree.push(LeafHash::of(b"another entry")).unwrap();
    let index = tree.push(LeafHash::of(&entry.to_canonical().unwrap())).unwrap();
    let proof = InclusionProof::make(index, tree.size(), &tree).unwrap();
    let checkpoint = Checkpoint::sign(&tree.head(), &signer).unwrap();
    TransparencyLogEntry::of(entry, &proof, &checkpoint, signer.key()).unwrap()
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}
