//! `verify`: everything that was named, held against a policy and against what was verified before.

use std::path::{Path, PathBuf};

use certified_pipeline::{Demands, Memory, Sources, Survey, Target, survey};
use certified_verify::Verdict;
use certified_verify::policy::{Policy, PolicyError};
use certified_verify::trust_state::TrustState;
use serde_json::Value;

use crate::args::Verify;
use crate::failure::Failure;
use crate::{connect, print, sarif};

/// What was found out, for whoever tells it.
pub(crate) struct Surveyed {
    /// The verdicts.
    pub(crate) found: Survey,
    /// The same as SARIF, where that was asked for on stdout.
    pub(crate) sarif: Option<Value>,
    /// How the process ends.
    pub(crate) exit_code: u8,
}

/// Gathers, judges, and remembers when all is well.
pub(crate) async fn verify(arguments: &Verify) -> Result<Surveyed, Failure> {
    let targets: Vec<Target> = arguments
        .targets
        .iter()
        .map(|word| word.parse())
        .collect::<Result<_, _>>()?;
    let sources = connect::sources(arguments).await?;
    let policy = arguments.policy.as_deref().map(policy).transpose()?;
    // Held until the end, so that no other run remembers in between.
    let (memory, state) = memory(arguments, &sources)?.unzip();
    let demands = Demands::new(policy, state, arguments.confirm_identity.clone());
    let mut demands = demands.map_err(|error| of_policy(arguments, error))?;
    let mut count = print::Count::new();
    let found = survey(&targets, &sources, &mut demands, |done, of| count.reached(done, of)).await?;
    drop(count);
    let exit_code = exit_code(&found, demands.has_policy());
    if let (Some(memory), Some(state), 0) = (memory, demands.into_state(), exit_code) {
        memory.keep(&state)?;
    }
    Ok(Surveyed {
        sarif: sarif(arguments, &found)?,
        found,
        exit_code,
    })
}

fn policy(file: &Path) -> Result<Policy, Failure> {
    let bytes = std::fs::read(file).map_err(|error| Failure::Io {
        file: file.to_owned(),
        error,
    })?;
    Policy::parse(&bytes).map_err(|error| Failure::Policy {
        file: file.to_owned(),
        error,
    })
}

fn of_policy(arguments: &Verify, error: PolicyError) -> Failure {
    let file = arguments.policy.clone().unwrap_or_default();
    Failure::Policy { file, error }
}

fn memory(arguments: &Verify, sources: &Sources) -> Result<Option<(Memory, TrustState)>, Failure> {
    let Some(file) = &arguments.trust_state else {
        return Ok(None);
    };
    // Nobody's word is remembered who is not trusted.
    let anchors = sources.anchors.as_ref().ok_or(Failure::NoAnchors)?;
    Ok(Some(Memory::open(file, anchors)?))
}

/// Writes the file that was asked for; on stdout it is for the caller to print.
fn sarif(arguments: &Verify, found: &Survey) -> Result<Option<Value>, Failure> {
    let Some(file) = &arguments.sarif else {
        return Ok(None);
    };
    let log = sarif::log(found);
    if file == Path::new("-") {
        return Ok(Some(log));
    }
    write(file, &format!("{log:#}\n"))?;
    Ok(None)
}

fn write(file: &PathBuf, text: &str) -> Result<(), Failure> {
    std::fs::write(file, text).map_err(|error| Failure::Io {
        file: file.clone(),
        error,
    })
}

/// What is wrong for certain goes before what could not be found out, and that before what was only not allowed.
fn exit_code(found: &Survey, has_policy: bool) -> u8 {
    let any = |is: fn(&certified_pipeline::Inspection) -> bool| found.packages.iter().any(is);
    // Who asks about one release wants it certified; a lockfile is full of what nobody certifies.
    let unwanted = |package: &certified_pipeline::Inspection| {
        package.verdict == Verdict::Unsigned && !package.is_locked() && !has_policy
    };
    if !found.faults.is_empty()
        || any(|package| package.verdict == Verdict::Refused)
        || found.packages.iter().any(unwanted)
    {
        40
    } else if any(|package| package.unavailable) {
        10
    } else if any(|package| package.verdict == Verdict::CannotJudge || !package.violations.is_empty())
        || found.elsewhere.iter().any(|foreign| !foreign.violations.is_empty())
    {
        2
    } else {
        0
    }
}
