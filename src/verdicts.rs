//! Verdicts as people and programs read them.

use std::fmt::Write as _;

use certified_pipeline::{Fault, Inspection, Survey};
use certified_verify::{Finding, Verdict};
use serde_json::{Value, json};

/// What was found about one release: every check, then the verdict.
pub(crate) fn of_one(found: &Inspection) -> String {
    let mut text = String::new();
    for check in &found.checks {
        let name = check.name.as_str();
        let _ = match &check.finding {
            Finding::Passed { evidence } => writeln!(text, "  ok       {name:<12} {evidence}"),
            Finding::NotAsked { reason } => writeln!(text, "  skipped  {name:<12} {reason}"),
            Finding::Refused { code, message, advice } => writeln!(
                text,
                "  REFUSED  {name:<12} {message} [{code}]\n           {:<12} help: {advice}",
                ""
            ),
            _ => Ok(()),
        };
    }
    faults(&mut text, "REFUSED ", &found.faults);
    faults(&mut text, "POLICY  ", &found.violations);
    for remark in &found.remarks {
        let _ = writeln!(text, "  note     {remark}");
    }
    text + &line(found)
}

/// Everything: first what is wrong, with all that is known about it, then how many there are of each, then one line for each of the others.
pub(crate) fn text(survey: &Survey) -> String {
    if !is_many(survey) {
        let each: Vec<String> = survey.packages.iter().map(of_one).collect();
        return each.join("\n") + &of_the_log(survey);
    }
    let (wrong, well): (Vec<_>, Vec<_>) = survey.packages.iter().partition(|found| is_wrong(found));
    let mut text = String::new();
    for found in wrong {
        let _ = writeln!(text, "{}", of_one(found));
    }
    let violations = survey.elsewhere.iter().filter(|foreign| !foreign.violations.is_empty());
    for foreign in violations {
        faults(&mut text, "POLICY  ", &foreign.violations);
        let (file, line) = (foreign.file.display(), foreign.found.line);
        let _ = writeln!(text, "not allowed {} ({file}:{line})", foreign.found.name);
    }
    let counts = counts(survey);
    let _ = writeln!(
        text,
        "{} verified, {} unsigned, {} refused, {} cannot be judged, {} against the policy, {} not from a registry",
        counts.verified, counts.unsigned, counts.refused, counts.cannot_judge, counts.violations, counts.elsewhere
    );
    for found in well {
        let _ = writeln!(text, "  {}", short(found));
    }
    for foreign in &survey.elsewhere {
        let found = &foreign.found;
        let _ = writeln!(
            text,
            "  not looked at {}: {}, {}",
            found.name, found.reason, found.place
        );
    }
    text.trim_end().to_owned() + &of_the_log(survey)
}

/// An array of the verdicts; with a lockfile among the targets an object, because there is more to say.
pub(crate) fn json(survey: &Survey) -> Value {
    if !is_many(survey) && survey.faults.is_empty() {
        return json!(survey.packages);
    }
    let counts = counts(survey);
    json!({
        "summary": {
            "packages": survey.packages.len(),
            "verified": counts.verified,
            "unsigned": counts.unsigned,
            "refused": counts.refused,
            "cannot_judge": counts.cannot_judge,
            "violations": counts.violations,
            "elsewhere": counts.elsewhere,
        },
        "faults": survey.faults,
        "packages": survey.packages,
        "elsewhere": survey.elsewhere,
    })
}

#[derive(Default)]
struct Counts {
    verified: usize,
    unsigned: usize,
    refused: usize,
    cannot_judge: usize,
    violations: usize,
    elsewhere: usize,
}

fn counts(survey: &Survey) -> Counts {
    let mut counts = Counts {
        elsewhere: survey.elsewhere.len(),
        ..Counts::default()
    };
    for found in &survey.packages {
        let count = match found.verdict {
            Verdict::Verified => &mut counts.verified,
            Verdict::Unsigned => &mut counts.unsigned,
            Verdict::Refused => &mut counts.refused,
            _ => &mut counts.cannot_judge,
        };
        *count += 1;
        counts.violations += usize::from(!found.violations.is_empty());
    }
    let outside = survey.elsewhere.iter().filter(|foreign| !foreign.violations.is_empty());
    counts.violations += outside.count();
    counts
}

fn is_many(survey: &Survey) -> bool {
    !survey.elsewhere.is_empty() || survey.packages.iter().any(Inspection::is_locked)
}

fn is_wrong(found: &Inspection) -> bool {
    matches!(found.verdict, Verdict::Refused | Verdict::CannotJudge) || !found.violations.is_empty()
}

fn faults(text: &mut String, word: &str, faults: &[Fault]) {
    for fault in faults {
        let topic = fault.code.split('/').next().unwrap_or_default();
        let _ = writeln!(
            text,
            "  {word} {topic:<12} {} [{}]\n           {:<12} help: {}",
            fault.message, fault.code, "", fault.advice
        );
    }
}

/// What the log itself stands for, whatever it says about a package.
fn of_the_log(survey: &Survey) -> String {
    let mut text = String::new();
    faults(&mut text, "REFUSED ", &survey.faults);
    if text.is_empty() {
        return text;
    }
    format!("\n{text}refused: what the log says is not believed, so nothing of this was remembered")
}

fn line(found: &Inspection) -> String {
    let reason = found.reason.as_deref().map(|reason| format!(": {reason}"));
    let place = found
        .place
        .as_ref()
        .map(|place| format!(" ({}:{})", place.file.display(), place.line));
    let (reason, place) = (reason.unwrap_or_default(), place.unwrap_or_default());
    format!("{} {}{place}{reason}", word(found.verdict), found.target)
}

fn short(found: &Inspection) -> String {
    let remarks = match found.remarks.len() {
        0 => String::new(),
        one => format!(", {one} notes"),
    };
    format!("{} {}{remarks}", word(found.verdict), found.target)
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Verified => "verified",
        Verdict::Unsigned => "unsigned",
        Verdict::Refused => "refused",
        _ => "cannot judge",
    }
}
