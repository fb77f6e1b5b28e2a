//! What `mode: doctor` and `mode: status` found: as outputs, as a summary, and beside the workflow where somebody has to do something.

use serde_json::Value;

use super::commands::command;
use super::markdown::{code, prose};
use crate::Table;

/// Name and value of every output.
pub(crate) fn outputs(table: &Table) -> Vec<(&'static str, String)> {
    let found = ["name", "version"].into_iter().filter_map(|name| {
        let value = table.json.get(name)?.as_str()?;
        Some((name, value.to_owned()))
    });
    found.chain([("verdict", verdict(table))]).collect()
}

/// Of `status` what the next run would do, of `doctor` whether it can begin.
fn verdict(table: &Table) -> String {
    match text(&table.json, "/next/action") {
        "" if table.exit_code == 0 => "ready".to_owned(),
        "" => "not-ready".to_owned(),
        action => action.to_owned(),
    }
}

/// For the job's page.
pub(crate) fn summary(table: &Table) -> String {
    if table.json.get("checks").is_some() {
        of_doctor(table)
    } else {
        of_status(table)
    }
}

fn of_doctor(table: &Table) -> String {
    let checks = each(&table.json, "checks");
    let wrong = checks.iter().filter(|check| is_wrong(check)).count();
    let heading = match wrong {
        0 => "A run can begin".to_owned(),
        1 => "A run would stop at one of these".to_owned(),
        more => format!("A run would stop at {more} of these"),
    };
    let mut markdown = format!("### {heading}\n\n| what | result | seen | what to do |\n| :-- | :-- | :-- | :-- |\n");
    // What has to be mended stands first.
    let (first, others): (Vec<_>, Vec<_>) = checks.iter().partition(|check| is_wrong(check));
    for check in first.into_iter().chain(others) {
        let result = match text(check, "/health") {
            "fine" => "ok",
            "note" => "note",
            _ => "**wrong**",
        };
        let [what, seen, help] = ["/what", "/seen", "/help"].map(|place| cell(text(check, place)));
        markdown.push_str(&format!("| {what} | {result} | {seen} | {help} |\n"));
    }
    markdown
}

fn of_status(table: &Table) -> String {
    let of = |place| text(&table.json, place);
    let release = code(&format!("{}@{}", of("/name"), of("/version")));
    let mut markdown = format!("### Status of {release}\n\n{}\n\n", prose(of("/next/sentence")));
    if !of("/next/help").is_empty() {
        markdown.push_str(&format!("**What to do:** {}\n\n", prose(of("/next/help"))));
    }
    markdown.push_str("| place | state | what is known |\n| :-- | :-- | :-- |\n");
    for place in each(&table.json, "places") {
        let mut row = format!("| {} | {} |", code(text(place, "/place")), code(text(place, "/state")));
        let facts: Vec<_> = place
            .get("facts")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .collect();
        let told: Vec<_> = facts
            .iter()
            .map(|(name, value)| code(&format!("{name}: {}", listed(value))))
            .collect();
        row.push_str(&format!(
            " {} |\n",
            if told.is_empty() { code("") } else { told.join(" ") }
        ));
        markdown.push_str(&row);
    }
    markdown
}

/// One error for each thing that a run would stop at, so that it stands on the run's page with what to do.
pub(crate) fn annotations(table: &Table) -> Vec<String> {
    let of_checks = each(&table.json, "checks")
        .iter()
        .filter(|check| is_wrong(check))
        .map(|check| annotation(text(check, "/what"), text(check, "/seen"), text(check, "/help")));
    let next = &table.json["next"];
    let in_the_way = !text(next, "/help").is_empty();
    let of_next = in_the_way.then(|| annotation("status", text(next, "/sentence"), text(next, "/help")));
    of_checks.chain(of_next).collect()
}

fn annotation(what: &str, seen: &str, help: &str) -> String {
    let title = format!("certified-publish: {what}");
    let advice = if help.is_empty() {
        String::new()
    } else {
        format!("\nhelp: {help}")
    };
    command("error", &[("title", &title)], &format!("{seen}{advice}"))
}

/// A sentence for a table.
fn cell(text: &str) -> String {
    if text.is_empty() { code("") } else { prose(text) }
}

fn is_wrong(check: &Value) -> bool {
    text(check, "/health") == "wrong"
}

fn each<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, place: &str) -> &'a str {
    value.pointer(place).and_then(Value::as_str).unwrap_or_default()
}

fn listed(value: &Value) -> String {
    match value {
        Value::Array(values) => values.iter().map(listed).collect::<Vec<_>>().join(", "),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(json: Value, exit_code: u8) -> Table {
        Table {
            lines: String::new(),
            json,
            exit_code,
        }
    }

    fn examined() -> Table {
        let wrong = json!({ "what": "npm token", "health": "wrong", "seen": "there is none\n::error::x", "help": "set `NPM_TOKEN`", "exit_code": 30 });
        let fine = json!({ "what": "clock", "health": "fine", "seen": "agrees | <b>", "exit_code": 0 });
        table(json!({ "exit_code": 30, "checks": [fine, wrong] }), 30)
    }

    fn stopped() -> Table {
        let place =
            json!({ "place": "npm", "state": "present", "facts": { "integrity": "sha512-A", "object": ["a", "b"] } });
        let next = json!({ "action": "stop", "sentence": "a run would stop at step publish: other bytes", "help": "raise the version" });
        table(
            json!({ "name": "a", "version": "1.0.0", "places": [place], "next": next }),
            20,
        )
    }

    #[test]
    fn a_workflow_can_go_on_by_the_verdict() {
        assert_eq!(outputs(&examined()), [("verdict", "not-ready".to_owned())]);
        assert_eq!(
            outputs(&table(json!({ "checks": [] }), 0)),
            [("verdict", "ready".to_owned())]
        );
        let told = [("name", "a"), ("version", "1.0.0"), ("verdict", "stop")];
        assert_eq!(outputs(&stopped()), told.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn what_has_to_be_mended_stands_first_and_beside_the_workflow() {
        insta::assert_snapshot!(summary(&examined()), @r"
        ### A run would stop at one of these

        | what | result | seen | what to do |
        | :-- | :-- | :-- | :-- |
        | npm token | **wrong** | there is ` none ::error::x ` | set ` NPM_TOKEN ` |
        | clock | ok | agrees ` \| ` ` <b> ` | – |
        ");
        assert_eq!(
            annotations(&examined()),
            ["::error title=certified-publish%3A npm token::there is none%0A::error::x%0Ahelp: set `NPM_TOKEN`"]
        );
        assert_eq!(annotations(&table(json!({ "checks": [] }), 0)), Vec::<String>::new());
    }

    #[test]
    fn the_status_says_what_a_run_would_do_and_what_there_is() {
        insta::assert_snapshot!(summary(&stopped()), @r"
        ### Status of ` a@1.0.0 `

        a run would stop at step publish: other bytes

        **What to do:** raise the version

        | place | state | what is known |
        | :-- | :-- | :-- |
        | ` npm ` | ` present ` | ` integrity: sha512-A ` ` object: a, b ` |
        ");
        assert_eq!(annotations(&stopped()).len(), 1);
    }
}
