//! The body of the `PUT` that publishes a version.

use base64ct::{Base64, Encoding};
use bytes::Bytes;
use certified_evidence::{Integrity, PackageName, Shasum, Version};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::manifest;
use crate::base_url::BaseUrl;
use crate::error::{ClientError, Failure, Service};

/// One version on its way to a registry.
///
/// The tarball goes into the body as it is; its digests are computed here, from the same bytes. The manifest goes
/// in as npm's own client sends it.
#[derive(Debug)]
pub struct Publication {
    manifest: Map<String, Value>,
    name: PackageName,
    version: Version,
    readme: Option<(String, String)>,
    tarball: Bytes,
    integrity: Integrity,
    tag: String,
    access: Option<Access>,
}

/// Who may read a package.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Access {
    /// Everyone.
    Public,
    /// Whom the scope's owner admits; for scoped packages only.
    Restricted,
}

impl Publication {
    /// A version: `manifest` is the package.json inside `tarball`, and `tag` is what the version is to be called,
    /// usually `latest`.
    ///
    /// # Errors
    /// When the manifest is no object, its name or version is none, or it says `"private": true`.
    pub fn new(manifest: &Value, tarball: impl Into<Bytes>, tag: impl Into<String>) -> Result<Self, ClientError> {
        let refused = |what: String| ClientError::new(Service::Npm, Failure::Request(what));
        let object = manifest
            .as_object()
            .ok_or_else(|| refused("package.json is no object".into()))?;
        if object.get("private").is_some_and(manifest::is_truthy) {
            return Err(refused("package.json says `private`; remove it to publish".into()));
        }
        let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
        let name = text("name").parse().map_err(|error| refused(format!("{error}")))?;
        let version = text("version").parse().map_err(|error| refused(format!("{error}")))?;
        let tarball = tarball.into();
        let integrity = Integrity::of(&tarball);
        Ok(Self {
            manifest: object.clone(),
            name,
            version,
            readme: None,
            tarball,
            integrity,
            tag: tag.into(),
            access: None,
        })
    }

    /// Shows this text on the package's page: the README inside the tarball, with its file name.
    #[must_use]
    pub fn readme(mut self, filename: impl Into<String>, text: impl Into<String>) -> Self {
        self.readme = Some((filename.into(), text.into()));
        self
    }

    /// Says who may read the package; without it the registry decides, by what holds for the scope.
    ///
    /// # Errors
    /// When a package without a scope is to be restricted.
    pub fn access(mut self, access: Access) -> Result<Self, ClientError> {
        if access == Access::Restricted && self.name.scope().is_none() {
            let what = Failure::Request(format!(
                "only scoped packages can be restricted, `{}` has no scope",
                self.name
            ));
            return Err(ClientError::new(Service::Npm, what));
        }
        self.access = Some(access);
        Ok(self)
    }

    /// The package.
    pub const fn name(&self) -> &PackageName {
        &self.name
    }

    /// Its version.
    pub const fn version(&self) -> &Version {
        &self.version
    }

    /// SHA-512 of the tarball.
    pub const fn integrity(&self) -> &Integrity {
        &self.integrity
    }

    /// The JSON for a registry, which names itself in it.
    pub(super) fn body(&self, registry: &BaseUrl) -> Result<Bytes, Failure> {
        let manifest = self.version_manifest(registry);
        let file = format!("{}-{}.tgz", self.name, self.version);
        let mut root = Map::new();
        root.insert("_id".into(), self.name.as_str().into());
        root.insert("name".into(), self.name.as_str().into());
        if let Some(description) = manifest.get("description") {
            root.insert("description".into(), description.clone());
        }
        root.insert(
            "dist-tags".into(),
            json!({ self.tag.as_str(): self.version.to_string() }),
        );
        root.insert("versions".into(), json!({ self.version.to_string(): manifest }));
        root.insert("access".into(), json!(self.access));
        let data = Base64::encode_string(&self.tarball);
        let attachment =
            json!({ "content_type": "application/octet-stream", "data": data, "length": self.tarball.len() });
        root.insert("_attachments".into(), json!({ file: attachment }));
        serde_json::to_vec(&root)
            .map(Bytes::from)
            .map_err(|error| Failure::Request(error.to_string()))
    }

    fn version_manifest(&self, registry: &BaseUrl) -> Map<String, Value> {
        let readme = self
            .readme
            .as_ref()
            .map(|(filename, text)| (filename.as_str(), text.as_str()));
        let mut manifest = manifest::prepared(&self.manifest, readme);
        manifest.insert("_id".into(), format!("{}@{}", self.name, self.version).into());
        let tarball = registry
            .at(&format!(
                "/{name}/-/{name}-{version}.tgz",
                name = self.name,
                version = self.version
            ))
            .to_string();
        // npm writes it so; clients that reach the registry by https fetch by https whatever stands here.
        let tarball = tarball
            .strip_prefix("https://")
            .map_or_else(|| tarball.clone(), |rest| format!("http://{rest}"));
        let mut dist = manifest
            .get("dist")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        dist.insert("integrity".into(), self.integrity.to_string().into());
        dist.insert("shasum".into(), Shasum::of(&self.tarball).to_string().into());
        dist.insert("tarball".into(), tarball.into());
        manifest.insert("dist".into(), dist.into());
        manifest
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn a_registry_is_sent_what_npm_sends_it() {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/npm-put");
        let mut compared = 0;
        for case in fs::read_dir(cases)
            .unwrap()
            .map(|case| case.unwrap().path())
            .filter(|case| case.is_dir())
        {
            let manifest: Value = serde_json::from_slice(&fs::read(case.join("package.json")).unwrap()).unwrap();
            let sent: Value = serde_json::from_slice(&fs::read(case.join("sent.json")).unwrap()).unwrap();
            let mut publication =
                Publication::new(&manifest, fs::read(case.join("tarball.tgz")).unwrap(), "latest").unwrap();
            if let Ok(readme) = fs::read_to_string(case.join("README.md")) {
                publication = publication.readme("README.md", readme);
            }
            let body: Value =
                serde_json::from_slice(&publication.body(&"https://npm.example".parse().unwrap()).unwrap()).unwrap();
            assert_eq!(body, sent["body"], "{}", case.display());
            assert_eq!(
                format!("/{}", publication.name().escaped()),
                sent["url"].as_str().unwrap()
            );
            compared += 1;
        }
        assert_eq!(compared, 5);
    }

    #[test]
    fn what_cannot_be_published_is_refused_before_anything_is_sent() {
        let refused = [
            (json!([]), "is no object"),
            (json!({ "name": "@acme/widgets" }), "a version reads like"),
            (json!({ "version": "1.0.0" }), "a package name has"),
            (json!({ "name": "../x", "version": "1.0.0" }), "package name"),
            (json!({ "name": "a", "version": "v1.0.0" }), "a version reads like"),
            (json!({ "name": "a", "version": "1.0.0", "private": true }), "`private`"),
        ];
        for (manifest, why) in refused {
            let error = Publication::new(&manifest, "", "latest").unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
        }
        let plain = Publication::new(
            &json!({ "name": "a", "version": "1.0.0", "private": false }),
            "",
            "latest",
        )
        .unwrap();
        assert!(plain.access(Access::Restricted).is_err());
    }

    #[test]
    fn access_is_said_only_when_it_was_chosen() {
        let scoped = || Publication::new(&json!({ "name": "@acme/a", "version": "1.0.0" }), "", "next").unwrap();
        let base = "https://npm.example".parse().unwrap();
        let body =
            |publication: Publication| serde_json::from_slice::<Value>(&publication.body(&base).unwrap()).unwrap();
        assert_eq!(body(scoped())["access"], Value::Null);
        let public = body(scoped().access(Access::Public).unwrap());
        assert_eq!(
            (&public["access"], &public["dist-tags"]["next"]),
            (&json!("public"), &json!("1.0.0"))
        );
    }
}
