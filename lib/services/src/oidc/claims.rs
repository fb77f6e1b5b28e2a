//! What GitHub's identity tokens say about a run.
//!
//! Spec: <https://docs.github.com/en/actions/concepts/security/openid-connect>

use serde::Deserialize;
use url::Url;

use super::Refused;

/// The claims that are read, with GitHub's names. Others are not looked at.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) aud: Audience,
    pub(super) sub: String,
    pub(super) jti: String,
    pub(super) exp: u64,
    pub(super) iat: u64,
    #[serde(default)]
    pub(super) nbf: Option<u64>,
    pub(super) repository: String,
    pub(super) repository_id: String,
    pub(super) repository_owner: String,
    pub(super) repository_owner_id: String,
    #[serde(default)]
    pub(super) repository_visibility: Option<String>,
    #[serde(rename = "ref")]
    pub(super) reference: String,
    pub(super) sha: String,
    pub(super) workflow: String,
    pub(super) workflow_ref: String,
    #[serde(default)]
    pub(super) workflow_sha: Option<String>,
    pub(super) job_workflow_ref: String,
    #[serde(default)]
    pub(super) job_workflow_sha: Option<String>,
    pub(super) run_id: String,
    pub(super) run_attempt: String,
    pub(super) event_name: String,
    pub(super) actor: String,
    pub(super) runner_environment: String,
    #[serde(default)]
    pub(super) environment: Option<String>,
    #[serde(default)]
    pub(super) head_ref: Option<String>,
    #[serde(default)]
    pub(super) base_ref: Option<String>,
}

/// For whom a token is. One name may stand alone or in an array (RFC 7519, section 4.1.3).
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    /// The one for whom it is; nothing when it is for several: each of them could use it with the others.
    pub(super) fn only(&self) -> Option<&str> {
        match self {
            Self::One(name) => Some(name),
            Self::Several(names) => match &names[..] {
                [name] => Some(name),
                _ => None,
            },
        }
    }
}

/// A run of a workflow, as its platform vouches for it. Only a verified token makes one.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(super) claims: Claims,
    pub(super) server: Url,
}

impl Run {
    /// The account that set it off.
    pub(crate) fn actor(&self) -> &str {
        &self.claims.actor
    }

    /// Its number.
    pub(crate) fn id(&self) -> &str {
        &self.claims.run_id
    }

    /// The commit it runs on.
    pub(crate) fn commit(&self) -> &str {
        &self.claims.sha
    }

    /// The workflow's name.
    pub(crate) fn workflow(&self) -> &str {
        &self.claims.workflow
    }

    /// The branch or tag.
    pub(crate) fn reference(&self) -> &str {
        &self.claims.reference
    }

    /// `owner/repository`.
    pub(crate) fn repository(&self) -> &str {
        &self.claims.repository
    }

    /// The file of the workflow that was set off, below `.github/workflows/`. A job of a reusable workflow belongs to the one that called it.
    pub(crate) fn workflow_file(&self) -> Option<&str> {
        let (path, _) = self.claims.workflow_ref.split_once('@')?;
        path.strip_prefix(&self.claims.repository)?
            .strip_prefix("/.github/workflows/")
    }

    /// The environment that its job runs in.
    pub(crate) fn environment(&self) -> Option<&str> {
        self.claims.environment.as_deref()
    }

    /// The account that the repository belongs to.
    pub(crate) fn owner(&self) -> &str {
        &self.claims.repository_owner
    }

    /// The repository's address: `https://github.com/acme/widgets`.
    pub(crate) fn source(&self) -> String {
        format!("{}{}", self.server, self.claims.repository)
    }

    /// Its page: `https://github.com/acme/widgets/actions/runs/1/attempts/1`.
    pub(crate) fn page(&self) -> String {
        let Claims {
            repository,
            run_id,
            run_attempt,
            ..
        } = &self.claims;
        format!(
            "{}{repository}/actions/runs/{run_id}/attempts/{run_attempt}",
            self.server
        )
    }
}

impl Claims {
    /// Every claim that goes into a certificate is a line of visible text, and what is a number or a digest looks like one.
    pub(super) fn check_text(&self) -> Result<(), Refused> {
        let required = [
            ("sub", &self.sub),
            ("jti", &self.jti),
            ("repository", &self.repository),
            ("repository_owner", &self.repository_owner),
            ("ref", &self.reference),
            ("workflow", &self.workflow),
            ("workflow_ref", &self.workflow_ref),
            ("job_workflow_ref", &self.job_workflow_ref),
            ("event_name", &self.event_name),
            ("actor", &self.actor),
            ("runner_environment", &self.runner_environment),
        ];
        let optional = [
            ("repository_visibility", &self.repository_visibility),
            ("environment", &self.environment),
        ];
        let numbers = [
            ("repository_id", &self.repository_id),
            ("repository_owner_id", &self.repository_owner_id),
            ("run_id", &self.run_id),
            ("run_attempt", &self.run_attempt),
        ];
        let digests = [
            ("sha", Some(&self.sha)),
            ("workflow_sha", self.workflow_sha.as_ref()),
            ("job_workflow_sha", self.job_workflow_sha.as_ref()),
        ];
        let given = optional
            .iter()
            .filter_map(|(claim, text)| Some((*claim, text.as_ref()?)));
        first(required.into_iter().chain(given), is_visible)?;
        first(numbers, |text| {
            text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit())
        })?;
        let given = digests.into_iter().filter_map(|(claim, text)| Some((claim, text?)));
        first(given, |text| {
            matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    }
}

/// Refuses the first claim that is empty or not as it has to be.
fn first<'a>(
    claims: impl IntoIterator<Item = (&'static str, &'a String)>,
    fits: impl Fn(&str) -> bool,
) -> Result<(), Refused> {
    match claims.into_iter().find(|(_, text)| text.is_empty() || !fits(text)) {
        Some((claim, _)) => Err(Refused::Claim { claim }),
        None => Ok(()),
    }
}

fn is_visible(text: &str) -> bool {
    text.len() <= LONGEST_CLAIM && !text.chars().any(char::is_control)
}

/// In bytes. Longer than any name that GitHub gives.
const LONGEST_CLAIM: usize = 1024;
