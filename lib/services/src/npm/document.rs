//! What npm's registry says about a package: the packument, in full and abbreviated.

use certified_evidence::Timestamp;
use serde_json::{Map, Value, json};

use crate::Addresses;
use crate::storage::{StoredVersion, Tag};

/// The media type of the abbreviated packument
/// (<https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md>).
pub(super) const ABBREVIATED: &str = "application/vnd.npm.install-v1+json";

/// Everything: manifests, tags, times and the readme of the latest version.
pub(super) fn full(versions: &[StoredVersion], tags: &[Tag], addresses: &Addresses) -> Value {
    let latest = latest(versions, tags);
    let mut document = Map::new();
    let name = versions.first().map(|version| version.name.as_str());
    document.insert("_id".to_owned(), json!(name));
    document.insert("_rev".to_owned(), json!(format!("{}-0", versions.len())));
    document.insert("name".to_owned(), json!(name));
    for member in FROM_LATEST {
        if let Some(value) = latest.and_then(|version| version.manifest.get(member)) {
            document.insert(member.to_owned(), value.clone());
        }
    }
    document.insert("dist-tags".to_owned(), tags_of(tags));
    document.insert(
        "versions".to_owned(),
        all(versions, |version| manifest(version, addresses)),
    );
    document.insert("time".to_owned(), times(versions));
    Value::Object(document)
}

/// What an installation needs and nothing else.
pub(super) fn abbreviated(versions: &[StoredVersion], tags: &[Tag], addresses: &Addresses) -> Value {
    json!({
        "name": versions.first().map(|version| version.name.as_str()),
        "dist-tags": tags_of(tags),
        "modified": modified(versions),
        "versions": all(versions, |version| short(version, addresses)),
    })
}

/// The tags alone.
pub(super) fn tags_of(tags: &[Tag]) -> Value {
    tags.iter()
        .map(|tag| (tag.tag.clone(), json!(tag.version)))
        .collect::<Map<_, _>>()
        .into()
}

/// One version: its manifest as it was published, with our own word about the tarball.
pub(super) fn manifest(version: &StoredVersion, addresses: &Addresses) -> Value {
    let mut manifest = version.manifest.clone();
    for member in ONLY_ABOVE {
        manifest.shift_remove(member);
    }
    manifest.insert("dist".to_owned(), dist(version, addresses));
    Value::Object(manifest)
}

fn short(version: &StoredVersion, addresses: &Addresses) -> Value {
    let mut manifest: Map<String, Value> = FOR_INSTALLATION
        .iter()
        .filter_map(|&member| Some((member.to_owned(), version.manifest.get(member)?.clone())))
        .collect();
    let script = |name: &str| {
        version
            .manifest
            .get("scripts")
            .is_some_and(|scripts| scripts.get(name).is_some())
    };
    if INSTALL_SCRIPTS.into_iter().any(script) {
        manifest.insert("hasInstallScript".to_owned(), json!(true));
    }
    manifest.insert("dist".to_owned(), dist(version, addresses));
    Value::Object(manifest)
}

fn dist(version: &StoredVersion, addresses: &Addresses) -> Value {
    json!({
        "integrity": version.integrity,
        "shasum": version.shasum,
        "tarball": addresses.tarball_url(&version.name, &version.version),
    })
}

fn all(versions: &[StoredVersion], show: impl Fn(&StoredVersion) -> Value) -> Value {
    versions
        .iter()
        .map(|version| (version.version.to_string(), show(version)))
        .collect::<Map<_, _>>()
        .into()
}

fn times(versions: &[StoredVersion]) -> Value {
    let created = versions.iter().map(|version| version.published_at).min();
    let mut times = Map::new();
    times.insert("created".to_owned(), json!(created));
    times.insert("modified".to_owned(), json!(modified(versions)));
    for version in versions {
        times.insert(version.version.to_string(), json!(version.published_at));
    }
    Value::Object(times)
}

fn modified(versions: &[StoredVersion]) -> Option<Timestamp> {
    versions.iter().map(|version| version.published_at).max()
}

fn latest<'a>(versions: &'a [StoredVersion], tags: &[Tag]) -> Option<&'a StoredVersion> {
    let tag = tags.iter().find(|tag| tag.tag == "latest")?;
    versions.iter().find(|version| version.version == tag.version)
}

const FROM_LATEST: [&str; 9] = [
    "description",
    "author",
    "license",
    "homepage",
    "keywords",
    "repository",
    "bugs",
    "readme",
    "readmeFilename",
];
/// Long, and the same in every version: npm's registry shows them once.
const ONLY_ABOVE: [&str; 2] = ["readme", "readmeFilename"];
const FOR_INSTALLATION: [&str; 19] = [
    "name",
    "version",
    "deprecated",
    "dependencies",
    "optionalDependencies",
    "devDependencies",
    "bundleDependencies",
    "peerDependencies",
    "peerDependenciesMeta",
    "acceptDependencies",
    "bin",
    "directories",
    "engines",
    "cpu",
    "os",
    "libc",
    "funding",
    "_hasShrinkwrap",
    "hasInstallScript",
];
const INSTALL_SCRIPTS: [&str; 3] = ["preinstall", "install", "postinstall"];
