//! The job's page: what came of the step, in Markdown that holds nothing but what we wrote.
//!
//! Every value stands in a code span, where Markdown and HTML have no meaning; a link leads by https to a host that this step was told to
//! talk to, or is no link.

use certified_pipeline::{Inspection, Report};
use certified_verify::Finding;
use serde_json::json;
use url::Url;

use crate::Done;
use crate::failure::Failure;

/// After a step that ended well.
pub(crate) fn of_done(done: &Done, hosts: &[String]) -> String {
    match done {
        Done::Released(report) => of_report(report, hosts),
        Done::Rehearsed(rehearsed) => {
            format!("{}{DRY_RUN}", of_report(&rehearsed.report, hosts))
        }
        Done::Stepped(value) => match value.get("result").and_then(|result| result.as_str()) {
            Some(result) => of_release(value, result, hosts),
            None => String::new(),
        },
        Done::Surveyed(surveyed) => surveyed.found.packages.iter().map(of_inspection).collect(),
        Done::Packed(_) | Done::Text(_) | Done::Served => String::new(),
    }
}

/// After one that did not: what happened, what exists, what to do.
pub(crate) fn of_failure(failure: &Failure) -> String {
    let heading = match failure.exit_code() {
        130 => "Interrupted",
        75 => "Not known yet",
        10 => "A service is unavailable",
        _ => "Not published",
    };
    let mut text = format!(
        "### {heading}\n\n{}: {}\n\n",
        code(&failure.code()),
        code(&failure.to_string())
    );
    for leak in failure.leaks() {
        text.push_str(&format!("- {}\n", code(&leak.to_string())));
    }
    for line in failure.whereabouts() {
        text.push_str(&format!("- {}\n", code(&line)));
    }
    text.push_str(&format!("- What to do: {}\n", code(&failure.advice())));
    text
}

fn of_report(report: &Report, hosts: &[String]) -> String {
    let value = json!(report);
    let result = json!(report.result);
    let mut text = of_release(&value, result.as_str().unwrap_or_default(), hosts);
    if !report.steps.is_empty() {
        text.push_str("\n| step | left | ms |\n| --- | --- | ---: |\n");
    }
    for step in &report.steps {
        text.push_str(&format!(
            "| {} | {} | {} |\n",
            code(step.step.as_str()),
            code(&step.outcome),
            step.millis
        ));
    }
    text
}

fn of_release(report: &serde_json::Value, result: &str, hosts: &[String]) -> String {
    let heading = match result {
        "published" => "Published and certified",
        "already-published" => "Already published, identical",
        _ => "Released",
    };
    let of = |place: &str| {
        report
            .pointer(place)
            .and_then(|value| value.as_str())
            .unwrap_or_default()
    };
    let mut text = format!(
        "### {heading}: {}\n\n| what | which |\n| --- | --- |\n",
        code(&format!("{}@{}", of("/name"), of("/version")))
    );
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
    let verdict = json!(found.verdict);
    let mut text = format!(
        "### {}: {}\n\n| check | result | why |\n| --- | --- | --- |\n",
        code(&found.target),
        code(verdict.as_str().unwrap_or_default())
    );
    for check in &found.checks {
        let (result, why) = match &check.finding {
            Finding::Passed { evidence } => ("ok", evidence.clone()),
            Finding::NotAsked { reason } => ("skipped", reason.clone()),
            Finding::Refused { code, message, advice } => ("**refused**", format!("{message} [{code}]; {advice}")),
            _ => continue,
        };
        text.push_str(&format!(
            "| {} | {result} | {} |\n",
            code(check.name.as_str()),
            code(&why)
        ));
    }
    text.push('\n');
    text
}

/// A code span on one line, fit for a cell of a table.
fn code(text: &str) -> String {
    let shown: String = text.trim().chars().map(|c| if is_plain(c) { c } else { ' ' }).collect();
    if shown.trim().is_empty() {
        return "–".to_owned();
    }
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.saturating_add(1));
    // A table is cut into cells before anything else is read, also within code.
    format!("{fence} {} {fence}", shown.replace('|', r"\|"))
}

/// No line breaks, and nothing that hides or turns around what stands beside it.
fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

fn linked(text: &str, address: &str, hosts: &[String]) -> String {
    let Ok(url) = Url::parse(address) else {
        return code(text);
    };
    let known = url
        .host_str()
        .is_some_and(|host| hosts.iter().any(|known| known == host));
    let bare = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    if url.scheme() != "https" || !known || !bare {
        return code(text);
    }
    // What a parsed address still may hold, and Markdown would end the link at.
    let address: String = url
        .as_str()
        .chars()
        .filter(|c| !matches!(c, '<' | '>' | '|' | '\\' | '(' | ')' | '`' | ' '))
        .collect();
    let text = code(text).replace(['[', ']'], " ");
    format!("[{text}](<{address}>)")
}

const DRY_RUN: &str = "\nThis was a dry run: nothing has left the machine.\n";

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;

    /// Everything in it that is no text of ours: raw HTML, images, and where links lead.
    fn foreign(markdown: &str) -> Vec<String> {
        let mut found = Vec::new();
        for event in Parser::new_ext(
            markdown,
            Options::ENABLE_TABLES | Options::ENABLE_GFM | Options::ENABLE_STRIKETHROUGH,
        ) {
            match event {
                Event::Html(html) | Event::InlineHtml(html) => found.push(html.to_string()),
                Event::Start(Tag::Image { dest_url, .. } | Tag::Link { dest_url, .. }) => {
                    found.push(dest_url.to_string())
                }
                Event::Start(Tag::Heading { .. }) if !found.is_empty() => found.push("heading".to_owned()),
                _ => {}
            }
        }
        found
    }

    const HOSTILE: [&str; 16] = [
        "</details><h1>verified</h1>",
        "![x](https://evil.example/x.png)",
        "[click](https://evil.example)",
        "https://evil.example/",
        "` </code><b>",
        "``` ` `` <img src=x onerror=alert(1)>",
        "| a | <script> |",
        "\\`<b>\\`",
        "\n\n# Certified\n\n<h1>",
        "\r\n| --- |\r\n<b>",
        "a\u{2028}b\u{202e}c",
        "&lt;b&gt;<!-- -->",
        "`",
        "``",
        "\\",
        "\\|<i>|",
    ];

    #[test]
    fn values_of_others_stay_values() {
        for text in HOSTILE {
            let table = format!(
                "| a | b |\n| --- | --- |\n| {} | {} |\n",
                code(text),
                linked(text, text, &["ok.example".into()])
            );
            assert_eq!(foreign(&table), Vec::<String>::new(), "{text:?}: {table}");
            assert_eq!(table.lines().count(), 3);
            assert_eq!(
                foreign(&format!("### {}\n", code(text))),
                Vec::<String>::new(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_link_leads_by_https_to_a_known_host_or_is_none() {
        let hosts = ["ok.example".to_owned()];
        let of = |address: &str| foreign(&linked("text", address, &hosts));
        assert_eq!(
            of("https://ok.example/a%20b?c=<d>"),
            ["https://ok.example/a%20b?c=%3Cd%3E"]
        );
        for address in [
            "http://ok.example/",
            "https://evil.example/",
            "https://ok.example@evil.example/",
            "https://ok.example:8443/",
            "https://user:word@ok.example/",
            "javascript:alert(1)",
            "https://ok.example.evil.example/",
            "//ok.example/",
            "",
        ] {
            assert_eq!(of(address), Vec::<String>::new(), "{address}");
        }
        for text in HOSTILE {
            assert_eq!(
                foreign(&linked(text, "https://ok.example/", &hosts)),
                ["https://ok.example/"],
                "{text:?}"
            );
        }
    }
}
