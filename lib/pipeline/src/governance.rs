//! Who let a release go out, as GitHub knows it.
//!
//! | asked, in this order | who counts | when |
//! |---|---|---|
//! | the environments that this run waited for | people who approved | now: GitHub keeps no time of it |
//! | the reviews of the merged pull request that the commit came by | people of the repository whose last word is "approved", without its author | the last approval |
//! | the release of the tag | the person who made it | its publication |
//! | nobody | whoever started the run | now |
//!
//! Bots do not approve. A stranger may write "approved" under any pull request of a public repository, so only those who belong to it
//! count. What GitHub does not say leaves the record as it is and becomes a warning.

use std::collections::BTreeMap;

use certified_client::github::{Account, Approval, GitHub, GitHubError, Pull, Release, Review};

use crate::Governance;

/// What the run is about.
#[derive(Clone, Debug)]
pub struct Occasion {
    /// The repository's page, for example `https://github.com/acme/widgets`.
    pub page: String,
    /// The run's number.
    pub run: String,
    /// The commit.
    pub commit: String,
    /// The tag, when the run is of one.
    pub tag: Option<String>,
}

/// Who let a release go out, and by which of GitHub's ways.
#[derive(Clone, Debug)]
pub struct Approved {
    /// The record.
    pub governance: Governance,
    /// What it rests on.
    pub basis: Basis,
    /// What GitHub did not say, one sentence each.
    pub warnings: Vec<String>,
}

/// What a record rests on, the weakest first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Basis {
    /// Somebody started the run.
    Trigger,
    /// Somebody made the release.
    Release,
    /// Somebody approved the change.
    Review,
    /// Somebody let the run into its environment.
    Environment,
}

/// Asks GitHub until somebody is found. `trigger` is the record without GitHub.
pub async fn approved(github: &GitHub, occasion: &Occasion, trigger: Governance) -> Approved {
    let mut warnings = Vec::new();
    let mut warn =
        |error: GitHubError| warnings.push(format!("who approved is not known: {error}; {}", error.advice()));
    let said = github
        .approvals(&occasion.run)
        .await
        .map_err(&mut warn)
        .unwrap_or_default();
    let mut found = by_environment(&said, occasion, &trigger);
    if found.is_none() {
        let reviews = reviews(github, &occasion.commit)
            .await
            .map_err(&mut warn)
            .ok()
            .flatten();
        found = reviews.and_then(|(pull, reviews)| by_review(&pull, &reviews, occasion, &trigger));
    }
    if let (None, Some(tag)) = (&found, &occasion.tag) {
        let release = github.release(tag).await.map_err(&mut warn).ok().flatten();
        found = release.and_then(|release| by_release(&release, tag, occasion, &trigger));
    }
    let (basis, governance) = found.unwrap_or((Basis::Trigger, trigger));
    Approved {
        governance,
        basis,
        warnings,
    }
}

async fn reviews(github: &GitHub, commit: &str) -> Result<Option<(Pull, Vec<Review>)>, GitHubError> {
    let Some(pull) = merged(github.pulls_with(commit).await?, commit) else {
        return Ok(None);
    };
    let reviews = github.reviews(pull.number).await?;
    Ok(Some((pull, reviews)))
}

/// The pull request whose merge made the commit, else the first merged one that has it.
fn merged(pulls: Vec<Pull>, commit: &str) -> Option<Pull> {
    let merged = pulls.into_iter().filter(|pull| pull.merged_at.is_some());
    merged.min_by_key(|pull| (pull.merge_commit_sha.as_deref() != Some(commit), pull.number))
}

type Found = Option<(Basis, Governance)>;

fn by_environment(said: &[Approval], occasion: &Occasion, trigger: &Governance) -> Found {
    let approved = said.iter().filter(|word| word.state == "approved");
    let people = names(approved.filter_map(|word| word.user.as_ref()))?;
    let governance = Governance {
        approved_by: people,
        approval_url: format!("{}/actions/runs/{}", occasion.page, occasion.run),
        ..trigger.clone()
    };
    Some((Basis::Environment, governance))
}

fn by_review(pull: &Pull, reviews: &[Review], occasion: &Occasion, trigger: &Governance) -> Found {
    let author = pull.user.as_ref().map(|author| author.login.to_lowercase());
    let mut last: BTreeMap<String, &Review> = BTreeMap::new();
    for review in reviews
        .iter()
        .filter(|review| DECIDING.contains(&review.state.as_str()))
    {
        if let Some(user) = &review.user {
            last.insert(user.login.to_lowercase(), review);
        }
    }
    let counts = |(name, review): &(&String, &&Review)| {
        let belongs = BELONGING.contains(&review.author_association.as_str());
        review.state == "APPROVED" && belongs && Some(*name) != author.as_ref()
    };
    let mut approving: Vec<_> = last.iter().filter(counts).map(|(_, review)| *review).collect();
    approving.sort_by_key(|review| review.submitted_at);
    let people = names(approving.iter().filter_map(|review| review.user.as_ref()))?;
    let governance = Governance {
        approved_by: people,
        approved_at: approving
            .iter()
            .filter_map(|review| review.submitted_at)
            .max()
            .unwrap_or(trigger.approved_at),
        approval_url: format!("{}/pull/{}", occasion.page, pull.number),
        ..trigger.clone()
    };
    Some((Basis::Review, governance))
}

fn by_release(release: &Release, tag: &str, occasion: &Occasion, trigger: &Governance) -> Found {
    let governance = Governance {
        approved_by: names(release.author.as_ref())?,
        approved_at: release.published_at?,
        approval_url: format!("{}/releases/tag/{tag}", occasion.page),
        ..trigger.clone()
    };
    Some((Basis::Release, governance))
}

/// The people among them, each once, if there are any. What is no account's name does not get into a package.json.
fn names<'a>(accounts: impl IntoIterator<Item = &'a Account>) -> Option<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for account in accounts {
        let name = &account.login;
        let plain = name.len() <= 100 && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        if account.is_person() && plain && !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name.clone());
        }
    }
    (!names.is_empty()).then_some(names)
}

/// What a comment does not change.
const DECIDING: [&str; 3] = ["APPROVED", "CHANGES_REQUESTED", "DISMISSED"];

/// Who belongs to a repository.
const BELONGING: [&str; 3] = ["OWNER", "MEMBER", "COLLABORATOR"];

#[cfg(test)]
mod tests {
    use certified_evidence::Timestamp;
    use serde_json::{Value, json};

    use super::*;

    fn trigger() -> Governance {
        Governance {
            approved_by: vec!["ada".into()],
            approved_at: Timestamp::from_unix(1_767_268_800),
            approval_url: "workflow_dispatch".into(),
            policy_version: "v1.0".into(),
        }
    }

    fn occasion() -> Occasion {
        Occasion {
            page: "https://github.com/acme/widgets".into(),
            run: "7".into(),
            commit: "c0ffee".into(),
            tag: Some("v1.2.3".into()),
        }
    }

    fn said<T: serde::de::DeserializeOwned>(value: Value) -> T {
        serde_json::from_value(value).unwrap()
    }

    /// `login state association`, one a line; the author is `ada`.
    fn reviewed(lines: &str) -> Option<Governance> {
        let review = |line: &str| {
            let mut words = line.split_whitespace();
            let mut word = || words.next().unwrap();
            let (login, state, association) = (word(), word(), word());
            let kind = if login.ends_with("[bot]") { "Bot" } else { "User" };
            said(json!({
                "user": { "login": login, "type": kind }, "state": state, "author_association": association,
                "submitted_at": "2025-12-24T08:00:00Z",
            }))
        };
        let reviews: Vec<Review> = lines
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(review)
            .collect();
        let pull = said(
            json!({ "number": 5, "user": { "login": "ada", "type": "User" }, "merged_at": "2025-12-24T09:00:00Z" }),
        );
        by_review(&pull, &reviews, &occasion(), &trigger()).map(|(_, governance)| governance)
    }

    #[test]
    fn the_last_word_of_each_reviewer_counts_and_a_comment_is_none() {
        let governance = reviewed(
            "olga CHANGES_REQUESTED MEMBER
             olga APPROVED MEMBER
             olga COMMENTED MEMBER
             pete APPROVED MEMBER
             pete CHANGES_REQUESTED MEMBER",
        )
        .unwrap();
        assert_eq!(governance.approved_by, ["olga"]);
        assert_eq!(governance.approval_url, "https://github.com/acme/widgets/pull/5");
        assert_eq!(governance.approved_at.date(), "2025-12-24");
        assert_eq!(governance.policy_version, "v1.0");
    }

    #[test]
    fn a_dismissed_review_approves_nothing() {
        assert!(reviewed("olga DISMISSED MEMBER").is_none());
        assert!(reviewed("olga APPROVED MEMBER\nolga DISMISSED MEMBER").is_none());
    }

    #[test]
    fn neither_bots_nor_strangers_nor_the_author_approve() {
        assert!(reviewed("gate[bot] APPROVED MEMBER").is_none());
        assert!(reviewed("mallory APPROVED NONE\nmallory2 APPROVED CONTRIBUTOR").is_none());
        assert!(reviewed("Ada APPROVED OWNER").is_none());
        assert_eq!(
            reviewed("gate[bot] APPROVED MEMBER\nolga APPROVED OWNER")
                .unwrap()
                .approved_by,
            ["olga"]
        );
    }

    #[test]
    fn people_who_let_a_run_into_its_environment_approve_it() {
        let word =
            |login: &str, kind: &str, state: &str| json!({ "state": state, "user": { "login": login, "type": kind } });
        let words: Vec<Approval> = said(json!([
            word("olga", "User", "approved"),
            word("OLGA", "User", "approved"),
            word("gate[bot]", "Bot", "approved"),
            word("pete", "User", "rejected"),
        ]));
        let (basis, governance) = by_environment(&words, &occasion(), &trigger()).unwrap();
        assert_eq!(
            (basis, governance.approved_by),
            (Basis::Environment, vec!["olga".to_owned()])
        );
        assert_eq!(
            governance.approval_url,
            "https://github.com/acme/widgets/actions/runs/7"
        );
        assert!(by_environment(&words[3..], &occasion(), &trigger()).is_none());
    }

    #[test]
    fn the_pull_request_is_the_one_whose_merge_made_the_commit() {
        let pulls: Vec<Pull> = said(json!([
            { "number": 2, "merged_at": null },
            { "number": 3, "merged_at": "2025-12-24T09:00:00Z", "merge_commit_sha": "0ther" },
            { "number": 4, "merged_at": "2025-12-24T09:00:00Z", "merge_commit_sha": "c0ffee" },
        ]));
        assert_eq!(merged(pulls.clone(), "c0ffee").unwrap().number, 4);
        assert_eq!(merged(pulls.clone(), "deed").unwrap().number, 3);
        assert!(merged(pulls[..1].to_vec(), "c0ffee").is_none());
    }

    #[test]
    fn a_release_speaks_for_the_person_who_made_it_and_not_for_a_bot() {
        let release = |kind: &str| -> Release {
            said(
                json!({ "id": 9, "author": { "login": "olga", "type": kind }, "published_at": "2025-12-24T08:00:00Z" }),
            )
        };
        let (basis, governance) = by_release(&release("User"), "v1.2.3", &occasion(), &trigger()).unwrap();
        assert_eq!(
            (basis, governance.approved_by),
            (Basis::Release, vec!["olga".to_owned()])
        );
        assert_eq!(
            governance.approval_url,
            "https://github.com/acme/widgets/releases/tag/v1.2.3"
        );
        assert!(by_release(&release("Bot"), "v1.2.3", &occasion(), &trigger()).is_none());
    }

    #[test]
    fn a_name_that_is_none_does_not_get_into_the_record() {
        assert!(reviewed("o<script> APPROVED MEMBER").is_none());
    }
}
