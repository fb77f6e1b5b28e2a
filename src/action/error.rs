//! What is wrong with the step or the workflow around it.

use std::path::PathBuf;

/// Why the action does not begin.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ActionError {
    #[error("`mode: {found}` is none of all, the nine steps, verify, doctor, status and credentials")]
    Mode { found: String },
    #[error("input {input} is `{found}`, expected true or false")]
    Switch { input: String, found: String },
    #[error("package_path `{asked}` is no folder of the repository")]
    Outside { asked: String },
    #[error("tag {tag} may mean several folders: {}", folders.join(", "))]
    ManyFolders { tag: String, folders: Vec<String> },
    #[error("the tag is {tag}, but package.json says {name}@{version}")]
    OtherVersion { tag: String, name: String, version: String },
    #[error("nothing is published for the event `{event}`: {why}")]
    Event {
        event: String,
        why: &'static str,
        workflow: Option<PathBuf>,
        line: Option<usize>,
    },
    #[error("{} cannot be read: {why}", file.display())]
    Payload { file: PathBuf, why: String },
    #[error("the inputs do not fit together: {why}")]
    Usage { why: String },
    #[error("the secrets of this step cannot be handed over: {why}")]
    HandOver { why: String },
}

impl ActionError {
    /// A stable name.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Mode { .. } => "action/mode",
            Self::Switch { .. } | Self::Usage { .. } => "action/input",
            Self::Outside { .. } => "action/package-path",
            Self::ManyFolders { .. } => "action/tag-of-many",
            Self::OtherVersion { .. } => "action/other-version",
            Self::Event { .. } => "action/event",
            Self::Payload { .. } => "action/payload",
            Self::HandOver { .. } => "action/hand-over",
        }
    }

    /// What to do now.
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::Mode { .. } => "write one of them, or leave `mode` out for all nine steps".into(),
            Self::Switch { input, .. } => format!("write `{input}: true` or leave it out"),
            Self::Outside { .. } => {
                "name a folder below the checked-out repository, for example packages/widgets".into()
            }
            Self::ManyFolders { .. } => "say which one with the input package_path".into(),
            Self::OtherVersion { .. } => {
                "tag the commit whose package.json has the version of the tag, or name the folder with package_path"
                    .into()
            }
            Self::Event { workflow, line, .. } => {
                let file = workflow
                    .as_ref()
                    .map_or_else(|| "the workflow".into(), |file| file.display().to_string());
                let place = line.map(|line| format!(" line {line}")).unwrap_or_default();
                format!(
                    "in {file}{place} start at `release: types: [published]` or `workflow_dispatch`; a dry run may start at pull_request"
                )
            }
            Self::Payload { .. } => "run the job again; the runner writes this file at the start of the job".into(),
            Self::Usage { .. } => "compare the inputs of the step with action.yml".into(),
            Self::HandOver { .. } => "run the job again".into(),
        }
    }

    /// What the process exits with.
    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::Payload { .. } | Self::HandOver { .. } => 50,
            _ => 2,
        }
    }
}
