//! Evidence with one thing wrong.

use base64ct::{Base64, Encoding};
use certified_evidence::bundle::Content;
use certified_evidence::certificate::LeafProfile;
use certified_evidence::hashed_rekord::HashedRekord;
use certified_evidence::{Bundle, Digest, SigningKey};
use serde_json::{Value, json};

use crate::case::Case;
use crate::town::{ARTIFACT, Kinds, Town};

const ENTRY: &str = "/verificationMaterial/tlogEntries/0";

/// Cases of which each differs from a good release in one thing; the good one comes first.
pub(crate) fn all(kind: &str, sign: impl Fn(&SigningKey, &[u8]) -> Content) -> Vec<Case> {
    let town = Town::new(Kinds::default());
    let key = town.release_key();
    let content = sign(&key, ARTIFACT);
    let good = Making {
        kind,
        stranger: &Town::new(Kinds::default()),
        bundle: town.bundle(town.certificate(town.profile(&key)), content),
        town: &town,
        key,
    };
    let unchanged = good.case("unchanged", &good.bundle);
    let elsewhere = Case::new("", &good.bundle, &good.stranger.trust_root()).trust_root;
    [
        vec![unchanged.clone()],
        good.with_another_certificate(),
        good.with_another_timestamp(),
        good.with_another_log_entry(),
        in_the_bundle(&unchanged, kind),
        in_what_is_expected(&unchanged, kind),
        in_what_is_trusted(&unchanged, kind, &elsewhere),
    ]
    .concat()
}

/// A good release, and a town that has nothing to do with it.
struct Making<'a> {
    kind: &'a str,
    town: &'a Town,
    stranger: &'a Town,
    key: SigningKey,
    bundle: Bundle,
}

impl Making<'_> {
    fn case(&self, name: &str, bundle: &Bundle) -> Case {
        Case::new(&format!("{}, {name}", self.kind), bundle, &self.town.trust_root())
    }

    fn with_another_certificate(&self) -> Vec<Case> {
        let (town, profile) = (self.town, || self.town.profile(&self.key));
        let over = LeafProfile {
            not_before: town.now.minus_seconds(1200),
            not_after: town.now.minus_seconds(600),
            ..profile()
        };
        let of_another_key = town.profile(&self.stranger.release_key());
        let certificates = [
            ("certificate over", town.certificate(over)),
            ("certificate of a stranger", self.stranger.certificate(profile())),
            ("certificate of another key", town.certificate(of_another_key)),
            ("certificate in no log", town.certificate_without_a_log(profile())),
            ("certificate in another log", town.certificate_of_another_log(profile())),
        ];
        let case = |(name, certificate)| self.case(name, &town.bundle(certificate, self.bundle.content.clone()));
        certificates.into_iter().map(case).collect()
    }

    fn with_another_timestamp(&self) -> Vec<Case> {
        let signature = self.bundle.signature().unwrap();
        let (bytes, now) = (signature.as_bytes(), self.town.now);
        let timestamps = [
            ("no timestamp", vec![]),
            ("timestamp over other bytes", vec![self.town.timestamp(b"other", now)]),
            ("timestamp of a stranger", vec![self.stranger.timestamp(bytes, now)]),
            (
                "timestamp after the certificate",
                vec![self.town.timestamp(bytes, now.plus_seconds(3600))],
            ),
            (
                "timestamp before the certificate",
                vec![self.town.timestamp(bytes, now.minus_seconds(3600))],
            ),
        ];
        let case = |(name, timestamps)| {
            let bundle = Bundle {
                timestamps,
                ..self.bundle.clone()
            };
            self.case(name, &bundle)
        };
        timestamps.into_iter().map(case).collect()
    }

    fn with_another_log_entry(&self) -> Vec<Case> {
        let entry = HashedRekord::parse(&self.bundle.log_entries[0].canonicalized_body).unwrap();
        let other_bytes = HashedRekord {
            digest: Digest::of(b"other"),
            ..entry.clone()
        };
        let other_signature = HashedRekord {
            signature: self.key.sign(b"other").unwrap(),
            ..entry.clone()
        };
        let entries = [
            ("in no log", vec![]),
            ("in another log", vec![self.stranger.log_entry(&entry)]),
            ("log entry about other bytes", vec![self.town.log_entry(&other_bytes)]),
            (
                "log entry of another signature",
                vec![self.town.log_entry(&other_signature)],
            ),
        ];
        let case = |(name, log_entries)| {
            let bundle = Bundle {
                log_entries,
                ..self.bundle.clone()
            };
            self.case(name, &bundle)
        };
        entries.into_iter().map(case).collect()
    }
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
