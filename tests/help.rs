//! What `--help` says, word for word.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

use std::process::Command;

fn help(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_certified-publish"))
        .args(arguments)
        .arg("--help")
        // Nothing that is set on this machine may stand in a snapshot, nor the width of its terminal.
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn help_says_what_there_is() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("said");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::assert_snapshot!("help", help(&[]));
        insta::assert_snapshot!("help-run", help(&["run"]));
        insta::assert_snapshot!("help-verify", help(&["verify"]));
        insta::assert_snapshot!("help-services", help(&["services"]));
        insta::assert_snapshot!("help-trust-root", help(&["trust-root"]));
        insta::assert_snapshot!("help-pack", help(&["pack"]));
        insta::assert_snapshot!("help-credentials", help(&["credentials"]));
    });
}
