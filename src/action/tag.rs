//! What a tag says about a release: `v1.2.3`, `@acme/widgets@1.2.3`, `widgets-v1.2.3`.

use std::fs;
use std::path::{Path, PathBuf};

use certified_evidence::Version;
use serde_json::Value;

/// A tag that names a version, and in a repository of many packages the package as well.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Tag {
    pub(crate) package: Option<String>,
    pub(crate) version: Version,
}

impl Tag {
    /// Nothing for a tag that names no version, for example `latest` or `v1`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let bare = |version: &str| version.strip_prefix('v').unwrap_or(version).parse().ok();
        if let Some(version) = bare(text) {
            return Some(Self { package: None, version });
        }
        let named = |package: &str, version: Option<Version>| {
            let package = Some(package.to_owned()).filter(|package| !package.is_empty());
            package.zip(version).map(|(package, version)| Self {
                package: Some(package),
                version,
            })
        };
        let at = text
            .match_indices('@')
            .find_map(|(at, _)| named(text.get(..at)?, bare(text.get(at.checked_add(1)?..)?)));
        at.or_else(|| {
            text.match_indices("-v")
                .find_map(|(at, sign)| named(text.get(..at)?, text.get(at.checked_add(sign.len())?..)?.parse().ok()))
        })
    }

    /// The folders below this one whose package.json has the name that the tag has, with its scope or without; shortest path first.
    pub(crate) fn folders(&self, workspace: &Path) -> Vec<PathBuf> {
        let Some(package) = &self.package else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let mut left = LARGEST_WALK;
        look(workspace, package, DEEPEST, &mut left, &mut found);
        found.sort_by_key(|folder| (folder.components().count(), folder.clone()));
        found
    }
}

/// The name and version that a folder's package.json has, if it is one.
pub(crate) fn named(folder: &Path) -> Option<(String, String)> {
    let bytes = fs::read(folder.join("package.json"))
        .ok()
        .filter(|bytes| bytes.len() <= LARGEST_MANIFEST)?;
    let manifest: Value = serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).ok()?;
    let text = |member: &str| manifest.get(member).and_then(Value::as_str).map(str::to_owned);
    Some((text("name")?, text("version").unwrap_or_default()))
}

fn look(folder: &Path, package: &str, depth: usize, left: &mut usize, found: &mut Vec<PathBuf>) {
    if named(folder).is_some_and(|(name, _)| is(&name, package)) {
        found.push(folder.to_owned());
    }
    let Some(deeper) = depth.checked_sub(1) else { return };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Some(after) = left.checked_sub(1) else { return };
        *left = after;
        let name = entry.file_name();
        let hidden = name.to_string_lossy().starts_with('.') || name == "node_modules";
        // A link to a folder is no folder here, so the walk stays in the workspace and ends.
        if !hidden && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            look(&entry.path(), package, deeper, left, found);
        }
    }
}

fn is(name: &str, asked: &str) -> bool {
    let unscoped = name
        .strip_prefix('@')
        .and_then(|scoped| scoped.split_once('/'))
        .map(|(_, name)| name);
    name == asked || unscoped == Some(asked)
}

/// Folders below folders that are looked into.
const DEEPEST: usize = 5;
/// Files and folders that are looked at.
const LARGEST_WALK: usize = 100_000;
const LARGEST_MANIFEST: usize = 1024 * 1024;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

    use super::*;

    #[test]
    fn tags_are_read_as_people_write_them() {
        for (text, package, version) in [
            ("v1.2.3", None, "1.2.3"),
            ("1.2.3-rc.1", None, "1.2.3-rc.1"),
            ("@acme/widgets@1.2.3", Some("@acme/widgets"), "1.2.3"),
            ("widgets@v1.2.3", Some("widgets"), "1.2.3"),
            ("widgets-v1.2.3", Some("widgets"), "1.2.3"),
            ("my-vue-v1.0.0-vnext.1", Some("my-vue"), "1.0.0-vnext.1"),
        ] {
            let tag = Tag::read(text).unwrap();
            assert_eq!(
                (tag.package.as_deref(), tag.version.to_string().as_str()),
                (package, version),
                "{text}"
            );
        }
        for text in [
            "",
            "v1",
            "latest",
            "@1.2.3",
            "-v1.2.3",
            "widgets@",
            "widgets@next",
            "release-2026",
        ] {
            assert_eq!(Tag::read(text), None, "{text}");
        }
    }

    #[test]
    fn the_package_of_a_tag_is_found_among_many() {
        let workspace = tempfile::tempdir().unwrap();
        for (folder, name) in [
            ("packages/widgets", "@acme/widgets"),
            ("packages/gadgets", "gadgets"),
            ("packages/gadgets/node_modules/widgets", "widgets"),
            (".hidden/widgets", "widgets"),
        ] {
            let folder = workspace.path().join(folder);
            fs::create_dir_all(&folder).unwrap();
            fs::write(
                folder.join("package.json"),
                format!(r#"{{"name":"{name}","version":"1.0.0"}}"#),
            )
            .unwrap();
        }
        let found = |tag: &str| Tag::read(tag).unwrap().folders(workspace.path());
        let widgets = [workspace.path().join("packages/widgets")];
        assert_eq!(found("@acme/widgets@1.0.0"), widgets);
        assert_eq!(found("widgets-v1.0.0"), widgets);
        assert!(found("@other/widgets@1.0.0").is_empty() && found("v1.0.0").is_empty());
    }
}
