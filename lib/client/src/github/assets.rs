//! Files of a release: attached once, never replaced.

use bytes::Bytes;
use certified_evidence::Digest;
use http::Request;
use octocrab::OctoBody;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use super::model::{Asset, Release};
use super::questions::escaped;
use super::{GitHub, GitHubError, failed};
use crate::error::Failure;
use crate::redact::printable;

/// How a file came to be there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Attached {
    /// It was attached now.
    New,
    /// It was there before, with the same bytes.
    Identical,
}

impl GitHub {
    /// Attaches a file to a release. One of the same name and the same bytes is accepted; other bytes are never replaced.
    ///
    /// # Errors
    /// [`Failure::OtherBytes`] with both digests when other bytes are there; else when GitHub does not take it, or does not say what it has.
    pub async fn attach(&self, release: &Release, name: &str, bytes: Bytes) -> Result<Attached, GitHubError> {
        if let Some(there) = self.asset(release, name).await? {
            return compared(&there, &bytes);
        }
        let sent = self.upload(release, name, bytes.clone()).await;
        match sent {
            Ok(()) => Ok(Attached::New),
            // Somebody was faster, or an answer was lost: what counts is what is there.
            Err(error) => match self.asset(release, name).await? {
                Some(there) => compared(&there, &bytes),
                None => Err(error),
            },
        }
    }

    async fn asset(&self, release: &Release, name: &str) -> Result<Option<Asset>, GitHubError> {
        let route = self.route(&format!("releases/{}/assets?per_page=100", release.id));
        let assets: Vec<Asset> = self.list(&route, "contents: read").await?;
        Ok(assets.into_iter().find(|asset| asset.name == name))
    }

    async fn upload(&self, release: &Release, name: &str, bytes: Bytes) -> Result<(), GitHubError> {
        let route = self.route(&format!("releases/{}/assets?name={}", release.id, escaped(name)));
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}{route}", self.wire.uploads))
            .header(CONTENT_TYPE, "application/octet-stream")
            .body(OctoBody::from(bytes));
        let request = request.map_err(|error| refused(Failure::Request(printable(&error.to_string()))))?;
        let sent = self.octocrab().execute(request).await;
        sent.map(drop).map_err(|error| GitHubError::of(NEEDS, error))
    }
}

fn compared(there: &Asset, bytes: &[u8]) -> Result<Attached, GitHubError> {
    let ours = Digest::of(bytes);
    let theirs: Option<Digest> = there.digest.as_deref().and_then(|digest| digest.parse().ok());
    match theirs {
        Some(theirs) if theirs == ours => Ok(Attached::Identical),
        Some(theirs) => Err(refused(Failure::OtherBytes {
            key: printable(&there.name),
            ours,
            theirs,
        })),
        None => Err(refused(Failure::Unreadable(format!(
            "`{}` is there, without a digest",
            printable(&there.name)
        )))),
    }
}

const fn refused(what: Failure) -> GitHubError {
    GitHubError {
        error: failed(what),
        needs: NEEDS,
    }
}

const NEEDS: &str = "contents: write";
