//! The only file that writes to stdout or stderr. People read stderr; programs read stdout.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use certified_evidence::Secret;
use certified_pack::Packed;
use certified_pipeline::{Inspection, Progress, Report, Step};
use certified_services::{Running, Tokens};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::action::commands;
use crate::any_file::FileInspection;
use crate::dry_run::Rehearsed;
use crate::failure::Failure;
use crate::journey::Journey;
use crate::listing::{in_unicode, listing};
use crate::verify::Surveyed;
use crate::{Done, Table, action, secrets, surroundings, terminal, verdicts};

/// A line for programs. Whoever closed the other end has read enough.
macro_rules! out {
    ($($text:tt)*) => {{
        let _ = writeln!(io::stdout(), $($text)*);
    }};
}

/// A line for people.
macro_rules! err {
    ($($text:tt)*) => {
        people(&format!($($text)*))
    };
}

/// Whether the runner of GitHub Actions reads what is printed, and carries out what looks like a command.
static RUNNER: OnceLock<()> = OnceLock::new();

/// The word that lets the runner read commands again, while it does not.
static STOPPED: Mutex<Option<String>> = Mutex::new(None);

/// From now on the runner reads along.
pub(crate) fn for_the_runner() {
    let _ = RUNNER.set(());
}

/// Everything goes to one stream there, because the runner reads two of them in no order; no text can be a command, and no known secret
/// stands in it.
fn people(text: &str) {
    if RUNNER.get().is_some() {
        out!("{}", commands::inert(&secrets::redacted(text)));
    } else {
        let _ = writeln!(io::stderr(), "{}", terminal::fitted(text));
    }
}

/// A command for the runner.
pub(crate) fn command(line: &str) {
    out!("{line}");
}

/// Hides a secret from the log of the runner, where one reads along. A program that reads what is printed is not disturbed by it.
pub(crate) fn masks(secret: &Secret<String>) {
    let lines = || commands::masks(secret.expose());
    if RUNNER.get().is_some() {
        lines().iter().for_each(|line| command(line));
    } else if surroundings::on_github() {
        lines().iter().for_each(|line| err!("{line}"));
    }
}

/// Something that the user should know although all went well.
pub(crate) fn warning(text: &str) {
    command(&commands::command(
        "warning",
        &[("title", "certified-publish")],
        &secrets::redacted(text),
    ));
}

/// What others print goes into a group in which the runner obeys nobody.
fn others_begin() {
    let mut stopped = STOPPED.lock().unwrap_or_else(PoisonError::into_inner);
    if RUNNER.get().is_none() || stopped.is_some() {
        return;
    }
    let word = action::random();
    command(&commands::command("group", &[], "What the package's scripts print"));
    command(&commands::command("stop-commands", &[], &word));
    *stopped = Some(word);
}

/// The runner obeys us again.
fn others_end() {
    let word = STOPPED.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(word) = word {
        command(&commands::command(&word, &[], ""));
        command(&commands::command("endgroup", &[], ""));
    }
}

/// How far a run has come: a moving line on a terminal, one plain line a step elsewhere.
pub(crate) struct Watch<'a> {
    bar: Option<ProgressBar>,
    journey: &'a Journey,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(journey: &'a Journey) -> Self {
        let moves = io::stderr().is_terminal() && std::env::var_os("CI").is_none();
        Self {
            bar: moves.then(ProgressBar::new_spinner),
            journey,
        }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| err!("{text}")),
            None => err!("{text}"),
        }
    }
}

impl Progress for Watch<'_> {
    fn started(&mut self, step: Step) {
        self.journey.begins(step);
        let Some(bar) = &self.bar else { return };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        bar.set_message(format!("{} of 9 {step}", step.number()));
        bar.enable_steady_tick(Duration::from_millis(100));
    }

    fn finished(&mut self, step: Step, outcome: &str, millis: u64) {
        others_end();
        self.journey.ends(step, outcome);
        self.line(&format!(
            "{} of 9 {:<12} {outcome} ({millis} ms)",
            step.number(),
            step.as_str()
        ));
        if let Some(bar) = &self.bar {
            bar.disable_steady_tick();
            bar.set_message("");
        }
    }

    fn heard(&mut self, line: &str) {
        if line.is_empty() {
            return;
        }
        others_begin();
        self.line(&format!("  | {line}"));
    }

    fn warned(&mut self, line: &str) {
        self.line(&format!("warning: {line}"));
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        others_end();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// What came of a command.
pub(crate) fn done(done: &Done, as_json: bool) {
    match done {
        Done::Released(released) => report(released, as_json),
        Done::Rehearsed(done) => rehearsed(done, as_json),
        Done::Stepped(value) if as_json => print_json(value),
        Done::Packed(done) => packed(done, as_json),
        Done::Surveyed(surveyed) => survey(surveyed, as_json),
        Done::Judged(judged) => file_inspection(judged, as_json),
        Done::Text(document) => text(document),
        Done::Told(told) | Done::Lent(told) => table(told, as_json),
        Done::Stepped(_) | Done::Served => {}
    }
}

/// A finished run.
fn report(report: &Report, as_json: bool) {
    if as_json {
        return print_json(&json!(report));
    }
    let result = json!(report.result);
    err!("");
    err!(
        "{} {}@{}",
        result.as_str().unwrap_or_default(),
        report.name,
        report.version
    );
    let rows = [
        ("npm", report.npm_url.clone()),
        ("integrity", report.published.integrity.to_string()),
        ("certified", report.certified.sha256.to_string()),
        (
            "certificate",
            format!("{} for {}", report.certificate.cert_id, report.certificate.chitty_id),
        ),
        ("chronicle", report.chronicle_url.clone()),
        ("registry", report.registry_url.clone()),
        ("archive", report.r2_url.clone()),
        ("evidence", report.evidence.display().to_string()),
    ];
    for (name, value) in rows {
        err!("  {name:<12} {value}");
    }
}

/// A finished dry run.
fn rehearsed(done: &Rehearsed, as_json: bool) {
    if as_json {
        return print_json(&json!(done.report));
    }
    report(&done.report, false);
    err!("");
    err!(
        "npm {} installed it from the embedded registry: {} files, byte for byte those of the tarball",
        done.installed.npm_version,
        done.installed.files
    );
    inspection(&done.inspection);
    err!("");
    err!("This was a dry run: nothing has left this machine, and the services that it spoke to are gone.");
}

/// What was packed: for people as npm tells it, without the words `npm notice` in front of every line; for programs the name of the file, or
/// npm's array.
fn packed(packed: &Packed, as_json: bool) {
    let npm_json = packed.to_npm_json();
    if as_json {
        return print_json(&json!([npm_json]));
    }
    err!("{}", listing(&npm_json, in_unicode()));
    out!("{}", packed.filename)
}

/// A table: one JSON object for programs, the lines for people.
fn table(table: &Table, as_json: bool) {
    if as_json {
        return print_json(&table.json);
    }
    err!("{}", table.lines);
}

/// A document, as it is.
fn text(text: &str) {
    out!("{}", text.trim_end())
}

/// Verdicts: for people what matters first, for programs one JSON value.
fn survey(surveyed: &Surveyed, as_json: bool) {
    if let Some(sarif) = &surveyed.sarif {
        print_json(sarif);
    } else if as_json {
        print_json(&verdicts::json(&surveyed.found));
    } else {
        err!("{}", verdicts::text(&surveyed.found));
    }
}

/// The verdict on any file; for programs an array of one, as with releases.
fn file_inspection(found: &FileInspection, as_json: bool) {
    if as_json {
        print_json(&json!([found.json()]));
    } else {
        err!("{}", verdicts::of_file(found));
    }
}

fn inspection(found: &Inspection) {
    err!("{}", verdicts::of_one(found));
}

/// How many of a lockfile's releases are done: a line that moves on a terminal, and nothing elsewhere.
pub(crate) struct Count {
    bar: Option<ProgressBar>,
}

impl Count {
    pub(crate) fn new() -> Self {
        Self { bar: None }
    }

    pub(crate) fn reached(&mut self, done: usize, of: usize) {
        let moves = || of > 1 && io::stderr().is_terminal() && std::env::var_os("CI").is_none();
        if self.bar.is_none() && moves() {
            let bar = ProgressBar::new(of as u64);
            if let Ok(style) = ProgressStyle::with_template("{pos} of {len} verified, {elapsed}") {
                bar.set_style(style);
            }
            self.bar = Some(bar);
        }
        if let Some(bar) = &self.bar {
            bar.set_position(done as u64);
        }
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Where the services answer, as assignments that a shell and `--env-file` readers take.
pub(crate) fn services(running: &Running, anchors: &Path, trust_root: &Path) {
    let (at, tokens) = (running.addresses(), running.tokens());
    out!("CHITTY_ID_SERVICE={}", at.chitty_id);
    out!("CHITTY_AUTH_SERVICE={}", at.auth);
    out!("CHITTY_CONNECT_SERVICE={}", at.connect);
    out!("CHITTY_API_GATEWAY={}", at.gateway);
    out!("CHITTY_REGISTRY={}", at.gateway);
    out!("CERTIFIED_PUBLISH_NPM_REGISTRY={}", at.npm);
    out!("CERTIFIED_PUBLISH_STORE={}", running.store_folder().display());
    out!("CERTIFIED_PUBLISH_R2_PUBLIC_URL={}chittyos-packages", at.archive);
    out!("CERTIFIED_PUBLISH_ANCHORS={}", anchors.display());
    // Not for this program: for Sigstore's clients.
    out!("CERTIFIED_PUBLISH_TRUSTED_ROOT={}", trust_root.display());
    // Throw-away tokens of these services alone; printing them is what this command is for.
    out!("CHITTY_ID_TOKEN={}", tokens.chitty_id_token.expose());
    out!("CHITTY_API_KEY={}", tokens.chitty_api_key.expose());
    out!("CHITTY_REGISTRY_TOKEN={}", tokens.registry_token.expose());
    out!("CHITTYCONNECT_API_KEY={}", tokens.connect_key.expose());
    // An API token of Cloudflare's, for an archive that is an S3 server with the key that belongs to it.
    out!("CERTIFIED_PUBLISH_CLOUDFLARE_API={}", at.cloudflare);
    out!("CLOUDFLARE_ACCOUNT_ID={}", Tokens::CLOUDFLARE_ACCOUNT);
    out!("CLOUDFLARE_API_TOKEN={}", tokens.cloudflare_token.expose());
    out!("NPM_TOKEN={}", tokens.npm_token.expose());
    err!(
        "The ChittyOS services are up, for this machine only; what they vouch for is worth nothing elsewhere. Stop them with Ctrl-C."
    );
}

/// Why the program ends early: what happened, what exists by now, whether to run again, what to do.
pub(crate) fn failure(failure: &Failure, as_json: bool) {
    if let Failure::NotVerified(found) = failure {
        inspection(found);
    }
    err!("{}[{}]: {failure}", failure.word(), failure.code());
    let leaks = failure.leaks();
    if leaks.len() > 1 {
        leaks.iter().for_each(|leak| err!("  {leak}"));
    }
    failure.whereabouts().iter().for_each(|line| err!("  {line}"));
    err!("  help: {}", advice(failure));
    if as_json {
        let mut error = json!({ "code": failure.code(), "message": failure.to_string(), "advice": failure.advice() });
        if let Failure::Stop(stop) = failure {
            (error["step"], error["already_done"]) = (json!(stop.step), json!(stop.already_done));
        }
        if !leaks.is_empty() {
            let leak = |leak: &certified_pack::Finding| json!({ "path": leak.path, "line": leak.line, "rule": leak.rule, "what": leak.what });
            error["findings"] = leaks.iter().map(leak).collect();
        }
        print_json(&json!({ "result": failure.result(), "error": error }));
    }
}

/// Whoever reads a runner's log changes a workflow, not a command line.
fn advice(failure: &Failure) -> String {
    match RUNNER.get() {
        Some(()) => action::advice(failure),
        None => failure.advice(),
    }
}

fn print_json(value: &Value) {
    out!("{value:#}");
}
