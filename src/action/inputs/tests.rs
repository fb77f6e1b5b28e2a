//! The inputs, and the command lines that they stand for.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

use std::collections::BTreeSet;
use std::fs;

use clap::CommandFactory as _;

use super::*;
use crate::args::Arguments;
use crate::secrets;

fn line(mode: &str, given: &[(&str, &str)], workspace: &Path) -> Result<Vec<String>, ActionError> {
    let of = |asked: &str| {
        let found = given.iter().find(|(name, _)| variable(name) == asked);
        found
            .map(|(_, value)| (*value).to_owned())
            .or_else(|| (asked == "INPUT_MODE").then(|| mode.to_owned()))
    };
    let inputs = Inputs::new(&of);
    let line = inputs.line(inputs.mode()?, &Event::default(), workspace)?;
    Ok(line
        .into_iter()
        .skip(1)
        .map(|word| word.into_string().unwrap())
        .collect())
}

#[test]
fn inputs_become_the_options_of_the_same_name() {
    let workspace = tempfile::tempdir().unwrap();
    fs::create_dir(workspace.path().join("-p")).unwrap();
    let given = [
        ("package_path", "-p"),
        ("tag", " next "),
        ("access", ""),
        ("ignore-scripts", "True"),
        ("dry-run", "false"),
        ("allow-leak", "a.txt\n\n  --json\n"),
        ("npm-registry", "https://npm.example"),
    ];
    let folder = workspace.path().join("-p").to_str().unwrap().to_owned();
    assert_eq!(
        line("", &given, workspace.path()).unwrap(),
        [
            "run",
            "--ignore-scripts",
            "--tag=next",
            "--allow-leak=a.txt",
            "--allow-leak=--json",
            "--npm-registry=https://npm.example",
            "--",
            &folder
        ]
    );
    assert_eq!(line("sign", &[], workspace.path()).unwrap().first().unwrap(), "sign");
    let verify = [("targets", "a@1.0.0\nb@2.0.0"), ("offline", "true"), ("tag", "next")];
    assert_eq!(
        line("verify", &verify, workspace.path()).unwrap(),
        ["verify", "--offline", "--", "a@1.0.0", "b@2.0.0"]
    );
}

#[test]
fn every_line_is_one_that_the_command_line_takes() {
    let workspace = tempfile::tempdir().unwrap();
    let given = [
        ("targets", "a@1.0.0"),
        ("dry-run", "true"),
        ("ignore-scripts", "true"),
        ("single-job", "i-accept-the-risk"),
        ("tag", "x"),
        ("access", "public"),
        ("stage", "true"),
        ("provenance", "true"),
        ("key-algorithm", "rsa-2048"),
        ("update-package-json", "true"),
        ("state", "s"),
        ("policy-version", "v2"),
        ("allow-leak", "a"),
        ("evidence", "e"),
        ("offline", "true"),
        ("tarballs", "t"),
        ("policy", "p"),
        ("trust-state", "t"),
        ("confirm-identity", "a\nb"),
        ("sarif", "s"),
        ("credentials", "A, B"),
        ("type", "t"),
        ("zones", "z"),
        ("connect-url", "u"),
        ("purpose", "p"),
        ("service", "s"),
        ("chitty-id-url", "u"),
        ("api-gateway-url", "u"),
        ("registry-url", "u"),
        ("npm-registry", "u"),
        ("anchors", "f"),
        ("store", "s"),
        ("r2-bucket", "b"),
        ("r2-public-url", "u"),
    ];
    for mode in ["all", "verify", "doctor", "status", "credentials"]
        .into_iter()
        .chain(Step::ALL.map(Step::as_str))
    {
        let mut words = line(mode, &given, workspace.path()).unwrap();
        words.insert(0, "certified-publish".into());
        Arguments::command()
            .try_get_matches_from(words)
            .unwrap_or_else(|error| panic!("{mode}: {error}"));
    }
}

#[test]
fn what_is_none_of_the_words_is_refused() {
    let here = Path::new(".");
    assert!(matches!(line("publsh", &[], here), Err(ActionError::Mode { .. })));
    assert!(matches!(
        line("all", &[("dry-run", "yes")], here),
        Err(ActionError::Switch { .. })
    ));
    for outside in ["..", "/", "nowhere"] {
        assert!(
            matches!(
                line("all", &[("package_path", outside)], here),
                Err(ActionError::Outside { .. })
            ),
            "{outside}"
        );
    }
}

/// The top-level keys below a heading of action.yml.
fn keys(heading: &str) -> BTreeSet<String> {
    let text = include_str!("../../../action.yml");
    let below = text.split_once(&format!("\n{heading}:\n")).unwrap().1;
    let below = below
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with([' ', '#']));
    below
        .filter_map(|line| Some(line.strip_prefix("  ")?.split_once(':')?.0).filter(|key| !key.starts_with([' ', '#'])))
        .map(str::to_owned)
        .collect()
}

#[test]
fn action_yml_has_the_options_of_the_command_line_and_no_other_inputs() {
    let own = ["mode", "package_path", "working-directory", "targets", "api_key"];
    let tokens = secrets::ALL
        .iter()
        .filter_map(|names| names.first()?.strip_prefix("INPUT_"));
    let mut expected: BTreeSet<String> = own
        .into_iter()
        .map(str::to_owned)
        .chain(tokens.map(str::to_lowercase))
        .collect();
    for command in Arguments::command().get_subcommands() {
        let ours = matches!(command.get_name(), "run" | "verify" | "credentials")
            || command.get_name().parse::<Step>().is_ok();
        if ours {
            let flags = command.get_arguments().filter_map(clap::Arg::get_long);
            // The action reads what `--json` prints itself.
            expected.extend(flags.filter(|flag| *flag != "json").map(str::to_owned));
        }
    }
    assert_eq!(
        keys("inputs"),
        expected,
        "left: inputs of action.yml, right: options of src/args/ and tokens of src/secrets.rs"
    );
    let passed: BTreeSet<_> = FLAGS.iter().map(|flag| flag.name.to_owned()).collect();
    assert!(passed.is_subset(&expected) && passed.len() == FLAGS.len());
}

#[test]
fn action_yml_has_the_outputs_that_are_written() {
    let written: BTreeSet<_> = crate::action::outputs::NAMES
        .iter()
        .chain(&crate::credentials::names())
        .map(|name| (*name).to_owned())
        .collect();
    assert_eq!(keys("outputs"), written);
}
