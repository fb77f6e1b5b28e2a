//! Everything that can end the program early.

use std::io;
use std::path::PathBuf;

use certified_client::{AccountIdError, BaseUrlError, ClientError, Service, TransportError};
use certified_evidence::anchors::AnchorsError;
use certified_evidence::trust_root::TrustRootError;
use certified_pack::{Finding, ManifestError, PackError};
use certified_pipeline::{
    Cause, InspectError, Inspection, MemoryError, ProjectError, RehearsalError, StateError, Step, Stop, TargetError,
    TreeError, leak_advice,
};
use certified_services::{IssuerError, KeySetError, StartError};
use certified_verify::TarballError;
use certified_verify::policy::PolicyError;

use crate::action::ActionError;
use crate::action::files::EntryError;
use crate::any_file::Unsaid;
use crate::args::Approval;
use crate::journey::Whereabouts;
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
    #[error("the anchors cannot be told to others: {0}")]
    TrustRoot(#[from] TrustRootError),
    #[error("there is no file {} with the certificate authorities to trust", file.display())]
    AnchorsNotThere { file: PathBuf },
    #[error("there is no safe place for credentials outside of a workflow of GitHub Actions")]
    NoRunner,
    #[error(transparent)]
    NoCredentials(ClientError),
    #[error(transparent)]
    Output(EntryError),
    #[error("nothing says where to archive the release")]
    NoStore,
    #[error(transparent)]
    Account(#[from] AccountIdError),
    #[error("the archive's key is to be made from a token of Cloudflare's, and nothing says of which account")]
    NoAccount,
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
    Unsaid(#[from] Unsaid),
    #[error(transparent)]
    Inspect(#[from] InspectError),
    #[error("{}: {error}", file.display())]
    Policy { file: PathBuf, error: PolicyError },
    #[error(transparent)]
    Memory(#[from] MemoryError),
    #[error("the embedded services do not start: {0}")]
    Start(#[from] StartError),
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    #[error("{}: {error}", file.display())]
    Keys { file: PathBuf, error: KeySetError },
    #[error("{files} files of keys were named for {issuers} issuers")]
    KeysOfNobody { files: usize, issuers: usize },
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
    Cancelled(Whereabouts),
    #[error("this program cannot start its own work: {0}")]
    Runtime(io::Error),
    #[error("the package's scripts would run in a job that can ask GitHub for an identity")]
    SharedJob,
    #[error(transparent)]
    Action(#[from] ActionError),
    #[error("{} cannot be cleaned up: {error}", folder.display())]
    CleanUp { folder: PathBuf, error: StateError },
}

impl Failure {
    /// What to do now.
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::Stop(stop) => stop.advice(),
            Self::Address { .. } | Self::Url { .. } => {
                "write the whole address, for example https://api.chitty.cc".into()
            }
            Self::NoRunner => "run it as a step of a workflow, where credentials become outputs that the log hides; `run` asks for what it needs itself".into(),
            Self::NoCredentials(error) => error.advice(),
            Self::Output(_) => "ask for one without line breaks of Windows and without zero bytes".into(),
            Self::NoStore => "name a folder or an S3 endpoint with --store or CERTIFIED_PUBLISH_STORE, or an account at Cloudflare with CLOUDFLARE_ACCOUNT_ID".into(),
            Self::Account(_) | Self::NoAccount => {
                "copy the account's ID from Cloudflare's dashboard into CLOUDFLARE_ACCOUNT_ID (input `account-id`)".into()
            }
            Self::NoAnchors => {
                "name the file with --anchors or CERTIFIED_PUBLISH_ANCHORS; `certified-publish services` writes one"
                    .into()
            }
            Self::AnchorsNotThere { .. } => {
                "ask the operators of ChittyID for it; for trying out, `certified-publish services` writes one".into()
            }
            Self::Client(error) | Self::Inspect(InspectError::Client(error)) => error.advice(),
            Self::Inspect(InspectError::NotOnNpm { .. }) => "check name and version: `npm view NAME versions`".into(),
            Self::Inspect(InspectError::NoRegistry { .. }) => "leave out --offline, or name the downloaded .tgz".into(),
            Self::Inspect(InspectError::Lockfile { refusal, .. }) => refusal.advice().into(),
            Self::Policy { error, .. } => error.advice().into(),
            Self::Memory(MemoryError::Refused { refusal, .. }) => refusal.advice().into(),
            Self::Memory(MemoryError::Locked { .. }) => "run again when it has ended".into(),
            Self::Target(TargetError::TwoLockfiles { .. }) => "name the one that is installed from".into(),
            Self::Target(_) => {
                "write name@version, for example left-pad@1.3.0, or the path of a .tgz or of a lockfile".into()
            }
            Self::Project(error) => error.advice(),
            Self::Unsaid(unsaid) => unsaid.advice().into(),
            Self::Manifest(_) => "mend package.json; `npm pkg fix` repairs common mistakes".into(),
            Self::Pack(PackError::Leak { findings }) => leak_advice(findings),
            Self::Pack(_) => "mend what is named above and run again".into(),
            Self::ProjectFile(_) => {
                "mend the file, or say it by a flag or a variable: `certified-publish run --help` lists them".into()
            }
            Self::Cancelled(_) => "run the same command again: it goes on from what exists by then".into(),
            Self::NotApproved { wanted } => wanted.advice().into(),
            Self::NotVerified(_) => "read the check that was refused above; nothing has left this machine".into(),
            Self::Rehearsal(error) => error.advice(),
            Self::Action(error) => error.advice(),
            Self::CleanUp { error, .. } => error.advice(),
            Self::SharedJob => "build in a job without `id-token: write` and certify in another one with --ignore-scripts; or say \
                                that any script of any dependency may publish in your name: --single-job i-accept-the-risk"
                .into(),
            Self::Tree(error) => error.advice(),
            Self::Issuer(_) => "for GitHub: --oidc-issuer https://token.actions.githubusercontent.com".into(),
            Self::Keys { .. } => "download it again from the `jwks_uri` of the issuer, or leave out --oidc-jwks".into(),
            Self::KeysOfNobody { .. } => {
                "name at most one --oidc-jwks for each --oidc-issuer, in the same order".into()
            }
            Self::Sealed { .. }
            | Self::Transport(_)
            | Self::Io { .. }
            | Self::Anchors { .. }
            | Self::Trust { .. }
            | Self::TrustRoot(_)
            | Self::Inspect(_)
            | Self::Runtime(_)
            | Self::Memory(_)
            | Self::Start(_) => "mend what is named above and run again".into(),
        }
    }

    /// What exists outside by now, and whether to run again.
    pub(crate) fn whereabouts(&self) -> Vec<String> {
        match self {
            Self::Stop(stop) => {
                let again = if stop.repeatable() { SAFE } else { NOT_YET };
                vec![whereabouts(stop), again.to_owned()]
            }
            Self::Cancelled(place) => place.lines(),
            _ => Vec::new(),
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

    /// The first word about it: a release that waits where it was asked to wait is no error.
    pub(crate) fn word(&self) -> &'static str {
        if self.stage().is_some() { "staged" } else { "error" }
    }

    /// How the run ended, in the words of `run --json`.
    pub(crate) fn result(&self) -> &'static str {
        match self.exit_code() {
            _ if self.stage().is_some() => "staged",
            75 => "pending",
            _ => "refused",
        }
    }

    /// The release that waits on npm's stage, if that is why.
    pub(crate) fn stage(&self) -> Option<&Cause> {
        match self {
            Self::Stop(stop) if matches!(*stop.cause, Cause::Staged { .. }) => Some(&stop.cause),
            _ => None,
        }
    }

    /// A stable name.
    pub(crate) fn code(&self) -> String {
        match self {
            Self::Stop(stop) => return stop.code(),
            Self::Address { .. } | Self::Url { .. } => "usage/address",
            Self::Transport(_) => "usage/tls",
            Self::Io { .. }
            | Self::AnchorsNotThere { .. }
            | Self::Trust { .. }
            | Self::Sealed { .. }
            | Self::Tree(_)
            | Self::Start(_) => "local/file",
            Self::Anchors { .. } | Self::NoAnchors | Self::TrustRoot(_) => "usage/anchors",
            Self::Client(error) if matches!(error.service, Service::GithubOidc) => "certificate/no-identity",
            Self::NoRunner => "credentials/no-runner",
            Self::NoCredentials(error) => return certified_pipeline::credentials_code(error),
            Self::Output(_) => "credentials/output",
            Self::Client(error) if matches!(error.service, Service::Cloudflare) => "upload/no-key",
            Self::NoStore | Self::Account(_) | Self::NoAccount | Self::Client(_) => "usage/store",
            Self::Project(error) => error.code(),
            Self::Manifest(_) => "pack/manifest",
            Self::Pack(PackError::Leak { .. }) => "pack/leak",
            Self::Pack(_) => "pack/folder",
            Self::Target(_) => "verify/target",
            Self::Unsaid(_) => "verify/signer",
            Self::Inspect(InspectError::Client(_)) => "verify/service",
            Self::Inspect(InspectError::NotOnNpm { .. }) => "verify/not-on-npm",
            Self::Inspect(InspectError::Lockfile { refusal, .. }) => refusal.code(),
            Self::Inspect(_) => "verify/unreadable",
            Self::Policy { error, .. } => error.code(),
            Self::Memory(MemoryError::Locked { .. }) => "trust-state/locked",
            Self::Memory(MemoryError::Refused { refusal, .. }) => refusal.code(),
            Self::Memory(_) => "local/file",
            Self::Rehearsal(_) => "rehearsal/install",
            Self::NotVerified(_) => "rehearsal/verify",
            Self::NotApproved { .. } => "governance/not-approved",
            Self::Issuer(_) | Self::Keys { .. } | Self::KeysOfNobody { .. } => "usage/oidc",
            Self::ProjectFile(_) => "usage/project-file",
            Self::Cancelled(_) => "cancelled",
            Self::Runtime(_) => "local/runtime",
            Self::CleanUp { .. } => "local/clean-up",
            Self::SharedJob => "build/shared-job",
            Self::Action(error) => error.code(),
        }
        .to_owned()
    }

    /// What the process exits with.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Stop(stop) => stop.exit_code(),
            Self::NoCredentials(error) => certified_pipeline::credentials_exit_code(error),
            Self::Client(error) | Self::Inspect(InspectError::Client(error)) => certified_pipeline::exit_code(error),
            Self::Inspect(InspectError::Evidence { .. }) | Self::NotVerified(_) | Self::Rehearsal(_) => 40,
            Self::Memory(MemoryError::Refused { .. }) => 40,
            Self::Memory(MemoryError::Locked { .. }) => 10,
            Self::Pack(PackError::Leak { .. }) => 2,
            Self::Project(ProjectError::Unreadable { .. })
            | Self::Memory(_)
            | Self::Io { .. }
            | Self::AnchorsNotThere { .. }
            | Self::Trust { .. }
            | Self::Pack(_)
            | Self::Tree(_)
            | Self::Start(_)
            | Self::Runtime(_)
            | Self::CleanUp { .. }
            | Self::Inspect(InspectError::Io { .. }) => 50,
            Self::Cancelled(_) => 130,
            Self::Action(error) => error.exit_code(),
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

fn whereabouts(stop: &Stop) -> String {
    let done = listed(&stop.already_done);
    let npm = match stop.step {
        Step::Summary => "",
        Step::Publish if stop.on_npm => "",
        // The refusal may be of the question after the publish, so this never says that nothing came of it.
        Step::Publish => " · not confirmed: npm publish",
        _ => " · not done: npm publish",
    };
    format!("step {} of 9 · already done: {done}{npm}", stop.step.number())
}

/// In one line.
pub(crate) fn listed(done: &[String]) -> String {
    if done.is_empty() {
        "nothing".to_owned()
    } else {
        done.join(", ")
    }
}

/// When running again may help.
pub(crate) const SAFE: &str = "running again is safe: what exists is found and used, nothing is published twice";
const NOT_YET: &str = "running again is safe, and stops at the same place as long as this stays so";
