//! Refuses what two JSON readers may read differently although both accept it.

use jsonc_parser::ast::Value;

use super::{Manifest, ManifestError};
use crate::member;

/// Walks the whole value: its depth, its numbers, its keys.
pub(super) fn check(root: &Value<'_>) -> Result<(), ManifestError> {
    walk(root, 1)
}

fn walk(value: &Value<'_>, depth: usize) -> Result<(), ManifestError> {
    let below = depth.saturating_add(1);
    match value {
        Value::Object(_) | Value::Array(_) if depth > Manifest::DEEPEST => Err(ManifestError::TooDeep {
            limit: Manifest::DEEPEST,
        }),
        Value::Object(object) => object.properties.iter().try_for_each(|property| {
            readable(member::name(&property.name))?;
            walk(&property.value, below)
        }),
        Value::Array(array) => array.elements.iter().try_for_each(|value| walk(value, below)),
        Value::NumberLit(number) if !is_safe(number.value) => {
            let number = number.value.chars().take(LONGEST_SHOWN).collect();
            Err(ManifestError::UnsafeNumber { number })
        }
        _ => Ok(()),
    }
}

/// serde_json hands numbers of any size around as objects with such a key, and so would read
/// an object with it as a number.
fn readable(key: &str) -> Result<(), ManifestError> {
    if key.starts_with("$serde_json::private::") {
        return Err(ManifestError::Reserved { key: key.to_owned() });
    }
    Ok(())
}

/// RFC 8259 section 6: integers up to 2^53 - 1 and what a double can hold are read alike.
fn is_safe(number: &str) -> bool {
    if number.contains(['.', 'e', 'E']) {
        return number.parse().is_ok_and(f64::is_finite);
    }
    number
        .parse()
        .is_ok_and(|number: i64| number.unsigned_abs() <= LARGEST_INTEGER)
}

const LARGEST_INTEGER: u64 = (1 << 53) - 1;
const LONGEST_SHOWN: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<(), ManifestError> {
        let text = format!(r#"{{"name":"a","version":"1","x":{value}}}"#);
        Manifest::parse(text).map(|_| ())
    }

    #[test]
    fn values_more_than_64_levels_deep_are_refused() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert_eq!(read(&nested(63)), Ok(()));
        assert_eq!(read(&nested(64)), Err(ManifestError::TooDeep { limit: 64 }));
    }

    #[test]
    fn values_too_deep_for_the_parsers_are_refused() {
        assert!(matches!(
            read(&"[".repeat(1_000_000)),
            Err(ManifestError::NotJson { .. })
        ));
    }

    #[test]
    fn a_key_that_the_json_library_would_take_for_a_number_is_refused() {
        let key = "$serde_json::private::Number".to_owned();
        let error = read(r#"{"$serde_json::private::Number":"1"}"#).unwrap_err();
        assert_eq!(error, ManifestError::Reserved { key });
    }

    #[test]
    fn an_integer_that_a_double_cannot_hold_is_refused() {
        assert_eq!(read("9007199254740991"), Ok(()));
        assert_eq!(read("-9007199254740991"), Ok(()));
        let number = "9007199254740992".to_owned();
        assert_eq!(read(&number), Err(ManifestError::UnsafeNumber { number }));
        assert!(matches!(
            read("99999999999999999999"),
            Err(ManifestError::UnsafeNumber { .. })
        ));
    }

    #[test]
    fn a_number_beyond_all_doubles_is_refused() {
        assert_eq!(read("1.5E+300"), Ok(()));
        assert_eq!(
            read("1e400"),
            Err(ManifestError::UnsafeNumber {
                number: "1e400".to_owned()
            })
        );
    }
}
