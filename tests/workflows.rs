//! The workflows that we run and those that the README shows, before the linters of others: zizmor, which looks for ways in, in its strictest
//! mode, and actionlint, which looks for mistakes.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use stage::peers::peer;
use stage::program::STEPS;
use stage::tools::both;
use tempfile::TempDir;

#[test]
fn no_linter_finds_anything_in_our_workflows_or_in_those_of_the_readme() {
    let place = repository();
    let snippets = snippets();
    assert!(snippets.len() >= 5, "only {} workflows in README.md", snippets.len());
    for (number, snippet) in snippets.iter().enumerate() {
        fs::write(
            place.path().join(format!(".github/workflows/readme-{number}.yml")),
            snippet,
        )
        .unwrap();
    }
    let found = zizmor(place.path());
    assert!(
        found.status.success() && both(&found).contains("No findings to report"),
        "{}",
        both(&found)
    );
    let found = actionlint(place.path());
    assert!(
        found.status.success() && both(&found).contains("passed lint checks"),
        "{}",
        both(&found)
    );
}

#[test]
fn the_linters_find_what_is_wrong() {
    let place = repository();
    let workflow = "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.event.issue.title }}\n      - uses: actions/checkout@v7\n";
    fs::write(place.path().join(".github/workflows/bad.yml"), workflow).unwrap();
    let found = both(&zizmor(place.path()));
    for audit in [
        "template-injection",
        "dangerous-triggers",
        "unpinned-uses",
        "excessive-permissions",
        "artipacked",
    ] {
        assert!(found.contains(audit), "{audit}: {found}");
    }
    assert!(both(&actionlint(place.path())).contains("untrusted"));
}

/// GitHub runs nothing of a folder below its own.
#[test]
fn every_workflow_of_the_readme_lies_beside_ours_to_be_copied() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows/examples");
    let files = fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = files
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let mut shown = snippets();
    files.sort();
    shown.sort();
    assert_eq!(files, shown);
}

#[test]
fn every_action_is_pinned_by_the_commit_of_its_version() {
    let mut pinned = 0;
    let own = own_workflows();
    let own = own.iter().map(|file| fs::read_to_string(file).unwrap());
    for line in own.chain(snippets()).collect::<String>().lines() {
        let Some(uses) = line.trim().trim_start_matches("- ").strip_prefix("uses: ") else {
            continue;
        };
        if uses.starts_with("./") || uses == "chittyos/certified-publish@v1" {
            continue;
        }
        let (_, reference) = uses.split_once('@').unwrap();
        let (commit, version) = reference.split_once(" # v").unwrap_or_else(|| panic!("{line}"));
        assert!(
            commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{line}"
        );
        assert_eq!(version.split('.').count(), 3, "{line}");
        pinned += 1;
    }
    assert!(pinned > 10);
}

#[test]
fn what_the_readme_gives_to_the_action_and_takes_from_it_is_in_action_yml() {
    let (inputs, outputs) = (keys("inputs"), keys("outputs"));
    let modes = ["all", "verify", "credentials", "doctor", "status"];
    let mut given = 0;
    for workflow in snippets() {
        for step in workflow.split("      - name: ").filter(|step| step.contains(ACTION)) {
            let below = step.split("        with:\n").nth(1).unwrap_or_default();
            let lines = below.lines().map_while(|line| line.strip_prefix("          "));
            for (input, value) in lines.filter_map(|line| line.split_once(": ")) {
                assert!(inputs.contains(&input.to_owned()), "{input} is no input:\n{step}");
                let known = modes.contains(&value) || STEPS.contains(&value);
                assert!(input != "mode" || known, "{value} is no mode:\n{step}");
                given += 1;
            }
            let Some(id) = step.lines().find_map(|line| line.trim().strip_prefix("id: ")) else {
                continue;
            };
            for taken in workflow.split(&format!("steps.{id}.outputs.")).skip(1) {
                let name = taken.split([' ', '}']).next().unwrap();
                assert!(outputs.contains(&name.to_owned()), "{name} is no output:\n{workflow}");
            }
        }
    }
    assert!(given >= 40, "only {given}");
}

#[test]
fn every_workflow_of_the_readme_has_no_permission_but_those_that_it_names_and_is_never_broken_off() {
    for workflow in snippets() {
        assert!(workflow.contains("\npermissions: {}\n"), "{workflow}");
        let (_, concurrency) = workflow.split_once("\nconcurrency:\n").unwrap();
        let (concurrency, _) = concurrency.split_once("\n\n").unwrap();
        assert!(
            concurrency.contains("  group: release") && concurrency.ends_with("  cancel-in-progress: false"),
            "{workflow}"
        );
        // Each with the reason beside it.
        for block in workflow.split("    permissions:\n").skip(1) {
            for line in block.lines().take_while(|line| line.starts_with("      ")) {
                assert!(line.contains(" # "), "{line}");
                assert!(!line.contains("contents: write"), "{line}");
            }
        }
    }
}

/// What zizmor looks at in a repository: ours, without the rest of it.
fn repository() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    let (from, to) = (Path::new(env!("CARGO_MANIFEST_DIR")), place.path());
    fs::create_dir_all(to.join(".github/workflows")).unwrap();
    for file in ["action.yml", ".github/zizmor.yml"] {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
    for file in own_workflows() {
        let name = file.file_name().unwrap();
        fs::copy(&file, to.join(".github/workflows").join(name)).unwrap();
    }
    place
}

fn own_workflows() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_file()).collect()
}

/// The workflows in README.md.
fn snippets() -> Vec<String> {
    let readme = include_str!("../README.md");
    let blocks = readme
        .split("```yaml\n")
        .skip(1)
        .map(|after| after.split("```").next().unwrap());
    blocks
        .filter(|block| block.starts_with("name: "))
        .map(str::to_owned)
        .collect()
}

/// The inputs or outputs of the action.
fn keys(heading: &str) -> Vec<String> {
    let below = include_str!("../action.yml")
        .split(&format!("\n{heading}:\n"))
        .nth(1)
        .unwrap();
    let lines = below
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with([' ', '#']));
    let keys = lines.filter_map(|line| line.strip_prefix("  ")?.split_once(':'));
    keys.map(|(key, _)| key.to_owned())
        .filter(|key| !key.starts_with([' ', '#']))
        .collect()
}

fn zizmor(repository: &Path) -> Output {
    let mut command = Command::new(peer("zizmor"));
    command.args([
        "--offline",
        "--persona",
        "auditor",
        "--no-progress",
        "--color",
        "never",
        "--config",
        ".github/zizmor.yml",
        ".",
    ]);
    command
        .current_dir(repository)
        .env_remove("GH_TOKEN")
        .env_remove("GITHUB_TOKEN")
        .output()
        .unwrap()
}

fn actionlint(repository: &Path) -> Output {
    let mut command = Command::new(peer("actionlint"));
    command
        .arg(".github/workflows/*.yml")
        .current_dir(repository)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

const ACTION: &str = "uses: chittyos/certified-publish@v1";
