//! The `bin` field, in each of its forms, as paths that npm always packs.

use std::collections::HashSet;
use std::path::Path;

use serde_json::{Map, Value};

use super::fields::{is_truthy, kind_of};
use super::path::{base_name, normalize, secure};
use crate::error::PackError;
use crate::tree::{Kind, Tree};

/// The targets of all executables of the package in `folder`.
pub(super) fn targets(package: &Map<String, Value>, tree: &dyn Tree, folder: &Path) -> Result<Vec<String>, PackError> {
    let bin = package.get("bin").filter(|bin| is_truthy(bin));
    let directory = package
        .get("directories")
        .and_then(|directories| directories.get("bin"))
        .filter(|bin| is_truthy(bin));
    match (bin, directory) {
        (None, None) => Ok(Vec::new()),
        (None, Some(Value::String(directory))) => Ok(in_directory(tree, folder, &secure(directory))),
        (None, Some(other)) => Err(PackError::Field {
            field: "directories.bin".to_owned(),
            expected: "a path",
            found: kind_of(other),
        }),
        (Some(bin), _) => Ok(clean(by_command(bin, package)?)),
    }
}

/// All forms of `bin` as one: command and path.
fn by_command(bin: &Value, package: &Map<String, Value>) -> Result<Map<String, Value>, PackError> {
    match bin {
        Value::String(path) => {
            let name = package
                .get("name")
                .and_then(Value::as_str)
                .filter(|name| !name.is_empty());
            Ok(name
                .map(|name| (name.to_owned(), Value::String(path.clone())))
                .into_iter()
                .collect())
        }
        Value::Array(paths) => paths
            .iter()
            .map(|path| match path {
                Value::String(text) => Ok((base_name(text).to_owned(), path.clone())),
                other => Err(PackError::Field {
                    field: "bin".to_owned(),
                    expected: "paths",
                    found: kind_of(other),
                }),
            })
            .collect(),
        Value::Object(object) => Ok(object.clone()),
        _ => Ok(Map::new()),
    }
}

/// Cleans commands and paths. A command that becomes another command by that replaces it, as in npm.
fn clean(mut bin: Map<String, Value>) -> Vec<String> {
    let commands: Vec<String> = bin.keys().cloned().collect();
    for command in commands {
        let Some(path) = bin.get(&command) else { continue };
        let target = path.as_str().map(secure).unwrap_or_default();
        let secured = secure(&command);
        let base = base_name(&secured);
        let usable = !base.is_empty() && !target.is_empty();
        if base != command || !usable {
            bin.shift_remove(&command);
        }
        if usable {
            bin.insert(base.to_owned(), Value::String(target));
        }
    }
    bin.into_iter()
        .filter_map(|(_, path)| path.as_str().map(str::to_owned))
        .collect()
}

/// Everything below a folder that does not begin with a dot, nearest first; of one name only the last counts.
fn in_directory(tree: &dyn Tree, folder: &Path, directory: &str) -> Vec<String> {
    let top = folder.join(normalize(directory));
    let mut level = vec![String::new()];
    let mut found: Vec<String> = Vec::new();
    while !level.is_empty() {
        let mut next = Vec::new();
        for inside in level {
            let Ok(entries) = tree.list(&top.join(&inside)) else {
                continue;
            };
            for entry in entries {
                let Ok(name) = entry.name.into_string() else {
                    continue;
                };
                if name.starts_with('.') {
                    continue;
                }
                let path = if inside.is_empty() {
                    name
                } else {
                    format!("{inside}/{name}")
                };
                found.push(path.clone());
                if entry.kind == Kind::Folder {
                    next.push(path);
                }
            }
        }
        level = next;
    }
    let mut names = HashSet::new();
    let mut last: Vec<&String> = found
        .iter()
        .rev()
        .filter(|path| names.insert(base_name(path)))
        .collect();
    last.reverse();
    last.into_iter()
        .map(|path| format!("{directory}/{}", secure(path)))
        .collect()
}
