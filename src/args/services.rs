//! The arguments of `services`.

use std::net::SocketAddr;
use std::path::PathBuf;

use certified_services::TrustedPublisher;
use clap::Args;

/// `services`.
#[derive(Args, Debug)]
pub(crate) struct Services {
    /// Where to listen; this machine only
    #[arg(
        long,
        value_name = "ADDR",
        default_value = "127.0.0.1:0",
        env = "CERTIFIED_PUBLISH_LISTEN"
    )]
    pub(crate) listen: SocketAddr,
    /// The database; a new one in a temporary folder when not given
    #[arg(long, value_name = "URL", env = "CERTIFIED_PUBLISH_DATABASE")]
    pub(crate) database: Option<String>,
    /// The folder for tarballs and archived objects; a temporary one when not given
    #[arg(long, value_name = "DIR", env = "CERTIFIED_PUBLISH_DATA")]
    pub(crate) store: Option<PathBuf>,
    /// Accept identity tokens of this issuer, so that certificates tell which workflow asked; repeatable, and one a line in the variable.
    /// For GitHub: `https://token.actions.githubusercontent.com`
    #[arg(
        long,
        value_name = "URL",
        value_delimiter = '\n',
        env = "CERTIFIED_PUBLISH_OIDC_ISSUER"
    )]
    pub(crate) oidc_issuer: Vec<String>,
    /// The issuer's keys, a JSON Web Key Set; the issuer is asked for them when not given. Repeatable, in the order of the issuers
    #[arg(
        long,
        value_name = "FILE",
        value_delimiter = '\n',
        env = "CERTIFIED_PUBLISH_OIDC_JWKS"
    )]
    pub(crate) oidc_jwks: Vec<PathBuf>,
    /// The audience that identity tokens have to name; ChittyID's address when not given
    #[arg(long, value_name = "NAME", env = "CERTIFIED_PUBLISH_OIDC_AUDIENCE")]
    pub(crate) oidc_audience: Option<String>,
    /// Give a token of the npm registry to this workflow, which shows an identity token of one of the issuers; repeatable, and one a line in
    /// the variable. `@acme/widgets=acme/widgets/release.yml`, and `@npm` at its end where the job has to be in the environment npm
    #[arg(
        long,
        value_name = "PUBLISHER",
        value_delimiter = '\n',
        env = "CERTIFIED_PUBLISH_TRUSTED_PUBLISHER"
    )]
    pub(crate) trusted_publisher: Vec<TrustedPublisher>,
    /// Give credentials to runs in the repositories of this account alone; repeatable, and one a line in the variable. Everybody's when not given
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = '\n',
        env = "CERTIFIED_PUBLISH_OIDC_OWNER"
    )]
    pub(crate) oidc_owner: Vec<String>,
}
