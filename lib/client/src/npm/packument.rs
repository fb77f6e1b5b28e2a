//! What a registry says about a package.

use std::collections::BTreeMap;

use certified_evidence::{Integrity, PackageName, Shasum, Timestamp, Version};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A packument, read tolerantly: decades of versions stand in it, and one odd one among them must not hide the others.
///
/// Where a key stands twice the last one counts, as it does for npm.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Packument {
    /// The package.
    pub name: PackageName,
    /// Which version each tag stands for, for example `latest`.
    #[serde(rename = "dist-tags", default)]
    pub dist_tags: BTreeMap<String, String>,
    /// The manifest of each version as the registry keeps it.
    #[serde(default)]
    pub versions: Map<String, Value>,
    /// Who may publish, as far as the registry tells.
    #[serde(default)]
    pub maintainers: Vec<Value>,
    /// When each version was published, besides `created` and `modified`.
    #[serde(default)]
    pub time: Map<String, Value>,
}

/// Where the tarball of a version is and what it hashes to, as the registry says.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[non_exhaustive]
pub struct Dist {
    /// The tarball's URL.
    pub tarball: String,
    /// Digests as in W3C Subresource Integrity; absent from old versions.
    #[serde(default)]
    pub integrity: Option<String>,
    /// SHA-1 as 40 hex digits.
    #[serde(default)]
    pub shasum: Option<String>,
}

impl Packument {
    /// Whether an account is named among those who may publish.
    pub fn is_maintained_by(&self, account: &str) -> bool {
        let name = |one: &Value| one.get("name").and_then(Value::as_str).map(str::to_owned);
        self.maintainers.iter().filter_map(name).any(|name| name == account)
    }

    /// A packument with one version alone; nothing when the manifest is that of another one.
    pub(super) fn of_version(name: &PackageName, version: &Version, manifest: Value) -> Option<Self> {
        let says = |member: &str| manifest.get(member).and_then(Value::as_str);
        let number = version.to_string();
        if says("name") != Some(name.as_str()) || says("version") != Some(&number) {
            return None;
        }
        Some(Self {
            name: name.clone(),
            dist_tags: BTreeMap::new(),
            versions: Map::from_iter([(number, manifest)]),
            maintainers: Vec::new(),
            time: Map::new(),
        })
    }

    /// The manifest of a version as the registry keeps it.
    pub fn manifest(&self, version: &Version) -> Option<&Value> {
        self.versions.get(&version.to_string())
    }

    /// Where the tarball of a version is; absent when the version is, or says nothing readable about it.
    pub fn dist(&self, version: &Version) -> Option<Dist> {
        Dist::deserialize(self.manifest(version)?.get("dist")?).ok()
    }

    /// When a version was published.
    pub fn published_at(&self, version: &Version) -> Option<Timestamp> {
        self.time.get(&version.to_string())?.as_str()?.parse().ok()
    }
}

impl Dist {
    /// The SHA-512 among the digests.
    pub fn sha512(&self) -> Option<Integrity> {
        self.integrity
            .as_deref()?
            .split_whitespace()
            .find_map(|digest| digest.parse().ok())
    }

    /// The SHA-1.
    pub fn sha1(&self) -> Option<Shasum> {
        self.shasum.as_deref()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_odd_version_does_not_hide_the_others() {
        let packument: Packument = serde_json::from_str(
            r#"{
                "name": "@acme/widgets",
                "_rev": "7",
                "versions": {
                    "0.0.1": 7,
                    "1.0.0": {
                        "name": "@acme/widgets",
                        "dist": {
                            "tarball": "https://npm.example/x.tgz",
                            "shasum": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
                            "integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk= sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="
                        }
                    }
                },
                "time": { "1.0.0": "2026-01-01T12:00:00.123Z", "unpublished": {} }
            }"#,
        )
        .unwrap();
        let (odd, good) = ("0.0.1".parse().unwrap(), "1.0.0".parse().unwrap());
        assert_eq!(packument.dist(&odd), None);
        let dist = packument.dist(&good).unwrap();
        assert_eq!(dist.sha512(), Some(Integrity::of(b"")));
        assert_eq!(dist.sha1(), Some(Shasum::of(b"")));
        assert_eq!(packument.published_at(&good), Some(Timestamp::from_unix(1_767_268_800)));
    }
}
