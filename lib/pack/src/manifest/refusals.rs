//! One sentence for each refusal.

use super::{Manifest, ManifestError};

const GOOD: &str = "{\n  \"name\": \"@acme/widgets\",\n  \"version\": \"1.2.0\"\n}\n";

fn refusal(text: &str) -> ManifestError {
    Manifest::parse(text).unwrap_err()
}

#[test]
fn a_second_byte_order_mark_is_refused() {
    let text = format!("\u{feff}\u{feff}{GOOD}");
    assert!(matches!(refusal(&text), ManifestError::NotJson { .. }));
}

#[test]
fn more_than_the_largest_size_is_refused() {
    let text = GOOD.to_owned() + &" ".repeat(Manifest::LARGEST);
    let found = text.len();
    assert_eq!(
        refusal(&text),
        ManifestError::TooLarge {
            found,
            limit: Manifest::LARGEST
        }
    );
}

#[test]
fn bytes_that_are_not_utf8_are_refused() {
    let error = Manifest::parse(b"{\"name\":\"\xff\"}".to_vec()).unwrap_err();
    assert_eq!(error, ManifestError::NotUtf8 { at: 9 });
}

#[test]
fn anything_after_the_object_is_refused() {
    assert!(matches!(refusal(&format!("{GOOD}{{}}")), ManifestError::NotJson { .. }));
}

#[test]
fn liberties_of_other_json_dialects_are_refused() {
    let texts = [
        r#"{"name":"a","version":"1",}"#,
        r#"{"name":"a","version":"1"/**/}"#,
        r#"{"name":"a" "version":"1"}"#,
        r#"{'name':"a","version":"1"}"#,
        r#"{name:"a","version":"1"}"#,
        r#"{"name":"a","version":"1","x":0x1}"#,
        r#"{"name":"a","version":"1","x":+1}"#,
        r#"{"name":"a","version":"1","x":.5}"#,
        r#"{"name":"a","version":"1","x":NaN}"#,
        r#"{"name":"\x61","version":"1"}"#,
        "{\"name\":\"a\",\u{a0}\"version\":\"1\"}",
        "{\"name\":\"a\",\u{b}\"version\":\"1\"}",
        r#"{"name":"a","version":"1","x":"\ud800"}"#,
        "",
    ];
    for text in texts {
        assert!(matches!(refusal(text), ManifestError::NotJson { .. }), "{text}");
    }
}

#[test]
fn json_that_is_not_an_object_is_refused() {
    assert_eq!(refusal("[]"), ManifestError::NotAnObject);
}

#[test]
fn a_top_level_key_that_occurs_twice_in_any_spelling_is_refused() {
    let text = r#"{"name":"a","version":"1","n\u0061me":"b"}"#;
    assert_eq!(refusal(text), ManifestError::Duplicate { key: "name".to_owned() });
}

#[test]
fn a_name_or_version_that_is_missing_empty_or_no_string_is_refused() {
    let missing = |key| ManifestError::NoText { key };
    assert_eq!(refusal(r#"{"version":"1"}"#), missing("name"));
    assert_eq!(refusal(r#"{"name":"","version":"1"}"#), missing("name"));
    assert_eq!(refusal(r#"{"name":"a","version":1}"#), missing("version"));
    assert_eq!(refusal(r#"{"name":"a"}"#), missing("version"));
}
