//! What the action does not do, and how it says so.

use std::collections::BTreeMap;
use std::fs;

use serde_json::json;

use crate::runner::Runner;
use crate::stage::folders::copy_of;

#[test]
fn what_a_stranger_can_start_publishes_nothing_and_the_line_to_change_is_marked() {
    for (event, line) in [
        ("pull_request_target", "3"),
        ("workflow_run", "4"),
        ("pull_request", "5"),
    ] {
        let runner = Runner::new().with("GITHUB_EVENT_NAME", event);
        let folder = runner.workspace().join(".github/workflows");
        fs::create_dir_all(&folder).unwrap();
        let workflow = "name: release\non:\n  pull_request_target:\n  workflow_run:\n  pull_request:\n";
        fs::write(folder.join("release.yml"), workflow).unwrap();
        copy_of("plain", &runner.workspace());
        let fork = json!({ "pull_request": { "head": { "repo": { "full_name": "eve/widgets" } }, "base": { "repo": { "full_name": "acme/widgets" } } } });
        let step = runner.event(&fork).step(&[("package_path", "plain")]).exits(2);
        let error = step.error();
        assert_eq!(error.properties["file"], ".github/workflows/release.yml");
        assert_eq!(error.properties["line"], line);
        assert!(
            error.data.contains(event) && error.data.contains("help: in .github/workflows/release.yml line"),
            "{}",
            error.data
        );
        assert_eq!(error.data.contains("a fork"), event == "pull_request");
        assert!(step.summary.starts_with("### Not published\n"), "{}", step.summary);
        assert_eq!(
            step.outputs,
            BTreeMap::from([("result".to_owned(), "refused".to_owned())])
        );
    }
}

#[test]
fn scripts_do_not_run_beside_an_identity_unless_the_risk_is_named() {
    let runner = || {
        let runner = Runner::new()
            .with("ACTIONS_ID_TOKEN_REQUEST_URL", "http://127.0.0.1:9/token")
            .with("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "canary-of-the-request")
            .input("dry-run", "true")
            .input("package_path", "widgets");
        copy_of("widgets", &runner.workspace());
        runner
    };
    let refused = runner();
    let step = refused.step(&[]).exits(2);
    assert_eq!(step.error().properties["title"], "certified-publish: build/shared-job");
    assert!(!refused.workspace().join("widgets/lib/build.json").exists());
    let step = refused.step(&[("mode", "build"), ("dry-run", "")]).exits(2);
    assert_eq!(step.error().properties["title"], "certified-publish: build/shared-job");
    runner().step(&[("ignore-scripts", "true")]).exits(0);
    let accepted = runner().step(&[("single-job", "i-accept-the-risk")]).exits(0);
    assert!(!accepted.said("stop-commands").is_empty());
    let misspelt = runner().step(&[("single-job", "true")]).exits(2);
    assert_eq!(misspelt.error().properties["title"], "certified-publish: action/input");
}

#[test]
fn a_mode_that_does_not_exist_says_which_do() {
    for (mode, words) in [("credential", "credentials"), ("publsh", "all nine steps")] {
        let step = Runner::new().step(&[("mode", mode)]).exits(2);
        assert_eq!(step.error().properties["title"], "certified-publish: action/mode");
        assert!(step.error().data.contains(words), "{}", step.error().data);
    }
}

#[test]
fn a_folder_outside_of_the_repository_is_refused() {
    for path in ["..", "/tmp", "nowhere", "$(touch pwned)", "a;b"] {
        let runner = Runner::new();
        let step = runner.step(&[("package_path", path)]).exits(2);
        assert_eq!(
            step.error().properties["title"],
            "certified-publish: action/package-path"
        );
        assert_eq!(fs::read_dir(runner.workspace()).unwrap().count(), 0);
    }
}
