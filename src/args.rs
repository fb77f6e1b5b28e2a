//! The command line: what can be typed, and what the environment may say instead.

use std::net::SocketAddr;
use std::path::PathBuf;

use certified_evidence::{KeyAlgorithm, PackageName};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Publish npm packages so that a stranger can prove what was published, by whom, from which commit.
#[derive(Debug, Parser)]
#[command(
    version,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
#[command(max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// All nine steps: certify the package and publish it
    Run(Run),
    /// Step 1: run the package's install, test, build and prepack scripts, without any secret
    Build(One),
    /// Step 2: ask ChittyID for the certificate of this release
    Certificate(One),
    /// Step 3: pack the certified tarball, sign it, and have the signature witnessed
    Sign(One),
    /// Step 4: record the certified tarball in the Chronicle
    Chronicle(One),
    /// Step 5: archive tarball, certificate, signature and bundle
    Upload(One),
    /// Step 6: put the block into package.json; seal and sign the published tarball and its provenance
    Metadata(One),
    /// Step 7: register the release, as pending
    Register(One),
    /// Step 8: publish to npm, read back, and call the release certified
    Publish(One),
    /// Step 9: report what was done
    Summary(One),
    /// Pack the certified tarball alone, as `npm pack` would
    Pack(Pack),
    /// Check releases: name@version as npm serves it, a tarball, or everything in a lockfile
    Verify(Verify),
    /// Try every token, service and permission that a run will need; writes nothing
    Doctor(One),
    /// What exists of this release at each service, and what the next run would do; writes nothing
    Status(One),
    /// Print whom the anchors trust, in the form that the verifiers of others read
    TrustRoot(TrustRoot),
    /// Run the ChittyOS services on this machine, for trying out and for tests
    Services(Services),
    /// What the GitHub Action starts: the inputs of its step say which of the other commands to run
    #[command(hide = true)]
    Action(Action),
}

/// `action`.
#[derive(Args, Debug)]
pub(crate) struct Action {
    /// Clean up at the end of the job
    #[arg(long)]
    pub(crate) post: bool,
    /// The secrets come through stdin, and stand in the environment no more
    #[arg(long)]
    pub(crate) handed_over: bool,
}

/// `run`.
#[derive(Args, Debug)]
pub(crate) struct Run {
    /// Do all of it on this machine only: embedded services, a copy of the tree, and a real `npm install` of the result
    #[arg(long)]
    pub(crate) dry_run: bool,
    // Last, because it ends under a heading of its own.
    #[command(flatten)]
    pub(crate) release: Release,
}

/// One step.
#[derive(Args, Debug)]
pub(crate) struct One {
    #[command(flatten)]
    pub(crate) release: Release,
}

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

/// Where the services are.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Services")]
pub(crate) struct Places {
    /// ChittyID
    #[arg(
        long,
        value_name = "URL",
        default_value = "https://id.chitty.cc",
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
        default_value = "https://api.chitty.cc",
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
    /// environment (R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY)
    #[arg(long, value_name = "DIR|URL", env = "CERTIFIED_PUBLISH_STORE")]
    pub(crate) store: Option<String>,
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

/// `pack`.
#[derive(Args, Debug)]
#[command(after_help = NO_SCRIPTS)]
pub(crate) struct Pack {
    /// The package's folder
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// Where to put the tarball
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,
    /// Write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Compress to the bytes of npm, so that everybody can make the same tarball, or faster to others, at most 2 % more of them
    #[arg(long, value_name = "HOW", value_enum, default_value_t)]
    pub(crate) gzip: Gzip,
    /// Print what `npm pack --json` prints
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) allowed: Allowed,
}

/// How `pack` compresses.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Gzip {
    #[default]
    Npm,
    Fast,
}

impl From<Gzip> for certified_pack::Gzip {
    fn from(gzip: Gzip) -> Self {
        match gzip {
            Gzip::Npm => Self::Npm,
            Gzip::Fast => Self::Fast,
        }
    }
}

/// `verify`.
#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// A .tgz, name@version, a lockfile of npm, pnpm or Yarn, or a folder with one
    #[arg(required = true, value_name = "TARGET")]
    pub(crate) targets: Vec<String>,
    /// The evidence: a file, or a folder with evidence.json or, for many, NAME-VERSION.evidence.json; the registry's record when not given
    #[arg(long, value_name = "PATH")]
    pub(crate) evidence: Option<PathBuf>,
    /// Ask nobody: judge by the files given alone
    #[arg(long)]
    pub(crate) offline: bool,
    /// Where the tarballs of a lockfile are when nobody is asked: npm's cache, or a folder of NAME-VERSION.tgz
    #[arg(long, value_name = "DIR", requires = "offline")]
    pub(crate) tarballs: Option<PathBuf>,
    /// What is demanded of each package, as a TOML file
    #[arg(long, value_name = "FILE", env = "CERTIFIED_PUBLISH_POLICY")]
    pub(crate) policy: Option<PathBuf>,
    /// Remember what was verified, and hold logs and packages to it; made when it does not exist, written only when all is well
    #[arg(long, value_name = "FILE", env = "CERTIFIED_PUBLISH_TRUST_STATE")]
    pub(crate) trust_state: Option<PathBuf>,
    /// Take the new repository or workflow of this package as its own from now on; repeatable
    #[arg(long, value_name = "NAME", requires = "trust_state")]
    pub(crate) confirm_identity: Vec<PackageName>,
    /// Print JSON on stdout: an array of verdicts, or for a lockfile an object with a summary
    #[arg(long)]
    pub(crate) json: bool,
    /// Write what was found as SARIF 2.1.0, on stdout for `-`
    #[arg(long, value_name = "FILE")]
    pub(crate) sarif: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) by_bundle: crate::any_file::ByBundle,
    #[command(flatten)]
    pub(crate) places: Places,
}

/// `trust-root`.
#[derive(Args, Debug)]
#[command(after_help = OTHERS)]
pub(crate) struct TrustRoot {
    /// The certificate authorities, logs and authorities of time to trust, as a JSON file
    #[arg(long, value_name = "FILE", env = "CERTIFIED_PUBLISH_ANCHORS")]
    pub(crate) anchors: Option<PathBuf>,
    /// The evidence of a release, evidence.json or the folder with it: verifiers of others have to be given the certificates
    /// between a root and a release, and those are in it
    #[arg(long, value_name = "PATH")]
    pub(crate) evidence: Option<PathBuf>,
    /// The form
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: TrustFormat,
}

/// Who is going to read it.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum TrustFormat {
    /// trusted_root.json, for Sigstore's libraries and most command lines
    #[default]
    Sigstore,
    /// The same inside a client trust config, for `sigstore --trust-config` of PyPI
    SigstoreClient,
    /// The roots of certificates for releases, for `openssl verify -CAfile`
    Pem,
    /// The roots of authorities of time, for `openssl ts -verify -CAfile`
    TimestampPem,
}

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
}

/// Below the help of everything that asks a service.
const TOKENS: &str =
    "Tokens come from the environment alone: CHITTY_ID_TOKEN, CHITTY_API_KEY, CHITTY_REGISTRY_TOKEN, NPM_TOKEN.";

/// Below the help of `trust-root`.
const OTHERS: &str = "Every key stands there with the time in which it is believed. openssl looks at no such time: in the two PEM forms it is \
                      a comment before each certificate.";

/// Below the help of `pack`.
const NO_SCRIPTS: &str = "Runs no script of the package: this is `npm pack --ignore-scripts`, and asks nobody.";

/// Below the help of the whole program.
const EXIT_CODES: &str = "\
Exit codes:
  0    done, or already done with identical bytes
  2    usage or policy
  10   a service is unavailable; safe to run again
  20   conflict: other bytes exist
  30   a token is missing, refused or lacks a permission
  40   verification failed
  50   local files
  75   outcome unknown or pending; run again to confirm
  130  cancelled";

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn every_option_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
