//! Verifies a published tarball without asking anybody: `verify_offline TARBALL EVIDENCE ANCHORS`.
//!
//! The tarball is what npm serves, the evidence is the `evidence.json` of its release, and the anchors file names the
//! authorities to trust. Ends with an error when anything does not hold.

use std::error::Error;
use std::{env, fs};

use certified_evidence::{Anchors, Evidence};
use certified_verify::{Asked, Finding, PublishedTarball, judge};

#[expect(clippy::print_stdout, reason = "the answer of this program")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [tarball, evidence, anchors] = arguments.as_slice() else {
        return Err("usage: verify_offline TARBALL EVIDENCE ANCHORS".into());
    };
    let tarball = PublishedTarball::open(fs::read(tarball)?)?;
    let evidence: Evidence = serde_json::from_slice(&fs::read(evidence)?)?;
    let anchors = Anchors::parse(&fs::read(anchors)?)?;
    let judgement = judge(&tarball, &evidence, &anchors, &Asked::default());
    for check in &judgement.checks {
        match &check.finding {
            Finding::Passed { evidence } => println!("passed     {:<12} {evidence}", check.name.as_str()),
            Finding::NotAsked { reason } => println!("not asked  {:<12} {reason}", check.name.as_str()),
            Finding::Refused { message, .. } => println!("refused    {:<12} {message}", check.name.as_str()),
            _ => {}
        }
    }
    let verified = judgement.outcome?;
    println!(
        "{}@{} is what was certified: {}",
        verified.name(),
        verified.version(),
        verified.certified()
    );
    Ok(())
}
