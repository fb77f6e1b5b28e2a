//! Everything that can end the program early.

use std::io;
use std::path::PathBuf;

use certified_client::{BaseUrlError, ClientError, TransportError};
use certified_evidence::anchors::AnchorsError;
use certified_pack::{Finding, ManifestError, PackError};
use certified_pipeline::{
    Cause, InspectError, Inspection, ProjectError, RehearsalError, Stop, TargetError, TreeError, leak_advice,
};
use certified_services::StartError;
use certified_verify::TarballError;

use crate::args::Approval;
use crate::project_file::ProjectFileError;

/// What went wrong outside the nine steps, or the stop of one of them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Stop(#[from] Stop),
    #[error("{what} is no usable address: {error}")]
    Address { what: &'static str, error: BaseUrlError },
    #[error("{what} is no usable address: {error}")]
    Url { what: &'static str, error: url::ParseError },
    #[error("no TLS connection can be set up: {0}")]
    Transport(#[from] TransportError),
    #[error("{} cannot be used: {error}", file.display())]
    Io { file: PathBuf, error: io::Error },
    #[error("{}: {error}", file.display())]
    Anchors { file: PathBuf, error: AnchorsError },
    #[error("{} cannot be written: {why}", file.display())]
    Trust { file: PathBuf, why: String },
    #[error("nothing says where to archive the release")]
    NoStore,
    #[error("nothing says which certificate authorities to trust")]
    NoAnchors,
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Pack(#[from] PackError),
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error(transparent)]
    Inspect(#[from] InspectError),
    #[error("the embedded services do not start: {0}")]
    Start(#[from] StartError),
    #[error(transparent)]
    Tree(#[from] TreeError),
    #[error("npm does not install what was published: {0}")]
    Rehearsal(#[from] RehearsalError),
    #[error("{} is not the tarball that was sealed: {error}", file.display())]
    Sealed { file: PathBuf, error: TarballError },
    #[error("the release of this dry run does not verify")]
    NotVerified(Box<Inspection>),
    #[error(transparent)]
    ProjectFile(#[from] ProjectFileError),
    #[error("this release needs an approval on GitHub by {}, and there is none", wanted.word())]
    NotApproved { wanted: Approval },
    #[error("cancelled")]
    Cancelled,
}

impl Failure {
    /// What to do now.
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::Stop(stop) => stop.advice(),
            Self::Address { .. } | Self::Url { .. } => {
                "write the whole address, for example https://api.chitty.cc".into()
            }
            Self::NoStore => "name a folder or an S3 endpoint with --store or CERTIFIED_PUBLISH_STORE".into(),
            Self::NoAnchors => {
                "name the file with --anchors or CERTIFIED_PUBLISH_ANCHORS; `certified-publish services` writes one"
                    .into()
            }
            Self::Client(error) | Self::Inspect(InspectError::Client(error)) => error.advice(),
            Self::Inspect(InspectError::NotOnNpm { .. }) => "check name and version: `npm view NAME versions`".into(),
            Self::Inspect(InspectError::NoRegistry { .. }) => "leave out --offline, or name the downloaded .tgz".into(),
            Self::Target(_) => "write name@version, for example left-pad@1.3.0, or the path of a .tgz".into(),
            Self::Project(error) => error.advice(),
            Self::Manifest(_) => "mend package.json; `npm pkg fix` repairs common mistakes".into(),
            Self::Pack(PackError::Leak { findings }) => leak_advice(findings),
            Self::Pack(_) => "mend what is named above and run again".into(),
            Self::ProjectFile(_) => {
                "mend the file, or say it by a flag or a variable: `certified-publish run --help` lists them".into()
            }
            Self::Cancelled => "run the same command again: it goes on from what exists by then".into(),
            Self::NotApproved { wanted } => wanted.advice().into(),
            Self::NotVerified(_) => "read the check that was refused above; nothing has left this machine".into(),
            Self::Rehearsal(error) => error.advice(),
            Self::Tree(error) => error.advice(),
            Self::Sealed { .. }
            | Self::Transport(_)
            | Self::Io { .. }
            | Self::Anchors { .. }
            | Self::Trust { .. }
            | Self::Inspect(_)
            | Self::Start(_) => "mend what is named above and run again".into(),
        }
    }

    /// The secrets that would be published, if that is why.
    pub(crate) fn leaks(&self) -> &[Finding] {
        let error = match self {
            Self::Pack(error) => error,
            Self::Stop(stop) => match &*stop.cause {
                Cause::Pack(error) => error,
                _ => return &[],
            },
            _ => return &[],
        };
        match error {
            PackError::Leak { findings } => findings,
            _ => &[],
        }
    }

    /// A stable name.
    pub(crate) fn code(&self) -> String {
        match self {
            Self::Stop(stop) => return stop.code(),
            Self::Address { .. } | Self::Url { .. } => "usage/address",
            Self::Transport(_) => "usage/tls",
            Self::Io { .. } | Self::Trust { .. } | Self::Sealed { .. } | Self::Tree(_) | Self::Start(_) => "local/file",
            Self::Anchors { .. } | Self::NoAnchors => "usage/anchors",
            Self::NoStore | Self::Client(_) => "usage/store",
            Self::Project(error) => error.code(),
            Self::Manifest(_) => "pack/manifest",
            Self::Pack(PackError::Leak { .. }) => "pack/leak",
            Self::Pack(_) => "pack/folder",
            Self::Target(_) => "verify/target",
            Self::Inspect(InspectError::Client(_)) => "verify/service",
            Self::Inspect(InspectError::NotOnNpm { .. }) => "verify/not-on-npm",
            Self::Inspect(_) => "verify/unreadable",
            Self::Rehearsal(_) => "rehearsal/install",
            Self::NotVerified(_) => "rehearsal/verify",
            Self::NotApproved { .. } => "governance/not-approved",
            Self::ProjectFile(_) => "usage/project-file",
            Self::Cancelled => "cancelled",
        }
        .to_owned()
    }

    /// What the process exits with.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Stop(stop) => stop.exit_code(),
            Self::Client(error) | Self::Inspect(InspectError::Client(error)) => certified_pipeline::exit_code(error),
            Self::Inspect(InspectError::Evidence { .. }) | Self::NotVerified(_) | Self::Rehearsal(_) => 40,
            Self::Pack(PackError::Leak { .. }) => 2,
            Self::Project(ProjectError::Unreadable { .. })
            | Self::Io { .. }
            | Self::Trust { .. }
            | Self::Pack(_)
            | Self::Tree(_)
            | Self::Start(_)
            | Self::Inspect(InspectError::Io { .. }) => 50,
            Self::Cancelled => 130,
            _ => 2,
        }
    }
}

impl Approval {
    const fn word(self) -> &'static str {
        match self {
            Self::Environment => "a reviewer of the job's environment",
            Self::Review => "a review of the pull request",
            Self::Release => "the author of a release",
        }
    }

    const fn advice(self) -> &'static str {
        match self {
            Self::Environment => {
                "name in the job an environment with required reviewers (`environment: npm`), add `permissions: { actions: read }`, and hand \
                 the token over: `env: { GITHUB_TOKEN: ${{ github.token }} }`"
            }
            Self::Review => {
                "have somebody of the repository approve the pull request, add `permissions: { contents: read, pull-requests: read }`, and \
                 hand the token over: `env: { GITHUB_TOKEN: ${{ github.token }} }`"
            }
            Self::Release => {
                "publish from a release's tag, add `permissions: { contents: read }`, and hand the token over: \
                 `env: { GITHUB_TOKEN: ${{ github.token }} }`"
            }
        }
    }
}
