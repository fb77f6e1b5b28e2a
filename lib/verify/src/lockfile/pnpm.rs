//! `pnpm-lock.yaml`.
//!
//! Spec: <https://github.com/pnpm/spec/tree/master/lockfile>
//!
//! | version | a package is called |
//! |---|---|
//! | 5.x | `/@acme/widgets/1.0.0_react@18.0.0` |
//! | 6.x | `/@acme/widgets@1.0.0(react@18.0.0)` |
//! | 9.x | `@acme/widgets@1.0.0` |

use super::gathered::Gathered;
use super::place::not_of_a_registry;
use super::tree::Node;
use super::{LockedDigest, LockfileRefusal, Reason};

pub(super) fn read(root: &Node, gathered: &mut Gathered) -> Result<(), LockfileRefusal> {
    let version = root.text_at("lockfileVersion").unwrap_or_default();
    let name: fn(&str) -> Option<(&str, &str)> = match version.split('.').next() {
        Some("5") => five,
        Some("6") => six,
        Some("9") => nine,
        _ => {
            return Err(LockfileRefusal::Version {
                supported: "5, 6 or 9",
                found: version.chars().take(20).collect(),
            });
        }
    };
    links(root, gathered)?;
    for (_, importer) in root.get("importers").map(Node::members).unwrap_or_default() {
        links(importer, gathered)?;
    }
    for (key, package) in root.get("packages").map(Node::members).unwrap_or_default() {
        one(key, package, name(key), gathered)?;
    }
    Ok(())
}

/// Packages of the workspace stand only where they are used.
fn links(importer: &Node, gathered: &mut Gathered) -> Result<(), LockfileRefusal> {
    for kind in ["dependencies", "devDependencies", "optionalDependencies"] {
        for (name, used) in importer.get(kind).map(Node::members).unwrap_or_default() {
            let version = used.text().or_else(|| used.text_at("version")).unwrap_or_default();
            if version.starts_with("link:") {
                gathered.elsewhere(used.line, name, Reason::Link, version)?;
            }
        }
    }
    Ok(())
}

fn one(key: &str, package: &Node, named: Option<(&str, &str)>, gathered: &mut Gathered) -> Result<(), LockfileRefusal> {
    let resolution = package.get("resolution").ok_or(LockfileRefusal::Shape {
        line: package.line,
        expected: "`resolution`",
    })?;
    let tarball = resolution.text_at("tarball");
    // Outside a registry the name stands in the package, not in the key.
    let shown = package.text_at("name").or(named.map(|(name, _)| name)).unwrap_or(key);
    let elsewhere = match resolution.text_at("type") {
        Some("git") => Some((Reason::Git, resolution.text_at("repo").unwrap_or(key))),
        Some("directory") => Some((Reason::File, resolution.text_at("directory").unwrap_or(key))),
        _ => tarball.and_then(|place| Some((not_of_a_registry(place, shown)?, place))),
    };
    if let Some((reason, place)) = elsewhere {
        return gathered.elsewhere(package.line, shown, reason, place);
    }
    let Some((name, version)) = named else {
        let place = key.split_once('@').map_or(key, |(_, place)| place);
        let reason = not_of_a_registry(place, shown).unwrap_or(Reason::Unreadable);
        return gathered.elsewhere(package.line, shown, reason, key);
    };
    let digests = resolution
        .text_at("integrity")
        .map(LockedDigest::list)
        .unwrap_or_default();
    if let Some(locked) = gathered.release(package.line, name, version)? {
        locked.says(digests, tarball);
    }
    Ok(())
}

/// The peers of a package follow an underscore, or in the first 5.x a slash.
fn five(key: &str) -> Option<(&str, &str)> {
    let key = key.strip_prefix('/')?;
    let slash = match key.strip_prefix('@') {
        Some(scoped) => {
            let scope = scoped.find('/')? + 1;
            scope + 1 + key.get(scope + 1..)?.find('/')?
        }
        None => key.find('/')?,
    };
    let (name, version) = (key.get(..slash)?, key.get(slash + 1..)?);
    Some((name, version.split(['_', '/']).next()?))
}

fn six(key: &str) -> Option<(&str, &str)> {
    nine(key.strip_prefix('/')?)
}

fn nine(key: &str) -> Option<(&str, &str)> {
    let key = key.split('(').next()?;
    let at = key.get(1..)?.find('@')? + 1;
    let (name, version) = (key.get(..at)?, key.get(at + 1..)?);
    (!version.contains([':', '/'])).then_some((name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_all_versions_name_the_same_packages() {
        assert_eq!(five("/left-pad/1.3.0"), Some(("left-pad", "1.3.0")));
        assert_eq!(
            five("/@acme/widgets/1.0.0_react@18.0.0"),
            Some(("@acme/widgets", "1.0.0"))
        );
        assert_eq!(
            five("/@acme/widgets/1.0.0/react@18.0.0"),
            Some(("@acme/widgets", "1.0.0"))
        );
        assert_eq!(five("npm.example/left-pad/1.3.0"), None);
        assert_eq!(
            six("/@acme/widgets@1.0.0(react@18.0.0)"),
            Some(("@acme/widgets", "1.0.0"))
        );
        assert_eq!(nine("@acme/widgets@1.0.0"), Some(("@acme/widgets", "1.0.0")));
        assert_eq!(nine("widgets@https://example.com/x.tgz"), None);
        for key in ["", "/", "@", "/@", "é", "/é", "@é@", "a@", "/a/"] {
            let _ = (five(key), six(key), nine(key));
        }
    }
}
