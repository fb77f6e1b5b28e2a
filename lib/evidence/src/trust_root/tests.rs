use serde_json::{Value, json};

use super::*;
use crate::certificate::tests::{START, issuing, profile, root};
use crate::key::KeyAlgorithm;
use crate::key::tests::key;

pub(crate) fn trust_root() -> TrustRoot {
    let root = root(KeyAlgorithm::EcdsaP256);
    let issuing = issuing(&root);
    let valid_for = ValidFor::from(START);
    let chain = [issuing.certificate(), root.certificate()];
    let authority = CertificateAuthority::new("https://id.example", &chain, valid_for).unwrap();
    let log = TransparencyLog::new(
        "https://log.example",
        key(KeyAlgorithm::EcdsaP256).public_key(),
        valid_for,
    )
    .unwrap();
    TrustRoot {
        tlogs: vec![log.clone()],
        certificate_authorities: vec![authority.clone()],
        ctlogs: vec![log],
        timestamp_authorities: vec![authority],
        ..TrustRoot::default()
    }
}

fn changed(pointer: &str, value: Value) -> Result<TrustRoot, TrustRootError> {
    let mut json: Value = serde_json::from_str(&trust_root().to_json().unwrap()).unwrap();
    *json.pointer_mut(pointer).unwrap() = value;
    TrustRoot::parse(json.to_string().as_bytes())
}

#[test]
fn a_trust_root_survives_its_json_which_has_the_names_of_protocol_buffers() {
    let root = trust_root();
    let text = root.to_json().unwrap();
    assert_eq!(TrustRoot::parse(text.as_bytes()).unwrap(), root);
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        json["mediaType"],
        json!("application/vnd.dev.sigstore.trustedroot+json;version=0.1")
    );
    let log = &json["tlogs"][0];
    let names: Vec<_> = log.as_object().unwrap().keys().collect();
    assert_eq!(names, ["baseUrl", "hashAlgorithm", "publicKey", "logId"]);
    assert_eq!(log["publicKey"]["keyDetails"], json!("PKIX_ECDSA_P256_SHA_256"));
    assert_eq!(log["publicKey"]["validFor"], json!({ "start": "2026-01-01T12:00:00Z" }));
    let authority = &json["certificateAuthorities"][0];
    let subject = json!({ "organization": "Acme", "commonName": "Acme Root (local only)" });
    assert_eq!(authority["subject"], subject);
    assert_eq!(authority["certChain"]["certificates"].as_array().unwrap().len(), 2);
}

#[test]
fn words_for_people_are_passed_over_and_other_unknown_fields_are_refused() {
    let mut json: Value = serde_json::from_str(&trust_root().to_json().unwrap()).unwrap();
    json["tlogs"][0]["operator"] = json!("acme");
    json["tlogs"][0]["checkpointKeyId"] = json!({ "keyId": "AAAA" });
    json["certificateAuthorities"][0]["operator"] = json!("acme");
    assert!(TrustRoot::parse(json.to_string().as_bytes()).is_ok());
    json["tlogs"][0]["onlyFor"] = json!("acme");
    assert!(TrustRoot::parse(json.to_string().as_bytes()).is_err());
    let newer = changed(
        "/mediaType",
        json!("application/vnd.dev.sigstore.trustedroot.v0.2+json"),
    );
    assert!(matches!(newer, Err(TrustRootError::Json(_))));
    let large = vec![b' '; TrustRoot::LARGEST + 1];
    assert!(matches!(TrustRoot::parse(&large), Err(TrustRootError::TooLarge { .. })));
}

#[test]
fn a_key_that_is_not_what_its_entry_says_is_refused_when_it_is_used() {
    assert!(trust_root().tlogs[0].key().is_ok());
    let kind = changed("/tlogs/0/publicKey/keyDetails", json!("PKIX_ED25519")).unwrap();
    assert!(matches!(kind.tlogs[0].key(), Err(TrustRootError::OtherKind { .. })));
    let name = changed(
        "/tlogs/0/logId/keyId",
        json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    )
    .unwrap();
    assert!(matches!(name.tlogs[0].key(), Err(TrustRootError::OtherLogId { .. })));
    let foreign = changed("/tlogs/0/publicKey/rawBytes", json!("MAA=")).unwrap();
    assert!(matches!(foreign.tlogs[0].key(), Err(TrustRootError::Key(_))));
}

#[test]
fn the_roots_of_authorities_become_anchors_that_end_with_the_root_or_with_its_trust() {
    let mut root = trust_root();
    let anchor = |root: &TrustRoot| root.anchors().unwrap().certificate_authorities[0].clone();
    let certificate = root.certificate_authorities[0].chain().unwrap().pop().unwrap();
    assert_eq!(anchor(&root).pem, certificate.to_pem());
    assert_eq!(anchor(&root).name, "Acme Root (local only)");
    assert_eq!(
        (anchor(&root).valid_from, anchor(&root).valid_until),
        (START, certificate.not_after())
    );
    let end = START.plus_seconds(5);
    root.certificate_authorities[0].valid_for.end = Some(end);
    assert_eq!(anchor(&root).valid_until, end);
}

#[test]
fn logs_become_anchors_but_for_those_that_cannot_be_used() {
    let mut root = trust_root();
    let [log] = root.anchors().unwrap().logs.try_into().unwrap();
    assert_eq!(log.key.name().as_str(), "log.example");
    assert_eq!((log.valid_from, log.valid_until), (START, Timestamp::LAST));
    root.tlogs[0].key_details = "PKIX_ECDSA_P384_SHA_384".parse().unwrap();
    assert!(root.anchors().unwrap().logs.is_empty());
    root.tlogs[0].key_details = KeyDetails::Ed25519;
    assert!(matches!(root.anchors(), Err(TrustRootError::OtherKind { .. })));
}

#[test]
fn a_validity_includes_both_ends() {
    let valid_for = ValidFor {
        start: START,
        end: Some(START.plus_seconds(10)),
    };
    let covered = |seconds| valid_for.covers(START.plus_seconds(seconds));
    assert_eq!([0, 10, 11].map(covered), [true, true, false]);
    assert!(!valid_for.covers(START.minus_seconds(1)));
    assert!(ValidFor::from(START).covers(Timestamp::LAST));
}

#[test]
fn the_wrapping_for_the_command_line_holds_the_trust_root_itself() {
    let config: Value = serde_json::from_str(&trust_root().to_client_trust_config().unwrap()).unwrap();
    assert_eq!(config["trustedRoot"]["tlogs"].as_array().unwrap().len(), 1);
    assert_eq!(
        config["mediaType"],
        json!("application/vnd.dev.sigstore.clienttrustconfig.v0.1+json")
    );
}

#[test]
fn anchors_become_a_trust_root_with_every_validity_and_the_way_to_the_releases() {
    let whole = trust_root();
    let mut anchors = TrustRoot {
        tlogs: vec![],
        ..whole.clone()
    }
    .anchors()
    .unwrap();
    let signer = crate::log::LogSigner::ecdsa("log.example/x".parse().unwrap(), key(KeyAlgorithm::EcdsaP256)).unwrap();
    anchors.logs = vec![TrustedLog {
        key: signer.key().clone(),
        valid_from: START,
        valid_until: START.plus_seconds(9),
    }];
    let chain = whole.certificate_authorities[0].chain().unwrap();
    let made = TrustRoot::of_anchors(&anchors, &chain[..1]).unwrap();
    assert_eq!(made.anchors().unwrap(), anchors);
    assert_eq!(
        made.certificate_authorities[0].certificates,
        whole.certificate_authorities[0].certificates
    );
    assert_eq!(made.tlogs[0].base_url, "https://log.example/x");
    assert_eq!(made.tlogs[0].valid_for.end, Some(START.plus_seconds(9)));
    assert_eq!(
        (made.ctlogs, made.timestamp_authorities),
        (whole.ctlogs, whole.timestamp_authorities)
    );
}

#[test]
fn a_chain_goes_with_the_root_that_it_names_and_with_no_other() {
    let mut anchors = trust_root().anchors().unwrap();
    anchors.logs.clear();
    let own = trust_root().certificate_authorities[0].chain().unwrap();
    let made = |chain: &[_]| {
        TrustRoot::of_anchors(&anchors, chain).unwrap().certificate_authorities[0]
            .certificates
            .len()
    };
    assert_eq!(made(&[]), 1);
    assert_eq!(made(&own[..1]), 2);
    let key = key(KeyAlgorithm::EcdsaP256);
    // One that names the issuing certificate as its issuer, not a root.
    let leaf = issuing(&root(KeyAlgorithm::EcdsaP256)).issue(profile(&key)).unwrap();
    assert_eq!(made(&[leaf]), 1);
}
