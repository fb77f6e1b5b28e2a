//! What a release is made from, and under which conditions.

use std::path::PathBuf;

use certified_evidence::KeyAlgorithm;
use clap::{Args, ValueEnum};

use super::{FromConnect, Places};

/// What a release is made from, and where it goes.
#[derive(Args, Debug)]
#[command(after_help = TOKENS)]
pub(crate) struct Release {
    /// The package's folder
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// Print one JSON object on stdout
    #[arg(long)]
    pub(crate) json: bool,
    /// Run none of the package's scripts
    #[arg(long, env = "CERTIFIED_PUBLISH_IGNORE_SCRIPTS")]
    pub(crate) ignore_scripts: bool,
    /// Run the package's scripts although this job can ask GitHub for an identity, and so they can as well
    #[arg(long, value_name = "RISK", value_enum, env = "CERTIFIED_PUBLISH_SINGLE_JOB")]
    pub(crate) single_job: Option<SingleJob>,
    /// The distribution tag on npm; `next` for a pre-release and `latest` for any other when not given
    #[arg(long, env = "CERTIFIED_PUBLISH_TAG")]
    pub(crate) tag: Option<String>,
    /// Who may install a scoped package
    #[arg(long, value_enum, env = "CERTIFIED_PUBLISH_ACCESS")]
    pub(crate) access: Option<Access>,
    /// Put the release on npm's stage, where it waits until somebody approves it there; a later run confirms it. A dry run publishes at once
    #[arg(long, env = "CERTIFIED_PUBLISH_STAGE")]
    pub(crate) stage: bool,
    /// For workflows that had npm's client publish with provenance: it says that npm's page shows none. Every release carries a signed
    /// statement of how it was built, with its evidence
    #[arg(long, env = "CERTIFIED_PUBLISH_PROVENANCE")]
    pub(crate) provenance: bool,
    /// The key to make for this release
    #[arg(long, default_value_t = KeyAlgorithm::EcdsaP256, env = "CERTIFIED_PUBLISH_KEY_ALGORITHM")]
    pub(crate) key_algorithm: KeyAlgorithm,
    /// Write package.json with the block into the package's folder
    #[arg(long, env = "CERTIFIED_PUBLISH_UPDATE_PACKAGE_JSON")]
    pub(crate) update_package_json: bool,
    /// The folder for state and evidence; below RUNNER_TEMP, XDG_STATE_HOME or ~/.local/state when not given
    #[arg(long, value_name = "DIR", env = "CERTIFIED_PUBLISH_STATE")]
    pub(crate) state: Option<PathBuf>,
    /// The policy that the governance record names
    #[arg(long, default_value = "v1.0", env = "CERTIFIED_PUBLISH_POLICY_VERSION")]
    pub(crate) policy_version: String,
    #[command(flatten)]
    pub(crate) allowed: Allowed,
    #[command(flatten)]
    pub(crate) places: Places,
    #[command(flatten)]
    pub(crate) from: FromConnect,
    #[command(flatten)]
    pub(crate) on_github: OnGitHub,
}

/// What GitHub is asked and told, by a run on it that is given a GITHUB_TOKEN.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "GitHub")]
pub(crate) struct OnGitHub {
    /// Publish only what somebody there approved, by this way or one that is named before it
    #[arg(long, value_name = "BY", value_enum, env = "CERTIFIED_PUBLISH_REQUIRE_APPROVAL")]
    pub(crate) require_approval: Option<Approval>,
    /// Attach the evidence to the release of the tag
    #[arg(long, env = "CERTIFIED_PUBLISH_ATTACH_EVIDENCE")]
    pub(crate) attach_evidence: bool,
    /// Tell the result as a status of the commit
    #[arg(long, env = "CERTIFIED_PUBLISH_COMMIT_STATUS")]
    pub(crate) commit_status: bool,
    /// GitHub's interface
    #[arg(
        long,
        value_name = "URL",
        default_value = "https://api.github.com",
        env = "GITHUB_API_URL"
    )]
    pub(crate) github_api_url: String,
}

/// GitHub's ways of approving, the strongest first.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Approval {
    // Somebody let the run into its environment.
    Environment,
    // Somebody of the repository approved the pull request.
    Review,
    // Somebody made the release.
    Release,
}

/// What may be published although it looks like a secret. Package scripts can write into the package's folder, so no file of it decides this.
#[derive(Args, Clone, Debug)]
pub(crate) struct Allowed {
    /// Publish this file, or all below this folder of the package, although a secret was found in it; repeatable, and one a line in the
    /// variable
    #[arg(
        long,
        value_name = "PATH",
        value_delimiter = '\n',
        env = "CERTIFIED_PUBLISH_ALLOW_LEAK"
    )]
    pub(crate) allow_leak: Vec<String>,
}

/// Whoever runs code of strangers in the job that publishes has to say so in these words.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SingleJob {
    IAcceptTheRisk,
}

/// npm's two answers.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Access {
    Public,
    Restricted,
}

/// Below the help of everything that asks a service.
const TOKENS: &str = "Tokens come from the environment alone: CHITTY_ID_TOKEN, CHITTY_API_KEY, CHITTY_REGISTRY_TOKEN, NPM_TOKEN. ChittyConnect gives those that \
     are not set, for an hour, to a run of GitHub's with `permissions: { id-token: write }` and to whoever shows CHITTYCONNECT_API_KEY.";
