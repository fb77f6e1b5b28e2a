//! The project into which the release is installed.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use certified_pack::{Archive, Manifest};
use serde_json::{Map, Value, json};

/// Writes the project's package.json, and the empty package that stands for every dependency.
pub(super) fn write(place: &Path, name: &str, version: &str, manifest: &Manifest, archive: &Archive) -> io::Result<()> {
    fs::create_dir_all(place.join("placeholder"))?;
    fs::write(
        place.join("placeholder/package.json"),
        json!({ "name": "placeholder", "version": "0.0.0" }).to_string(),
    )?;
    let mut absent = dependencies(manifest, archive);
    // npm takes no override for what the project itself asks for.
    absent.remove(name);
    let overrides: Map<String, Value> = absent
        .into_iter()
        .map(|name| (name, "file:./placeholder".into()))
        .collect();
    let project = json!({
        "name": "rehearsal",
        "version": "0.0.0",
        "private": true,
        "dependencies": { name: version },
        "overrides": overrides,
    });
    fs::write(place.join("package.json"), project.to_string())
}

/// Everything that npm would want to fetch beside the package: what it and the packages bundled with it depend on and do not bring along.
fn dependencies(manifest: &Manifest, archive: &Archive) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    collect(manifest.root(), &mut names);
    let mut bundled = BTreeSet::new();
    for entry in archive.entries() {
        let Some((_, inside)) = entry
            .path
            .rsplit_once("node_modules/")
            .filter(|(before, _)| before.is_empty() || before.ends_with('/'))
        else {
            continue;
        };
        let (name, rest) = package_of(inside);
        bundled.insert(name.to_owned());
        if rest == "package.json"
            && let Some(Ok(Value::Object(root))) = archive.file(&entry.path).map(serde_json::from_slice)
        {
            collect(&root, &mut names);
        }
    }
    names.retain(|name| !bundled.contains(name));
    names
}

/// Splits `@acme/widgets/lib/a.js` after the package's name.
fn package_of(inside: &str) -> (&str, &str) {
    let scope = inside
        .find('/')
        .filter(|_| inside.starts_with('@'))
        .map_or(0, |at| at.saturating_add(1));
    let end = inside
        .get(scope..)
        .and_then(|rest| rest.find('/'))
        .map_or(inside.len(), |at| scope.saturating_add(at));
    let (name, rest) = inside.split_at_checked(end).unwrap_or((inside, ""));
    (name, rest.trim_start_matches('/'))
}

fn collect(root: &Map<String, Value>, names: &mut BTreeSet<String>) {
    for field in ["dependencies", "optionalDependencies", "peerDependencies"] {
        names.extend(
            root.get(field)
                .and_then(Value::as_object)
                .into_iter()
                .flat_map(Map::keys)
                .cloned(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_split_after_the_packages_name() {
        assert_eq!(package_of("@acme/widgets/lib/a.js"), ("@acme/widgets", "lib/a.js"));
        assert_eq!(package_of("widgets/package.json"), ("widgets", "package.json"));
        assert_eq!(package_of("@acme/widgets"), ("@acme/widgets", ""));
        assert_eq!(package_of("@acme"), ("@acme", ""));
        assert_eq!(package_of(".bin/x"), (".bin", "x"));
    }
}
