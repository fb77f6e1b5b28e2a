//! What is asked, and how far lists are followed.

use octocrab::Page;
use serde::de::DeserializeOwned;

use super::model::{Approval, Pull, Release, Review, Status};
use super::{GitHub, GitHubError, failed};
use crate::error::Failure;

impl GitHub {
    /// Who let the jobs of a run into their environments.
    ///
    /// # Errors
    /// When GitHub does not say.
    pub async fn approvals(&self, run: &str) -> Result<Vec<Approval>, GitHubError> {
        let route = self.route(&format!("actions/runs/{}/approvals", plain(run)));
        let asked = self.octocrab().get(route, None::<&()>).await;
        asked.map_err(|error| GitHubError::of("actions: read", error))
    }

    /// The pull requests that a commit came by.
    ///
    /// # Errors
    /// When GitHub does not say, or there are too many to read.
    pub async fn pulls_with(&self, commit: &str) -> Result<Vec<Pull>, GitHubError> {
        let route = self.route(&format!("commits/{}/pulls?per_page=100", plain(commit)));
        self.list(&route, "contents: read, pull-requests: read").await
    }

    /// The reviews of a pull request, the oldest first.
    ///
    /// # Errors
    /// When GitHub does not say, or there are too many to read: without the last of them nobody knows who approves.
    pub async fn reviews(&self, pull: u64) -> Result<Vec<Review>, GitHubError> {
        let route = self.route(&format!("pulls/{pull}/reviews?per_page=100"));
        self.list(&route, "pull-requests: read").await
    }

    /// The release of a tag, if there is one. A draft is none.
    ///
    /// # Errors
    /// When GitHub does not say.
    pub async fn release(&self, tag: &str) -> Result<Option<Release>, GitHubError> {
        let route = self.route(&format!("releases/tags/{}", escaped(tag)));
        let asked = self.octocrab().get(route, None::<&()>).await;
        match asked.map_err(|error| GitHubError::of("contents: read", error)) {
            Err(error) if matches!(error.error.what, Failure::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
            Ok(release) => Ok(Some(release)),
        }
    }

    /// Says something about a commit.
    ///
    /// # Errors
    /// When GitHub does not take it.
    pub async fn set_status(&self, commit: &str, status: &Status) -> Result<(), GitHubError> {
        let route = self.route(&format!("statuses/{}", plain(commit)));
        let asked: Result<serde::de::IgnoredAny, _> = self.octocrab().post(route, Some(status)).await;
        asked
            .map(drop)
            .map_err(|error| GitHubError::of("statuses: write", error))
    }

    /// A list, page by page.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        route: &str,
        needs: &'static str,
    ) -> Result<Vec<T>, GitHubError> {
        let octocrab = self.octocrab();
        let of = |error| GitHubError::of(needs, error);
        let mut page: Page<T> = octocrab.get(route, None::<&()>).await.map_err(of)?;
        let mut items = page.take_items();
        for _ in 1..MOST_PAGES {
            match octocrab.get_page(&page.next).await.map_err(of)? {
                Some(next) => page = next,
                None => return Ok(items),
            }
            items.append(&mut page.take_items());
        }
        if page.next.is_none() {
            return Ok(items);
        }
        let error = failed(Failure::Unreadable(format!("more than {MOST_PAGES} pages of a list")));
        Err(GitHubError { error, needs })
    }
}

/// A number or a commit: whatever else stands in it is left out.
fn plain(word: &str) -> String {
    word.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// A tag or a file name as one part of a path or a query.
pub(super) fn escaped(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let mut escaped = String::new();
    for byte in text.bytes() {
        if keep(byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// A hundred entries each.
const MOST_PAGES: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_stays_one_part_of_the_path() {
        assert_eq!(escaped("@acme/widgets@1.2.3"), "%40acme%2Fwidgets%401.2.3");
        assert_eq!(escaped("../x?y#z"), "..%2Fx%3Fy%23z");
        assert_eq!(plain("../12/ab"), "12ab");
    }
}
