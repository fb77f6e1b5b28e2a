//! What packing leaves: the tarball, its name, and the list of its files in the words of `npm pack --json`.

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use crate::dialect::Dialect;
use crate::order;
use crate::tarball::Digests;

/// A packed package.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Packed {
    /// The name in package.json.
    pub name: String,
    /// The version in package.json, exactly as it stands there.
    pub version: String,
    /// What `npm pack` calls the file: `acme-widgets-1.2.0.tgz` for version 1.2.0 of `@acme/widgets`.
    pub filename: String,
    /// Whose rules selected the files.
    pub dialect: Dialect,
    /// The size of the tarball, in bytes.
    pub size: u64,
    /// The digests of the tarball.
    pub digests: Digests,
    /// The files in the order of the archive.
    pub files: Vec<PackedFile>,
    /// The packages under node_modules that were packed too, in the order of the archive.
    pub bundled: Vec<String>,
    /// The sum of the sizes of all files, in bytes.
    pub unpacked_size: u64,
}

/// One file of a packed package.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PackedFile {
    /// The path below `package/` in the archive.
    pub path: String,
    /// The size in bytes.
    pub size: u64,
    /// The permissions in the archive, for example `0o644`.
    pub mode: u32,
}

impl Packed {
    pub(crate) fn new(
        (name, version): (String, String),
        dialect: Dialect,
        files: Vec<PackedFile>,
        (size, digests): (u64, Digests),
    ) -> Self {
        Self {
            filename: filename(&name, &version),
            bundled: bundled(&files),
            unpacked_size: files.iter().map(|file| file.size).sum(),
            name,
            version,
            dialect,
            size,
            digests,
            files,
        }
    }

    /// One element of the array that `npm pack --json` prints: the same members, order and values.
    #[must_use]
    pub fn to_npm_json(&self) -> Value {
        let mut files: Vec<&PackedFile> = self.files.iter().collect();
        order::sort_for_display(&mut files, |file| &file.path);
        let files: Vec<Value> = files
            .into_iter()
            .map(|file| json!({ "path": file.path, "size": file.size, "mode": file.mode }))
            .collect();
        json!({
            "id": format!("{}@{}", self.name, self.version),
            "name": self.name,
            "version": self.version,
            "size": self.size,
            "unpackedSize": self.unpacked_size,
            "shasum": hex(&self.digests.sha1),
            "integrity": format!("sha512-{}", Base64::encode_string(&self.digests.sha512)),
            "filename": displayed_filename(&self.name, &self.version),
            "files": files,
            "entryCount": self.files.len(),
            "bundled": self.bundled,
        })
    }
}

/// The name of the file that `npm pack` writes, for example `acme-widgets-1.2.3.tgz` for `@acme/widgets`.
#[must_use]
pub fn filename(name: &str, version: &str) -> String {
    let name = format!("{name}-{version}.tgz");
    name.strip_prefix('@').unwrap_or(&name).replace(['/', '\\'], "-")
}

/// The name that `npm pack --json` shows, which is another one for names that npm no longer allows.
fn displayed_filename(name: &str, version: &str) -> String {
    format!("{}-{version}.tgz", name.replacen('@', "", 1).replacen('/', "-", 1))
}

fn bundled(files: &[PackedFile]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for inside in files.iter().filter_map(|file| file.path.strip_prefix("node_modules/")) {
        let depth = if inside.starts_with('@') { 2 } else { 1 };
        let name = inside.split('/').take(depth).collect::<Vec<_>>().join("/");
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> PackedFile {
        PackedFile {
            path: path.to_owned(),
            size: 3,
            mode: 0o644,
        }
    }

    #[test]
    fn the_file_name_has_no_scope_sign_and_no_slash() {
        for (name, version, expected) in [
            ("@acme/widgets", "1.2.0", "acme-widgets-1.2.0.tgz"),
            ("@a/b/c", "1.0.0", "a-b-c-1.0.0.tgz"),
            ("../evil", "1.0.0", "..-evil-1.0.0.tgz"),
            ("a\\b", "v1.0.0+b", "a-b-v1.0.0+b.tgz"),
        ] {
            assert_eq!(filename(name, version), expected);
        }
    }

    #[test]
    fn the_displayed_file_name_replaces_only_the_first_slash() {
        assert_eq!(displayed_filename("@a/b/c", "1.0.0"), "a-b/c-1.0.0.tgz");
        assert_eq!(displayed_filename("@acme/widgets", "1.2.0"), "acme-widgets-1.2.0.tgz");
    }

    #[test]
    fn bundled_packages_are_named_once_and_with_their_scope() {
        let paths = [
            "index.js",
            "node_modules/@s/a/x.js",
            "node_modules/@s/a/y.js",
            "node_modules/b/z.js",
            "lib/node_modules/c/i.js",
        ];
        let files: Vec<PackedFile> = paths.into_iter().map(file).collect();
        assert_eq!(bundled(&files), ["@s/a", "b"]);
    }

    #[test]
    fn the_json_form_has_the_members_of_npm_in_the_order_of_npm() {
        let files = vec![file("b.js"), file("README.md")];
        let digests = Digests {
            sha256: [1; 32],
            sha512: [2; 64],
            sha1: [3; 20],
            tar_sha256: [4; 32],
        };
        let packed = Packed::new(
            ("@acme/widgets".to_owned(), "1.2.0".to_owned()),
            Dialect::Npm11,
            files,
            (99, digests),
        );
        let json = packed.to_npm_json();
        let members: Vec<&String> = json.as_object().unwrap().keys().collect();
        assert_eq!(
            members,
            [
                "id",
                "name",
                "version",
                "size",
                "unpackedSize",
                "shasum",
                "integrity",
                "filename",
                "files",
                "entryCount",
                "bundled"
            ]
        );
        assert_eq!(json["id"], "@acme/widgets@1.2.0");
        assert_eq!(json["files"][0], json!({ "path": "README.md", "size": 3, "mode": 420 }));
        assert_eq!((&json["unpackedSize"], &json["entryCount"]), (&json!(6), &json!(2)));
        assert_eq!(json["size"], 99);
        assert_eq!(json["shasum"], "03".repeat(20));
    }
}
