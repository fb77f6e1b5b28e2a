use serde_json::{Value, json};

use super::*;
use crate::certificate::tests::{issuing, profile, root};
use crate::hashed_rekord::HashedRekord;
use crate::key::KeyAlgorithm;
use crate::key::tests::key;

/// A bundle of each kind, whose log entry and timestamp are well-formed and prove nothing.
pub(crate) fn bundles() -> [Bundle; 2] {
    let key = key(KeyAlgorithm::EcdsaP256);
    let certificate = issuing(&root(KeyAlgorithm::EcdsaP256)).issue(profile(&key)).unwrap();
    let digest = Digest::of(b"tarball");
    let signature = key.sign(b"tarball").unwrap();
    let entry = HashedRekord::new(digest, signature.clone(), &certificate).unwrap();
    let entry = TransparencyLogEntry {
        log_index: 4,
        log_id: LogId { key_id: [7; 32] },
        kind_version: KindVersion {
            kind: HashedRekord::KIND.to_owned(),
            version: HashedRekord::VERSION.to_owned(),
        },
        integrated_time: None,
        inclusion_promise: None,
        inclusion_proof: InclusionProof {
            log_index: 4,
            root_hash: [1; 32],
            tree_size: 7,
            hashes: vec![[2; 32], [3; 32]],
            checkpoint: Checkpoint {
                envelope: "log.example\n7\n…\n".to_owned(),
            },
        },
        canonicalized_body: entry.to_canonical().unwrap(),
    };
    let message = Bundle {
        certificate,
        log_entries: vec![entry],
        timestamps: vec![vec![0x30, 0]],
        content: Content::Message { digest, signature },
    };
    let envelope = Bundle {
        content: Content::Envelope(Envelope::sign(&key, "text/plain", b"hello".to_vec()).unwrap()),
        ..message.clone()
    };
    [message, envelope]
}

fn changed(change: impl FnOnce(&mut Value)) -> Result<Bundle, BundleError> {
    let mut json = serde_json::from_str(&bundles()[0].to_json().unwrap()).unwrap();
    change(&mut json);
    Bundle::parse(json.to_string().as_bytes())
}

fn set(pointer: &str, value: Value) -> Result<Bundle, BundleError> {
    changed(|json| *json.pointer_mut(pointer).unwrap() = value)
}

const ENTRY: &str = "/verificationMaterial/tlogEntries/0";

#[test]
fn a_bundle_of_either_kind_survives_its_json() {
    for bundle in bundles() {
        let json = bundle.to_json().unwrap();
        assert_eq!(Bundle::parse(json.as_bytes()).unwrap(), bundle, "{json}");
        assert!(bundle.signature().is_ok());
    }
}

#[test]
fn the_json_has_the_names_of_protocol_buffers_numbers_as_text_and_bytes_in_base64() {
    let json: Value = serde_json::from_str(&bundles()[0].to_json().unwrap()).unwrap();
    let entry = json.pointer(ENTRY).unwrap();
    assert_eq!(entry["logIndex"], json!("4"));
    assert_eq!(
        entry["logId"],
        json!({ "keyId": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=" })
    );
    assert_eq!(
        entry["kindVersion"],
        json!({ "kind": "hashedrekord", "version": "0.0.2" })
    );
    assert_eq!(entry["inclusionProof"]["treeSize"], json!("7"));
    assert!(entry.get("integratedTime").is_none() && entry.get("inclusionPromise").is_none());
    let timestamps = &json["verificationMaterial"]["timestampVerificationData"];
    assert_eq!(
        *timestamps,
        json!({ "rfc3161Timestamps": [{ "signedTimestamp": "MAA=" }] })
    );
    assert_eq!(
        json["messageSignature"]["messageDigest"]["algorithm"],
        json!("SHA2_256")
    );
}

#[test]
fn another_version_a_chain_and_an_unknown_field_are_refused() {
    let old = set(
        "/mediaType",
        json!("application/vnd.dev.sigstore.bundle+json;version=0.2"),
    );
    assert!(matches!(old, Err(BundleError::OtherMediaType { .. })));
    let chain = changed(|json| {
        let material = json["verificationMaterial"].as_object_mut().unwrap();
        let leaf = material.remove("certificate").unwrap();
        material.insert("x509CertificateChain".to_owned(), json!({ "certificates": [leaf] }));
    });
    assert!(matches!(chain, Err(BundleError::Json(_))));
    let unknown = changed(|json| json["onlyFor"] = json!("x"));
    assert!(matches!(unknown, Err(BundleError::Json(_))));
}

#[test]
fn an_envelope_in_a_bundle_has_one_spelling_so_that_no_byte_of_it_can_be_left_out() {
    let [_, bundle] = bundles();
    let mut spelled: Value = serde_json::from_str(&bundle.to_json().unwrap()).unwrap();
    let mut spelled_as = |sig: &str| {
        spelled["dsseEnvelope"]["signatures"][0]["sig"] = json!(sig);
        Bundle::parse(spelled.to_string().as_bytes())
    };
    // Read, and then found to be no signature's value only by whoever checks it.
    assert!(!matches!(spelled_as("MAYCAQECAQE="), Err(BundleError::Json(_))));
    for other in ["MAYCAQECAQE", "MAYCAQECAQ-_"] {
        assert!(matches!(spelled_as(other), Err(BundleError::Json(_))), "{other}");
    }
}

#[test]
fn content_of_both_kinds_or_neither_is_refused() {
    let neither = changed(|json| drop(json.as_object_mut().unwrap().remove("messageSignature")));
    assert!(matches!(neither, Err(BundleError::Content { found: "neither" })));
    let both = changed(|json| {
        json["dsseEnvelope"] = json!({ "payload": "", "payloadType": "a", "signatures": [{ "sig": "AA==" }] });
    });
    assert!(matches!(both, Err(BundleError::Content { found: "both" })));
}

#[test]
fn a_number_of_another_spelling_is_refused() {
    for number in [
        json!(4),
        json!("04"),
        json!("+4"),
        json!("-1"),
        json!("4.0"),
        json!("9223372036854775808"),
    ] {
        let refused = set(&format!("{ENTRY}/logIndex"), number.clone());
        assert!(matches!(refused, Err(BundleError::Json(_))), "{number}");
    }
}

#[test]
fn an_entry_that_contradicts_itself_is_refused() {
    let elsewhere = set(&format!("{ENTRY}/inclusionProof/logIndex"), json!("3"));
    assert!(matches!(
        elsewhere,
        Err(BundleError::Index {
            index: 4,
            proof_index: 3,
            size: 7
        })
    ));
    let outside = set(&format!("{ENTRY}/inclusionProof/treeSize"), json!("4"));
    assert!(matches!(outside, Err(BundleError::Index { size: 4, .. })));
}

#[test]
fn more_of_anything_than_an_honest_bundle_has_is_refused() {
    let entries = changed(|json| {
        let entries = json.pointer_mut("/verificationMaterial/tlogEntries").unwrap();
        *entries = json!(vec![entries[0].clone(); 17]);
    });
    assert!(matches!(entries, Err(BundleError::TooMany { of: "log entries", .. })));
    let timestamps = vec![json!({ "signedTimestamp": "MAA=" }); 17];
    let timestamps = set(
        "/verificationMaterial/timestampVerificationData/rfc3161Timestamps",
        json!(timestamps),
    );
    assert!(matches!(timestamps, Err(BundleError::TooMany { of: "timestamps", .. })));
    let hash = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
    let hashes = set(&format!("{ENTRY}/inclusionProof/hashes"), json!(vec![hash; 64]));
    assert!(matches!(hashes, Err(BundleError::TooMany { limit: 63, .. })));
    let short = set(&format!("{ENTRY}/inclusionProof/hashes"), json!(["BwcH"]));
    assert!(matches!(short, Err(BundleError::Json(_))));
    assert!(matches!(
        Bundle::parse(&vec![b' '; Bundle::LARGEST + 1]),
        Err(BundleError::TooLarge { .. })
    ));
}

#[test]
fn a_digest_of_another_kind_is_refused() {
    let refused = set("/messageSignature/messageDigest/algorithm", json!("SHA2_512"));
    assert!(matches!(refused, Err(BundleError::OtherDigest { .. })));
}
