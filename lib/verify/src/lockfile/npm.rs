//! `package-lock.json` and `npm-shrinkwrap.json`.
//!
//! Spec: <https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json>

use super::gathered::Gathered;
use super::place::not_of_a_registry;
use super::tree::Node;
use super::{LockedDigest, LockfileRefusal, Reason};

pub(super) fn read(root: &Node, gathered: &mut Gathered) -> Result<(), LockfileRefusal> {
    match root.text_at("lockfileVersion") {
        Some("1") => dependencies(root, gathered),
        Some("2" | "3") => packages(root, gathered),
        found => Err(LockfileRefusal::Version {
            supported: "1, 2 or 3",
            found: found.unwrap_or("none").chars().take(20).collect(),
        }),
    }
}

/// Versions 2 and 3: one member for each folder. What version 2 repeats for older readers is not looked at.
fn packages(root: &Node, gathered: &mut Gathered) -> Result<(), LockfileRefusal> {
    let packages = root.get("packages").ok_or(LockfileRefusal::Shape {
        line: root.line,
        expected: "`packages`",
    })?;
    for (folder, package) in packages.members() {
        // The project itself.
        if folder.is_empty() {
            continue;
        }
        let line = package.line;
        let Some((_, installed_as)) = folder
            .rsplit_once(MODULES)
            .or_else(|| folder.strip_prefix(FIRST).map(|n| ("", n)))
        else {
            gathered.elsewhere(
                line,
                package.text_at("name").unwrap_or_else(|| last(folder)),
                Reason::Workspace,
                folder,
            )?;
            continue;
        };
        let name = package.text_at("name").unwrap_or(installed_as);
        if package.is_true("link") {
            gathered.elsewhere(
                line,
                name,
                Reason::Link,
                package.text_at("resolved").unwrap_or_default(),
            )?;
            continue;
        }
        let version = package.text_at("version").unwrap_or_default();
        one(package, (name, version), package.is_true("inBundle"), gathered)?;
    }
    Ok(())
}

/// Version 1: dependencies within dependencies, where the version may be a place.
fn dependencies(parent: &Node, gathered: &mut Gathered) -> Result<(), LockfileRefusal> {
    let found = parent.get("dependencies").map(Node::members).unwrap_or_default();
    for (installed_as, package) in found {
        let version = package.text_at("version").unwrap_or_default();
        let (name, version) = match version.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@')) {
            Some(real) => real,
            None => (installed_as.as_str(), version),
        };
        let at = version.contains([':', '/']).then_some(version);
        match at.and_then(|place| not_of_a_registry(place, name)) {
            Some(reason) => gathered.elsewhere(package.line, name, reason, version)?,
            None => one(package, (name, version), package.is_true("bundled"), gathered)?,
        }
        dependencies(package, gathered)?;
    }
    Ok(())
}

fn one(
    package: &Node,
    (name, version): (&str, &str),
    bundled: bool,
    gathered: &mut Gathered,
) -> Result<(), LockfileRefusal> {
    if bundled {
        return gathered.elsewhere(package.line, name, Reason::Bundled, version);
    }
    let resolved = package.text_at("resolved");
    if let Some(place) = resolved
        && let Some(reason) = not_of_a_registry(place, name)
    {
        return gathered.elsewhere(package.line, name, reason, place);
    }
    let digests = package.text_at("integrity").map(LockedDigest::list).unwrap_or_default();
    if let Some(locked) = gathered.release(package.line, name, version)? {
        locked.says(digests, resolved);
    }
    Ok(())
}

/// The name that npm takes from a folder when the package has no other: its own, with a scope before it.
fn last(folder: &str) -> &str {
    let mut slashes = folder.rmatch_indices('/').map(|(at, _)| at);
    let (one, two) = (slashes.next(), slashes.next());
    let after = |slash: Option<usize>| slash.map_or(folder, |at| &folder[at + 1..]);
    if after(two).starts_with('@') {
        after(two)
    } else {
        after(one)
    }
}

const MODULES: &str = "/node_modules/";
const FIRST: &str = "node_modules/";
