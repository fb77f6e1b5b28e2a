//! Who gives credentials that nobody handed over, and the arguments of `credentials`.

use clap::Args;

/// Whom to ask for what no variable holds.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Credentials")]
pub(crate) struct FromConnect {
    /// ChittyConnect, which gives the tokens that no variable holds; `https://connect.chitty.cc` when not given and the other services are
    /// where they are by default
    #[arg(long, value_name = "URL", env = "CHITTY_CONNECT_SERVICE")]
    pub(crate) connect_url: Option<String>,
    /// What the tokens are for; `package-publish` when not given, and `ci-deploy` for `credentials`
    #[arg(long, value_name = "WORD", env = "CERTIFIED_PUBLISH_PURPOSE")]
    pub(crate) purpose: Option<String>,
    /// The service that they are for; the package when not given, and the repository for `credentials`
    #[arg(long, value_name = "NAME", env = "CERTIFIED_PUBLISH_SERVICE")]
    pub(crate) service: Option<String>,
}

/// `credentials`.
#[derive(Args, Debug)]
#[command(after_help = SHOWN)]
pub(crate) struct Credentials {
    /// What to ask for as a workflow run, separated by commas
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "CLOUDFLARE_API_TOKEN,CLOUDFLARE_ACCOUNT_ID",
        env = "CERTIFIED_PUBLISH_CREDENTIALS"
    )]
    pub(crate) credentials: Vec<String>,
    /// The kind of credential to ask for with an API key
    #[arg(
        long = "type",
        value_name = "KIND",
        default_value = "cloudflare_workers_deploy",
        env = "CERTIFIED_PUBLISH_CREDENTIAL_TYPE"
    )]
    pub(crate) kind: String,
    /// The Cloudflare zones that it is for, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',', env = "CERTIFIED_PUBLISH_ZONES")]
    pub(crate) zones: Vec<String>,
    #[command(flatten)]
    pub(crate) from: FromConnect,
}

/// Below the help of `credentials`.
const SHOWN: &str = "Works in a workflow of GitHub Actions alone: the credentials become outputs of the step, hidden from the log. The run says who it is \
                     where it may (`permissions: { id-token: write }`); else CHITTYCONNECT_API_KEY is shown.";
