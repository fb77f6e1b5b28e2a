//! What started the workflow: whether a release may come of it, of which tag, and who let it go out.

use std::fs;
use std::path::{Path, PathBuf};

use certified_evidence::Timestamp;
use certified_pipeline::Governance;
use serde_json::Value;

use super::ActionError;
use super::tag::Tag;

/// The event, from the runner's variables and the file that it left.
#[derive(Debug, Default)]
pub(crate) struct Event {
    name: String,
    payload: Value,
    tag: Option<String>,
    page: String,
    run_page: String,
    workflow: Option<PathBuf>,
}

/// How a variable of the environment is asked for.
pub(crate) type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Event {
    /// # Errors
    /// When the runner names a file that cannot be read, because then nobody knows whose code this is.
    pub(crate) fn read(variable: Variables<'_>) -> Result<Self, ActionError> {
        let of = |name: &str| variable(name).unwrap_or_default();
        let payload = variable("GITHUB_EVENT_PATH").map_or(Ok(Value::Null), |file| read(Path::new(&file)))?;
        let server = variable("GITHUB_SERVER_URL").unwrap_or_else(|| "https://github.com".into());
        let page = format!("{server}/{}", of("GITHUB_REPOSITORY"));
        let release = payload
            .pointer("/release/tag_name")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let pushed = variable("GITHUB_REF_NAME").filter(|_| of("GITHUB_REF_TYPE") == "tag");
        Ok(Self {
            name: of("GITHUB_EVENT_NAME"),
            tag: release.or(pushed),
            run_page: format!("{page}/actions/runs/{}", of("GITHUB_RUN_ID")),
            workflow: variable("GITHUB_WORKFLOW_REF").and_then(|text| workflow(&text, &of("GITHUB_REPOSITORY"))),
            page,
            payload,
        })
    }

    /// What the tag says that was pushed or released.
    pub(crate) fn tag(&self) -> Option<(&str, Tag)> {
        let text = self.tag.as_deref()?;
        Some((text, Tag::read(text)?))
    }

    /// Nothing is published for an event that a stranger can bring about, or whose commit is not yet part of the repository.
    ///
    /// # Errors
    /// With the reason, and the line of the workflow when it is found.
    pub(crate) fn publishable(&self, workspace: &Path) -> Result<(), ActionError> {
        let Some((_, why)) = REFUSED.into_iter().find(|(name, _)| *name == self.name) else {
            return Ok(());
        };
        let of_a_fork = self.name == "pull_request" && self.is_of_a_fork();
        let line = |file: &PathBuf| line_of(&fs::read_to_string(workspace.join(file)).ok()?, &self.name);
        Err(ActionError::Event {
            event: self.name.clone(),
            why: if of_a_fork { FORK } else { why },
            line: self.workflow.as_ref().and_then(line),
            workflow: self.workflow.clone(),
        })
    }

    /// A change that nobody has taken in yet.
    pub(crate) fn is_pull_request(&self) -> bool {
        self.name == "pull_request"
    }

    fn is_of_a_fork(&self) -> bool {
        let name = |of: &str| self.payload.pointer(of).and_then(Value::as_str);
        name("/pull_request/head/repo/full_name") != name("/pull_request/base/repo/full_name")
    }

    /// Who let the release go out: whoever published the release on GitHub, pushed the tag, or started the workflow.
    pub(crate) fn governance(&self, actor: &str, now: Timestamp, policy_version: &str) -> Governance {
        let text = |at: &str| {
            self.payload
                .pointer(at)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        let time = |at: &str| text(at).and_then(|text| text.parse().ok());
        let (person, when, page) = match self.name.as_str() {
            "release" => (
                text("/release/author/login"),
                time("/release/published_at"),
                text("/release/html_url"),
            ),
            "push" => (text("/sender/login").or(text("/pusher/name")), None, None),
            _ => (text("/sender/login"), None, None),
        };
        let tag = self.tag.as_ref().filter(|_| self.name == "push");
        let page = page
            .filter(|page| page.starts_with(&format!("{}/", self.page)))
            .map(str::to_owned);
        Governance {
            approved_by: vec![person.unwrap_or(actor).to_owned()],
            approved_at: when.unwrap_or(now),
            approval_url: page
                .or_else(|| tag.map(|tag| format!("{}/tree/{}", self.page, percent_encoded(tag))))
                .unwrap_or_else(|| self.run_page.clone()),
            policy_version: policy_version.to_owned(),
        }
    }
}

fn read(file: &Path) -> Result<Value, ActionError> {
    let failed = |why: String| ActionError::Payload {
        file: file.to_owned(),
        why,
    };
    let size = fs::metadata(file).map_err(|error| failed(error.to_string()))?.len();
    if size > LARGEST_PAYLOAD {
        return Err(failed(format!(
            "it has {size} bytes, expected at most {LARGEST_PAYLOAD}"
        )));
    }
    let bytes = fs::read(file).map_err(|error| failed(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))
}

/// `owner/repository/.github/workflows/release.yml@refs/heads/main` without both ends.
fn workflow(text: &str, repository: &str) -> Option<PathBuf> {
    let path = text.split('@').next()?.strip_prefix(repository)?.strip_prefix('/')?;
    Some(PathBuf::from(path)).filter(|path| path.is_relative() && !path.to_string_lossy().contains(".."))
}

/// Where a workflow says that it starts at this event, from 1.
fn line_of(workflow: &str, event: &str) -> Option<usize> {
    let says = |line: &str| {
        let line = line.split('#').next().unwrap_or_default();
        let mut words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        words.any(|word| word == event)
    };
    workflow.lines().position(says).and_then(|at| at.checked_add(1))
}

fn percent_encoded(tag: &str) -> String {
    let mut encoded = String::new();
    for byte in tag.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'@' => {
                encoded.push(byte.into())
            }
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

const REFUSED: [(&str, &str); 8] = [
    ("pull_request", "its commit is not part of the repository yet"),
    ("pull_request_target", STRANGER),
    ("pull_request_review", STRANGER),
    ("pull_request_review_comment", STRANGER),
    ("workflow_run", STRANGER),
    ("issue_comment", STRANGER),
    ("issues", STRANGER),
    ("discussion_comment", STRANGER),
];
const STRANGER: &str = "it lets a stranger start this job with the repository's own permissions";
const FORK: &str = "its code comes from a fork";

/// GitHub keeps payloads below 25 MB.
const LARGEST_PAYLOAD: u64 = 32 * 1024 * 1024;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

    use serde_json::json;

    use super::*;

    fn event(name: &str, payload: &Value, more: &[(&str, &str)]) -> Event {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), payload.to_string()).unwrap();
        let variables = [
            ("GITHUB_EVENT_NAME", name),
            ("GITHUB_EVENT_PATH", file.path().to_str().unwrap()),
            ("GITHUB_REPOSITORY", "acme/widgets"),
            ("GITHUB_RUN_ID", "77"),
            (
                "GITHUB_WORKFLOW_REF",
                "acme/widgets/.github/workflows/release.yml@refs/heads/main",
            ),
        ];
        let of = |asked: &str| {
            let found = variables.iter().chain(more).find(|(name, _)| *name == asked)?;
            Some(found.1.to_owned())
        };
        Event::read(&of).unwrap()
    }

    fn governed(event: &Event) -> (String, String, String) {
        let found = event.governance("actor", Timestamp::from_unix(0), "v1.0");
        (
            found.approved_by.join(","),
            found.approved_at.to_string(),
            found.approval_url,
        )
    }

    #[test]
    fn a_release_names_its_tag_and_who_published_it() {
        let payload = json!({ "release": {
            "tag_name": "widgets-v1.2.3", "published_at": "2026-01-02T03:04:05Z",
            "author": { "login": "ada" }, "html_url": "https://github.com/acme/widgets/releases/tag/widgets-v1.2.3",
        }});
        let event = event("release", &payload, &[]);
        assert_eq!(event.tag().unwrap().1.package.as_deref(), Some("widgets"));
        let page = "https://github.com/acme/widgets/releases/tag/widgets-v1.2.3";
        assert_eq!(
            governed(&event),
            ("ada".into(), "2026-01-02T03:04:05Z".into(), page.into())
        );
    }

    #[test]
    fn a_pushed_tag_and_a_started_workflow_name_the_person() {
        let payload = json!({ "sender": { "login": "grace" } });
        let pushed = event(
            "push",
            &payload,
            &[("GITHUB_REF_TYPE", "tag"), ("GITHUB_REF_NAME", "@acme/widgets@1.0.0")],
        );
        let (who, _, page) = governed(&pushed);
        assert_eq!(
            (who.as_str(), page.as_str()),
            ("grace", "https://github.com/acme/widgets/tree/@acme/widgets@1.0.0")
        );
        let branch = event(
            "push",
            &payload,
            &[("GITHUB_REF_TYPE", "branch"), ("GITHUB_REF_NAME", "v1.0.0")],
        );
        assert!(branch.tag().is_none());
        let started = event("workflow_dispatch", &payload, &[]);
        assert_eq!(governed(&started).2, "https://github.com/acme/widgets/actions/runs/77");
    }

    #[test]
    fn a_page_of_somebody_else_is_no_approval() {
        let payload = json!({ "release": { "html_url": "https://elsewhere.example/" } });
        let found = governed(&event("release", &payload, &[]));
        assert_eq!(
            found,
            (
                "actor".into(),
                "1970-01-01T00:00:00Z".into(),
                "https://github.com/acme/widgets/actions/runs/77".into()
            )
        );
    }

    #[test]
    fn what_a_stranger_can_bring_about_publishes_nothing_and_the_line_is_named() {
        let workspace = tempfile::tempdir().unwrap();
        let folder = workspace.path().join(".github/workflows");
        fs::create_dir_all(&folder).unwrap();
        fs::write(
            folder.join("release.yml"),
            "# pull_request_target\non:\n  pull_request_target:\n",
        )
        .unwrap();
        for (name, _) in REFUSED {
            let error = event(name, &json!({}), &[]).publishable(workspace.path()).unwrap_err();
            let ActionError::Event { line, .. } = error else {
                panic!("{error}")
            };
            assert_eq!(line, (name == "pull_request_target").then_some(3));
        }
        for name in ["release", "push", "workflow_dispatch", "schedule"] {
            event(name, &json!({}), &[]).publishable(workspace.path()).unwrap();
        }
    }

    #[test]
    fn a_fork_is_called_a_fork() {
        let of = |head: &str| {
            let repo = |name: &str| json!({ "repo": { "full_name": name } });
            let payload = json!({ "pull_request": { "head": repo(head), "base": repo("acme/widgets") } });
            event("pull_request", &payload, &[])
                .publishable(Path::new("/"))
                .unwrap_err()
                .to_string()
        };
        assert!(of("eve/widgets").contains(FORK) && !of("acme/widgets").contains(FORK));
    }
}
