//! The arguments of `pack`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Allowed;

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

/// Below the help of `pack`.
const NO_SCRIPTS: &str = "Runs no script of the package: this is `npm pack --ignore-scripts`, and asks nobody.";
