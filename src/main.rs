//! The command line: reads the arguments, runs one command, prints what came of it, and ends with the exit code that scripts go by.

mod action;
mod any_file;
mod archive;
mod args;
mod connect;
mod credentials;
mod doctor;
mod dry_run;
mod failure;
mod github;
mod interrupt;
mod journey;
mod listing;
mod packing;
mod print;
mod project_file;
mod sarif;
mod secrets;
mod services;
mod status;
mod surroundings;
mod terminal;
mod trust_files;
mod trust_root;
mod verdicts;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use certified_pack::Packed;
use certified_pipeline::{Report, Step, run, run_step};
use serde_json::Value;

use crate::any_file::FileInspection;
use crate::args::{Command, One, Run};
use crate::dry_run::Rehearsed;
use crate::failure::Failure;
use crate::journey::Journey;
use crate::project_file::ArgumentsError;
use crate::verify::Surveyed;

fn main() -> ExitCode {
    let arguments = match project_file::arguments(std::env::args_os().collect()) {
        Ok(arguments) => arguments,
        Err(ArgumentsError::Line(error)) => error.exit(),
        Err(ArgumentsError::File(error)) => {
            print::failure(&Failure::from(error), false);
            return ExitCode::from(2);
        }
    };
    if let Command::Action(stage) = &arguments.command {
        return action::action(stage);
    }
    match execute(&arguments.command, &Journey::default()) {
        Ok(done) => {
            print::done(&done, wants_json(&arguments.command));
            done.exit_code()
        }
        Err(failure) => {
            print::failure(&failure, wants_json(&arguments.command));
            ExitCode::from(failure.exit_code())
        }
    }
}

/// What came of a command, for whoever tells it.
pub(crate) enum Done {
    /// A release.
    Released(Box<Report>),
    /// A dry run.
    Rehearsed(Box<Rehearsed>),
    /// One step, and its outputs.
    Stepped(Value),
    /// A tarball.
    Packed(Box<Packed>),
    /// Verdicts.
    Surveyed(Box<Surveyed>),
    /// The verdict on any file.
    Judged(Box<FileInspection>),
    /// A document.
    Text(String),
    /// A table of what was found.
    Told(Table),
    /// The names of the credentials that were got.
    Lent(Table),
    /// Services that were stopped again.
    Served,
}

/// What was found, for people and for programs.
pub(crate) struct Table {
    pub(crate) lines: String,
    pub(crate) json: Value,
    pub(crate) exit_code: u8,
}

impl Done {
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Surveyed(surveyed) => ExitCode::from(surveyed.exit_code),
            Self::Told(table) => ExitCode::from(table.exit_code),
            Self::Judged(judged) => ExitCode::from(judged.exit_code()),
            _ => ExitCode::SUCCESS,
        }
    }
}

/// Runs one command to its end.
fn execute(command: &Command, journey: &Journey) -> Result<Done, Failure> {
    match command {
        // Packing waits for nobody, and is done before a runtime would have started.
        Command::Pack(pack) => return Ok(Done::Packed(Box::new(packing::packing(pack)?))),
        Command::TrustRoot(asked) => return Ok(Done::Text(trust_root::text(asked)?)),
        Command::Verify(arguments) => {
            if let Some(bundle) = &arguments.by_bundle.bundle {
                return Ok(Done::Judged(Box::new(any_file::verify(arguments, bundle)?)));
            }
        }
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime)?;
    let done = runtime.block_on(asking(command, journey));
    // Whoever still looks up a name for us is not waited for: a cancelled run ends at once.
    runtime.shutdown_timeout(Duration::from_millis(100));
    done
}

/// Everything that asks services.
async fn asking(command: &Command, journey: &Journey) -> Result<Done, Failure> {
    tokio::select! {
        // First, so that a signal is heard from the very beginning.
        biased;
        // `services` ends by itself, in order.
        () = interrupt::interrupted(), if !matches!(command, Command::Services(_)) => Err(journey.cancelled()),
        done = perform(command, journey) => done,
    }
}

async fn perform(command: &Command, journey: &Journey) -> Result<Done, Failure> {
    let (step, one) = match command {
        Command::Run(arguments) => return whole(arguments, journey).await,
        Command::Verify(arguments) => return Ok(Done::Surveyed(Box::new(verify::verify(arguments).await?))),
        Command::Doctor(one) => return Ok(Done::Told(doctor::doctor(&one.release).await?)),
        Command::Status(one) => return Ok(Done::Told(status::status(&one.release).await?)),
        Command::Credentials(arguments) => return Ok(Done::Lent(credentials::credentials(arguments).await?)),
        Command::Services(arguments) => {
            services::services(arguments).await?;
            return Ok(Done::Served);
        }
        // Done without a runtime.
        Command::Pack(_) | Command::TrustRoot(_) | Command::Action(_) => return Ok(Done::Served),
        Command::Build(one) => (Step::Build, one),
        Command::Certificate(one) => (Step::Certificate, one),
        Command::Sign(one) => (Step::Sign, one),
        Command::Chronicle(one) => (Step::Chronicle, one),
        Command::Upload(one) => (Step::Upload, one),
        Command::Metadata(one) => (Step::Metadata, one),
        Command::Register(one) => (Step::Register, one),
        Command::Publish(one) => (Step::Publish, one),
        Command::Summary(one) => (Step::Summary, one),
    };
    single(step, one, journey).await
}

async fn whole(arguments: &Run, journey: &Journey) -> Result<Done, Failure> {
    let (release, mut watch) = (&arguments.release, print::Watch::new(journey));
    surroundings::refuse_scripts_beside_a_token(release)?;
    if arguments.dry_run {
        let rehearsed = dry_run::dry_run(release, &mut watch).await?;
        return Ok(Done::Rehearsed(Box::new(rehearsed)));
    }
    let mut desk = connect::desk(release).await?;
    connect::warn_once(release, &mut watch);
    github::approve(release, &mut desk, &mut watch).await?;
    let report = run(&release.path, &mut desk, &states(release.state.as_ref()), &mut watch).await?;
    let finished = github::Finished {
        release: format!("{}@{}", report.name, report.version),
        evidence: &report.evidence,
        page: report.registry_url.clone(),
    };
    github::announce(release, &finished, &mut watch).await;
    Ok(Done::Released(Box::new(report)))
}

async fn single(step: Step, one: &One, journey: &Journey) -> Result<Done, Failure> {
    let (release, mut watch) = (&one.release, print::Watch::new(journey));
    let mut desk = match step {
        Step::Build => {
            surroundings::refuse_scripts_beside_a_token(release)?;
            connect::workbench(release)?
        }
        _ => connect::desk(release).await?,
    };
    if step == Step::Certificate {
        connect::warn_once(release, &mut watch);
    }
    if RECORDING.contains(&step) {
        github::approve(release, &mut desk, &mut watch).await?;
    }
    let outputs = run_step(
        step,
        &release.path,
        &mut desk,
        &states(release.state.as_ref()),
        &mut watch,
    )
    .await?;
    if step == Step::Summary {
        github::announce(release, &github::Finished::of(&outputs), &mut watch).await;
    }
    Ok(Done::Stepped(outputs))
}

/// On a runner its own temporary folder, which is wiped with the job; elsewhere the user's own place for state. Never a fixed name in a
/// temporary folder that others can write to.
pub(crate) fn states(given: Option<&PathBuf>) -> PathBuf {
    let variable = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let home = || {
        variable("HOME")
            .or_else(|| variable("USERPROFILE"))
            .map(|home| home.join(".local/state"))
    };
    let place = || {
        variable("RUNNER_TEMP")
            .or_else(|| variable("XDG_STATE_HOME"))
            .or_else(home)
    };
    let state = || place().unwrap_or_else(|| PathBuf::from(".")).join("certified-publish");
    given.cloned().unwrap_or_else(state)
}

const fn wants_json(command: &Command) -> bool {
    match command {
        Command::Run(Run { release, .. })
        | Command::Build(One { release })
        | Command::Certificate(One { release })
        | Command::Sign(One { release })
        | Command::Chronicle(One { release })
        | Command::Upload(One { release })
        | Command::Metadata(One { release })
        | Command::Register(One { release })
        | Command::Publish(One { release })
        | Command::Summary(One { release })
        | Command::Doctor(One { release })
        | Command::Status(One { release }) => release.json,
        Command::Pack(pack) => pack.json,
        Command::Verify(verify) => verify.json,
        Command::Services(_) | Command::TrustRoot(_) | Command::Credentials(_) | Command::Action(_) => false,
    }
}

/// The steps that write down who approved.
const RECORDING: [Step; 2] = [Step::Certificate, Step::Metadata];
