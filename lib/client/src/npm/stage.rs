//! npm's stage: a version waits there until a person lets it go out.
//!
//! Sends:    `POST /-/stage/package/{name}` with the body of a publish; `GET /-/stage?package=`, `GET /-/stage/{id}/tarball`
//! Leaves:   a version that nobody can install; its number is taken
//! Again:    a conflict, whatever the bytes are: what waits is looked at first, by whoever may look
//!
//! A token of a trusted publisher may put versions there and see nothing of what waits (npm's `npm-stage` page, *Trust Relationship
//! Permissions*). A version that waits or is published is refused with 409 and the same words.

use certified_evidence::wire::npm::{StageItem, StageList, StageReply};
use certified_evidence::{PackageName, StageId, Version};
use reqwest::Method;

use super::{Npm, Publication};
use crate::error::{ClientError, Failure, Service};

impl Npm {
    /// Whether its token is one that npm made for this run, which sees nothing of the stage.
    pub const fn is_short_lived(&self) -> bool {
        self.short_lived
    }

    /// Puts a version on the stage, and answers with what it is called there, when npm says so.
    ///
    /// # Errors
    /// As [`Npm::publish`]; a conflict means that the version waits there or is published.
    pub async fn stage(&self, publication: &Publication) -> Result<Option<StageId>, ClientError> {
        let path = format!("/-/stage/package/{}", publication.name().escaped());
        let place = (Method::POST, self.base.at(&path));
        let answer = self.send(publication, place, "stage").await?;
        // The status says that it is there. Without its name it can be found all the same.
        let reply: Option<StageReply> = answer.json(Service::Npm).ok();
        Ok(reply.and_then(|reply| reply.stage_id))
    }

    /// This version on the stage, if it waits there.
    ///
    /// # Errors
    /// See [`ClientError::class`].
    pub async fn staged(&self, name: &PackageName, version: &Version) -> Result<Option<StageItem>, ClientError> {
        for page in 0..MOST_PAGES {
            let mut url = self.base.at("/-/stage");
            url.query_pairs_mut()
                .append_pair("package", name.as_str())
                .append_pair("page", &page.to_string())
                .append_pair("perPage", &PER_PAGE.to_string());
            let list: StageList = self.read(self.version, url)?.send().await?.json(Service::Npm)?;
            let (length, found) = (list.items.len(), find(list, name, version));
            if found.is_some() || length < PER_PAGE {
                return Ok(found);
            }
        }
        Err(ClientError::new(
            Service::Npm,
            Failure::TooLarge {
                limit: MOST_PAGES * PER_PAGE,
            },
        ))
    }

    /// The bytes that wait.
    ///
    /// # Errors
    /// See [`ClientError::class`].
    pub async fn staged_tarball(&self, id: &StageId) -> Result<Vec<u8>, ClientError> {
        let url = self.base.at(&format!("/-/stage/{id}/tarball"));
        Ok(self.read(self.tarball, url)?.send().await?.body)
    }
}

fn find(list: StageList, name: &PackageName, version: &Version) -> Option<StageItem> {
    let mut items = list.items.into_iter();
    items.find(|item| item.package_name == *name && item.version == *version)
}

/// npm's own client asks for as many.
const PER_PAGE: usize = 100;

/// Nobody has ten thousand versions of one package waiting.
const MOST_PAGES: usize = 100;
