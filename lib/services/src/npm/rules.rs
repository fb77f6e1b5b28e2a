//! What npm's registry takes and serves.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use certified_evidence::{PackageName, RequestId, Timestamp, Version};
use serde_json::Value;

use super::publication::{Publication, check_tag};
use super::{Tarballs, TrustedPublisher, document};
use crate::auth::Caller;
use crate::door::Opened;
use crate::oidc::Identities;
use crate::refusal::Refusal;
use crate::storage::{AuditEntry, Credentials, Packages, Publishers, Stage, StorageError, StoredVersion};
use crate::{Addresses, Clock};

/// A registry of npm packages.
pub(crate) struct Npm {
    pub(crate) packages: Arc<dyn Packages>,
    pub(crate) stage: Arc<dyn Stage>,
    pub(crate) publishers: Arc<dyn Publishers>,
    /// Trusted publishers that were named at the start.
    pub(crate) named_publishers: Vec<TrustedPublisher>,
    /// Judges the identity tokens of trusted publishers.
    pub(crate) identities: Arc<Identities>,
    /// Where the tokens go that they get.
    pub(crate) credentials: Arc<dyn Credentials>,
    pub(crate) tarballs: Tarballs,
    pub(crate) addresses: Arc<Addresses>,
    pub(crate) clock: Clock,
    /// The largest publish that is read, in bytes of JSON.
    pub(crate) largest_publish: usize,
}

impl Npm {
    /// Lets pass who may publish any package, or this one. Who may only stage it hears so in npm's words.
    pub(super) fn may_publish(caller: &Caller, name: &PackageName) -> Result<(), Refusal> {
        let refused = caller.require(&["package:publish", &format!("package:publish:{name}")]);
        match refused {
            Err(_) if caller.require(&[&format!("package:stage:{name}")]).is_ok() => Err(Refusal::Forbidden {
                reason: "OIDC permission denied for this action".to_owned(),
            }),
            other => other,
        }
    }

    /// Publishes one version. A version that exists is never published again, not even with the same bytes.
    pub(super) async fn publish(
        &self,
        caller: &Caller,
        id: &RequestId,
        name: PackageName,
        body: Bytes,
    ) -> Result<(), Refusal> {
        Self::may_publish(caller, &name)?;
        let (version, tags, _) = self.received(caller, name, body).await?;
        let resource = version.release();
        let entry = audit(caller, id, "package:publish", resource, version.published_at);
        // Somebody else may have been quicker since the look at what is there; the table knows.
        if self.packages.publish(&version, &tags, &entry).await? {
            return Ok(());
        }
        let staged = self.stage.all_staged(Some(&version.name)).await?;
        if staged.iter().any(|staged| staged.version.version == version.version) {
            return Err(Refusal::Conflict {
                code: "CONFLICT",
                reason: format!("Cannot publish version \"{}\", which is staged", version.version),
            });
        }
        Err(already_published(&version.version))
    }

    /// One version with its tags and its access, checked, its tarball on the disk.
    pub(super) async fn received(
        &self,
        caller: &Caller,
        name: PackageName,
        body: Bytes,
    ) -> Result<(StoredVersion, Vec<String>, String), Refusal> {
        let publication = blocking(move || Publication::parse(name, &body)).await??;
        let publication = self.keep_tarball(publication).await?;
        let version = StoredVersion {
            name: publication.name,
            version: publication.version,
            manifest: publication.manifest,
            shasum: publication.shasum,
            integrity: publication.integrity,
            sha256: publication.sha256,
            published_by: caller.id.clone(),
            published_at: (self.clock)(),
        };
        Ok((version, publication.tags, publication.access))
    }

    /// Everything about a package, or what an installation needs of it.
    pub(super) async fn packument(&self, name: &PackageName, abbreviated: bool) -> Result<Value, Refusal> {
        let versions = self.versions(name).await?;
        let tags = self.packages.tags(name).await?;
        Ok(if abbreviated {
            document::abbreviated(&versions, &tags, &self.addresses)
        } else {
            document::full(&versions, &tags, &self.addresses)
        })
    }

    /// One version's manifest, asked for by its number or by a tag.
    pub(super) async fn manifest(&self, name: &PackageName, wanted: &str) -> Result<Value, Refusal> {
        let versions = self.versions(name).await?;
        let tags = self.packages.tags(name).await?;
        let tagged = tags
            .iter()
            .find(|tag| tag.tag == wanted)
            .map(|tag| tag.version.to_string());
        let wanted = tagged.as_deref().unwrap_or(wanted);
        let found = versions.iter().find(|version| version.version.to_string() == wanted);
        found
            .map(|version| document::manifest(version, &self.addresses))
            .ok_or_else(|| absent(format!("{name}@{wanted}")))
    }

    /// A tarball by its file's name.
    pub(super) async fn tarball(&self, name: &PackageName, file: &str) -> Result<Opened, Refusal> {
        let versions = self.versions(name).await?;
        let called = |version: &&StoredVersion| format!("{}-{}.tgz", name.bare(), version.version) == file;
        let found = versions
            .iter()
            .find(called)
            .ok_or_else(|| absent(format!("{name}/-/{file}")))?;
        let opened = self.tarballs.open(&found.sha256).await.map_err(StorageError::from)?;
        opened.ok_or_else(|| StorageError::File(io::ErrorKind::NotFound.into()).into())
    }

    /// The tags of a package.
    pub(super) async fn tags(&self, name: &PackageName) -> Result<Value, Refusal> {
        self.versions(name).await?;
        Ok(document::tags_of(&self.packages.tags(name).await?))
    }

    /// Points a tag at a version that exists, or removes it. `latest` always points somewhere.
    pub(super) async fn set_tag(
        &self,
        caller: &Caller,
        id: &RequestId,
        name: &PackageName,
        tag: &str,
        version: Option<Version>,
    ) -> Result<(), Refusal> {
        Self::may_publish(caller, name)?;
        check_tag(tag)?;
        let versions = self.versions(name).await?;
        match &version {
            Some(wanted) if !versions.iter().any(|version| version.version == *wanted) => {
                return Err(absent(format!("{name}@{wanted}")));
            }
            None if tag == "latest" => return Err(Refusal::invalid("the tag latest can be moved, not removed")),
            _ => {}
        }
        let entry = audit(caller, id, "package:tag", format!("{name}@{tag}"), (self.clock)());
        Ok(self.packages.set_tag(name, tag, version.as_ref(), &entry).await?)
    }

    async fn versions(&self, name: &PackageName) -> Result<Vec<StoredVersion>, Refusal> {
        let versions = self.packages.versions(name).await?;
        if versions.is_empty() {
            Err(absent(name.to_string()))
        } else {
            Ok(versions)
        }
    }

    async fn keep_tarball(&self, publication: Publication) -> Result<Publication, Refusal> {
        let tarballs = self.tarballs.clone();
        let kept = blocking(move || {
            tarballs
                .keep(&publication.sha256, &publication.tarball)
                .map(|()| publication)
        });
        Ok(kept.await?.map_err(StorageError::from)?)
    }
}

/// Does what takes a while, or waits for the disk, where it keeps nobody waiting.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    let failed = |cause: tokio::task::JoinError| Refusal::Failed {
        code: "PUBLISH_FAILED",
        reason: cause.to_string(),
    };
    tokio::task::spawn_blocking(work).await.map_err(failed)
}

/// In the words of npm's own registry: clients look for them.
fn already_published(version: &Version) -> Refusal {
    Refusal::Forbidden {
        reason: format!("You cannot publish over the previously published versions: {version}."),
    }
}

pub(super) fn absent(what: String) -> Refusal {
    Refusal::NotFound {
        code: "NOT_FOUND",
        reason: format!("{what} is not in this registry"),
    }
}

pub(super) fn audit(
    caller: &Caller,
    id: &RequestId,
    action: &'static str,
    resource: String,
    now: Timestamp,
) -> AuditEntry {
    AuditEntry {
        timestamp: now,
        actor: caller.id.clone(),
        action,
        resource,
        request_id: id.clone(),
    }
}
