//! What the next run would do: the rules of `existing`, said beforehand.

use std::borrow::Cow;

use certified_client::ClientError;
use certified_evidence::wire::registry::PackageStatus;
use certified_evidence::{Digest, StageId};
use certified_verify::CertifiedTarball;
use serde::Serialize;

use super::places::{Found, Seen};
use crate::{Cause, Step, existing, exit_code};

/// What the next run of the folder, as it stands now, would do. A build may change what is packed; this does not build.
#[derive(Debug, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Next {
    /// All nine steps.
    Begin,
    /// It would take what is registered, and go on.
    Continue {
        /// From here.
        step: Step,
    },
    /// It would find that npm has it on its stage, and wait for somebody to approve it.
    Wait {
        /// What it is called there.
        id: StageId,
    },
    /// Published and certified: nothing would change.
    Nothing,
    /// It would stop.
    Stop {
        /// Where.
        step: Step,
        /// The error's stable name.
        code: String,
        /// What is in the way.
        reason: String,
        /// What to do about it.
        help: String,
        /// What it would exit with.
        #[serde(skip)]
        exit_code: u8,
    },
    /// A place that decides about it did not answer.
    Unknown {
        /// Why.
        reason: String,
        /// What to do about it.
        help: String,
        /// What the question exits with.
        #[serde(skip)]
        exit_code: u8,
    },
}

impl Next {
    /// One sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Begin => {
                "not published: a run would do all nine steps, and use what is there when it is of the same tarball"
                    .into()
            }
            Self::Continue { step } => format!("not finished: a run would continue at step {step}"),
            Self::Wait { id } => {
                format!("waits on npm's stage as {id}: once somebody approved it there, a run would confirm it")
            }
            Self::Nothing => "published and certified: a run would change nothing".into(),
            Self::Stop { step, reason, .. } => format!("a run would stop at step {step}: {reason}"),
            Self::Unknown { reason, .. } => format!("what a run would do cannot be told: {reason}"),
        }
    }

    /// What to do about it, if anything is in the way.
    pub fn help(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Stop { help, .. } | Self::Unknown { help, .. } => Some(help.into()),
            Self::Wait { id } => Some(format!("`npm stage approve {id}`").into()),
            _ => None,
        }
    }

    /// What the process exits with: what is in the way goes first, then a place that did not answer, then a release that is half done.
    pub(super) fn exit_code(&self, unavailable: Option<u8>) -> u8 {
        match (self, unavailable) {
            (Self::Stop { exit_code, .. } | Self::Unknown { exit_code, .. }, _) => *exit_code,
            (_, Some(code)) => code,
            (Self::Continue { .. } | Self::Wait { .. }, None) => PENDING,
            (Self::Begin | Self::Nothing, None) => 0,
        }
    }

    fn stop(step: Step, cause: &Cause) -> Self {
        Self::Stop {
            step,
            code: cause.code(step),
            reason: cause.to_string(),
            help: cause.advice(),
            exit_code: cause.exit_code(),
        }
    }

    fn unknown(error: &ClientError) -> Self {
        Self::Unknown {
            reason: error.to_string(),
            help: error.advice(),
            exit_code: exit_code(error),
        }
    }
}

/// Decides, in the order in which a run would notice.
pub(super) fn next(ours: Result<CertifiedTarball, Cause>, found: Found) -> Next {
    let ours = match ours {
        Ok(ours) => ours,
        Err(cause) => return Next::stop(Step::Build, &cause),
    };
    let (digest, archived) = (ours.facts().sha256, archived(&found));
    let on_npm = match found.npm {
        Seen::Unavailable(error) => return Next::unknown(&error),
        Seen::Present(on_npm) => Some(on_npm.bytes),
        Seen::Absent | Seen::NotAsked(_) => None,
    };
    let record = match found.record {
        Seen::Unavailable(error) => return Next::unknown(&error),
        Seen::Present(record) => Some(*record),
        Seen::Absent | Seen::NotAsked(_) => None,
    };
    let is_on_npm = on_npm.is_some();
    match existing::compared(ours, on_npm, record) {
        Err(cause) => Next::stop(Step::Certificate, &cause),
        Ok(None) => match archived {
            Some((key, theirs)) if theirs != digest => other_object(key, digest, theirs),
            _ => Next::Begin,
        },
        Ok(Some(registered)) if is_on_npm && registered.registration.status == PackageStatus::Certified => {
            Next::Nothing
        }
        Ok(Some(_)) => match found.stage {
            Some(waiting) => Next::Wait { id: waiting.id },
            None => Next::Continue { step: Step::Publish },
        },
    }
}

/// The archived tarball is the first of the objects, if it is there.
fn archived(found: &Found) -> Option<(String, Digest)> {
    let Seen::Present(objects) = &found.archive else {
        return None;
    };
    let tarball = objects.iter().find(|(location, _)| location.ends_with(".tgz"))?;
    Some((tarball.0.clone(), Digest::of(&tarball.1)))
}

fn other_object(key: String, ours: Digest, theirs: Digest) -> Next {
    let what = certified_client::Failure::OtherBytes { key, ours, theirs };
    let error = ClientError::new(certified_client::Service::Store, what);
    Next::stop(Step::Upload, &error.into())
}

/// "Outcome unknown or pending, run again to confirm."
const PENDING: u8 = 75;
