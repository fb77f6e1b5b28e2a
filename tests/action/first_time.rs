//! Trying as a maintainer would: a new repository with a package of two lines and the README's workflow, and nothing else. Whatever is
//! missing is named by one message with the line to add, and whoever does what each message says ends with a release.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::json;

use crate::meddling::shows;
use crate::runner::{Runner, Step, declared};
use crate::stage::town::Town;

#[test]
fn whoever_follows_the_advice_line_after_line_ends_with_a_release() {
    let town = Town::start();
    let mut repository = Repository::new(&town, workflow());
    let heard = repository.until_published();
    shows("first-time", &heard.join("\n"));
    let kept: Vec<_> = repository.secrets.iter().map(String::as_str).collect();
    assert_eq!(kept, SECRETS, "these were asked for, and nothing else");
    assert!(town.packument("two-lines")["versions"]["1.0.0"].is_object());
}

#[test]
fn whoever_begins_with_nothing_below_with_is_told_every_line_of_the_readme() {
    let town = Town::start();
    let mut repository = Repository::new(&town, BTreeMap::new());
    let heard = repository.until_published();
    shows("first-time-without-inputs", &heard.join("\n"));
    assert_eq!(repository.with, workflow());
}

/// A repository on GitHub, as far as its owner can change it.
struct Repository<'a> {
    town: &'a Town,
    /// The lines below `with:`.
    with: BTreeMap<String, String>,
    secrets: BTreeSet<String>,
    variables: BTreeSet<String>,
    /// Whether a file with the anchors was committed, and as what.
    anchors: Option<String>,
}

impl<'a> Repository<'a> {
    fn new(town: &'a Town, with: BTreeMap<String, String>) -> Self {
        Self {
            town,
            with,
            secrets: BTreeSet::new(),
            variables: BTreeSet::new(),
            anchors: None,
        }
    }

    /// Releases, does what the message says, and releases again; what was heard on the way.
    fn until_published(&mut self) -> Vec<String> {
        let mut heard: Vec<String> = Vec::new();
        loop {
            let step = self.release();
            if step.code == 0 {
                assert_eq!(step.outputs["result"], "published");
                return heard;
            }
            let error = step.error();
            let said = format!("{}\n{}\n", error.properties["title"], error.data);
            assert!(!heard.contains(&said), "the advice did not help:\n{said}");
            assert!(heard.len() < 12, "there is no end to it:\n{}", heard.join("\n"));
            let (_, help) = error.data.split_once("\nhelp: ").unwrap();
            self.follow(help);
            heard.push(said);
        }
    }

    /// The workflow on a new machine, for a release that was just made on GitHub. Only the addresses of the services are this town's.
    fn release(&self) -> Step {
        let places = [
            "CHITTY_ID_SERVICE",
            "CHITTY_API_GATEWAY",
            "CERTIFIED_PUBLISH_NPM_REGISTRY",
        ];
        let runner = places
            .iter()
            .fold(Runner::new(), |runner, name| runner.with(name, &self.of_town(name)))
            .event(&json!({ "release": { "tag_name": "v1.0.0", "author": { "login": "ada" } } }));
        let manifest = "{\n  \"name\": \"two-lines\", \"version\": \"1.0.0\"\n}\n";
        fs::write(runner.workspace().join("package.json"), manifest).unwrap();
        if let Some(file) = &self.anchors {
            let anchors = self.of_town("CERTIFIED_PUBLISH_ANCHORS");
            fs::copy(anchors, runner.workspace().join(file)).unwrap();
        }
        let inputs: Vec<_> = self
            .with
            .iter()
            .map(|(input, text)| (input.as_str(), self.evaluated(text)))
            .collect();
        let inputs: Vec<_> = inputs.iter().map(|(input, value)| (*input, value.as_str())).collect();
        runner.step(&inputs)
    }

    /// A line as GitHub hands it over: a secret or a variable that is not there is empty. The archive of this account is the town's.
    fn evaluated(&self, text: &str) -> String {
        let mut value = text.to_owned();
        while let Some((before, rest)) = value.clone().split_once("${{ ") {
            let (expression, after) = rest.split_once(" }}").unwrap();
            let found = match expression.split_once('.').unwrap() {
                ("secrets", name) if self.secrets.contains(name) => self.of_town(name),
                ("vars", name) if self.variables.contains(name) => "acme".to_owned(),
                ("secrets" | "vars", _) => String::new(),
                _ => panic!("{text}"),
            };
            value = format!("{before}{found}{after}");
        }
        match value.as_str() {
            "https://acme.r2.cloudflarestorage.com" => self.of_town("CERTIFIED_PUBLISH_STORE"),
            _ => value,
        }
    }

    fn of_town(&self, variable: &str) -> String {
        let command = self.town.program("state").command();
        let mut all = command.get_envs();
        let found = all.find_map(|(name, value)| (name == variable).then_some(value)?);
        found.unwrap().to_str().unwrap().to_owned()
    }

    /// Does what stands between backticks, and nothing else.
    fn follow(&mut self, help: &str) {
        let mut followed = 0;
        for instruction in help.split('`').skip(1).step_by(2) {
            if let Some(name) = instruction.strip_prefix("gh secret set ") {
                self.secrets.insert(name.strip_suffix(" --env npm").unwrap().to_owned());
            } else if let Some(name) = instruction.strip_prefix("gh variable set ") {
                self.variables.insert(name.to_owned());
            } else if instruction.ends_with(".json") && help.contains(&format!("commit them as `{instruction}`")) {
                self.anchors = Some(instruction.to_owned());
            } else if let Some((input, value)) = instruction.split_once(": ") {
                assert!(declared().iter().any(|known| known == input), "{help}");
                self.with.insert(input.to_owned(), value.to_owned());
            } else {
                continue;
            }
            followed += 1;
        }
        assert!(followed > 0, "nothing to follow: {help}");
    }
}

/// What the README's workflow of one job says below `with:` of the step that publishes.
fn workflow() -> BTreeMap<String, String> {
    let readme = include_str!("../../README.md");
    let section = readme.split("### One job\n").nth(1).unwrap();
    let workflow = section.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let step = workflow.split("uses: chittyos/certified-publish@v1\n").nth(1).unwrap();
    let lines = step.lines().skip_while(|line| line.trim() != "with:").skip(1);
    let pairs = lines.map_while(|line| line.strip_prefix("          ")?.split_once(": "));
    pairs
        .map(|(input, value)| (input.to_owned(), value.to_owned()))
        .collect()
}

const SECRETS: [&str; 6] = [
    "CHITTY_API_KEY",
    "CHITTY_ID_TOKEN",
    "CHITTY_REGISTRY_TOKEN",
    "NPM_TOKEN",
    "R2_ACCESS_KEY_ID",
    "R2_SECRET_ACCESS_KEY",
];
