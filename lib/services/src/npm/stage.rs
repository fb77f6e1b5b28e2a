//! The stage: versions that a workflow may put there, and that go out when somebody who may publish says so.
//!
//! Who may do what is npm's: a token of a trusted publisher puts versions there and sees nothing of the stage; everything else needs a
//! stored token. npm asks for a second factor before it lets a version go or takes it off; there is nobody here to ask.

use bytes::Bytes;
use certified_evidence::wire::npm::{StageItem, StageList, StageReply};
use certified_evidence::{PackageName, RequestId, StageId};
use uuid::Uuid;

use super::Npm;
use super::rules::{absent, audit};
use crate::auth::Caller;
use crate::door::Opened;
use crate::refusal::Refusal;
use crate::storage::{StagedVersion, StorageError};

impl Npm {
    /// Lets pass who may put a version of this package on the stage.
    pub(super) fn may_stage(caller: &Caller, name: &PackageName) -> Result<(), Refusal> {
        caller.require(&["package:publish", &format!("package:stage:{name}")])
    }

    /// Lets pass who maintains packages: the bearer of a stored token.
    pub(super) fn maintains(caller: &Caller) -> Result<(), Refusal> {
        let refused = |_| Refusal::unauthorized("a token of a trusted publisher does no more than publish and stage");
        caller.require(&["package:publish"]).map_err(refused)
    }

    /// Puts a version on the stage.
    pub(super) async fn stage(
        &self,
        caller: &Caller,
        id: &RequestId,
        name: PackageName,
        body: Bytes,
    ) -> Result<StageReply, Refusal> {
        Self::may_stage(caller, &name)?;
        let short_lived = Self::maintains(caller).is_err();
        let (version, tags, access) = self.received(caller, name, body).await?;
        let staged = StagedVersion {
            id: fresh()?,
            version,
            tags,
            actor_type: if short_lived { "trusted automation" } else { "user" }.to_owned(),
            access,
        };
        let resource = staged.version.release();
        let entry = audit(caller, id, "package:stage", resource, staged.version.published_at);
        if !self.stage.stage(&staged, &entry).await? {
            // npm's words, for both: https://github.com/npm/cli/issues/9519
            return Err(Refusal::Conflict {
                code: "CONFLICT",
                reason: format!(
                    "Cannot stage previously published version \"{}\"",
                    staged.version.version
                ),
            });
        }
        Ok(StageReply {
            message: "Package version staged successfully.".to_owned(),
            stage_id: Some(staged.id),
        })
    }

    /// One page of what waits.
    pub(super) async fn staged_list(&self, caller: &Caller, page: Page) -> Result<StageList, Refusal> {
        Self::maintains(caller)?;
        let name = page.package.as_deref().map(str::parse::<PackageName>).transpose();
        let name = name.map_err(|cause| Refusal::invalid(cause.to_string()))?;
        let all = self.stage.all_staged(name.as_ref()).await?;
        let per_page = page.per_page.clamp(1, LONGEST_PAGE);
        let (start, total) = (page.page.saturating_mul(per_page), all.len());
        Ok(StageList {
            items: all.iter().skip(start).take(per_page).map(item).collect(),
            page: page.page as u64,
            per_page: per_page as u64,
            total: total as u64,
        })
    }

    /// One version that waits.
    pub(super) async fn staged_item(&self, caller: &Caller, id: &StageId) -> Result<StageItem, Refusal> {
        Ok(item(&self.waiting(caller, id).await?))
    }

    /// Its tarball, for whoever decides.
    pub(super) async fn staged_tarball(&self, caller: &Caller, id: &StageId) -> Result<Opened, Refusal> {
        let staged = self.waiting(caller, id).await?;
        let opened = self
            .tarballs
            .open(&staged.version.sha256)
            .await
            .map_err(StorageError::from)?;
        opened.ok_or_else(|| StorageError::File(std::io::ErrorKind::NotFound.into()).into())
    }

    /// Lets a version go out.
    pub(super) async fn approve(
        &self,
        caller: &Caller,
        id: &RequestId,
        which: &StageId,
    ) -> Result<StageReply, Refusal> {
        let mut staged = self.waiting(caller, which).await?;
        staged.version.published_at = (self.clock)();
        staged.version.published_by.clone_from(&caller.id);
        let resource = staged.version.release();
        let entry = audit(caller, id, "package:approve", resource, staged.version.published_at);
        // Somebody else may have been quicker.
        if !self.stage.approve(&staged, &entry).await? {
            return Err(nothing_waits(which));
        }
        Ok(StageReply {
            message: "Package version approved and published successfully.".to_owned(),
            stage_id: None,
        })
    }

    /// Takes a version off the stage.
    pub(super) async fn reject(&self, caller: &Caller, id: &RequestId, which: &StageId) -> Result<(), Refusal> {
        let staged = self.waiting(caller, which).await?;
        let resource = staged.version.release();
        let entry = audit(caller, id, "package:reject", resource, (self.clock)());
        if self.stage.reject(which, &entry).await? {
            Ok(())
        } else {
            Err(nothing_waits(which))
        }
    }

    async fn waiting(&self, caller: &Caller, id: &StageId) -> Result<StagedVersion, Refusal> {
        Self::maintains(caller)?;
        self.stage.staged(id).await?.ok_or_else(|| nothing_waits(id))
    }
}

/// Which page, in npm's words.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Page {
    #[serde(default)]
    page: usize,
    #[serde(default = "usual_page", rename = "perPage")]
    per_page: usize,
    #[serde(default)]
    package: Option<String>,
}

fn item(staged: &StagedVersion) -> StageItem {
    let version = &staged.version;
    StageItem {
        id: staged.id.clone(),
        package_name: version.name.clone(),
        version: version.version.clone(),
        tag: staged.tags.first().cloned(),
        created_at: Some(version.published_at),
        actor: Some(version.published_by.clone()),
        actor_type: Some(staged.actor_type.clone()),
        access: Some(staged.access.clone()),
        shasum: Some(version.shasum),
    }
}

fn fresh() -> Result<StageId, Refusal> {
    let failed = |cause: certified_evidence::IdError| Refusal::Failed {
        code: "STAGE_FAILED",
        reason: cause.to_string(),
    };
    Uuid::new_v4().to_string().parse().map_err(failed)
}

fn nothing_waits(id: &StageId) -> Refusal {
    absent(format!("a staged version {id}"))
}

const fn usual_page() -> usize {
    10
}

const LONGEST_PAGE: usize = 100;
