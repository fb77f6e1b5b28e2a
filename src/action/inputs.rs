//! The inputs of the action's step, and the command line that they stand for: the same words.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use certified_pipeline::Step;

use super::ActionError;
use super::event::{Event, Variables};
use super::tag::{Tag, named};

/// What a step asked for.
pub(crate) struct Inputs<'a> {
    variable: Variables<'a>,
}

/// The input `mode`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mode {
    All,
    Step(Step),
    Verify,
}

impl<'a> Inputs<'a> {
    pub(crate) const fn new(variable: Variables<'a>) -> Self {
        Self { variable }
    }

    /// An input as the runner hands it over: upper case, underscores for spaces, dashes stay. Not given and empty are the same to it.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let value = (self.variable)(&variable(name))?;
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    pub(crate) fn mode(&self) -> Result<Mode, ActionError> {
        match self.get("mode").as_deref() {
            None | Some("all") => Ok(Mode::All),
            Some("verify") => Ok(Mode::Verify),
            Some(word) => word
                .parse()
                .map(Mode::Step)
                .map_err(|_| ActionError::Mode { found: word.to_owned() }),
        }
    }

    /// The command line for a mode. `workspace` is the checked-out repository.
    ///
    /// # Errors
    /// When an input is not what it should be.
    pub(crate) fn line(&self, mode: Mode, event: &Event, workspace: &Path) -> Result<Vec<OsString>, ActionError> {
        let command = match mode {
            Mode::All => "run",
            Mode::Verify => "verify",
            Mode::Step(step) => step.as_str(),
        };
        let mut line: Vec<OsString> = vec!["certified-publish".into(), command.into()];
        for flag in FLAGS.iter().filter(|flag| flag.modes.contains(mode)) {
            line.extend(self.flag(flag)?);
        }
        line.push("--".into());
        match mode {
            Mode::Verify => line.extend(self.lines("targets").into_iter().map(OsString::from)),
            _ => line.push(self.folder(event, workspace)?.into()),
        }
        Ok(line)
    }

    /// Whether this is `mode: all` that leaves nothing outside.
    pub(crate) fn is_dry_run(&self, mode: Mode) -> Result<bool, ActionError> {
        Ok(mode == Mode::All && self.switch("dry-run")?)
    }

    fn flag(&self, flag: &Flag) -> Result<Vec<OsString>, ActionError> {
        let name = flag.name;
        Ok(match flag.takes {
            Takes::Nothing if self.switch(name)? => vec![format!("--{name}").into()],
            Takes::Nothing => Vec::new(),
            Takes::Value => self
                .get(name)
                .map(|value| format!("--{name}={value}").into())
                .into_iter()
                .collect(),
            Takes::Lines => self
                .lines(name)
                .iter()
                .map(|value| format!("--{name}={value}").into())
                .collect(),
        })
    }

    fn switch(&self, name: &str) -> Result<bool, ActionError> {
        match self.get(name).map(|value| value.to_ascii_lowercase()).as_deref() {
            Some("true") => Ok(true),
            None | Some("false") => Ok(false),
            Some(_) => Err(ActionError::Switch {
                input: name.to_owned(),
                found: self.get(name).unwrap_or_default(),
            }),
        }
    }

    fn lines(&self, name: &str) -> Vec<String> {
        let value = self.get(name).unwrap_or_default();
        value
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// The input first; else the folder of the package that the release's tag names; else the repository.
    fn folder(&self, event: &Event, workspace: &Path) -> Result<PathBuf, ActionError> {
        let asked = ["package_path", "working-directory"]
            .into_iter()
            .find_map(|name| self.get(name));
        let Some(asked) = asked else {
            return event
                .tag()
                .map_or(Ok(workspace.to_owned()), |(text, tag)| tagged(text, &tag, workspace));
        };
        let folder = workspace.join(&asked);
        let inside = match (folder.canonicalize(), workspace.canonicalize()) {
            (Ok(folder), Ok(workspace)) => folder.starts_with(workspace),
            _ => false,
        };
        if inside {
            Ok(folder)
        } else {
            Err(ActionError::Outside { asked })
        }
    }
}

/// A tag that says one thing and a package.json that says another are one mistake too many for a release.
fn tagged(text: &str, tag: &Tag, workspace: &Path) -> Result<PathBuf, ActionError> {
    let folders = tag.folders(workspace);
    let folder = match folders.as_slice() {
        [] => workspace.to_owned(),
        [folder] => folder.clone(),
        _ => {
            return Err(ActionError::ManyFolders {
                tag: text.to_owned(),
                folders: folders.iter().map(|folder| relative(folder, workspace)).collect(),
            });
        }
    };
    match named(&folder) {
        Some((name, version)) if version != tag.version.to_string() => Err(ActionError::OtherVersion {
            tag: text.to_owned(),
            name,
            version,
        }),
        _ => Ok(folder),
    }
}

fn relative(folder: &Path, workspace: &Path) -> String {
    folder.strip_prefix(workspace).unwrap_or(folder).display().to_string()
}

/// The variable that carries an input.
pub(crate) fn variable(input: &str) -> String {
    format!("INPUT_{}", input.replace(' ', "_").to_uppercase())
}

/// An input that is an option of the command line.
struct Flag {
    name: &'static str,
    takes: Takes,
    modes: Modes,
}

#[derive(Clone, Copy)]
enum Takes {
    Nothing,
    Value,
    /// One value a line.
    Lines,
}

/// The modes that know an option.
#[derive(Clone, Copy)]
enum Modes {
    All,
    Release,
    Verify,
    Every,
}

impl Modes {
    const fn contains(self, mode: Mode) -> bool {
        match self {
            Self::All => matches!(mode, Mode::All),
            Self::Release => !matches!(mode, Mode::Verify),
            Self::Verify => matches!(mode, Mode::Verify),
            Self::Every => true,
        }
    }
}

const fn flag(name: &'static str, takes: Takes, modes: Modes) -> Flag {
    Flag { name, takes, modes }
}

const FLAGS: [Flag; 34] = [
    flag("dry-run", Takes::Nothing, Modes::All),
    flag("ignore-scripts", Takes::Nothing, Modes::Release),
    flag("single-job", Takes::Value, Modes::Release),
    flag("tag", Takes::Value, Modes::Release),
    flag("access", Takes::Value, Modes::Release),
    flag("key-algorithm", Takes::Value, Modes::Release),
    flag("update-package-json", Takes::Nothing, Modes::Release),
    flag("state", Takes::Value, Modes::Release),
    flag("policy-version", Takes::Value, Modes::Release),
    flag("allow-leak", Takes::Lines, Modes::Release),
    flag("require-approval", Takes::Value, Modes::Release),
    flag("attach-evidence", Takes::Nothing, Modes::Release),
    flag("commit-status", Takes::Nothing, Modes::Release),
    flag("github-api-url", Takes::Value, Modes::Release),
    flag("evidence", Takes::Value, Modes::Verify),
    flag("bundle", Takes::Value, Modes::Verify),
    flag("identity", Takes::Value, Modes::Verify),
    flag("issuer", Takes::Value, Modes::Verify),
    flag("without-issuer", Takes::Nothing, Modes::Verify),
    flag("offline", Takes::Nothing, Modes::Verify),
    flag("tarballs", Takes::Value, Modes::Verify),
    flag("policy", Takes::Value, Modes::Verify),
    flag("trust-state", Takes::Value, Modes::Verify),
    flag("confirm-identity", Takes::Lines, Modes::Verify),
    flag("sarif", Takes::Value, Modes::Verify),
    flag("chitty-id-url", Takes::Value, Modes::Every),
    flag("api-gateway-url", Takes::Value, Modes::Every),
    flag("registry-url", Takes::Value, Modes::Every),
    flag("chitty-auth-url", Takes::Value, Modes::Every),
    flag("npm-registry", Takes::Value, Modes::Every),
    flag("anchors", Takes::Value, Modes::Every),
    flag("store", Takes::Value, Modes::Every),
    flag("r2-bucket", Takes::Value, Modes::Every),
    flag("r2-public-url", Takes::Value, Modes::Every),
];

#[cfg(test)]
mod tests {
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
            ("chitty-id-url", "u"),
            ("api-gateway-url", "u"),
            ("registry-url", "u"),
            ("npm-registry", "u"),
            ("anchors", "f"),
            ("store", "s"),
            ("r2-bucket", "b"),
            ("r2-public-url", "u"),
        ];
        for mode in ["all", "verify"].into_iter().chain(Step::ALL.map(Step::as_str)) {
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
        assert!(matches!(line("doctor", &[], here), Err(ActionError::Mode { .. })));
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
        let text = include_str!("../../action.yml");
        let below = text.split_once(&format!("\n{heading}:\n")).unwrap().1;
        let below = below
            .lines()
            .take_while(|line| line.is_empty() || line.starts_with([' ', '#']));
        below
            .filter_map(|line| {
                Some(line.strip_prefix("  ")?.split_once(':')?.0).filter(|key| !key.starts_with([' ', '#']))
            })
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn action_yml_has_the_options_of_the_command_line_and_no_other_inputs() {
        let own = ["mode", "package_path", "working-directory", "targets"];
        let tokens = secrets::ALL
            .iter()
            .filter_map(|names| names.first()?.strip_prefix("INPUT_"));
        let mut expected: BTreeSet<String> = own
            .into_iter()
            .map(str::to_owned)
            .chain(tokens.map(str::to_lowercase))
            .collect();
        for command in Arguments::command().get_subcommands() {
            let ours = command.get_name() == "run"
                || command.get_name() == "verify"
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
            "left: inputs of action.yml, right: options of src/args.rs and tokens of src/secrets.rs"
        );
        let passed: BTreeSet<_> = FLAGS.iter().map(|flag| flag.name.to_owned()).collect();
        assert!(passed.is_subset(&expected) && passed.len() == FLAGS.len());
    }

    #[test]
    fn action_yml_has_the_outputs_that_are_written() {
        let written: BTreeSet<_> = super::super::outputs::NAMES
            .iter()
            .map(|name| (*name).to_owned())
            .collect();
        assert_eq!(keys("outputs"), written);
    }
}
