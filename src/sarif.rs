//! Verdicts as SARIF, which code hosts show beside the lines of a lockfile.
//!
//! Spec: SARIF 2.1.0, <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>
//!
//! | what | `ruleId` | `level` |
//! |---|---|---|
//! | a refusal | its code, for example `certificate/expired` | `error` |
//! | a violation of the policy | its code, for example `policy/denied` | `error` |
//! | what cannot be judged | `verify/cannot-judge` | `warning` |
//! | what no registry serves | `lockfile/elsewhere` | `note` |
//!
//! What is verified, and what is unsigned without a policy's objection, is no result.

use std::collections::BTreeMap;

use certified_pipeline::{Fault, Foreign, Inspection, Place, Survey};
use certified_verify::{Finding, Verdict};
use serde_json::{Value, json};

/// The whole log, one run.
pub(crate) fn log(survey: &Survey) -> Value {
    let mut found: Vec<Found> = survey
        .faults
        .iter()
        .map(|fault| Found::of(fault, "the log", None))
        .collect();
    survey
        .packages
        .iter()
        .for_each(|package| of_package(package, &mut found));
    survey
        .elsewhere
        .iter()
        .for_each(|foreign| of_foreign(foreign, &mut found));
    let rules: BTreeMap<&str, &str> = found.iter().map(|found| (found.rule, found.advice)).collect();
    let index: BTreeMap<&str, usize> = rules.keys().zip(0..).map(|(rule, at)| (*rule, at)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "certified-publish",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().map(|(rule, advice)| json!({
                    "id": rule,
                    "shortDescription": { "text": rule },
                    "help": { "text": advice },
                })).collect::<Vec<_>>(),
            } },
            "columnKind": "utf16CodeUnits",
            "results": found.iter().map(|found| found.result(index.get(found.rule).copied())).collect::<Vec<_>>(),
        }],
    })
}

/// One result.
struct Found<'a> {
    rule: &'a str,
    level: &'static str,
    message: String,
    advice: &'a str,
    place: Option<Place>,
    target: String,
}

impl<'a> Found<'a> {
    fn of(fault: &'a Fault, target: &str, place: Option<&Place>) -> Self {
        Self {
            rule: fault.code,
            level: "error",
            message: format!("{target}: {}", fault.message),
            advice: fault.advice,
            place: place.cloned(),
            target: target.to_owned(),
        }
    }

    fn result(&self, index: Option<usize>) -> Value {
        let mut result = json!({
            "ruleId": self.rule,
            "level": self.level,
            "message": { "text": self.message },
            "partialFingerprints": { "target/v1": format!("{} {}", self.rule, self.target) },
        });
        if let Some(index) = index {
            result["ruleIndex"] = index.into();
        }
        if let Some(place) = &self.place {
            result["locations"] = json!([{ "physicalLocation": {
                "artifactLocation": { "uri": uri(place) },
                "region": { "startLine": place.line },
            } }]);
        }
        result
    }
}

fn of_package<'a>(package: &'a Inspection, found: &mut Vec<Found<'a>>) {
    let place = package.place.as_ref();
    let before = found.len();
    for check in &package.checks {
        if let Finding::Refused { code, message, advice } = &check.finding {
            found.push(Found {
                rule: code,
                level: "error",
                message: format!("{}: {message}", package.target),
                advice,
                place: place.cloned(),
                target: package.target.clone(),
            });
        }
    }
    let faults = package.faults.iter().chain(&package.violations);
    found.extend(faults.map(|fault| Found::of(fault, &package.target, place)));
    let (rule, level, advice) = match package.verdict {
        Verdict::Refused if found.len() == before => ("verify/refused", "error", REFUSED),
        Verdict::CannotJudge => ("verify/cannot-judge", "warning", CANNOT_JUDGE),
        _ => return,
    };
    found.push(Found {
        rule,
        level,
        message: format!("{}: {}", package.target, package.reason.as_deref().unwrap_or(rule)),
        advice,
        place: place.cloned(),
        target: package.target.clone(),
    });
}

fn of_foreign<'a>(foreign: &'a Foreign, found: &mut Vec<Found<'a>>) {
    let place = Place {
        file: foreign.file.clone(),
        line: foreign.found.line,
    };
    let target = &foreign.found.name;
    found.extend(
        foreign
            .violations
            .iter()
            .map(|fault| Found::of(fault, target, Some(&place))),
    );
    // The project's own folders are no news.
    if foreign.violations.is_empty() && !foreign.found.reason.is_own() {
        found.push(Found {
            rule: "lockfile/elsewhere",
            level: "note",
            message: format!(
                "{target}: not from a registry ({}), so nothing about it was verified",
                foreign.found.reason
            ),
            advice: "publish it to a registry, or look at it yourself",
            place: Some(place),
            target: target.clone(),
        });
    }
}

/// A relative reference stays one: code hosts look for it below the repository.
fn uri(place: &Place) -> String {
    let path = place.file.to_string_lossy().replace('\\', "/");
    let escaped: String = path
        .strip_prefix("./")
        .unwrap_or(&path)
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'@' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    if escaped.starts_with('/') {
        format!("file://{escaped}")
    } else {
        escaped
    }
}

const REFUSED: &str = "do not install it";
const CANNOT_JUDGE: &str = "bring the evidence and the anchors, or make the service reachable, and run again";
