use base64ct::{Base64, Encoding};
use certified_evidence::bundle::TransparencyLogEntry;
use certified_evidence::certificate::{Authority, Certificate};
use certified_evidence::hashed_rekord::HashedRekord;
use certified_evidence::log::{Checkpoint, InclusionProof, LeafHash, LogKey, TreeHead};
use certified_evidence::{CertificateRequest, Digest, KeyDetails, SigningKey};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::receipts::{self, Known, key};
use crate::up::{As, NOW, Up};

pub(crate) const RECORD: (Method, &str) = (Method::POST, "gateway/log/api/v2/log/entries");

/// The request to record a signature.
pub(crate) fn request(signed: &[u8], key: &SigningKey, certificate: &Certificate) -> Value {
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
pub(crate) fn foreign() -> (SigningKey, Certificate) {
    let root = Authority::root("somebody else", "elsewhere", NOW, 1000, key(9), &mut Known(5)).unwrap();
    (key(9), root.certificate().clone())
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
    let csr = CertificateRequest::create(&own, "@acme/widgets@1.2.3").unwrap();
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
