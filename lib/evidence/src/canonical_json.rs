//! Canonical JSON (RFC 8785): one value has one text, so that its hash and its signature mean something.
//!
//! `{"b":1,"a":"x"}` is written `{"a":"x","b":1}`: no spaces, members in the order of their names' UTF-16 code units, strings escaped
//! no more than they must be. Numbers are integers that a double holds exactly; others have no place in what is written here and are
//! refused rather than rounded.

use serde_json::{Number, Value};

/// The one text of this value.
///
/// # Errors
/// [`CanonicalJsonError::Number`] for a fraction or an integer beyond 2^53 - 1.
pub fn canonical_json(value: &Value) -> Result<Vec<u8>, CanonicalJsonError> {
    let mut text = Vec::new();
    write(value, &mut text)?;
    Ok(text)
}

/// A value without a canonical text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CanonicalJsonError {
    /// A number that is not an exact integer.
    #[error("expected an integer between -{LARGEST} and {LARGEST}, found {found}")]
    Number {
        /// The number.
        found: String,
    },
    /// JSON's writer is fallible; for text it never fails.
    #[error("could not write JSON: {0}")]
    Json(#[from] serde_json::Error),
}

fn write(value: &Value, text: &mut Vec<u8>) -> Result<(), CanonicalJsonError> {
    match value {
        Value::Null => text.extend_from_slice(b"null"),
        Value::Bool(true) => text.extend_from_slice(b"true"),
        Value::Bool(false) => text.extend_from_slice(b"false"),
        Value::Number(number) => text.extend_from_slice(integer(number)?.to_string().as_bytes()),
        // What serde_json escapes, and how, is what RFC 8785 section 3.2.2.2 asks for.
        Value::String(string) => serde_json::to_writer(text, string)?,
        Value::Array(elements) => {
            text.push(b'[');
            separated(elements, text, write)?;
            text.push(b']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            text.push(b'{');
            separated(members, text, |(name, value), text| {
                serde_json::to_writer(&mut *text, name)?;
                text.push(b':');
                write(value, text)
            })?;
            text.push(b'}');
        }
    }
    Ok(())
}

fn separated<T>(
    items: impl IntoIterator<Item = T>,
    text: &mut Vec<u8>,
    write: impl Fn(T, &mut Vec<u8>) -> Result<(), CanonicalJsonError>,
) -> Result<(), CanonicalJsonError> {
    for (position, item) in items.into_iter().enumerate() {
        if position > 0 {
            text.push(b',');
        }
        write(item, text)?;
    }
    Ok(())
}

fn integer(number: &Number) -> Result<i64, CanonicalJsonError> {
    number
        .as_i64()
        .filter(|integer| (-LARGEST..=LARGEST).contains(integer))
        .ok_or_else(|| CanonicalJsonError::Number {
            found: number.to_string().chars().take(40).collect(),
        })
}

/// 2^53 - 1.
const LARGEST: i64 = 9_007_199_254_740_991;

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> Result<String, CanonicalJsonError> {
        let bytes = canonical_json(&serde_json::from_str(text).unwrap())?;
        Ok(String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn members_are_sorted_by_utf_16_and_strings_are_escaped_no_more_than_they_must_be() {
        // The order of RFC 8785, section 3.2.3: in UTF-8 or by code points the smiley would come last.
        let names = r#"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#;
        let sorted = "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}";
        assert_eq!(canonical(names).unwrap(), sorted);
        let strings = r#"[ "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", null, true, false, {}, [] ]"#;
        assert_eq!(
            canonical(strings).unwrap(),
            "[\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\",null,true,false,{},[]]"
        );
    }

    #[test]
    fn numbers_that_would_be_rounded_are_refused() {
        assert_eq!(canonical("[0,-1,9007199254740991]").unwrap(), "[0,-1,9007199254740991]");
        for number in [
            "9007199254740992",
            "-9007199254740992",
            "1.5",
            "1e3",
            "18446744073709551615",
        ] {
            assert!(
                matches!(canonical(number), Err(CanonicalJsonError::Number { .. })),
                "{number}"
            );
        }
    }
}
