//! A publish, as npm's clients send it, and everything that has to agree in it.
//!
//! ```json
//! {
//!   "_id": "@acme/widgets", "name": "@acme/widgets",
//!   "dist-tags": { "latest": "1.2.3" },
//!   "versions": { "1.2.3": { "name": "@acme/widgets", "version": "1.2.3", "dist": { "integrity": "sha512-…", "shasum": "…" } } },
//!   "_attachments": { "@acme/widgets-1.2.3.tgz": { "content_type": "application/octet-stream", "data": "H4sI…", "length": 625 } }
//! }
//! ```

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding as _};
use certified_evidence::{Digest, Integrity, PackageName, Shasum, Version};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::door;
use crate::refusal::Refusal;

/// One version to be published, checked.
#[derive(Debug)]
pub(super) struct Publication {
    /// The package.
    pub(super) name: PackageName,
    /// Its version.
    pub(super) version: Version,
    /// The manifest without `dist`.
    pub(super) manifest: Map<String, Value>,
    /// The tags that are to point at it.
    pub(super) tags: Vec<String>,
    /// The tarball.
    pub(super) tarball: Vec<u8>,
    /// SHA-1 of the tarball.
    pub(super) shasum: Shasum,
    /// SHA-512 of the tarball.
    pub(super) integrity: Integrity,
    /// SHA-256 of the tarball.
    pub(super) sha256: Digest,
    /// Who is to read it, `public` or `private`.
    pub(super) access: String,
}

impl Publication {
    /// Reads the body of a publish to this name.
    pub(super) fn parse(name: PackageName, body: &[u8]) -> Result<Self, Refusal> {
        let document: Document = door::from_slice(body)?;
        same("name", &document.name, name.as_str())?;
        if let Some(id) = &document.id {
            same("_id", id, name.as_str())?;
        }
        let (version, mut manifest) = only_version(document.versions)?;
        same("name of the version", text(&manifest, "name"), name.as_str())?;
        same(
            "version of the version",
            text(&manifest, "version"),
            &version.to_string(),
        )?;
        let tags = tags(document.tags, &version)?;
        let tarball = only_tarball(document.attachments, &format!("{name}-{version}.tgz"))?;
        let dist = manifest.shift_remove("dist");
        let (integrity, shasum) = (Integrity::of(&tarball), Shasum::of(&tarball));
        check_dist(dist.as_ref(), &integrity, &shasum)?;
        let sha256 = Digest::of(&tarball);
        Ok(Self {
            name,
            version,
            manifest,
            tags,
            tarball,
            shasum,
            integrity,
            sha256,
            access: access(document.access.as_deref()),
        })
    }
}

/// Whether npm could tell this tag from a version or a range of versions.
pub(super) fn check_tag(tag: &str) -> Result<(), Refusal> {
    let mut rest = tag.chars();
    let begins = rest.next().is_some_and(|c| c.is_ascii_alphabetic());
    let goes_on = rest.all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    let like_a_range =
        tag.eq_ignore_ascii_case("x") || tag.strip_prefix(['v', 'V']).is_some_and(|rest| rest.starts_with(digit));
    if begins && goes_on && !like_a_range && tag.len() <= LONGEST_TAG {
        return Ok(());
    }
    let found: String = tag.chars().take(40).flat_map(char::escape_debug).collect();
    Err(Refusal::invalid(format!(
        "a tag begins with a letter and is no version, found `{found}`"
    )))
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "_id")]
    id: Option<String>,
    name: String,
    #[serde(rename = "dist-tags", default)]
    tags: BTreeMap<String, String>,
    versions: Map<String, Value>,
    #[serde(rename = "_attachments", default)]
    attachments: BTreeMap<String, Attachment>,
    #[serde(default)]
    access: Option<String>,
}

#[derive(Deserialize)]
struct Attachment {
    data: String,
    length: Option<u64>,
}

/// Clients call the second one `restricted` as well; this registry shows everything to everybody.
fn access(asked: Option<&str>) -> String {
    match asked {
        Some("private" | "restricted") => "private".to_owned(),
        _ => "public".to_owned(),
    }
}

fn only_version(versions: Map<String, Value>) -> Result<(Version, Map<String, Value>), Refusal> {
    let found = versions.len();
    let mut versions = versions.into_iter();
    match (versions.next(), versions.next()) {
        (Some((version, Value::Object(manifest))), None) => {
            let version = version
                .parse()
                .map_err(|cause: certified_evidence::VersionError| Refusal::invalid(cause.to_string()))?;
            Ok((version, manifest))
        }
        (Some(_), None) => Err(Refusal::invalid("expected a version to be an object")),
        _ => Err(Refusal::invalid(format!(
            "expected one version to publish, found {found}"
        ))),
    }
}

fn tags(tags: BTreeMap<String, String>, version: &Version) -> Result<Vec<String>, Refusal> {
    for (tag, target) in &tags {
        check_tag(tag)?;
        same("target of a tag", target, &version.to_string())?;
    }
    Ok(tags.into_keys().collect())
}

fn only_tarball(attachments: BTreeMap<String, Attachment>, expected: &str) -> Result<Vec<u8>, Refusal> {
    // A provenance bundle would be a second attachment. To take it and not to serve it would be a lie.
    let found: Vec<_> = attachments.keys().map(String::as_str).collect();
    if found != [expected] {
        let found = found.join(", ").chars().take(200).collect::<String>();
        return Err(Refusal::invalid(format!(
            "expected the one attachment `{expected}`, found `{found}`"
        )));
    }
    let Some(attachment) = attachments.into_values().next() else {
        return Err(Refusal::invalid(format!("expected the one attachment `{expected}`")));
    };
    let unreadable = |_| Refusal::invalid("expected the attachment's data in base64");
    let tarball = Base64::decode_vec(&attachment.data).map_err(unreadable)?;
    match attachment.length {
        Some(length) if length != tarball.len() as u64 => Err(Refusal::invalid(format!(
            "expected an attachment of {length} bytes, found {}",
            tarball.len()
        ))),
        _ => Ok(tarball),
    }
}

/// What the sender says about the tarball must be so: it is what he has signed, or believes to have sent.
fn check_dist(dist: Option<&Value>, integrity: &Integrity, shasum: &Shasum) -> Result<(), Refusal> {
    let said = |member: &str| dist.and_then(|dist| dist.get(member)).and_then(Value::as_str);
    let expected = integrity.to_string();
    let sha512 = said("integrity").and_then(|text| text.split_whitespace().find(|one| one.starts_with("sha512-")));
    match sha512 {
        None => return Err(Refusal::invalid("expected `dist.integrity` with the tarball's SHA-512")),
        Some(found) => same("dist.integrity", found, &expected)?,
    }
    match said("shasum") {
        None => Ok(()),
        Some(found) => same("dist.shasum", found, &shasum.to_string()),
    }
}

fn same(what: &str, found: &str, expected: &str) -> Result<(), Refusal> {
    if found == expected {
        return Ok(());
    }
    let found: String = found.chars().take(256).flat_map(char::escape_debug).collect();
    Err(Refusal::invalid(format!(
        "expected the {what} to be `{expected}`, found `{found}`"
    )))
}

fn text<'a>(manifest: &'a Map<String, Value>, member: &str) -> &'a str {
    manifest.get(member).and_then(Value::as_str).unwrap_or_default()
}

const fn digit(c: char) -> bool {
    c.is_ascii_digit()
}

const LONGEST_TAG: usize = 128;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn name() -> PackageName {
        "@acme/widgets".parse().unwrap()
    }

    fn document() -> Value {
        let tarball = b"not really a tarball";
        json!({
            "_id": "@acme/widgets",
            "name": "@acme/widgets",
            "dist-tags": { "latest": "1.2.3" },
            "versions": { "1.2.3": {
                "name": "@acme/widgets", "version": "1.2.3",
                "dist": { "integrity": Integrity::of(tarball).to_string(), "shasum": Shasum::of(tarball).to_string() },
            } },
            "_attachments": { "@acme/widgets-1.2.3.tgz": {
                "content_type": "application/octet-stream", "data": Base64::encode_string(tarball), "length": 20,
            } },
        })
    }

    #[test]
    fn a_publish_that_agrees_with_itself_is_taken() {
        let publication = Publication::parse(name(), document().to_string().as_bytes()).unwrap();
        assert_eq!(publication.tarball, b"not really a tarball");
        assert_eq!(publication.tags, ["latest"]);
        assert!(!publication.manifest.contains_key("dist"));
    }

    #[test]
    fn a_publish_that_contradicts_itself_is_refused() {
        let contradictions: [(&str, Value); 9] = [
            ("/name", json!("@acme/gadgets")),
            ("/_id", json!("@acme/gadgets")),
            ("/versions/1.2.3/name", json!("@acme/gadgets")),
            ("/versions/1.2.3/version", json!("1.2.4")),
            ("/versions/1.2.3/dist/integrity", json!(Integrity::of(b"").to_string())),
            ("/versions/1.2.3/dist/shasum", json!(Shasum::of(b"").to_string())),
            ("/dist-tags/latest", json!("1.2.2")),
            ("/_attachments/@acme~1widgets-1.2.3.tgz/length", json!(21)),
            ("/_attachments/@acme~1widgets-1.2.3.tgz/data", json!("AAAA")),
        ];
        for (at, value) in contradictions {
            let mut document = document();
            *document.pointer_mut(at).unwrap() = value;
            let refused = Publication::parse(name(), document.to_string().as_bytes());
            assert!(matches!(refused, Err(Refusal::Invalid { .. })), "{at}");
        }
        let other: PackageName = "@acme/gadgets".parse().unwrap();
        assert!(Publication::parse(other, document().to_string().as_bytes()).is_err());
    }

    #[test]
    fn a_publish_of_two_versions_or_two_files_or_without_digest_is_refused() {
        let mut two = document();
        two["versions"]["1.2.4"] = two["versions"]["1.2.3"].clone();
        let mut bundle = document();
        bundle["_attachments"]["@acme/widgets-1.2.3.sigstore"] = json!({ "data": "{}" });
        let mut bare = document();
        bare["versions"]["1.2.3"].as_object_mut().unwrap().remove("dist");
        let mut none = document();
        none["_attachments"] = json!({});
        for document in [two, bundle, bare, none, json!({}), json!([])] {
            assert!(
                Publication::parse(name(), document.to_string().as_bytes()).is_err(),
                "{document}"
            );
        }
    }

    #[test]
    fn a_tag_that_npm_would_take_for_a_version_is_refused() {
        for tag in ["latest", "next", "beta-2", "v-next", "release.candidate"] {
            assert!(check_tag(tag).is_ok(), "{tag}");
        }
        for tag in ["", "1", "1.x", "v1", "x", "X", "^1", "a b", "a/b", "ü", "<b>"] {
            assert!(check_tag(tag).is_err(), "{tag}");
        }
    }
}
