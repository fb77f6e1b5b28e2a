//! Whether the provenance tells of the build that the certificate and the block tell of.

use certified_evidence::Certificate;
use certified_evidence::block::BuildGroup;
use certified_evidence::statement::{Build, Provenance};

use crate::Refusal;

/// What the certificate's issuer verified about the run has to stand in the provenance, word for word. Where it verified too little for
/// that, nobody vouches for a build, and the provenance must not look as if somebody did. Either way commit and run are those of the block.
pub(super) fn check(provenance: &Provenance, certificate: &Certificate, block: &BuildGroup) -> Result<(), Refusal> {
    let claims = certificate
        .claims()
        .map_err(|e| Refusal::CertificateUnreadable { why: e.to_string() })?;
    match (Provenance::of_run(&claims), &provenance.build_definition.build) {
        (Ok(vouched), _) => check_vouched(provenance, &vouched)?,
        (Err(_), Build::Claimed(_)) => {
            let builder = &provenance.run_details.builder.id;
            same("builder", Provenance::CLAIMED_RUN, builder)?;
        }
        (Err(_), build) => same("build", Provenance::CLAIMED_RUN, build.build_type())?,
    }
    same("commit", &commit_in_block(block), commit(provenance).unwrap_or(NONE))?;
    same("run", &block.workflow_run, run(provenance))
}

/// The parts with names come first, because they say more.
fn check_vouched(provenance: &Provenance, vouched: &Provenance) -> Result<(), Refusal> {
    let (found, expected) = (&provenance.run_details, &vouched.run_details);
    same("builder", &expected.builder.id, &found.builder.id)?;
    same("run", &expected.metadata.invocation_id, &found.metadata.invocation_id)?;
    same(
        "commit",
        commit(vouched).unwrap_or(NONE),
        commit(provenance).unwrap_or(NONE),
    )?;
    let build = |provenance: &Provenance| serde_json::to_string(&provenance.build_definition).unwrap_or_default();
    same("build", &build(vouched), &build(provenance))
}

/// What was fetched first is the commit.
fn commit(provenance: &Provenance) -> Option<&str> {
    let fetched = provenance.build_definition.resolved_dependencies.first()?;
    fetched.digest.get("gitCommit").map(String::as_str)
}

/// A run that knows no commit writes another word.
fn commit_in_block(block: &BuildGroup) -> String {
    let is_commit = block.commit.len() >= 40 && block.commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_commit {
        block.commit.to_ascii_lowercase()
    } else {
        NONE.to_owned()
    }
}

/// The number in `https://github.com/acme/widgets/actions/runs/1/attempts/1`, or the whole name of a run of another kind.
fn run(provenance: &Provenance) -> &str {
    let name = provenance.run_details.metadata.invocation_id.as_str();
    match (&provenance.build_definition.build, name.split_once("/actions/runs/")) {
        (Build::Workflow(_), Some((_, run))) => run.split_once('/').map_or(run, |(number, _)| number),
        _ => name,
    }
}

fn same(part: &'static str, expected: &str, found: &str) -> Result<(), Refusal> {
    if expected == found {
        return Ok(());
    }
    Err(Refusal::BundleOtherBuild {
        part,
        expected: format!("`{expected}`"),
        found: format!("`{found}`"),
    })
}

/// In place of a commit that nobody names.
const NONE: &str = "none";
