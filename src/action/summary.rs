//! The job's page: the verdict first, then what to do or where to look, then the details.
//!
//! A link leads by https to a host that this step was told to talk to, or is no link.

use certified_pipeline::{Inspection, Report};
use certified_verify::{Finding, Verdict};
use serde_json::json;

use super::advice;
use super::markdown::{code, linked, prose};
use super::tables;
use crate::Done;
use crate::any_file::FileInspection;
use crate::failure::Failure;

/// After a step that ended well.
pub(crate) fn of_done(done: &Done, hosts: &[String]) -> String {
    match done {
        Done::Released(report) => of_report(report, hosts, None),
        Done::Rehearsed(rehearsed) => of_report(&rehearsed.report, hosts, Some(DRY_RUN)),
        Done::Stepped(value) => match value.get("result").and_then(|result| result.as_str()) {
            Some(result) => of_release(value, heading(result), hosts),
            None => String::new(),
        },
        Done::Surveyed(surveyed) => surveyed.found.packages.iter().map(of_inspection).collect(),
        Done::Judged(judged) => of_file(judged),
        Done::Told(table) => tables::summary(table),
        Done::Packed(_) | Done::Text(_) | Done::Lent(_) | Done::Served => String::new(),
    }
}

fn of_file(judged: &FileInspection) -> String {
    match &judged.outcome {
        Ok(proof) => format!(
            "### Verified {}\n\nSigned at {} by {}\n",
            code(&judged.target),
            code(&proof.at().to_string()),
            code(proof.identity())
        ),
        Err(refusal) => format!(
            "### Refused {}\n\n{}: {}\n",
            code(&judged.target),
            code(refusal.code()),
            code(&refusal.to_string())
        ),
    }
}

/// After one that did not: what happened, what exists, what to do.
pub(crate) fn of_failure(failure: &Failure) -> String {
    let heading = match failure.exit_code() {
        _ if failure.stage().is_some() => "Staged: approve it on npm",
        130 => "Interrupted",
        75 => "Not known yet",
        10 => "A service is unavailable",
        _ => "Not published",
    };
    let why = match failure {
        Failure::Cancelled(_) => "Somebody stopped the job before it was done.".to_owned(),
        _ => format!("{}: {}", code(&failure.code()), prose(&failure.to_string())),
    };
    let mut text = format!(
        "### {heading}\n\n{why}\n\n**What to do:** {}\n\n",
        prose(&advice(failure))
    );
    for leak in failure.leaks() {
        text.push_str(&format!("- {}\n", code(&leak.to_string())));
    }
    for line in failure.whereabouts() {
        text.push_str(&format!("- {}\n", prose(&line)));
    }
    text
}

fn of_report(report: &Report, hosts: &[String], rehearsed: Option<&str>) -> String {
    let value = json!(report);
    let result = json!(report.result);
    let heading = rehearsed.unwrap_or_else(|| heading(result.as_str().unwrap_or_default()));
    let mut text = of_release(&value, heading, hosts);
    if !report.steps.is_empty() {
        text.push_str("\n| step | left | ms |\n| :-- | :-- | --: |\n");
    }
    for step in &report.steps {
        text.push_str(&format!(
            "| {} | {} | {} |\n",
            code(step.step.as_str()),
            code(&shortened(&step.outcome)),
            step.millis
        ));
    }
    text
}

/// Digests stand in full above, so a step tells as much of one as people compare by eye.
fn shortened(outcome: &str) -> String {
    let words = outcome.split(' ').map(|word| {
        let digest = word.starts_with("sha256:") || word.starts_with("sha512-");
        match word.char_indices().nth(SHORT).filter(|_| digest) {
            Some((end, _)) => format!("{}…", word.get(..end).unwrap_or(word)),
            None => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn heading(result: &str) -> &'static str {
    match result {
        "published" => "Published and certified",
        "already-published" => "Already published, identical",
        _ => "Released",
    }
}

fn of_release(report: &serde_json::Value, heading: &str, hosts: &[String]) -> String {
    let of = |place: &str| {
        report
            .pointer(place)
            .and_then(|value| value.as_str())
            .unwrap_or_default()
    };
    let release = format!("{}@{}", of("/name"), of("/version"));
    let mut text = format!("### {heading}: {}\n\n", code(&release));
    text.push_str(&match heading {
        DRY_RUN => "This was a dry run: nothing has left the machine.\n\n".to_owned(),
        _ => format!(
            "Anybody can check it: {}\n\n",
            code(&format!("certified-publish verify {release}"))
        ),
    });
    text.push_str("| what | which |\n| :-- | :-- |\n");
    let rows = [
        ("npm", linked(of("/npm_url"), of("/npm_url"), hosts)),
        ("Integrity on npm", code(of("/published/integrity"))),
        ("Certified tarball", code(of("/certified/sha256"))),
        ("Certificate", code(of("/certificate/cert_id"))),
        ("Issued to", code(of("/certificate/chitty_id"))),
        ("Fingerprint", code(of("/certificate/fingerprint"))),
        ("Chronicle", linked(of("/event_ids/0"), of("/chronicle_url"), hosts)),
        ("ChittyRegistry", linked(of("/reg_id"), of("/registry_url"), hosts)),
        ("Archive", linked(of("/r2_url"), of("/r2_url"), hosts)),
    ];
    for (what, which) in rows {
        text.push_str(&format!("| {what} | {which} |\n"));
    }
    text
}

fn of_inspection(found: &Inspection) -> String {
    let verdict = match found.verdict {
        Verdict::Verified => "Verified",
        Verdict::Unsigned => "Not certified",
        Verdict::Refused => "Refused",
        _ => "Cannot be judged",
    };
    let mut text = format!("### {verdict}: {}\n\n", code(&found.target));
    for check in &found.checks {
        if let Finding::Refused {
            code: name,
            message,
            advice,
        } = &check.finding
        {
            text.push_str(&format!(
                "{}: {}\n\n**What to do:** {}\n\n",
                code(name),
                prose(message),
                prose(advice)
            ));
        }
    }
    text.push_str("| check | result | why |\n| :-- | :-- | :-- |\n");
    for check in &found.checks {
        let (result, why) = match &check.finding {
            Finding::Passed { evidence } => ("ok", evidence.clone()),
            Finding::NotAsked { reason } => ("skipped", reason.clone()),
            Finding::Refused { message, .. } => ("**refused**", message.clone()),
            _ => continue,
        };
        text.push_str(&format!(
            "| {} | {result} | {} |\n",
            code(check.name.as_str()),
            prose(&why)
        ));
    }
    text.push('\n');
    text
}

/// In place of the verdict, because nothing was published.
const DRY_RUN: &str = "Went well in a dry run";
/// The name of the digest and twelve characters.
const SHORT: usize = 19;
