//! `overrides` in package.json, as far as npm refuses to pack because of it.

use serde_json::{Map, Value};

use super::fields::{Fields, field_error, is_truthy, kind_of};
use super::range::Range;
use crate::error::PackError;

/// Sees that `overrides` may be read, and that it repeats what a direct dependency says, if anything. Dependencies are names and
/// versions: all that are declared, and among them those that count.
pub(super) fn check<'a>(
    fields: &Fields,
    declared: impl Iterator<Item = (&'a str, &'a str)>,
    dependencies: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<(), PackError> {
    let Some(Value::Object(overrides)) = fields.get("overrides") else {
        return Ok(());
    };
    check_keys(overrides)?;
    for (name, direct) in declared {
        rule_for(fields, name, direct, overrides)?;
    }
    for (name, direct) in dependencies {
        let Some((key, wanted)) = rule_for(fields, name, direct, overrides)? else {
            continue;
        };
        if matches!(wanted, "" | "*") {
            continue;
        }
        let wanted = referred(fields, key, wanted)?;
        if wanted != direct {
            return Err(PackError::Override {
                name: name.to_owned(),
                wanted,
                direct: direct.to_owned(),
            });
        }
    }
    Ok(())
}

/// Every key begins with the name of a package, at every depth.
fn check_keys(overrides: &Map<String, Value>) -> Result<(), PackError> {
    for (key, rule) in overrides.iter().filter(|(key, _)| *key != ".") {
        let (name, range) = parts(key);
        if !is_name(name) || !is_known(range) {
            return Err(bad(
                key,
                "a key that is the name of a package",
                &Value::String(key.clone()),
            ));
        }
        match rule {
            Value::Null => return Err(bad(key, "a version range or an object", rule)),
            Value::Object(inner) => check_keys(inner)?,
            _ => {}
        }
    }
    Ok(())
}

/// The first override that is about a dependency: its key, and what it asks for.
fn rule_for<'a>(
    fields: &Fields,
    dependency: &str,
    direct: &str,
    overrides: &'a Map<String, Value>,
) -> Result<Option<(&'a str, &'a str)>, PackError> {
    for (key, rule) in overrides.iter().filter(|(key, _)| *key != ".") {
        let (name, range) = parts(key);
        if name != dependency {
            continue;
        }
        let wanted = match rule {
            Value::String(wanted) => wanted.as_str(),
            _ => rule.get(".").and_then(Value::as_str).unwrap_or(range),
        };
        // npm takes a dependency on any version, written as an empty text, for one on what the override asks for.
        let meant = match direct {
            "" => is_meant("*", key, range)? && is_meant(&referred(fields, key, wanted)?, key, range)?,
            direct => is_meant(direct, key, range)?,
        };
        if meant {
            return Ok(Some((key, wanted)));
        }
    }
    Ok(None)
}

/// Whether an override for a range of versions is about a dependency. One whose text does not say its version is always meant,
/// but for a git repository.
fn is_meant(direct: &str, key: &str, range: &str) -> Result<bool, PackError> {
    if range == "*" {
        return Ok(true);
    }
    let spec = direct.trim();
    // `npm:name@range` is another package under this name.
    let spec = spec.strip_prefix("npm:").map_or(spec, |alias| parts(alias).1);
    if !is_known(spec) {
        return Err(bad(
            key,
            "the key of a dependency that npm can read",
            &Value::String(direct.to_owned()),
        ));
    }
    let own = if is_git(spec) {
        match spec.rsplit_once("#semver:").map(|(_, range)| Range::parse(range)) {
            Some(Some(own)) => own,
            _ => return Ok(false),
        }
    } else {
        match Range::parse(spec) {
            Some(own) => own,
            None => return Ok(true),
        }
    };
    let wanted = Range::parse(range)
        .ok_or_else(|| bad(key, "a key with a range of versions", &Value::String(range.to_owned())))?;
    Ok(own.intersects(&wanted))
}

/// Name and range of `name@range`, by default every version.
fn parts(key: &str) -> (&str, &str) {
    let at = key.char_indices().skip(1).find(|(_, c)| *c == '@');
    let (name, range) = at.map_or((key, ""), |(at, _)| key.split_at(at));
    match range.strip_prefix('@').unwrap_or_default().trim() {
        "" => (name, "*"),
        range => (name, range),
    }
}

/// Whether a package may have this name, or might have had in earlier times.
fn is_name(name: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.chars().all(is_url_friendly);
    let plain = match name.strip_prefix('@').and_then(|name| name.split_once('/')) {
        Some((scope, name)) => part(scope) && part(name) && !name.starts_with('.'),
        None => part(name) && !name.starts_with('.'),
    };
    plain && !matches!(name, "node_modules" | "favicon.ico")
}

/// Whether npm knows what kind of version this is: a range, a tag, a path, or a URL that it can fetch.
fn is_known(spec: &str) -> bool {
    let scheme = spec.split_once(':').map(|(scheme, _)| scheme);
    if let Some(scheme) = scheme.filter(|scheme| scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)))
    {
        return scheme.starts_with("git") || matches!(scheme, "http" | "https" | "file" | "npm" | "bitbucket" | "gist");
    }
    spec.contains(['/', '@', '\\']) || Range::parse(spec).is_some() || spec.chars().all(is_url_friendly)
}

fn is_url_friendly(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.!~*'()".contains(c)
}

/// Whether a dependency is fetched from a git repository: a URL that says so, or a short form such as `owner/name`.
fn is_git(spec: &str) -> bool {
    let short = spec.split('#').next().unwrap_or_default();
    let plain = |part: &str| !part.is_empty() && !part.contains([':', '@', '~']) && !part.starts_with('.');
    ["git:", "git+", "git@", "github:", "gitlab:", "bitbucket:", "gist:"]
        .iter()
        .any(|start| spec.starts_with(start))
        || short
            .split_once('/')
            .is_some_and(|(owner, name)| plain(owner) && plain(name) && !name.contains('/'))
}

fn bad(key: &str, expected: &'static str, found: &Value) -> PackError {
    field_error(&format!("overrides.{key}"), expected, found)
}

/// The version that an override asks for, where `$name` stands for what the package itself says about that dependency.
fn referred(fields: &Fields, key: &str, wanted: &str) -> Result<String, PackError> {
    let Some(name) = wanted.strip_prefix('$') else {
        return Ok(wanted.to_owned());
    };
    [
        "devDependencies",
        "optionalDependencies",
        "dependencies",
        "peerDependencies",
    ]
    .into_iter()
    .filter_map(|field| fields.get(field)?.get(name))
    .find(|spec| is_truthy(spec))
    .and_then(Value::as_str)
    .map(str::to_owned)
    .ok_or_else(|| PackError::Field {
        field: format!("overrides.{key}"),
        expected: "a version, or `$` and the name of a direct dependency",
        found: kind_of(&Value::String(wanted.to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{MemoryTree, Tree as _};

    /// What npm makes of a dependency on `a` with these overrides.
    fn checked(direct: &str, overrides: &str) -> Result<(), PackError> {
        let tree = MemoryTree::new();
        let text = format!(r#"{{"dependencies":{{"a":"{direct}","b":"3.0.0"}},"overrides":{overrides}}}"#);
        let fields = Fields::parse(text.as_bytes(), &tree, tree.folder())?;
        let dependencies = || [("a", direct)].into_iter();
        check(&fields, dependencies(), dependencies())
    }

    #[test]
    fn an_override_contradicts_when_its_range_meets_that_of_the_dependency() {
        for (direct, overrides, contradicts) in [
            ("^1.0.0", r#"{"a":"1.2.3"}"#, true),
            ("^1.0.0", r#"{"a":"^1.0.0"}"#, false),
            ("^1.0.0", r#"{"a":"*"}"#, false),
            ("^1.0.0", r#"{"a@2":"2.5.0"}"#, false),
            ("^1.0.0", r#"{"a@1.5":"1.5.1"}"#, true),
            ("^1.0.0", r#"{"a@1":{".":"1.5.0","x":"2"}}"#, true),
            ("^1.0.0", r#"{"a@1":{"x":"2"}}"#, true),
            ("^1.0.0", r#"{"a@^1.0.0":{"x":"2"}}"#, false),
            ("^1.0.0", r#"{"a":"^1.0.0","a@1":"2"}"#, false),
            ("^1.0.0", r#"{"a":"$b"}"#, true),
            ("3.0.0", r#"{"a":"$b"}"#, false),
            ("npm:z@^1.0.0", r#"{"a@2":"2.0.0"}"#, false),
            ("npm:z@^1.0.0", r#"{"a@1":"2.0.0"}"#, true),
            ("owner/a", r#"{"a@1":"2.0.0"}"#, false),
            ("owner/a#semver:^1", r#"{"a@1":"2.0.0"}"#, true),
            ("file:../a", r#"{"a@1":"2.0.0"}"#, true),
            ("next", r#"{"a@1":"2.0.0"}"#, true),
            ("", r#"{"a@2":"1.0.0"}"#, false),
            ("", r#"{"a@2":"2.0.0"}"#, true),
        ] {
            let found = matches!(checked(direct, overrides), Err(PackError::Override { .. }));
            assert_eq!(found, contradicts, "{direct} {overrides}");
        }
    }

    #[test]
    fn overrides_that_npm_cannot_read_are_refused() {
        for (direct, overrides) in [
            ("1", r#"{"":"1"}"#),
            ("1", r#"{"./x":"1"}"#),
            ("1", r#"{"b":{"c d":"1"}}"#),
            ("1", r#"{"b":{"c":null}}"#),
            ("1", r#"{"a":"$nowhere"}"#),
            ("1", r#"{"a@latest":"1"}"#),
            ("workspace:*", r#"{"a@1":"1"}"#),
            ("two words", r#"{"a@1":"1"}"#),
        ] {
            let refused = checked(direct, overrides);
            assert!(matches!(refused, Err(PackError::Field { .. })), "{direct} {overrides}");
        }
        for overrides in ["null", "[]", "\"x\"", "{}"] {
            assert!(checked("1", overrides).is_ok(), "{overrides}");
        }
    }
}
