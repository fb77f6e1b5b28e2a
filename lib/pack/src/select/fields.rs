//! The fields of package.json that decide what is packed, read as leniently as npm reads them.

use std::io;
use std::path::Path;

use serde_json::{Map, Value};

use super::bins;
use crate::error::PackError;
use crate::tree::Tree;

/// The fields of one package, the project itself or an installed one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    package: Map<String, Value>,
    bins: Vec<String>,
}

impl Fields {
    /// Reads the package.json of a folder.
    pub(crate) fn read(tree: &dyn Tree, folder: &Path) -> Result<Self, PackError> {
        let path = folder.join("package.json");
        let bytes = tree.read(&path).map_err(PackError::unreadable(path))?;
        Self::parse(&bytes, tree, folder)
    }

    /// Takes the fields of a package.json that stands for the one in `folder`.
    ///
    /// As in npm, a byte order mark and invalid UTF-8 are no obstacle and the last of two members with one name counts.
    pub(crate) fn parse(bytes: &[u8], tree: &dyn Tree, folder: &Path) -> Result<Self, PackError> {
        let text = String::from_utf8_lossy(bytes);
        let json = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let value = serde_json::from_str(json).map_err(|source| PackError::NotJson {
            path: folder.join("package.json"),
            source,
        })?;
        let package = match value {
            Value::Object(package) => package,
            Value::Array(_) => Map::new(),
            other => return Err(field_error("package.json", "an object", &other)),
        };
        let bins = bins::targets(&package, tree, folder)?;
        Ok(Self { package, bins })
    }

    /// Takes the fields of an installed package from a lockfile, which knows fewer of them.
    pub(super) fn from_lockfile(package: Map<String, Value>) -> Self {
        let bins = match package.get("bin") {
            Some(Value::String(path)) => path.chars().map(String::from).collect(),
            Some(Value::Object(bin)) => bin.values().map(to_text).collect(),
            Some(Value::Array(bin)) => bin.iter().map(to_text).collect(),
            _ => Vec::new(),
        };
        Self { package, bins }
    }

    /// The name, which npm needs in order to pack.
    pub(crate) fn name(&self) -> Result<String, PackError> {
        self.text("name")
    }

    /// The version, which npm needs in order to pack.
    pub(crate) fn version(&self) -> Result<String, PackError> {
        self.text("version")
    }

    /// The package manager that the project asks for, such as `npm@12.1.0`.
    pub(super) fn package_manager(&self) -> Option<&str> {
        self.get("packageManager").and_then(Value::as_str)
    }

    /// Whether npm makes this path executable: when what follows its first folder is a target of `bin`.
    ///
    /// So `bin/cli.js` stays as it is and `other/bin/cli.js` does not, which is a known mistake of npm and part of its tarballs.
    pub(crate) fn is_executable(&self, path: &str) -> bool {
        let shortened = match path.find(['/', '\\']) {
            Some(at) if path.as_bytes().get(at) == Some(&b'/') => path.get(at + 1..).unwrap_or_default(),
            _ => path,
        };
        self.bins.iter().any(|bin| bin == shortened)
    }

    /// A field as it stands in package.json.
    pub(super) fn get(&self, field: &str) -> Option<&Value> {
        self.package.get(field)
    }

    /// A field that JavaScript would not take for false.
    pub(super) fn truthy(&self, field: &str) -> Option<&Value> {
        self.get(field).filter(|value| is_truthy(value))
    }

    /// The targets of `bin`.
    pub(super) fn bins(&self) -> &[String] {
        &self.bins
    }

    /// The names in `bundleDependencies`, under either spelling and in any of its forms.
    pub(super) fn bundled(&self) -> Vec<String> {
        let field = self
            .get("bundleDependencies")
            .or_else(|| self.get("bundledDependencies"));
        match field {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::Object(names)) => names.keys().cloned().collect(),
            Some(Value::Bool(true)) => self
                .get("dependencies")
                .and_then(Value::as_object)
                .into_iter()
                .flat_map(Map::keys)
                .cloned()
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The entries of `files`, when there is that field. A text is taken apart into its characters.
    pub(super) fn files(&self) -> Result<Option<Vec<String>>, PackError> {
        match self.truthy("files") {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.chars().map(String::from).collect())),
            Some(Value::Array(entries)) => entries
                .iter()
                .map(|entry| {
                    entry
                        .as_str()
                        .map(str::to_owned)
                        .ok_or_else(|| field_error("files", "a list of texts", entry))
                })
                .collect::<Result<_, _>>()
                .map(Some),
            Some(other) => Err(field_error("files", "a list of texts", other)),
        }
    }

    fn text(&self, field: &str) -> Result<String, PackError> {
        match self.get(field) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
            found => Err(field_error(
                field,
                "a text that is not empty",
                found.unwrap_or(&Value::Null),
            )),
        }
    }
}

pub(super) fn field_error(field: &str, expected: &'static str, found: &Value) -> PackError {
    PackError::Field {
        field: field.to_owned(),
        expected,
        found: kind_of(found),
    }
}

/// What a value is, for an error message.
pub(super) fn kind_of(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => other.to_string(),
    }
}

/// Whether JavaScript takes a value for true.
pub(super) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64().is_none_or(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// A value as JavaScript puts it into a text.
pub(super) fn to_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(_) => "[object Object]".to_owned(),
        Value::Array(values) => {
            let texts = values
                .iter()
                .map(|value| if value.is_null() { String::new() } else { to_text(value) });
            texts.collect::<Vec<_>>().join(",")
        }
        Value::Number(number) => number
            .as_f64()
            .map_or_else(|| number.to_string(), |number| number.to_string()),
        other => other.to_string(),
    }
}

/// Whether a file or folder is simply not there.
pub(super) fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
