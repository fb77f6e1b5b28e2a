//! Where the services are.

use std::path::PathBuf;

use clap::Args;

/// Where the services are.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Services")]
pub(crate) struct Places {
    /// ChittyID
    #[arg(
        long,
        value_name = "URL",
        default_value = CHITTY_ID,
        env = "CHITTY_ID_SERVICE"
    )]
    pub(crate) chitty_id_url: String,
    /// ChittyAuth, which `doctor` asks what the tokens are good for
    #[arg(long, value_name = "URL", env = "CHITTY_AUTH_SERVICE")]
    pub(crate) chitty_auth_url: Option<String>,
    /// The gateway, with the Chronicle behind it
    #[arg(
        long,
        value_name = "URL",
        default_value = GATEWAY,
        env = "CHITTY_API_GATEWAY"
    )]
    pub(crate) api_gateway_url: String,
    /// ChittyRegistry; the gateway when not given
    #[arg(long, value_name = "URL", env = "CHITTY_REGISTRY")]
    pub(crate) registry_url: Option<String>,
    /// The npm registry; npm's public one when not given
    #[arg(
        long,
        visible_alias = "registry",
        value_name = "URL",
        env = "CERTIFIED_PUBLISH_NPM_REGISTRY"
    )]
    pub(crate) npm_registry: Option<String>,
    /// The certificate authorities, logs and authorities of time to trust, as a JSON file
    #[arg(long, value_name = "FILE", env = "CERTIFIED_PUBLISH_ANCHORS")]
    pub(crate) anchors: Option<PathBuf>,
    /// The archive: a folder, or an S3 endpoint such as `https://ACCOUNT.r2.cloudflarestorage.com`, whose key comes from the
    /// environment (R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY, or CLOUDFLARE_API_TOKEN); R2 of the account when not given
    #[arg(long, value_name = "DIR|URL", env = "CERTIFIED_PUBLISH_STORE")]
    pub(crate) store: Option<String>,
    /// The account at Cloudflare whose R2 is the archive
    #[arg(long, value_name = "ID", env = "CLOUDFLARE_ACCOUNT_ID")]
    pub(crate) account_id: Option<String>,
    /// Cloudflare's interface, which is asked for the name of the token
    #[arg(
        long,
        value_name = "URL",
        default_value = certified_client::Cloudflare::ADDRESS,
        env = "CERTIFIED_PUBLISH_CLOUDFLARE_API"
    )]
    pub(crate) cloudflare_api_url: String,
    /// The archive's bucket
    #[arg(
        long,
        value_name = "NAME",
        default_value = "chittyos-packages",
        env = "CERTIFIED_PUBLISH_R2_BUCKET"
    )]
    pub(crate) r2_bucket: String,
    /// Where the bucket can be read without a key
    #[arg(long, value_name = "URL", env = "CERTIFIED_PUBLISH_R2_PUBLIC_URL")]
    pub(crate) r2_public_url: Option<String>,
}

impl Places {
    /// Whether nobody named other services than those of production.
    pub(crate) fn are_default(&self) -> bool {
        self.chitty_id_url == CHITTY_ID && self.api_gateway_url == GATEWAY
    }
}

const CHITTY_ID: &str = "https://id.chitty.cc";
const GATEWAY: &str = "https://api.chitty.cc";
