//! GitHub, for a run on it: who approved, and where the evidence is shown. All of it is wanted and none of it is needed, unless an approval
//! was asked for: what GitHub does not do is a warning, and after `publish` it can be nothing else.

use std::fs;
use std::path::Path;
use std::time::Duration;

use certified_client::Transport;
use certified_client::github::{GitHub, GitHubError, Release as TagRelease, Status, StatusState};
use certified_pipeline::{Approved, Basis, Desk, Occasion, Progress, approved};
use serde_json::Value;
use tokio::time::timeout;

use crate::args::{Approval, OnGitHub, Release};
use crate::connect::base;
use crate::failure::Failure;
use crate::secrets;
use crate::surroundings::{on_github, variable};

/// Puts into the governance record who approved.
pub(crate) async fn approve(release: &Release, desk: &mut Desk, progress: &mut dyn Progress) -> Result<(), Failure> {
    let wanted = release.on_github.require_approval;
    let mut basis = Basis::Trigger;
    if let Some(Here { github, occasion }) = here(&release.on_github)? {
        let trigger = desk.context.governance.clone();
        match timeout(LONGEST_QUESTION, approved(&github, &occasion, trigger)).await {
            Ok(Approved {
                governance,
                basis: found,
                warnings,
            }) => {
                warnings.iter().for_each(|warning| progress.warned(warning));
                (basis, desk.context.governance) = (found, governance);
            }
            Err(_) => progress.warned("who approved is not known: GitHub takes too long to answer"),
        }
    }
    match wanted {
        Some(wanted) if basis < wanted.basis() => Err(Failure::NotApproved { wanted }),
        _ => Ok(()),
    }
}

/// A finished release, as GitHub is told of it.
pub(crate) struct Finished<'a> {
    pub(crate) release: String,
    pub(crate) evidence: &'a Path,
    pub(crate) page: String,
}

impl<'a> Finished<'a> {
    /// As the report of the last step tells it.
    pub(crate) fn of(report: &'a Value) -> Self {
        let text = |name: &str| report[name].as_str().unwrap_or_default();
        Self {
            release: format!("{}@{}", text("name"), text("version")),
            evidence: Path::new(text("evidence")),
            page: text("registry_url").to_owned(),
        }
    }
}

/// Attaches the evidence and sets the commit's status, as far as that was asked for. Never an error: the release is out.
pub(crate) async fn announce(release: &Release, finished: &Finished<'_>, progress: &mut dyn Progress) {
    let asked = &release.on_github;
    if !asked.attach_evidence && !asked.commit_status {
        return;
    }
    let Ok(Some(Here { github, occasion })) = here(asked) else {
        return progress.warned("GitHub is not told of the release: this is no run on GitHub with a GITHUB_TOKEN");
    };
    if asked.attach_evidence {
        attach(&github, &occasion, finished.evidence, progress).await;
    }
    if asked.commit_status
        && let Err(error) = github.set_status(&occasion.commit, &status(finished)).await
    {
        progress.warned(&format!("the commit has no status: {error}; {}", error.advice()));
    }
}

struct Here {
    github: GitHub,
    occasion: Occasion,
}

/// The GitHub of this run, when it is on one and has a token for it.
fn here(options: &OnGitHub) -> Result<Option<Here>, Failure> {
    if !on_github() {
        return Ok(None);
    }
    let (Some(token), Some(repository)) = (secrets::secret(secrets::GITHUB), variable("GITHUB_REPOSITORY")) else {
        return Ok(None);
    };
    let (Ok(repository), Some(run), Some(commit)) =
        (repository.parse(), variable("GITHUB_RUN_ID"), variable("GITHUB_SHA"))
    else {
        return Ok(None);
    };
    let server = variable("GITHUB_SERVER_URL").unwrap_or_else(|| "https://github.com".to_owned());
    let occasion = Occasion {
        page: format!("{}/{repository}", server.trim_end_matches('/')),
        run,
        commit,
        tag: variable("GITHUB_REF_NAME").filter(|_| variable("GITHUB_REF_TYPE").as_deref() == Some("tag")),
    };
    let base = base("--github-api-url", &options.github_api_url)?;
    let github = GitHub::new(Transport::new()?, base, token, repository);
    Ok(Some(Here { github, occasion }))
}

async fn attach(github: &GitHub, occasion: &Occasion, evidence: &Path, progress: &mut dyn Progress) {
    let not_attached = |why: String| format!("the evidence is not attached: {why}");
    let Some(tag) = &occasion.tag else {
        return progress.warned(&not_attached("this run is of no tag".into()));
    };
    let told = |error: GitHubError| not_attached(format!("{error}; {}", error.advice()));
    let release = match github.release(tag).await {
        Ok(Some(release)) => release,
        Ok(None) => return progress.warned(&not_attached(format!("GitHub has no release of the tag {tag}"))),
        Err(error) => return progress.warned(&told(error)),
    };
    match attach_all(github, &release, evidence).await {
        Ok(count) => progress.heard(&format!("attached to the release {tag}: {count} files")),
        Err(NotAttached::GitHub(error)) => progress.warned(&told(error)),
        Err(NotAttached::Io(why)) => progress.warned(&not_attached(why)),
    }
}

enum NotAttached {
    GitHub(GitHubError),
    Io(String),
}

async fn attach_all(github: &GitHub, release: &TagRelease, evidence: &Path) -> Result<usize, NotAttached> {
    let unreadable = |error: std::io::Error| NotAttached::Io(format!("{}: {error}", evidence.display()));
    let names = file_names(evidence).map_err(unreadable)?;
    let stem = names
        .iter()
        .find(|name| name.ends_with(".tgz"))
        .cloned()
        .unwrap_or_default();
    let mut attached = 0;
    for name in names.iter().filter(|name| !names_trust(name)) {
        let bytes = fs::read(evidence.join(name)).map_err(unreadable)?;
        // Several packages may share a release; each has its own evidence.
        let shown = if name.starts_with(&stem) {
            name.clone()
        } else {
            format!("{stem}.{name}")
        };
        github
            .attach(release, &shown, bytes.into())
            .await
            .map_err(NotAttached::GitHub)?;
        attached += 1;
    }
    Ok(attached)
}

fn file_names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.extend(entry.file_name().into_string());
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Whom to trust must not come from where the evidence comes from.
fn names_trust(name: &str) -> bool {
    name.starts_with("anchors.") || name.starts_with("trust")
}

fn status(finished: &Finished<'_>) -> Status {
    let description = format!("{} is published and certified", finished.release);
    Status {
        state: StatusState::Success,
        target_url: finished.page.clone(),
        // GitHub takes no more.
        description: description.chars().take(140).collect(),
        context: format!("certified-publish/{}", finished.release),
    }
}

impl Approval {
    const fn basis(self) -> Basis {
        match self {
            Self::Environment => Basis::Environment,
            Self::Review => Basis::Review,
            Self::Release => Basis::Release,
        }
    }
}

/// For all that is asked about one approval.
const LONGEST_QUESTION: Duration = Duration::from_secs(90);
