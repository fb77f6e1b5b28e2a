//! `yarn.lock` of Yarn 2 and later.
//!
//! Spec: none; written down from what Yarn 2 to 4 write.

use super::LockfileRefusal;
use super::Reason;
use super::gathered::Gathered;
use super::place::not_of_a_registry;
use super::tree::Node;

pub(super) fn read(root: &Node, gathered: &mut Gathered) -> Result<(), LockfileRefusal> {
    let version = root.get("__metadata").and_then(|about| about.text_at("version"));
    if !version.is_some_and(|version| VERSIONS.contains(&version)) {
        return Err(LockfileRefusal::Version {
            supported: "4 to 8",
            found: version.unwrap_or("none").chars().take(20).collect(),
        });
    }
    for (key, package) in root.members() {
        if key == "__metadata" {
            continue;
        }
        let resolution = package.text_at("resolution").ok_or(LockfileRefusal::Shape {
            line: package.line,
            expected: "`resolution`",
        })?;
        one(package, resolution, gathered)?;
    }
    Ok(())
}

/// A resolution is `NAME@npm:VERSION`, with the address behind two colons when it is not the usual one.
fn one(package: &Node, resolution: &str, gathered: &mut Gathered) -> Result<(), LockfileRefusal> {
    let at = resolution.get(1..).and_then(|rest| rest.find('@')).map(|at| at + 1);
    let (name, place) = at.map_or((resolution, ""), |at| (&resolution[..at], &resolution[at + 1..]));
    let Some(version) = place.strip_prefix("npm:") else {
        let reason = not_of_a_registry(place, name).unwrap_or(Reason::Url);
        return gathered.elsewhere(package.line, name, reason, place);
    };
    let (version, parameters) = version.split_once("::").unwrap_or((version, ""));
    let address = parameters
        .split('&')
        .find_map(|parameter| parameter.strip_prefix("__archiveUrl="));
    let address = address.map(unescaped);
    if let Some(locked) = gathered.release(package.line, name, version)? {
        locked.says(Vec::new(), address.as_deref());
    }
    Ok(())
}

/// `%3A` and the like; anything else stays as it is.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let digits = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

const VERSIONS: [&str; 5] = ["4", "5", "6", "7", "8"];
