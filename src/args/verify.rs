//! The arguments of `verify`.

use std::path::PathBuf;

use certified_evidence::PackageName;
use clap::Args;

use super::Places;

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
