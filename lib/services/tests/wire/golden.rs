//! Golden files, and the names in them.

use std::fs;
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Pairs of what a run made up and what stands in the files instead.
#[derive(Default)]
pub(crate) struct Golden {
    pairs: Vec<(String, String)>,
}

impl Golden {
    /// Makes a pair known.
    pub(crate) fn learn(&mut self, actual: &str, golden: &str) {
        if actual != golden {
            self.pairs.push((actual.to_owned(), golden.to_owned()));
        }
    }

    /// Makes known what an answer made up, where the file has the same member.
    pub(crate) fn learn_from(&mut self, file: &str, reply: &Value, members: &[&str]) {
        let Some(golden) = parsed(file) else { return };
        for member in members {
            let actual = reply.pointer(member).and_then(Value::as_str);
            let golden = golden.pointer(member).and_then(Value::as_str);
            if let (Some(actual), Some(golden)) = (actual, golden) {
                self.learn(actual, golden);
            }
        }
    }

    /// The body to send: the file's, with the names of this run.
    pub(crate) fn request(&self, file: &str) -> String {
        let mut body = fs::read_to_string(path(file)).unwrap();
        for (actual, golden) in &self.pairs {
            body = body.replace(&quoted(golden), &quoted(actual));
        }
        body
    }

    /// What a run said, as the files say it.
    pub(crate) fn said<T: DeserializeOwned>(&self, reply: &Value) -> T {
        serde_json::from_str(&self.text(reply)).unwrap()
    }

    /// Compares an answer with the file, or writes the file when that was asked for.
    pub(crate) fn compare(&self, file: &str, reply: &Value) {
        let text = self.text(reply);
        if std::env::var_os("UPDATE_WIRE").is_some() {
            return fs::write(path(file), text).unwrap();
        }
        let golden = fs::read_to_string(path(file)).unwrap_or_default();
        assert_eq!(
            text, golden,
            "{file}: run the tests with UPDATE_WIRE=1 if this is meant"
        );
    }

    fn text(&self, reply: &Value) -> String {
        let mut text = serde_json::to_string_pretty(reply).unwrap();
        text.push('\n');
        for (actual, golden) in &self.pairs {
            text = text.replace(&quoted(actual), &quoted(golden));
        }
        text
    }
}

fn parsed(file: &str) -> Option<Value> {
    serde_json::from_slice(&fs::read(path(file)).ok()?).ok()
}

/// A text as it stands inside a JSON string.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap().trim_matches('"').to_owned()
}

fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/wire")
        .join(file)
}
