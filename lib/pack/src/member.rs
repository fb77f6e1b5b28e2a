//! The members of a JSON object as places in its text, so that one can be taken out or put in
//! while every other byte stays where it is.
//!
//! `insert` writes what `remove` takes away again: from the end of the value before to the end
//! of the member's own value.

use std::ops::Range;

use jsonc_parser::ast::{ObjectProp, ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::ParseError;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

/// Parses `text` without any of the liberties of JSONC or JSON5.
///
/// This parser counts more characters as white space than RFC 8259 does, so the caller must
/// have had the same text accepted by `serde_json` first.
pub(crate) fn parse(text: &str) -> Result<Option<Value<'_>>, ParseError> {
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    Ok(parse_to_ast(text, &CollectOptions::default(), &strict)?.value)
}

/// Where one member of an object is written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Member {
    /// The key after unescaping.
    pub(crate) key: String,
    /// From the quote that opens the key to the end of the value, in bytes of the text.
    pub(crate) place: Range<usize>,
}

impl Member {
    pub(crate) fn new(written: &ObjectProp<'_>) -> Self {
        Self {
            key: name(&written.name).to_owned(),
            place: written.start()..written.end(),
        }
    }
}

/// A key as it reads after unescaping.
pub(crate) fn name<'a>(name: &'a ObjectPropName<'_>) -> &'a str {
    name.as_str()
}

/// `text` without the member at `index` of `members`.
///
/// With a member before it, its separator goes with it; the first one hands its place to the next.
pub(crate) fn remove(text: &str, members: &[Member], index: usize) -> String {
    let Some(member) = members.get(index) else {
        return text.to_owned();
    };
    let before = index.checked_sub(1).and_then(|index| members.get(index));
    let after = members.get(index.saturating_add(1));
    let gone = match (before, after) {
        (Some(before), _) => before.place.end..member.place.end,
        (None, Some(after)) => member.place.start..after.place.start,
        (None, None) => member.place.clone(),
    };
    let mut edited = text.to_owned();
    edited.replace_range(gone, "");
    edited
}

/// `text` with a member directly after the last of `members`, in the style of its neighbours.
pub(crate) fn insert(
    text: &str,
    members: &[Member],
    key: &str,
    value: &serde_json::Value,
) -> Result<String, serde_json::Error> {
    let Some(last) = members.last() else {
        return Ok(text.to_owned());
    };
    let before_last = text.get(..last.place.start).unwrap_or_default();
    let gap_start = before_last.trim_end_matches([' ', '\t', '\r', '\n']).len();
    let written = Style::of(before_last.get(gap_start..).unwrap_or_default()).write(key, value)?;
    let mut edited = text.to_owned();
    edited.insert_str(last.place.end, &written);
    Ok(edited)
}

/// How members are set apart, read from the white space in front of one.
#[derive(Debug)]
enum Style<'a> {
    /// Each on its own line, with this line end and this indentation.
    Lines { end: &'a str, indent: &'a str },
    /// All on one line, with this between comma and key.
    OneLine { space: &'a str },
}

impl<'a> Style<'a> {
    fn of(gap: &'a str) -> Self {
        let Some(at) = gap.rfind(['\r', '\n']) else {
            return Self::OneLine { space: gap };
        };
        let (through, indent) = gap.split_at(at.saturating_add(1));
        let end = match through {
            _ if through.ends_with("\r\n") => "\r\n",
            _ if through.ends_with('\n') => "\n",
            _ => "\r",
        };
        Self::Lines { end, indent }
    }

    fn write(&self, key: &str, value: &serde_json::Value) -> Result<String, serde_json::Error> {
        match self {
            Self::Lines { end, indent } => {
                let object = pretty(key, value, indent)?;
                // Strings hold no raw line ends, so each one here was written by the formatter.
                let members = object.strip_prefix('{').and_then(|rest| rest.strip_suffix("\n}"));
                Ok(format!(",{}", members.unwrap_or_default().replace('\n', end)))
            }
            Self::OneLine { space } => {
                let colon = if space.is_empty() { ":" } else { ": " };
                Ok(format!(",{space}{}{colon}{value}", serde_json::to_string(key)?))
            }
        }
    }
}

/// An object with this one member, over several lines.
fn pretty(key: &str, value: &serde_json::Value, indent: &str) -> Result<String, serde_json::Error> {
    let object = serde_json::Map::from_iter([(key.to_owned(), value.clone())]);
    let mut bytes = Vec::new();
    let formatter = PrettyFormatter::with_indent(indent.as_bytes());
    object.serialize(&mut Serializer::with_formatter(&mut bytes, formatter))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members(text: &str) -> Vec<Member> {
        let value = parse(text).unwrap().unwrap();
        value.as_object().unwrap().properties.iter().map(Member::new).collect()
    }

    fn without(text: &str, key: &str) -> String {
        let members = members(text);
        remove(
            text,
            &members,
            members.iter().position(|member| member.key == key).unwrap(),
        )
    }

    fn with(text: &str, value: &serde_json::Value) -> String {
        insert(text, &members(text), "x", value).unwrap()
    }

    #[test]
    fn the_first_member_hands_its_place_to_the_next() {
        assert_eq!(without("{ \"x\" : {} ,\n\t\"b\": 1 }", "x"), "{ \"b\": 1 }");
    }

    #[test]
    fn a_member_in_the_middle_goes_with_the_separator_before_it() {
        assert_eq!(
            without("{\n \"a\": 1,\n \"x\": [2],\n \"b\": 3\n}", "x"),
            "{\n \"a\": 1,\n \"b\": 3\n}"
        );
    }

    #[test]
    fn the_last_member_goes_with_the_separator_before_it() {
        assert_eq!(without("{\"a\":1\n, \"x\":2 }", "x"), "{\"a\":1 }");
    }

    #[test]
    fn the_only_member_leaves_an_empty_object() {
        assert_eq!(without("{ \"x\": 1 }", "x"), "{  }");
    }

    #[test]
    fn an_escaped_key_is_the_key_it_spells() {
        assert_eq!(without(r#"{"a":1,"\u0078":2}"#, "x"), r#"{"a":1}"#);
    }

    #[test]
    fn a_member_is_added_with_the_indentation_of_the_others() {
        let text = "{\n\t\"a\": 1,\n\t\"b\": 2\n}\n";
        let edited = with(text, &json!({ "c": [1] }));
        assert_eq!(
            edited,
            "{\n\t\"a\": 1,\n\t\"b\": 2,\n\t\"x\": {\n\t\t\"c\": [\n\t\t\t1\n\t\t]\n\t}\n}\n"
        );
    }

    #[test]
    fn a_member_is_added_with_the_line_ends_of_the_others() {
        let text = "{\r\n  \"a\": 1\r\n}";
        assert_eq!(
            with(text, &json!({ "c": "\n" })),
            "{\r\n  \"a\": 1,\r\n  \"x\": {\r\n    \"c\": \"\\n\"\r\n  }\r\n}"
        );
    }

    #[test]
    fn a_member_is_added_on_the_line_of_an_object_that_has_only_one() {
        let value = json!({ "c": [1, 2] });
        assert_eq!(with(r#"{"a":1}"#, &value), r#"{"a":1,"x":{"c":[1,2]}}"#);
        assert_eq!(with(r#"{ "a": 1 }"#, &value), r#"{ "a": 1, "x": {"c":[1,2]} }"#);
    }

    #[test]
    fn blank_lines_between_members_are_not_repeated() {
        assert_eq!(with("{\n\n  \"a\": 1\n}", &json!(2)), "{\n\n  \"a\": 1,\n  \"x\": 2\n}");
    }

    #[test]
    fn a_comma_in_front_of_the_line_is_kept_apart_from_what_is_added() {
        assert_eq!(
            with("{ \"a\": 1\n, \"b\": 2\n}", &json!(3)),
            "{ \"a\": 1\n, \"b\": 2, \"x\": 3\n}"
        );
    }
}
