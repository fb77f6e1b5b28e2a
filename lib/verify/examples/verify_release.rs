//! Verifies a release without asking anybody: `verify_release FOLDER`.
//!
//! The folder is the evidence that a run leaves: the published tarball, `evidence.json`, and `anchors.json` with the authorities to
//! trust. Trust anchors of your own instead where the run was not yours. Ends with an error when anything does not hold.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use certified_evidence::{Anchors, Evidence};
use certified_verify::{Asked, PublishedTarball, Verified, judge};

#[expect(clippy::print_stdout, reason = "the answer of this program")]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args_os().nth(1).ok_or("usage: verify_release FOLDER")?;
    let verified = verify(Path::new(&folder))?;
    println!("{}@{} is {}", verified.name(), verified.version(), verified.certified());
    Ok(())
}

pub(crate) fn verify(folder: &Path) -> Result<Verified, Box<dyn Error>> {
    let evidence: Evidence = serde_json::from_slice(&fs::read(folder.join("evidence.json"))?)?;
    let anchors = Anchors::parse(&fs::read(folder.join("anchors.json"))?)?;
    let tarball = fs::read(folder.join(format!("{}.published", evidence.certified.filename)))?;
    let tarball = PublishedTarball::open(tarball)?;
    Ok(judge(&tarball, &evidence, &anchors, &Asked::default()).outcome?)
}
