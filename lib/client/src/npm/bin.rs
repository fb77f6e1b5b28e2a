//! `bin` and `man`: names and paths that stay inside the package.

use serde_json::{Map, Value};

use super::manifest::is_truthy_at;

/// Programs as an object of names and paths.
pub(super) fn fix_bin(data: &mut Map<String, Value>) {
    // npm lists the files of such a folder; from here the folder is not seen, and the member stays.
    let by_folder = data
        .get("directories")
        .is_some_and(|directories| is_truthy_at_value(directories, "bin"));
    if by_folder && !is_truthy_at(data, "bin") {
        return;
    }
    let name = data
        .get("name")
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty())
        .map(str::to_owned);
    let programs = match (data.get("bin"), name) {
        (Some(Value::String(path)), Some(name)) if !path.is_empty() => {
            Map::from_iter([(name, Value::from(path.as_str()))])
        }
        (Some(Value::Array(paths)), _) => paths
            .iter()
            .filter_map(Value::as_str)
            .map(|path| (basename(path).to_owned(), Value::from(path)))
            .collect(),
        (Some(Value::Object(programs)), _) => programs.clone(),
        _ => Map::new(),
    };
    let programs = safe(programs);
    if programs.is_empty() {
        data.shift_remove("bin");
    } else {
        data.insert("bin".into(), programs.into());
    }
}

/// Manuals as a list of paths.
pub(super) fn fix_man(data: &mut Map<String, Value>) {
    let manuals = match data.get("man") {
        Some(Value::String(path)) if !path.is_empty() => vec![Value::from(inside(path))],
        Some(Value::Array(paths)) => paths
            .iter()
            .filter_map(Value::as_str)
            .map(|path| inside(path).into())
            .collect(),
        _ => Vec::new(),
    };
    if manuals.is_empty() {
        data.shift_remove("man");
    } else {
        data.insert("man".into(), manuals.into());
    }
}

/// Names without folders, paths without a way out; what has neither is dropped.
fn safe(mut programs: Map<String, Value>) -> Map<String, Value> {
    let names: Vec<String> = programs.keys().cloned().collect();
    for name in names {
        let target = programs
            .get(&name)
            .and_then(Value::as_str)
            .map(inside)
            .unwrap_or_default();
        let inner = inside(&name);
        let base = basename(&inner).to_owned();
        if target.is_empty() || base.is_empty() {
            programs.shift_remove(&name);
            continue;
        }
        if base != name {
            programs.shift_remove(&name);
        }
        programs.insert(base, target.into());
    }
    programs
}

/// A path with forward slashes that climbs no higher than the package: `../../x` becomes `x`.
fn inside(path: &str) -> String {
    let path = path.replace(['\\', ':'], "/");
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let slash = path.ends_with('/') && !parts.is_empty();
    parts.join("/") + if slash { "/" } else { "" }
}

fn basename(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

fn is_truthy_at_value(value: &Value, key: &str) -> bool {
    value.as_object().is_some_and(|object| is_truthy_at(object, key))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fixed(bin: Value) -> Option<Value> {
        let mut data = Map::from_iter([("name".to_owned(), json!("@acme/widgets")), ("bin".to_owned(), bin)]);
        fix_bin(&mut data);
        data.get("bin").cloned()
    }

    #[test]
    fn programs_are_names_and_paths_inside_the_package() {
        assert_eq!(fixed(json!("./cli.js")), Some(json!({ "widgets": "cli.js" })));
        assert_eq!(fixed(json!(["bin/a.js"])), Some(json!({ "a.js": "bin/a.js" })));
        assert_eq!(
            fixed(json!({ "../x": "../../y.js", "ok": "ok.js" })),
            Some(json!({ "ok": "ok.js", "x": "y.js" }))
        );
        for nothing in [
            json!({}),
            json!(7),
            json!(""),
            json!({ "a": 7 }),
            json!({ "..": "x" }),
            json!({ "a": "../.." }),
        ] {
            assert_eq!(fixed(nothing.clone()), None, "{nothing}");
        }
    }
}
