//! Trying as a maintainer would: a new repository with a package of two lines and a workflow of the README's, and nothing else. Whatever is
//! missing is named by one message with the line to add, and whoever does what each message says ends with a release.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Value, json};

use crate::archive::Scene;
use crate::credentials::identified;
use crate::meddling::shows;
use crate::runner::{Runner, Step, declared};
use crate::stage::program::Program;

#[test]
fn whoever_follows_the_advice_line_after_line_ends_with_a_release_and_stores_nothing() {
    let scene = Scene::start();
    let mut repository = Repository::new(&scene, Choice::Lent);
    let heard = repository.until_published();
    shows("first-time", &heard.join("\n"));
    assert!(repository.secrets.is_empty(), "{:?}", repository.secrets);
    // Whoever began with nothing has every line of the README's workflow now, but for the one that is for a first version on npm.
    let (with, permissions) = of_readme("### One job\n");
    let expected: BTreeMap<_, _> = with.into_iter().filter(|(input, _)| input != "npm-token").collect();
    assert_eq!(repository.with, expected);
    assert!(repository.may_say_who_it_is && permissions.contains("id-token: write"));
}

#[test]
fn the_workflow_of_two_jobs_lacks_nothing_but_what_only_the_owner_can_know() {
    let scene = Scene::start();
    let mut repository = Repository::new(&scene, Choice::Lent);
    let (with, permissions) = of_readme("### Two jobs");
    repository.with = with;
    repository.may_say_who_it_is = permissions.contains("id-token: write");
    repository.manifest = json!({ "name": "two-lines", "version": "1.0.0" });
    let heard = repository.until_published();
    shows("first-time-two-jobs", &heard.join("\n"));
    assert!(repository.secrets.is_empty(), "{:?}", repository.secrets);
}

#[test]
fn whoever_stores_tokens_instead_is_told_each_of_them() {
    let scene = Scene::start();
    let mut repository = Repository::new(&scene, Choice::Stored);
    let heard = repository.until_published();
    shows("first-time-with-stored-tokens", &heard.join("\n"));
    let kept: Vec<_> = repository.secrets.iter().map(String::as_str).collect();
    assert_eq!(kept, SECRETS, "these were asked for, and nothing else");
    assert!(!repository.may_say_who_it_is);
    assert!(scene.town.packument("two-lines")["versions"]["1.0.0"].is_object());
}

/// Which of two ways the owner goes wherever there are two.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Choice {
    Lent,
    Stored,
}

/// A repository on GitHub, as far as its owner can change it.
struct Repository<'a> {
    scene: &'a Scene,
    choice: Choice,
    /// package.json.
    manifest: Value,
    /// The lines below `with:`.
    with: BTreeMap<String, String>,
    /// `id-token: write`, below `permissions:`.
    may_say_who_it_is: bool,
    secrets: BTreeSet<String>,
    variables: BTreeSet<String>,
    /// Whether a file with the anchors was committed, and as what.
    anchors: Option<String>,
}

impl<'a> Repository<'a> {
    /// With nothing in it but a script, which makes it one whose code would run.
    fn new(scene: &'a Scene, choice: Choice) -> Self {
        Self {
            scene,
            choice,
            manifest: json!({ "scripts": { "build": "node --version" } }),
            with: BTreeMap::new(),
            may_say_who_it_is: false,
            secrets: BTreeSet::new(),
            variables: BTreeSet::new(),
            anchors: None,
        }
    }

    /// Releases, does what the message says, and releases again; what was heard on the way.
    fn until_published(&mut self) -> Vec<String> {
        let mut heard: Vec<String> = Vec::new();
        loop {
            let (step, workspace) = self.release();
            if step.code == 0 {
                assert_eq!(step.outputs["result"], "published");
                return heard;
            }
            let error = step.error();
            let data = error.data.replace(&workspace, "/workspace");
            let said = format!("{}\n{data}\n", error.properties["title"]);
            assert!(!heard.contains(&said), "the advice did not help:\n{said}");
            assert!(heard.len() < 14, "there is no end to it:\n{}", heard.join("\n"));
            let (_, help) = error.data.split_once("\nhelp: ").unwrap();
            self.follow(help);
            heard.push(said);
        }
    }

    /// The workflow on a new machine, for a release that was just made on GitHub. Only the addresses of the services are this town's.
    fn release(&self) -> (Step, String) {
        let services = self.scene.town.services();
        let runner = Runner::new()
            .with("CHITTY_ID_SERVICE", &services["CHITTY_ID_SERVICE"])
            .with("CHITTY_API_GATEWAY", &services["CHITTY_API_GATEWAY"])
            .with("CHITTY_CONNECT_SERVICE", &self.scene.connect)
            .with(
                "CERTIFIED_PUBLISH_CLOUDFLARE_API",
                &services["CERTIFIED_PUBLISH_CLOUDFLARE_API"],
            )
            .with("CERTIFIED_PUBLISH_NPM_REGISTRY", &self.npm())
            .event(&json!({ "release": { "tag_name": "v1.0.0", "author": { "login": "ada" } } }));
        let runner = if self.may_say_who_it_is {
            identified(runner, &self.scene.platform)
        } else {
            runner
        };
        // R2 of the account is the town's archive.
        let runner = match self.with.get("account-id") {
            Some(text) if !self.evaluated(text, &runner).is_empty() => {
                runner.with("CERTIFIED_PUBLISH_STORE", &self.of_town("CERTIFIED_PUBLISH_STORE"))
            }
            _ => runner,
        };
        let package = runner
            .workspace()
            .join(self.with.get("package_path").map_or(".", String::as_str));
        fs::create_dir_all(&package).unwrap();
        fs::write(package.join("package.json"), self.manifest.to_string()).unwrap();
        if let Some(file) = &self.anchors {
            let anchors = self.of_town("CERTIFIED_PUBLISH_ANCHORS");
            fs::copy(anchors, runner.workspace().join(file)).unwrap();
        }
        let lines = self.with.iter();
        let inputs: Vec<_> = lines
            .map(|(input, text)| (input.as_str(), self.evaluated(text, &runner)))
            .collect();
        let inputs: Vec<_> = inputs.iter().map(|(input, value)| (*input, value.as_str())).collect();
        (runner.step(&inputs), runner.workspace().to_str().unwrap().to_owned())
    }

    /// npm's own registry lets a workflow in by ChittyConnect's token here; the other one knows stored tokens.
    fn npm(&self) -> String {
        match self.choice {
            Choice::Lent => self.scene.town.services()["CERTIFIED_PUBLISH_NPM_REGISTRY"].clone(),
            Choice::Stored => self.of_town("CERTIFIED_PUBLISH_NPM_REGISTRY"),
        }
    }

    /// A line as GitHub hands it over: a secret or a variable that is not there is empty.
    fn evaluated(&self, text: &str, runner: &Runner) -> String {
        let mut value = text.to_owned();
        while let Some((before, rest)) = value.clone().split_once("${{ ") {
            let (expression, after) = rest.split_once(" }}").unwrap();
            let found = match expression.split_once('.').unwrap() {
                ("github", "workspace") => runner.workspace().to_str().unwrap().to_owned(),
                ("secrets", name) if self.secrets.contains(name) => self.of_town(name),
                ("vars", name) if self.variables.contains(name) => self.scene.town.services()[name].clone(),
                ("secrets" | "vars", _) => String::new(),
                _ => panic!("{text}"),
            };
            value = format!("{before}{found}{after}");
        }
        value
    }

    fn of_town(&self, variable: &str) -> String {
        let (id, key) = self.scene.town.s3_key();
        let program: Program = self
            .scene
            .town
            .program("state")
            .with("R2_ACCESS_KEY_ID", id)
            .with("R2_SECRET_ACCESS_KEY", key);
        let command = program.command();
        let mut all = command.get_envs();
        let found = all.find_map(|(name, value)| (name == variable).then_some(value)?);
        found.unwrap().to_str().unwrap().to_owned()
    }

    /// Does what stands between backticks in one of the ways that the message offers, and nothing else.
    fn follow(&mut self, help: &str) {
        let ways: Vec<_> = help.split("; or ").collect();
        // Nobody here has a second job.
        let chosen = |way: &&&str| match self.choice {
            Choice::Lent => !way.contains("gh secret set") && !way.contains("in another one"),
            Choice::Stored => way.contains("gh secret set"),
        };
        let way = ways.iter().find(chosen).unwrap_or(&ways[0]);
        let mut followed = 0;
        for instruction in way.split('`').skip(1).step_by(2) {
            if let Some(name) = instruction.strip_prefix("gh secret set ") {
                self.secrets.insert(name.strip_suffix(" --env npm").unwrap().to_owned());
            } else if let Some(name) = instruction.strip_prefix("gh variable set ") {
                self.variables.insert(name.to_owned());
            } else if instruction.ends_with(".json") && help.contains(&format!("commit them as `{instruction}`")) {
                self.anchors = Some(instruction.to_owned());
            } else if instruction == "id-token: write" {
                self.may_say_who_it_is = true;
            } else if let Some((name, value)) = member(instruction) {
                let value = if name == "name" { "two-lines" } else { value };
                self.manifest[name] = value.into();
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

/// A line of package.json.
fn member(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix('"')?.strip_suffix("\",")?.split_once("\": \"")
}

/// What a workflow of the README's says below `with:` of the step that publishes, and below `permissions:` of its job.
fn of_readme(heading: &str) -> (BTreeMap<String, String>, String) {
    let readme = include_str!("../../README.md");
    let section = readme.split(heading).nth(1).unwrap();
    let workflow = section.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let (job, step) = workflow.rsplit_once("uses: chittyos/certified-publish@v1\n").unwrap();
    let lines = step.lines().skip_while(|line| line.trim() != "with:").skip(1);
    let pairs = lines.map_while(|line| line.strip_prefix("          ")?.split_once(": "));
    let with = pairs
        .map(|(input, value)| (input.to_owned(), value.to_owned()))
        .collect();
    let permissions = job.rsplit("    permissions:\n").next().unwrap();
    let permissions = permissions.split("    steps:\n").next().unwrap();
    (with, permissions.to_owned())
}

const SECRETS: [&str; 6] = [
    "CHITTY_API_KEY",
    "CHITTY_ID_TOKEN",
    "CHITTY_REGISTRY_TOKEN",
    "NPM_TOKEN",
    "R2_ACCESS_KEY_ID",
    "R2_SECRET_ACCESS_KEY",
];
