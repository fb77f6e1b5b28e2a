//! Nothing in a bundle can be changed without being noticed: not one bit of its text, not one of the bytes that stand in it, and no end of
//! it can be missing.
//!
//! Every bit is tried when `EVERY_BIT` is set; otherwise every 43rd byte, each time at another bit.

use base64ct::{Base64, Encoding as _};
use certified_verify::Finding;
use serde_json::Value;

use crate::any_file::Question;
use crate::release::Release;

fn questions() -> [(&'static str, Question); 4] {
    [
        ("published", Question::of(&Release::good(), |bundles| bundles.published)),
        (
            "provenance",
            Question::of(&Release::good(), |bundles| bundles.provenance),
        ),
        (
            "published, RSA",
            Question::of(&Release::rsa(), |bundles| bundles.published),
        ),
        (
            "provenance, RSA",
            Question::of(&Release::rsa(), |bundles| bundles.provenance),
        ),
    ]
}

/// The changed copies of some bytes, with the place of the change.
fn flips(bytes: &[u8]) -> impl Iterator<Item = ((usize, u8), Vec<u8>)> {
    let every = std::env::var_os("EVERY_BIT").is_some();
    let places = (0..bytes.len()).flat_map(|byte| (0..8_u8).map(move |bit| (byte, bit)));
    let tried = places.filter(move |(byte, bit)| every || (byte % 43 == 0 && usize::from(*bit) == byte / 43 % 8));
    tried.map(|(byte, bit)| {
        let mut changed = bytes.to_vec();
        changed[byte] ^= 1 << bit;
        ((byte, bit), changed)
    })
}

#[track_caller]
fn assert_refused(question: &Question, what: &str) {
    let outcome = question.judge().and_then(|judgement| {
        let refused = |finding: &Finding| matches!(finding, Finding::Refused { .. });
        assert_eq!(
            judgement.outcome.is_err(),
            judgement.checks.iter().any(|check| refused(&check.finding))
        );
        judgement.outcome
    });
    assert!(outcome.is_err(), "{what} is accepted");
}

#[test]
fn a_bundle_with_any_bit_of_its_text_changed_is_refused() {
    for (name, question) in questions() {
        for (place, bundle) in flips(&question.bundle) {
            let changed = Question {
                bundle,
                ..question.clone()
            };
            assert_refused(&changed, &format!("{name} with {place:?} of its text changed"));
        }
    }
}

#[test]
fn a_bundle_with_any_bit_of_the_bytes_in_it_changed_is_refused() {
    for (name, question) in questions() {
        let json: Value = serde_json::from_slice(&question.bundle).unwrap();
        let mut leaves = Vec::new();
        collect(&json, String::new(), &mut leaves);
        assert!(leaves.len() >= 7, "{leaves:?}");
        for (pointer, text) in leaves {
            let decoded = Base64::decode_vec(&text).unwrap();
            for (place, bytes) in flips(&decoded) {
                let mut json = json.clone();
                *json.pointer_mut(&pointer).unwrap() = Base64::encode_string(&bytes).into();
                let changed = Question {
                    bundle: json.to_string().into_bytes(),
                    ..question.clone()
                };
                assert_refused(&changed, &format!("{name} with {place:?} of {pointer} changed"));
            }
        }
    }
}

#[test]
fn a_bundle_that_ends_anywhere_is_refused() {
    let question = Question::good();
    for length in 0..question.bundle.len() {
        let bundle = question.bundle[..length].to_vec();
        assert_refused(
            &Question {
                bundle,
                ..question.clone()
            },
            &format!("the first {length} bytes"),
        );
    }
}

/// The texts in a document that are bytes in base64.
fn collect(value: &Value, pointer: String, leaves: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) if text.len() >= 44 && Base64::decode_vec(text).is_ok() => {
            leaves.push((pointer, text.clone()))
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                collect(value, format!("{pointer}/{index}"), leaves);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                collect(value, format!("{pointer}/{name}"), leaves);
            }
        }
        _ => {}
    }
}
