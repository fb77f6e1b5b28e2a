//! The command line: what can be typed, and what the environment may say instead. One file per topic; this one is the list of commands.

mod credentials;
mod pack;
mod places;
mod release;
mod services;
mod trust_root;
mod verify;

use clap::{Args, Parser, Subcommand};

pub(crate) use credentials::{Credentials, FromConnect};
pub(crate) use pack::Pack;
pub(crate) use places::Places;
pub(crate) use release::{Access, Allowed, Approval, OnGitHub, Release};
pub(crate) use services::Services;
pub(crate) use trust_root::{TrustFormat, TrustRoot};
pub(crate) use verify::Verify;

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
    /// Short-lived credentials from ChittyConnect, as outputs of a step
    Credentials(Credentials),
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
