//! `dependencies` and their relatives: objects of names and ranges, whatever was written.

use serde_json::{Map, Value};

use super::hosted::Hosted;
use super::manifest::is_truthy;

/// `bundledDependencies` is the other spelling of `bundleDependencies`, which may be a list, an object, or everything.
pub(super) fn fix_bundled(data: &mut Map<String, Value>) {
    if let Some(bundled) = data.shift_remove("bundledDependencies")
        && !data.contains_key("bundleDependencies")
    {
        data.insert("bundleDependencies".into(), bundled);
    }
    let names = |value: Option<&Value>| -> Value {
        value
            .and_then(Value::as_object)
            .map(|object| object.keys().cloned().map(Value::from).collect())
            .unwrap_or_else(|| Value::Array(Vec::new()))
    };
    match data.get("bundleDependencies") {
        None | Some(Value::Array(_)) => {}
        Some(Value::Bool(true)) => drop(data.insert("bundleDependencies".into(), names(data.get("dependencies")))),
        Some(object @ Value::Object(_)) => drop(data.insert("bundleDependencies".into(), names(Some(object)))),
        Some(_) => drop(data.shift_remove("bundleDependencies")),
    }
}

/// Lists and texts become objects, ranges that are none go, repositories are written in one form.
pub(super) fn fix_dependencies(data: &mut Map<String, Value>) {
    for kind in ["dependencies", "devDependencies", "optionalDependencies"] {
        let listed = match data.get(kind) {
            Some(Value::String(text)) if !text.is_empty() => text
                .split([',', ' ', '\t', '\r', '\n'])
                .filter(|one| !one.is_empty())
                .map(entry)
                .collect(),
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(entry).collect(),
            _ => continue,
        };
        data.insert(kind.into(), Value::Object(listed));
    }
    for kind in ["dependencies", "devDependencies"] {
        match data.get_mut(kind) {
            None => {}
            Some(Value::Object(ranges)) => fix_ranges(ranges),
            Some(_) => drop(data.shift_remove(kind)),
        }
    }
}

/// Names only, and each of them a dependency.
pub(super) fn fix_bundle_list(data: &mut Map<String, Value>) {
    let Some(list) = data.get("bundleDependencies").and_then(Value::as_array) else {
        return;
    };
    let names: Vec<String> = list
        .iter()
        .filter_map(Value::as_str)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    if !names.is_empty() {
        if !data.get("dependencies").is_some_and(is_truthy) {
            data.insert("dependencies".into(), Value::Object(Map::new()));
        }
        if let Some(Value::Object(dependencies)) = data.get_mut("dependencies") {
            for name in &names {
                dependencies.entry(name.as_str()).or_insert_with(|| "*".into());
            }
        }
    }
    data.insert("bundleDependencies".into(), names.into());
}

fn fix_ranges(ranges: &mut Map<String, Value>) {
    ranges.retain(|_, range| range.is_string());
    for range in ranges.values_mut() {
        if let Some(hosted) = range.as_str().and_then(Hosted::parse) {
            *range = hosted.as_dependency().into();
        }
    }
}

/// `name@range`, `name range` or `name>=range`.
fn entry(text: &str) -> (String, Value) {
    let text = text.trim();
    let end = text
        .find(|c: char| c.is_whitespace() || "@><=".contains(c))
        .unwrap_or(text.len());
    let (name, range) = text.split_at_checked(end).unwrap_or((text, ""));
    (name.to_owned(), range.strip_prefix('@').unwrap_or(range).trim().into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fixed(data: Value) -> Value {
        let mut data = data.as_object().cloned().unwrap();
        fix_bundled(&mut data);
        fix_dependencies(&mut data);
        fix_bundle_list(&mut data);
        data.into()
    }

    #[test]
    fn bundled_dependencies_are_a_list_of_dependencies() {
        assert_eq!(
            fixed(json!({ "bundledDependencies": ["a", 7], "dependencies": { "b": "1" } })),
            json!({ "dependencies": { "b": "1", "a": "*" }, "bundleDependencies": ["a"] })
        );
        assert_eq!(
            fixed(json!({ "bundleDependencies": true, "dependencies": { "b": "1" } })),
            json!({ "bundleDependencies": ["b"], "dependencies": { "b": "1" } })
        );
        assert_eq!(fixed(json!({ "bundleDependencies": false })), json!({}));
    }

    #[test]
    fn dependencies_are_names_and_ranges() {
        assert_eq!(
            fixed(
                json!({ "dependencies": ["a@^1", "b >=2", "c"], "devDependencies": { "d": 7, "e": "acme/widgets" } })
            ),
            json!({ "dependencies": { "a": "^1", "b": ">=2", "c": "" }, "devDependencies": { "e": "github:acme/widgets" } })
        );
        assert_eq!(
            fixed(json!({ "dependencies": "a@1, b" })),
            json!({ "dependencies": { "a": "1", "b": "" } })
        );
        assert_eq!(fixed(json!({ "dependencies": 7 })), json!({}));
    }
}
