//! The command line: reads the arguments, runs one command, prints what came of it, and ends with the exit code that scripts go by.

mod args;
mod connect;
mod doctor;
mod dry_run;
mod failure;
mod github;
mod interrupt;
mod listing;
mod packing;
mod print;
mod project_file;
mod secrets;
mod services;
mod status;
mod surroundings;
mod trust_files;

use std::path::PathBuf;
use std::process::ExitCode;

use certified_pipeline::{Step, inspect, run, run_step};
use certified_verify::Verdict;
use clap::Parser as _;

use crate::args::{Arguments, Command, One, Release, Run, Verify};
use crate::failure::Failure;

fn main() -> ExitCode {
    // Read once for `--help` and for mistakes, then again with what the project's file adds.
    let arguments = match project_file::completed(std::env::args_os().collect()) {
        Ok(line) => Arguments::parse_from(line),
        Err(error) => {
            print::failure(&Failure::from(error), false);
            return ExitCode::from(2);
        }
    };
    let done = match &arguments.command {
        // Packing waits for nobody, and is done before a runtime would have started.
        Command::Pack(pack) => packing::packing(pack).map(|packed| {
            print::packed(&packed, pack.json);
            ExitCode::SUCCESS
        }),
        command => asking(command),
    };
    match done {
        Ok(code) => code,
        Err(failure) => {
            print::failure(&failure, wants_json(&arguments.command));
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Everything that asks services.
#[tokio::main]
async fn asking(command: &Command) -> Result<ExitCode, Failure> {
    tokio::select! {
        done = perform(command) => done,
        // `services` ends by itself, in order.
        () = interrupt::interrupted(), if !matches!(command, Command::Services(_)) => Err(Failure::Cancelled),
    }
}

async fn perform(command: &Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Run(arguments) => whole(arguments).await?,
        Command::Build(one) => single(Step::Build, one).await?,
        Command::Certificate(one) => single(Step::Certificate, one).await?,
        Command::Sign(one) => single(Step::Sign, one).await?,
        Command::Chronicle(one) => single(Step::Chronicle, one).await?,
        Command::Upload(one) => single(Step::Upload, one).await?,
        Command::Metadata(one) => single(Step::Metadata, one).await?,
        Command::Register(one) => single(Step::Register, one).await?,
        Command::Publish(one) => single(Step::Publish, one).await?,
        Command::Summary(one) => single(Step::Summary, one).await?,
        // Done without a runtime.
        Command::Pack(_) => {}
        Command::Verify(arguments) => return verify(arguments).await,
        Command::Doctor(one) => return doctor::doctor(&one.release).await,
        Command::Status(one) => return status::status(&one.release).await,
        Command::Services(arguments) => services::services(arguments).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn whole(arguments: &Run) -> Result<(), Failure> {
    let (release, mut watch) = (&arguments.release, print::Watch::new());
    if arguments.dry_run {
        let rehearsed = dry_run::dry_run(release, &mut watch).await?;
        drop(watch);
        print::rehearsed(&rehearsed, release.json);
        return Ok(());
    }
    let mut desk = connect::desk(release)?;
    github::approve(release, &mut desk, &mut watch).await?;
    let report = run(&release.path, &desk, &states(release), &mut watch).await?;
    let finished = github::Finished {
        release: format!("{}@{}", report.name, report.version),
        evidence: &report.evidence,
        page: report.registry_url.clone(),
    };
    github::announce(release, &finished, &mut watch).await;
    drop(watch);
    print::report(&report, release.json);
    Ok(())
}

async fn single(step: Step, one: &One) -> Result<(), Failure> {
    let release = &one.release;
    let mut watch = print::Watch::new();
    let mut desk = connect::desk(release)?;
    if RECORDING.contains(&step) {
        github::approve(release, &mut desk, &mut watch).await?;
    }
    let outputs = run_step(step, &release.path, &desk, &states(release), &mut watch).await?;
    if step == Step::Summary {
        github::announce(release, &github::Finished::of(&outputs), &mut watch).await;
    }
    drop(watch);
    print::outputs(&outputs, release.json);
    Ok(())
}

async fn verify(arguments: &Verify) -> Result<ExitCode, Failure> {
    let sources = connect::sources(arguments)?;
    let mut inspections = Vec::new();
    for target in &arguments.targets {
        inspections.push(inspect(&target.parse()?, &sources).await?);
    }
    print::inspections(&inspections, arguments.json);
    let code = inspections.iter().map(|found| match found.verdict {
        Verdict::Verified => 0,
        Verdict::CannotJudge => 2,
        _ => 40,
    });
    Ok(ExitCode::from(code.max().unwrap_or(0)))
}

/// On a runner its own temporary folder, which is wiped with the job; elsewhere the user's own place for state. Never a fixed name in a
/// temporary folder that others can write to.
pub(crate) fn states(release: &Release) -> PathBuf {
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
    release.state.clone().unwrap_or_else(state)
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
        Command::Services(_) => false,
    }
}

/// The steps that write down who approved.
const RECORDING: [Step; 2] = [Step::Certificate, Step::Metadata];
