//! What the embedded services give, shown to the same verifiers with the trust root that they give too.

use certified_evidence::bundle::{Content, TransparencyLogEntry};
use certified_evidence::timestamp_token::TimestampRequest;
use certified_evidence::{Bundle, Certificate, CertificateRequest, KeyAlgorithm, KeyDetails, SigningKey};
use certified_services::{Options, Running};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::case::{Case, table};
use crate::town::{self, ARTIFACT, PACKAGE, key, rng};

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
    let mut cases = Vec::new();
    for (name, content) in [
        ("tarball", town::message(&key, ARTIFACT)),
        ("provenance", town::provenance(&key, ARTIFACT)),
    ] {
        let bundle = bundle(&running, certificate.clone(), content).await;
        let mut case = Case::new(&format!("{name}, local"), &bundle, running.trust_root());
        // The local authority verifies no workflow, so it names none.
        case.issuer = None;
        cases.push(case);
    }
    insta::assert_snapshot!("embedded", table(&cases));
    running.stop().await;
}

async fn bundle(running: &Running, certificate: Certificate, content: Content) -> Bundle {
    let mut bundle = Bundle {
        certificate,
        log_entries: Vec::new(),
        timestamps: Vec::new(),
        content,
    };
    bundle.log_entries = vec![log_entry(running, &bundle).await];
    bundle.timestamps = vec![timestamp(running, bundle.signature().unwrap().as_bytes()).await];
    bundle
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
    let reply = answered(client().post(address).bearer_auth(token).json(&request)).await;
    let reply: Value = reply.json().await.unwrap();
    Certificate::from_pem(reply["pem"].as_str().unwrap()).unwrap()
}

/// Without a credential, as Sigstore's clients ask: the certificate is one that was issued here.
async fn log_entry(running: &Running, bundle: &Bundle) -> TransparencyLogEntry {
    let signature = bundle.signature().unwrap();
    let signed = town::signed_digest(&bundle.content);
    let key_details = KeyDetails::of(&bundle.certificate.public_key().unwrap());
    let raw_bytes = base64(bundle.certificate.der());
    let request = json!({ "hashedRekordRequestV002": {
        "digest": base64(signed.as_bytes()),
        "signature": {
            "content": signature,
            "verifier": { "x509Certificate": { "rawBytes": raw_bytes }, "keyDetails": key_details },
        },
    } });
    let address = running.addresses().gateway.join("log/api/v2/log/entries").unwrap();
    answered(client().post(address).json(&request))
        .await
        .json()
        .await
        .unwrap()
}

async fn timestamp(running: &Running, bytes: &[u8]) -> Vec<u8> {
    let request = TimestampRequest::about(bytes, &mut rng());
    let address = running.addresses().chitty_id.join("api/v1/timestamp").unwrap();
    let post = client()
        .post(address)
        .header("content-type", TimestampRequest::CONTENT_TYPE)
        .body(request.to_der().unwrap());
    let answer = answered(post).await.bytes().await.unwrap();
    request
        .accept(&answer, &running.trust_root().timestamp_authorities)
        .unwrap();
    answer.to_vec()
}

async fn answered(request: RequestBuilder) -> Response {
    let response = request.send().await.unwrap();
    assert!(response.status().is_success(), "{}", response.text().await.unwrap());
    response
}

fn base64(bytes: &[u8]) -> String {
    use base64ct::Encoding as _;
    base64ct::Base64::encode_string(bytes)
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}
