//! JSON in which no object has two members of one name: which of them counts would depend on the reader.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::Refused;

/// Reads a value. What is wrong with it is said without its words.
pub(super) fn read<T: DeserializeOwned>(json: &[u8], what: &'static str) -> Result<T, Refused> {
    let refused = |_| Refused::Malformed { what };
    // First for the names, also of members that nobody reads; then for the values.
    let _: Unambiguous = serde_json::from_slice(json).map_err(refused)?;
    serde_json::from_slice(json).map_err(refused)
}

/// Any value, looked at for names alone.
struct Unambiguous;

impl<'de> Deserialize<'de> for Unambiguous {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Unambiguous;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    // Numbers come this way too, as an object of one member, because their digits are kept as they are.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(name) = members.next_key::<String>()? {
            members.next_value::<Unambiguous>()?;
            if !seen.insert(name) {
                return Err(Error::custom("a member stands there twice"));
            }
        }
        Ok(Unambiguous)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        while elements.next_element::<Unambiguous>()?.is_some() {}
        Ok(Unambiguous)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Unambiguous)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Unambiguous)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Unambiguous)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Unambiguous)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Unambiguous)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Unambiguous)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn members_that_stand_twice_are_refused_at_every_depth_and_in_every_spelling() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":{"b":[{"c":1,"c":2}]}}"#,
            r#"{"":1,"":2}"#,
        ] {
            assert!(read::<Value>(text.as_bytes(), "x").is_err(), "{text}");
        }
        for text in [
            r#"{"a":1,"b":{"a":-1.5e3,"b":null},"c":["x",true,{"a":18446744073709551615}]}"#,
            "[]",
            "1",
        ] {
            assert!(read::<Value>(text.as_bytes(), "x").is_ok(), "{text}");
        }
    }

    #[test]
    fn text_after_the_value_is_refused() {
        assert!(read::<Value>(b"{} {}", "x").is_err());
    }
}
