//! Many releases at once, few enough at a time.

use std::path::Path;

use certified_verify::lockfile::{Locked, Lockfile};
use certified_verify::{Finding, Verdict};
use futures_util::{StreamExt as _, stream};
use tokio::sync::Semaphore;

use super::{Demands, Foreign, InspectError, Inspection, Sources, Survey, Target, files, gather, history};

/// Verifies all targets, in the order in which they were named and of the lockfile, and holds them against what is demanded. Whoever waits
/// is told how many are done, of how many.
///
/// What cannot be judged in a lockfile does not keep the others from being judged: it says so itself.
///
/// # Errors
/// When a lockfile cannot be read, or a target that was named itself gives nothing to judge.
pub async fn survey(
    targets: &[Target],
    sources: &Sources,
    demands: &mut Demands,
    mut progress: impl FnMut(usize, usize),
) -> Result<Survey, InspectError> {
    let mut survey = Survey::default();
    let mut jobs = Vec::new();
    for target in targets {
        match target {
            Target::Lockfile(file) => jobs.extend(read(file, &mut survey)?),
            target => jobs.push(Job::Named(target)),
        }
    }
    let (total, tarballs) = (jobs.len(), Semaphore::new(TARBALLS));
    let working = stream::iter(jobs)
        .map(|job| job.done(sources, &tarballs))
        .buffered(AT_ONCE);
    let mut working = std::pin::pin!(working);
    while let Some(found) = working.next().await {
        survey.packages.push(found?);
        progress(survey.packages.len(), total);
    }
    history::hold(&mut survey, sources, demands).await;
    demands.hold(&mut survey);
    Ok(survey)
}

/// One thing to look at.
enum Job<'a> {
    Named(&'a Target),
    Locked(&'a Path, Locked),
}

fn read<'a>(file: &'a Path, survey: &mut Survey) -> Result<Vec<Job<'a>>, InspectError> {
    let bytes = files::read(file, Lockfile::LARGEST as u64)?;
    let lockfile = Lockfile::read(&bytes).map_err(|refusal| InspectError::Lockfile {
        file: file.to_owned(),
        refusal,
    })?;
    survey
        .elsewhere
        .extend(lockfile.elsewhere.into_iter().map(|found| Foreign {
            file: file.to_owned(),
            found,
            violations: Vec::new(),
        }));
    Ok(lockfile
        .locked
        .into_iter()
        .map(|locked| Job::Locked(file, locked))
        .collect())
}

impl Job<'_> {
    async fn done(self, sources: &Sources, tarballs: &Semaphore) -> Result<Inspection, InspectError> {
        let (file, locked) = match self {
            Self::Named(target) => return gather::inspect(target, sources).await,
            Self::Locked(file, locked) => (file, locked),
        };
        let mut found = match gather::locked(&locked, sources, tarballs).await {
            Ok(found) => found,
            Err(error) => {
                let mut found = Inspection::of(format!("{}@{}", locked.name, locked.version));
                found.unavailable = matches!(error, InspectError::Client(_));
                found.reason = Some(error.to_string());
                found
            }
        };
        if locked.digests.is_empty() && found.verdict == Verdict::Verified {
            found.remarks.push(NO_DIGEST.to_owned());
        }
        shorten(&mut found);
        Ok(found.at(file, locked.line))
    }
}

/// A lockfile may name a hundred thousand; what each of them keeps is bounded.
fn shorten(found: &mut Inspection) {
    for check in &mut found.checks {
        if let Finding::Refused { message, .. } = &mut check.finding
            && message.len() > LONGEST
        {
            *message = message.chars().take(LONGEST).collect();
        }
    }
}

const NO_DIGEST: &str =
    "the lockfile keeps no digest of it: what npm serves now was verified, which need not be what is installed later";

/// Questions at a time: enough to keep two cores busy while answers are waited for.
const AT_ONCE: usize = 24;
/// Tarballs in memory at a time, each as large as npm takes one at most.
const TARBALLS: usize = 8;
/// Characters.
const LONGEST: usize = 4096;
