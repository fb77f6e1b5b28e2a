//! The two modes that write nothing: what a release will need, and how far one has come.

use serde_json::json;

use crate::releases::runner;
use crate::runner::{Runner, Step};
use crate::stage::folders::copy_of;
use crate::stage::town::Town;

#[test]
fn a_release_is_looked_at_before_done_and_looked_at_again() {
    let town = Town::start();
    let runner = runner(&town);
    let fit = runner.step(&[("mode", "doctor")]).exits(0);
    assert_eq!(verdict(&fit), "ready");
    assert!(fit.summary.starts_with("### A run can begin\n"), "{}", fit.summary);
    assert!(fit.said("error").is_empty(), "{}", fit.raw);

    let before = runner.step(&[("mode", "status")]).exits(0);
    assert_eq!(verdict(&before), "begin");
    assert_eq!(before.outputs["name"], "@acme/widgets");
    assert_eq!(before.outputs["version"], "1.2.3");
    assert!(town.events().is_empty());

    // No key of the archive: the run stops half-way, and the job's last word says so.
    runner.step(&[("npm-token", "nobody-gave-this-one-out")]).exits(30);
    let half = runner.step(&[("mode", "status")]).exits(75);
    assert_eq!(verdict(&half), "continue");
    assert!(
        half.summary.contains("a run would continue at step publish"),
        "{}",
        half.summary
    );

    runner.step(&[]).exits(0);
    let after = runner.step(&[("mode", "status")]).exits(0);
    assert_eq!(verdict(&after), "nothing");
    assert!(
        after.summary.starts_with("### Status of ` @acme/widgets@1.2.3 `\n"),
        "{}",
        after.summary
    );
    assert!(after.summary.contains("| ` npm ` | ` present ` |"), "{}", after.summary);
}

#[test]
fn each_thing_that_is_missing_is_an_error_of_its_own_with_the_line_to_add() {
    let town = Town::start();
    let nothing = [("chitty-id-token", ""), ("chitty-api-key", ""), ("npm-token", "")];
    let step = runner(&town)
        .step(&[&[("mode", "doctor")], &nothing[..]].concat())
        .exits(30);
    assert_eq!(verdict(&step), "not-ready");
    let errors: Vec<_> = step
        .said("error")
        .into_iter()
        .map(|said| said.properties["title"].as_str())
        .collect();
    assert_eq!(
        errors,
        [
            "certified-publish: npm token",
            "certified-publish: CHITTY_ID_TOKEN",
            "certified-publish: CHITTY_API_KEY"
        ]
    );
    for said in step.said("error") {
        assert!(said.data.contains("\nhelp: "), "{}", said.data);
    }
    let missing = "| ` CHITTY_API_KEY ` | **wrong** |";
    assert!(
        step.summary.starts_with("### A run would stop at 3 of these\n") && step.summary.contains(missing),
        "{}",
        step.summary
    );
}

#[test]
fn nothing_of_the_package_runs_and_a_stranger_starts_no_doctor() {
    let runner = Runner::new().with("GITHUB_EVENT_NAME", "pull_request_target");
    let package = copy_of("plain", &runner.workspace());
    let fork = json!({ "pull_request": { "head": { "repo": { "full_name": "eve/widgets" } }, "base": { "repo": { "full_name": "acme/widgets" } } } });
    let runner = runner.event(&fork).input("package_path", "plain");
    let step = runner.step(&[("mode", "doctor")]).exits(2);
    assert_eq!(step.error().properties["title"], "certified-publish: action/event");

    // Yarn would run what the package calls Yarn.
    let runner = runner.with("GITHUB_EVENT_NAME", "release").event(&json!({}));
    std::fs::write(package.join("yarn.lock"), "").unwrap();
    std::fs::write(package.join(".yarnrc.yml"), "yarnPath: ./evil.cjs\n").unwrap();
    std::fs::write(package.join(".yarnrc"), "yarn-path \"./evil.cjs\"\n").unwrap();
    std::fs::write(
        package.join("evil.cjs"),
        "require('fs').writeFileSync(__dirname + '/pwned', '')\n",
    )
    .unwrap();
    runner.step(&[("mode", "doctor")]);
    assert!(!package.join("pwned").exists());
}

fn verdict(step: &Step) -> &str {
    &step.outputs["verdict"]
}
