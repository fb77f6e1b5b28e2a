//! The only file that writes to stdout or stderr. People read stderr; programs read stdout.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::time::Duration;

use certified_pack::Packed;
use certified_pipeline::{Inspection, Progress, Report, Step, Stop};
use certified_services::Running;
use certified_verify::{Finding, Verdict};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::dry_run::Rehearsed;
use crate::failure::Failure;
use crate::listing::{in_unicode, listing};

/// A line for programs. Whoever closed the other end has read enough.
macro_rules! out {
    ($($text:tt)*) => {{
        let _ = writeln!(io::stdout(), $($text)*);
    }};
}

/// A line for people.
macro_rules! err {
    ($($text:tt)*) => {{
        let _ = writeln!(io::stderr(), $($text)*);
    }};
}

/// How far a run has come: a moving line on a terminal, one plain line a step elsewhere.
pub(crate) struct Watch {
    bar: Option<ProgressBar>,
}

impl Watch {
    pub(crate) fn new() -> Self {
        let moves = io::stderr().is_terminal() && std::env::var_os("CI").is_none();
        Self {
            bar: moves.then(ProgressBar::new_spinner),
        }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| err!("{text}")),
            None => err!("{text}"),
        }
    }
}

impl Progress for Watch {
    fn started(&mut self, step: Step) {
        let Some(bar) = &self.bar else { return };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        bar.set_message(format!("{} of 9 {step}", step.number()));
        bar.enable_steady_tick(Duration::from_millis(100));
    }

    fn finished(&mut self, step: Step, outcome: &str, millis: u64) {
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
        self.line(&format!("  | {line}"));
    }

    fn warned(&mut self, line: &str) {
        self.line(&format!("warning: {line}"));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A finished run.
pub(crate) fn report(report: &Report, as_json: bool) {
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
pub(crate) fn rehearsed(done: &Rehearsed, as_json: bool) {
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

/// The outputs of one step.
pub(crate) fn outputs(outputs: &Value, as_json: bool) {
    if as_json {
        print_json(outputs);
    }
}

/// What was packed: for people as npm tells it, without the words `npm notice` in front of every line; for programs the name of the file, or
/// npm's array.
pub(crate) fn packed(packed: &Packed, as_json: bool) {
    let npm_json = packed.to_npm_json();
    if as_json {
        return print_json(&json!([npm_json]));
    }
    err!("{}", listing(&npm_json, in_unicode()));
    out!("{}", packed.filename)
}

/// A table: one JSON object for programs, the lines for people.
pub(crate) fn table(lines: &str, value: &Value, as_json: bool) {
    if as_json {
        return print_json(value);
    }
    err!("{lines}");
}

/// Verdicts.
pub(crate) fn inspections(inspections: &[Inspection], as_json: bool) {
    if as_json {
        return print_json(&json!(inspections));
    }
    inspections.iter().for_each(inspection);
}

fn inspection(found: &Inspection) {
    for check in &found.checks {
        match &check.finding {
            Finding::Passed { evidence } => err!("  ok       {:<12} {evidence}", check.name.as_str()),
            Finding::NotAsked { reason } => err!("  skipped  {:<12} {reason}", check.name.as_str()),
            Finding::Refused { code, message, advice } => {
                err!("  REFUSED  {:<12} {message} [{code}]", check.name.as_str());
                err!("           {:<12} help: {advice}", "");
            }
            _ => {}
        }
    }
    let verdict = match found.verdict {
        Verdict::Verified => "verified",
        Verdict::Unsigned => "unsigned",
        Verdict::Refused => "refused",
        _ => "cannot judge",
    };
    let reason = found
        .reason
        .as_deref()
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    err!("{verdict} {}{reason}", found.target);
}

/// Where the services answer, as assignments that a shell and `--env-file` readers take.
pub(crate) fn services(running: &Running, anchors: &Path, trust_root: &Path) {
    let (at, tokens) = (running.addresses(), running.tokens());
    out!("CHITTY_ID_SERVICE={}", at.chitty_id);
    out!("CHITTY_AUTH_SERVICE={}", at.auth);
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
    err!("error[{}]: {failure}", failure.code());
    let leaks = failure.leaks();
    if leaks.len() > 1 {
        leaks.iter().for_each(|leak| err!("  {leak}"));
    }
    if let Failure::Stop(stop) = failure {
        err!("  {}", whereabouts(stop));
        err!("  {}", if stop.repeatable() { SAFE } else { NOT_YET });
    }
    err!("  help: {}", failure.advice());
    if as_json {
        let result = if failure.exit_code() == 75 {
            "pending"
        } else {
            "refused"
        };
        let mut error = json!({ "code": failure.code(), "message": failure.to_string(), "advice": failure.advice() });
        if let Failure::Stop(stop) = failure {
            (error["step"], error["already_done"]) = (json!(stop.step), json!(stop.already_done));
        }
        if !leaks.is_empty() {
            let leak = |leak: &certified_pack::Finding| json!({ "path": leak.path, "line": leak.line, "rule": leak.rule, "what": leak.what });
            error["findings"] = leaks.iter().map(leak).collect();
        }
        print_json(&json!({ "result": result, "error": error }));
    }
}

fn whereabouts(stop: &Stop) -> String {
    let done = if stop.already_done.is_empty() {
        "nothing".to_owned()
    } else {
        stop.already_done.join(", ")
    };
    let npm = match stop.step {
        Step::Summary => "",
        Step::Publish if stop.on_npm => "",
        // The refusal may be of the question after the publish, so this never says that nothing came of it.
        Step::Publish => " · not confirmed: npm publish",
        _ => " · not done: npm publish",
    };
    format!("step {} of 9 · already done: {done}{npm}", stop.step.number())
}

fn print_json(value: &Value) {
    out!("{value:#}");
}

const SAFE: &str = "running again is safe: what exists is found and used, nothing is published twice";
const NOT_YET: &str = "running again is safe, and stops at the same place as long as this stays so";
