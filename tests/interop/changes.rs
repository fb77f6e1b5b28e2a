//! Evidence with one thing wrong.

use base64ct::{Base64, Encoding};
use certified_evidence::Bundle;
use certified_evidence::bundle::Content;
use certified_evidence::certificate::Certificate;
use certified_evidence::hashed_rekord::HashedRekord;
use serde_json::{Value, json};

use crate::case::Case;
use crate::town::{Kinds, Town};

const ENTRY: &str = "/verificationMaterial/tlogEntries/0";

/// Cases of which each differs from a good release in one thing; the good one comes first.
pub(crate) fn all(kind: &str, sign: impl Fn(&Town, &certified_evidence::SigningKey, &[u8]) -> Content) -> Vec<Case> {
    let (town, stranger) = (Town::new(Kinds::default()), Town::new(Kinds::default()));
    let key = town.release_key();
    let content = sign(&town, &key, crate::town::ARTIFACT);
    let make = |certificate: Certificate| town.bundle(certificate, content.clone());
    let good = make(town.certificate(town.profile(&key)));
    let case = |name: &str, bundle: &Bundle| Case::new(&format!("{kind}, {name}"), bundle, &town.trust_root());
    let mut cases = vec![case("unchanged", &good)];

    let mut short = town.profile(&key);
    short.not_before = town.now.minus_seconds(1200);
    short.not_after = town.now.minus_seconds(600);
    cases.push(case("certificate over", &make(town.certificate(short))));
    cases.push(case(
        "certificate of a stranger",
        &make(stranger.certificate(town.profile(&key))),
    ));
    cases.push(case(
        "certificate of another key",
        &make(town.certificate(town.profile(&stranger.release_key()))),
    ));
    cases.push(case(
        "certificate in no log",
        &make(town.certificate_without_a_log(town.profile(&key))),
    ));
    cases.push(case(
        "certificate in another log",
        &make(town.certificate_of_another_log(town.profile(&key))),
    ));

    let signature = good.signature().unwrap();
    let stamped = |timestamps: Vec<Vec<u8>>| Bundle {
        timestamps,
        ..good.clone()
    };
    cases.push(case("no timestamp", &stamped(vec![])));
    cases.push(case(
        "timestamp over other bytes",
        &stamped(vec![town.timestamp(b"other", town.now)]),
    ));
    cases.push(case(
        "timestamp of a stranger",
        &stamped(vec![stranger.timestamp(signature.as_bytes(), town.now)]),
    ));
    let later = town.now.plus_seconds(3600);
    cases.push(case(
        "timestamp after the certificate",
        &stamped(vec![town.timestamp(signature.as_bytes(), later)]),
    ));
    let earlier = town.now.minus_seconds(3600);
    cases.push(case(
        "timestamp before the certificate",
        &stamped(vec![town.timestamp(signature.as_bytes(), earlier)]),
    ));

    let logged = |log_entries| Bundle {
        log_entries,
        ..good.clone()
    };
    let entry = HashedRekord::parse(&good.log_entries[0].canonicalized_body).unwrap();
    let other_digest = HashedRekord {
        digest: certified_evidence::Digest::of(b"other"),
        ..entry.clone()
    };
    let other_signature = HashedRekord {
        signature: key.sign(b"other").unwrap(),
        ..entry.clone()
    };
    cases.push(case("in no log", &logged(vec![])));
    cases.push(case("in another log", &logged(vec![stranger.log_entry(&entry)])));
    cases.push(case(
        "log entry about other bytes",
        &logged(vec![town.log_entry(&other_digest)]),
    ));
    cases.push(case(
        "log entry of another signature",
        &logged(vec![town.log_entry(&other_signature)]),
    ));

    cases.extend(in_the_bundle(&cases[0], kind));
    cases.extend(in_what_is_expected(&cases[0], kind));
    let elsewhere = Case::new("", &good, &stranger.trust_root()).trust_root;
    cases.extend(in_what_is_trusted(&cases[0], kind, &elsewhere));
    cases
}

fn in_the_bundle(good: &Case, kind: &str) -> Vec<Case> {
    let changed = |name: &str, pointer: &str, change: fn(&mut Value)| {
        let mut case = named(good, kind, name);
        change(case.bundle.pointer_mut(pointer).unwrap());
        case
    };
    let in_entry =
        |name: &str, pointer: &str, change: fn(&mut Value)| changed(name, &format!("{ENTRY}{pointer}"), change);
    vec![
        changed("signature changed", signature_of(good), flip),
        in_entry("inclusion proof changed", "/inclusionProof/hashes/0", flip),
        in_entry("root changed", "/inclusionProof/rootHash", flip),
        in_entry("tree size changed", "/inclusionProof/treeSize", |size| {
            *size = json!("9")
        }),
        in_entry("log index changed", "", |entry| {
            entry["logIndex"] = json!("1");
            entry["inclusionProof"]["logIndex"] = json!("1");
        }),
        in_entry("log entry changed", "/canonicalizedBody", flip),
        in_entry("entry of an unknown version", "/kindVersion/version", |version| {
            *version = json!("0.0.9")
        }),
        in_entry(
            "checkpoint signature changed",
            "/inclusionProof/checkpoint/envelope",
            |note| {
                let text = note.as_str().unwrap();
                let (head, signature) = text.trim_end().rsplit_once(' ').unwrap();
                let mut signature = json!(signature);
                flip(&mut signature);
                *note = json!(format!("{head} {}\n", signature.as_str().unwrap()));
            },
        ),
    ]
}

fn in_what_is_expected(good: &Case, kind: &str) -> Vec<Case> {
    let mut artifact = named(good, kind, "another tarball");
    artifact.artifact = b"other bytes".to_vec();
    let mut identity = named(good, kind, "another identity");
    identity.identity = identity.identity.replace("widgets", "gadgets");
    let mut issuer = named(good, kind, "another issuer");
    issuer.issuer = Some("https://evil.example".to_owned());
    vec![artifact, identity, issuer]
}

fn in_what_is_trusted(good: &Case, kind: &str, elsewhere: &Value) -> Vec<Case> {
    let mut cases = Vec::new();
    for (part, what) in [
        ("tlogs", "log"),
        ("ctlogs", "certificate log"),
        ("certificateAuthorities", "authority"),
        ("timestampAuthorities", "timestamp authority"),
    ] {
        let mut other = named(good, kind, &format!("another {what} trusted"));
        other.trust_root[part] = elsewhere[part].clone();
        cases.push(other);
        let mut retired = named(good, kind, &format!("{what} no longer trusted"));
        let entry = &mut retired.trust_root[part][0];
        let key = if part.ends_with("logs") {
            &mut entry["publicKey"]
        } else {
            entry
        };
        key["validFor"]["end"] = key["validFor"]["start"].clone();
        cases.push(retired);
    }
    // A log under its own name with the key of another.
    for (part, what) in [("tlogs", "log"), ("ctlogs", "certificate log")] {
        let mut other = named(good, kind, &format!("{what} with another key"));
        other.trust_root[part][0]["publicKey"] = elsewhere[part][0]["publicKey"].clone();
        cases.push(other);
    }
    cases
}

fn named(good: &Case, kind: &str, name: &str) -> Case {
    Case {
        name: format!("{kind}, {name}"),
        ..good.clone()
    }
}

fn signature_of(case: &Case) -> &'static str {
    match case.bundle.get("messageSignature") {
        Some(_) => "/messageSignature/signature",
        None => "/dsseEnvelope/signatures/0/sig",
    }
}

/// Changes the last bit of bytes in base64.
fn flip(text: &mut Value) {
    let mut bytes = Base64::decode_vec(text.as_str().unwrap()).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    *text = json!(Base64::encode_string(&bytes));
}
