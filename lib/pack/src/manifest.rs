//! package.json, read so strictly that no two readers can see different packages in it, and
//! edited so carefully that every byte outside the edit stays.
//!
//! Spec: RFC 8259. Stricter than npm, which takes the last of several equal keys and any number.

mod alike;
mod error;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod refusals;

use std::collections::HashSet;

use serde_json::{Map, Value};

pub use self::error::ManifestError;
use super::member::{self, Member};

/// package.json with its bytes.
#[derive(Clone, Debug)]
pub struct Manifest {
    text: String,
    root: Map<String, Value>,
    /// Places count from the start of the JSON text, after a byte order mark.
    members: Vec<Member>,
}

impl Manifest {
    /// The most bytes that a package.json may have.
    pub const LARGEST: usize = 4 * 1024 * 1024;

    /// How deep objects and arrays may lie within each other, the root included.
    pub const DEEPEST: usize = 64;

    /// Reads package.json: UTF-8 (a byte order mark is kept), one JSON object and nothing after
    /// it, each top-level key once, `name` and `version` non-empty strings, and only numbers
    /// that every reader understands alike.
    ///
    /// Objects further down may repeat a key, as npm allows: the last one counts.
    ///
    /// # Errors
    /// The first of these rules that is broken.
    pub fn parse(bytes: impl Into<Vec<u8>>) -> Result<Self, ManifestError> {
        let bytes = bytes.into();
        if bytes.len() > Self::LARGEST {
            return Err(ManifestError::TooLarge {
                found: bytes.len(),
                limit: Self::LARGEST,
            });
        }
        let text = String::from_utf8(bytes).map_err(|error| ManifestError::NotUtf8 {
            at: error.utf8_error().valid_up_to(),
        })?;
        // Both parsers must accept: one knows RFC 8259 exactly, the other knows places.
        let Value::Object(root) = serde_json::from_str(json(&text)).map_err(not_json)? else {
            return Err(ManifestError::NotAnObject);
        };
        let members = members(json(&text))?;
        for key in ["name", "version"] {
            if string(&root, key).is_empty() {
                return Err(ManifestError::NoText { key });
            }
        }
        Ok(Self { text, root, members })
    }

    /// The bytes as they were read or edited.
    pub fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The package's name, as written; not checked against npm's rules for names.
    pub fn name(&self) -> &str {
        string(&self.root, "name")
    }

    /// The package's version, as written; not checked against semver.
    pub fn version(&self) -> &str {
        string(&self.root, "version")
    }

    /// Whether npm would refuse to publish this package: `private` is anything that JavaScript
    /// takes for true, so `"false"` is private and `0` is not.
    pub fn is_private(&self) -> bool {
        match self.root.get("private") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(private)) => *private,
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(Value::String(text)) => !text.is_empty(),
            Some(Value::Array(_) | Value::Object(_)) => true,
        }
    }

    /// The root object; members in the order of the text.
    pub fn root(&self) -> &Map<String, Value> {
        &self.root
    }

    /// The same text without the top-level member `key`; unchanged when there is none.
    ///
    /// Takes away exactly what [`with`](Self::with) adds. A member that stands elsewhere goes
    /// together with the separator before it, or, when it is the first, the one after it.
    ///
    /// # Errors
    /// [`ManifestError::NoText`] when `name` or `version` is to go.
    pub fn without(&self, key: &str) -> Result<Self, ManifestError> {
        match self.members.iter().position(|member| member.key == key) {
            Some(index) => self.edited(&member::remove(json(&self.text), &self.members, index)),
            None => Ok(self.clone()),
        }
    }

    /// The same text with `key` as the last top-level member, in the indentation and line ends
    /// of the member before it.
    ///
    /// # Errors
    /// [`ManifestError::AlreadyThere`] when the key is taken, or what [`parse`](Self::parse)
    /// finds wrong with the result, such as a value that lies too deep.
    pub fn with(&self, key: &str, value: &Value) -> Result<Self, ManifestError> {
        if self.root.contains_key(key) {
            return Err(ManifestError::AlreadyThere { key: key.to_owned() });
        }
        let edited = member::insert(json(&self.text), &self.members, key, value);
        self.edited(&edited.map_err(not_json)?)
    }

    /// Reads the edited text again, so that an edit can only give what could also be read.
    fn edited(&self, edited: &str) -> Result<Self, ManifestError> {
        let mark = self.text.len().saturating_sub(json(&self.text).len());
        Self::parse([self.text.get(..mark).unwrap_or_default(), edited].concat())
    }
}

/// The text after a byte order mark.
fn json(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn not_json(error: impl ToString) -> ManifestError {
    ManifestError::NotJson {
        reason: error.to_string(),
    }
}

fn string<'a>(root: &'a Map<String, Value>, key: &str) -> &'a str {
    root.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The members of the root, each key once, nothing below them that readers disagree about.
fn members(text: &str) -> Result<Vec<Member>, ManifestError> {
    let value = member::parse(text).map_err(not_json)?;
    let Some(value) = value else {
        return Err(ManifestError::NotAnObject);
    };
    alike::check(&value)?;
    let root = value.as_object().ok_or(ManifestError::NotAnObject)?;
    let members: Vec<_> = root.properties.iter().map(Member::new).collect();
    let mut seen = HashSet::new();
    match members.iter().find(|member| !seen.insert(member.key.as_str())) {
        Some(member) => Err(ManifestError::Duplicate {
            key: member.key.clone(),
        }),
        None => Ok(members),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const GOOD: &str = "{\n  \"name\": \"@acme/widgets\",\n  \"version\": \"1.2.0\"\n}\n";

    fn private(value: &str) -> bool {
        let text = format!(r#"{{"name":"a","version":"1","private":{value}}}"#);
        Manifest::parse(text).unwrap().is_private()
    }

    #[test]
    fn name_and_version_are_read() {
        let manifest = Manifest::parse(GOOD).unwrap();
        assert_eq!((manifest.name(), manifest.version()), ("@acme/widgets", "1.2.0"));
        assert_eq!(manifest.bytes(), GOOD.as_bytes());
    }

    #[test]
    fn a_byte_order_mark_is_kept() {
        let marked = format!("\u{feff}{GOOD}");
        let manifest = Manifest::parse(marked.as_str()).unwrap();
        let edited = manifest.with("x", &json!(1)).unwrap();
        assert!(edited.bytes().starts_with(b"\xef\xbb\xbf{\n"));
        assert_eq!(edited.without("x").unwrap().bytes(), marked.as_bytes());
    }

    #[test]
    fn a_nested_key_may_occur_twice_and_the_last_counts() {
        let text = r#"{"name":"a","version":"1","scripts":{"test":"x","test":"y"}}"#;
        assert_eq!(Manifest::parse(text).unwrap().root()["scripts"], json!({ "test": "y" }));
    }

    #[test]
    fn private_is_what_javascript_takes_for_true() {
        for value in ["true", "1", "\"false\"", "[]", "{}", "-0.1"] {
            assert!(private(value), "{value}");
        }
        for value in ["false", "0", "-0.0", "0e5", "null", "\"\""] {
            assert!(!private(value), "{value}");
        }
        assert!(!Manifest::parse(GOOD).unwrap().is_private());
    }

    #[test]
    fn a_key_that_is_taken_is_not_added() {
        let manifest = Manifest::parse(r#"{"name":"a","version":"1","\u0078":2}"#).unwrap();
        let error = manifest.with("x", &json!(1)).unwrap_err();
        assert_eq!(error, ManifestError::AlreadyThere { key: "x".to_owned() });
    }

    #[test]
    fn taking_away_a_key_that_is_not_there_changes_nothing() {
        let manifest = Manifest::parse(r#"{"name":"a","version":"1","o":{"x":1}}"#).unwrap();
        assert_eq!(manifest.without("x").unwrap().bytes(), manifest.bytes());
    }

    #[test]
    fn the_name_cannot_be_taken_away() {
        let error = Manifest::parse(GOOD).unwrap().without("name").unwrap_err();
        assert_eq!(error, ManifestError::NoText { key: "name" });
    }

    #[test]
    fn a_value_that_would_lie_too_deep_is_not_added() {
        let deep = (1..Manifest::DEEPEST).fold(json!(1), |value, _| json!([value]));
        let manifest = Manifest::parse(GOOD).unwrap();
        assert!(manifest.with("x", &deep).is_ok());
        let error = manifest.with("x", &json!([deep])).unwrap_err();
        assert_eq!(
            error,
            ManifestError::TooDeep {
                limit: Manifest::DEEPEST
            }
        );
    }
}
