//! What code hosts are shown.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::shelf::Shelf;

#[test]
fn sarif_shows_each_finding_at_its_line_and_is_valid() {
    let shelf = Shelf::filled();
    shelf.verify(&["package-lock.json", "--sarif", "found.sarif"]).exits(40);
    let log: Value = serde_json::from_slice(&fs::read(shelf.project().join("found.sarif")).unwrap()).unwrap();
    let on_stdout = shelf.verify(&["package-lock.json", "--sarif", "-"]).exits(40).json();
    assert_eq!(log, on_stdout);
    let run = &log["runs"][0];
    let rules: Vec<_> = run["tool"]["driver"]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        rules,
        ["archive/other-digest", "lockfile/elsewhere", "lockfile/other-integrity"]
    );
    let text = fs::read_to_string(shelf.project().join("package-lock.json")).unwrap();
    for result in run["results"].as_array().unwrap() {
        let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(result["ruleId"], rules[rule]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "package-lock.json");
        let line = usize::try_from(place["region"]["startLine"].as_u64().unwrap()).unwrap();
        let target = result["message"]["text"]
            .as_str()
            .unwrap()
            .split([':', ' '])
            .next()
            .unwrap();
        let name = target
            .rsplit_once('@')
            .map_or(target, |(name, _)| if name.is_empty() { target } else { name });
        assert!(text.lines().nth(line - 1).unwrap().contains(name), "{result:#}");
    }
    assert_valid_sarif(&shelf.project().join("found.sarif"));
}

/// Against the schema of the specification, as far as it is about what we write: what is required where, and of which kind.
fn assert_valid_sarif(file: &Path) {
    let log: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().starts_with("https://"));
    for run in log["runs"].as_array().unwrap() {
        let driver = &run["tool"]["driver"];
        assert!(driver["name"].is_string() && driver["semanticVersion"].is_string());
        for rule in driver["rules"].as_array().unwrap() {
            assert!(rule["id"].is_string() && rule["help"]["text"].is_string(), "{rule:#}");
        }
        for result in run["results"].as_array().unwrap() {
            assert!(result["message"]["text"].is_string(), "{result:#}");
            assert!(["none", "note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
            for location in result["locations"].as_array().unwrap() {
                let place = &location["physicalLocation"];
                assert!(place["artifactLocation"]["uri"].is_string(), "{place:#}");
                assert!(place["region"]["startLine"].as_u64().unwrap() >= 1, "{place:#}");
            }
        }
    }
}
