//! The command line as a GitHub Action: inputs instead of options, outputs and a summary instead of JSON, commands for the runner's log.
//!
//! The runner hands everything over in the environment, and whoever runs as the same user reads a process's first environment in /proc. So
//! the program starts twice: once to hide the secrets from the log and put them into a pipe, then itself in the same process, with an
//! environment that holds none of them and closed to the eyes of others (prctl(2), `PR_SET_DUMPABLE`).

mod advice;
pub(crate) mod commands;
mod error;
pub(crate) mod event;
pub(crate) mod files;
mod hand_over;
mod inputs;
mod markdown;
mod outputs;
mod summary;
mod tables;
mod tag;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(crate) use self::advice::advice;
pub(crate) use self::error::ActionError;
use self::event::Event;
use self::inputs::{Inputs, Mode};
use crate::args::Action;
use crate::failure::Failure;
use crate::journey::Journey;
use crate::project_file::ArgumentsError;
use crate::{Done, execute, print, project_file, secrets, states};

/// `action`, and at the end of the job `action --post`.
pub(crate) fn action(stage: &Action) -> ExitCode {
    print::for_the_runner();
    let done = if stage.post {
        clean_up().map(|()| ExitCode::SUCCESS)
    } else if stage.handed_over {
        hand_over::received().map_err(Failure::from).and_then(|()| perform())
    } else {
        begin()
    };
    done.unwrap_or_else(|failure| {
        fail(&failure);
        ExitCode::from(failure.exit_code())
    })
}

/// 128 bits that nobody can guess, as text.
pub(crate) fn random() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// Hides the secrets before anything else is printed, then goes on in an environment without them.
fn begin() -> Result<ExitCode, Failure> {
    let secrets = secrets::of_environment();
    for (_, secret) in &secrets {
        commands::masks(secret.expose())
            .iter()
            .for_each(|line| print::command(line));
    }
    hand_over::hand_over(secrets)?;
    perform()
}

fn perform() -> Result<ExitCode, Failure> {
    let inputs = Inputs::new(&variable);
    let mode = inputs.mode()?;
    let workspace = workspace();
    let event = Event::read(&variable)?;
    let reads_only = matches!(mode, Mode::Verify | Mode::Status) || inputs.is_dry_run(mode)?;
    // Whoever deploys a preview does so at a pull request; ChittyConnect says whether it gives anything there.
    let preview = mode == Mode::Credentials && event.is_pull_request();
    // `doctor` tries what a release needs, so it begins where a release may.
    if !reads_only && !preview {
        event.publishable(&workspace)?;
    }
    let line = inputs.line(mode, &event, &workspace)?;
    let arguments = project_file::arguments(line).map_err(unread)?;
    let done = execute(&arguments.command, &Journey::default())?;
    print::done(&done, false);
    annotate(&done);
    answer(&done, mode);
    Ok(done.exit_code())
}

fn unread(error: ArgumentsError) -> Failure {
    match error {
        ArgumentsError::File(error) => error.into(),
        ArgumentsError::Line(error) => {
            let text = error.to_string();
            let why = text.lines().next().unwrap_or_default().replacen("error: ", "", 1);
            ActionError::Usage { why }.into()
        }
    }
}

/// Beside the workflow, what somebody has to do.
fn annotate(done: &Done) {
    if let Done::Told(table) = done {
        let lines = tables::annotations(table);
        lines.iter().for_each(|line| print::command(&secrets::redacted(line)));
    }
}

/// What the runner reads when the step has ended. A release that is out does not fail because its report cannot be written.
fn answer(done: &Done, mode: Mode) {
    for (name, value) in outputs::outputs(done) {
        match files::entry(name, &value, random) {
            Ok(entry) => write("GITHUB_OUTPUT", &entry),
            Err(error) => print::warning(&error.to_string()),
        }
    }
    // Of nine single steps only the last one tells the whole story.
    let silent = matches!(mode, Mode::Step(step) if step != certified_pipeline::Step::Summary);
    if !silent && mode != Mode::Credentials {
        write("GITHUB_STEP_SUMMARY", &files::fitting(summary::of_done(done, &hosts())));
    }
}

fn fail(failure: &Failure) {
    print::failure(failure, false);
    let (file, line) = match failure {
        Failure::Action(ActionError::Event { workflow, line, .. }) => (workflow.clone(), *line),
        _ => (None, None),
    };
    let file = file
        .filter(|_| line.is_some())
        .map(|file| file.display().to_string())
        .unwrap_or_default();
    let line = line.map(|line| line.to_string()).unwrap_or_default();
    let title = format!("certified-publish: {}", failure.code());
    let mut message = failure.to_string();
    for line in failure.whereabouts() {
        message.push_str(&format!("\n{line}"));
    }
    message.push_str(&format!("\nhelp: {}", advice(failure)));
    let properties = [("file", file.as_str()), ("line", &line), ("title", &title)];
    let kind = if failure.stage().is_some() { "warning" } else { "error" };
    print::command(&commands::command(kind, &properties, &secrets::redacted(&message)));
    // What the modes that only look have to say is a verdict; credentials are no release.
    let mode = Inputs::new(&variable).mode();
    let releases = !matches!(mode, Ok(Mode::Verify | Mode::Doctor | Mode::Status | Mode::Credentials));
    if let (true, Ok(entry)) = (releases, files::entry("result", failure.result(), random)) {
        write("GITHUB_OUTPUT", &entry);
    }
    write("GITHUB_STEP_SUMMARY", &files::fitting(summary::of_failure(failure)));
}

/// Adds to the file that this variable names; on a machine that is no runner there is none.
fn write(name: &str, text: &str) {
    let Some(file) = variable(name) else { return };
    if let Err(error) = files::append(Path::new(&file), &secrets::redacted(text)) {
        print::warning(&format!("{name} cannot be written: {error}"));
    }
}

/// The end of the job: no key stays in the kernel, no state in the runner's folder.
fn clean_up() -> Result<(), Failure> {
    let given = Inputs::new(&variable).get("state").map(PathBuf::from);
    let ours = given.is_none();
    let folder = given.unwrap_or_else(|| states(None));
    certified_pipeline::clean_up(&folder, ours).map_err(|error| Failure::CleanUp { folder, error })
}

/// The checked-out repository.
fn workspace() -> PathBuf {
    variable("GITHUB_WORKSPACE").map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// The hosts that a summary may link to: those that this step was told to talk to, and GitHub.
fn hosts() -> Vec<String> {
    let inputs = Inputs::new(&variable);
    let given = [
        "chitty-id-url",
        "api-gateway-url",
        "registry-url",
        "npm-registry",
        "r2-public-url",
    ];
    let set = [
        "CHITTY_ID_SERVICE",
        "CHITTY_API_GATEWAY",
        "CHITTY_REGISTRY",
        "CERTIFIED_PUBLISH_NPM_REGISTRY",
        "CERTIFIED_PUBLISH_R2_PUBLIC_URL",
        "GITHUB_SERVER_URL",
    ];
    let defaults = [
        "https://id.chitty.cc",
        "https://api.chitty.cc",
        "https://registry.chitty.cc",
    ];
    let urls = given
        .iter()
        .filter_map(|name| inputs.get(name))
        .chain(set.iter().filter_map(|name| variable(name)));
    let urls = urls
        .chain(defaults.map(str::to_owned))
        .chain([certified_client::npm::npm_registry_url()]);
    urls.filter_map(|text| Some(url::Url::parse(&text).ok()?.host_str()?.to_owned()))
        .collect()
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
