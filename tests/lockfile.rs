//! A whole dependency tree: what a lockfile names, verified at once, held against a policy, online and from files alone.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use stage::program::{Program, Ran};
use stage::services::Services;
use stage::tools::npm;
use tempfile::TempDir;

#[test]
fn each_release_of_a_lockfile_gets_its_verdict_and_what_is_wrong_comes_first() {
    let shelf = Shelf::filled();
    let ran = shelf.verify(&["package-lock.json"]).exits(40);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    let line = |beginning: &str| {
        let found = lines.iter().position(|line| line.starts_with(beginning));
        found.unwrap_or_else(|| panic!("no line begins with `{beginning}`:\n{}", ran.stderr))
    };
    assert!(ran.stderr.contains("  REFUSED  archive "), "{}", ran.stderr);
    assert!(ran.stderr.contains("[lockfile/other-integrity]"), "{}", ran.stderr);
    let counts =
        line("1 verified, 1 unsigned, 2 refused, 0 cannot be judged, 0 against the policy, 2 not from a registry");
    assert!(line("refused @acme/gadget@1.0.0 (package-lock.json:") < counts);
    assert!(line("refused swapped@1.0.0 (package-lock.json:") < counts);
    assert!(line("  verified @acme/widgets@1.2.3") > counts);
    assert!(line("  unsigned plain@1.0.0") > counts);
    assert!(line("  not looked at from-git: git, git+ssh://") > counts);
    assert!(line("  not looked at local: link, packages/local") > counts);
}

#[test]
fn the_json_of_a_lockfile_has_a_summary_and_every_check_with_its_evidence() {
    let shelf = Shelf::filled();
    let found = shelf.verify(&["package-lock.json", "--json"]).exits(40).json();
    let summary = json!({ "packages": 4, "verified": 1, "unsigned": 1, "refused": 2, "cannot_judge": 0, "violations": 0, "elsewhere": 2 });
    assert_eq!(found["summary"], summary);
    let verdicts: Vec<_> = found["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["target"].as_str().unwrap(), p["verdict"].as_str().unwrap()))
        .collect();
    // In the order of the file.
    let expected = [
        ("@acme/gadget@1.0.0", "refused"),
        ("@acme/widgets@1.2.3", "verified"),
        ("plain@1.0.0", "unsigned"),
        ("swapped@1.0.0", "refused"),
    ];
    assert_eq!(verdicts, expected);
    let widgets = &found["packages"][1];
    for check in widgets["checks"].as_array().unwrap() {
        assert_eq!(check["finding"]["result"], "passed", "{check:#}");
        assert!(check["finding"]["evidence"].is_string(), "{check:#}");
    }
    assert_eq!(widgets["place"]["file"], "package-lock.json");
    let text = fs::read_to_string(shelf.project().join("package-lock.json")).unwrap();
    let line = usize::try_from(widgets["place"]["line"].as_u64().unwrap()).unwrap();
    assert!(text.lines().nth(line - 1).unwrap().contains("@acme/widgets"));
}

#[test]
fn unsigned_dependencies_and_the_projects_own_folders_fail_no_run_and_a_single_unsigned_release_does() {
    let shelf = Shelf::filled();
    shelf.lock(&["@acme/widgets", "plain"]);
    // The folder stands for its lockfile.
    let ran = shelf.verify(&["."]).exits(0);
    assert!(
        ran.stderr.starts_with("1 verified, 1 unsigned, 0 refused"),
        "{}",
        ran.stderr
    );
    shelf.verify(&["plain@1.0.0"]).exits(40);
    shelf.verify(&["@acme/widgets@1.2.3", "package-lock.json"]).exits(0);
}

#[test]
fn a_policy_decides_what_may_be_installed() {
    let shelf = Shelf::filled();
    shelf.lock(&["@acme/widgets", "plain"]);
    let held = |policy: &str, arguments: &[&str]| {
        fs::write(shelf.project().join("policy.toml"), policy).unwrap();
        shelf.verify(&[arguments, &["--policy", "policy.toml"]].concat())
    };
    held(LENIENT, &["package-lock.json"]).exits(0);
    held(LENIENT, &["plain@1.0.0"]).exits(0);
    let strict = "[[rule]]\npackages = [\"*\"]\n";
    let ran = held(strict, &["package-lock.json"]).exits(2);
    assert!(ran.stderr.contains("[policy/too-little-evidence]"), "{}", ran.stderr);
    let denied = format!("{LENIENT}[[rule]]\npackages = [\"plain\"]\ndeny = \"we have our own\"\n");
    let found = held(&denied, &["package-lock.json", "--json"]).exits(2).json();
    assert_eq!(found["summary"]["violations"], 1);
    assert_eq!(found["packages"][1]["violations"][0]["code"], "policy/denied");
    let elsewhere = format!("only-from-registry = true\n{LENIENT}");
    shelf.lock(&["@acme/widgets", "from-git", "local"]);
    let ran = held(&elsewhere, &["package-lock.json"]).exits(2);
    assert!(ran.stderr.contains("[policy/not-from-registry]"), "{}", ran.stderr);
    assert!(ran.stderr.contains("1 against the policy"), "{}", ran.stderr);
    let ran = held("[[rules]]\n", &["package-lock.json"]).exits(2);
    assert!(ran.stderr.contains("error[policy/unreadable]"), "{}", ran.stderr);
    let ran = held("no-downgrade = true\n", &["package-lock.json"]).exits(2);
    assert!(ran.stderr.contains("error[policy/no-memory]"), "{}", ran.stderr);
}

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

#[test]
fn a_lockfile_is_judged_from_npms_cache_and_a_folder_of_evidence_without_a_socket() {
    let shelf = Shelf::filled();
    let tarballs = shelf.folder("tarballs");
    let evidence = shelf.folder("evidence");
    let report = &shelf.reports["@acme/widgets"];
    let (folder, file) = (
        report["evidence"].as_str().unwrap(),
        report["certified"]["filename"].as_str().unwrap(),
    );
    fs::copy(
        Path::new(folder).join("evidence.json"),
        evidence.join("acme-widgets-1.2.3.evidence.json"),
    )
    .unwrap();
    // npm's cache keeps a tarball under its SHA-512; a folder keeps it under its name.
    let digest = published(report);
    let hex = digest.hex();
    let cached = tarballs
        .join("_cacache/content-v2/sha512")
        .join(&hex[..2])
        .join(&hex[2..4]);
    fs::create_dir_all(&cached).unwrap();
    fs::copy(
        Path::new(folder).join(format!("{file}.published")),
        cached.join(&hex[4..]),
    )
    .unwrap();
    npm(
        &tarballs,
        "http://127.0.0.1:9/",
        &["pack", shelf.folder("plain").to_str().unwrap()],
    );
    shelf.lock(&["@acme/widgets", "plain"]);
    let arguments = [
        "package-lock.json",
        "--offline",
        "--tarballs",
        tarballs.to_str().unwrap(),
        "--evidence",
        evidence.to_str().unwrap(),
    ];
    let ran = shelf.verify(&arguments).exits(0);
    assert!(ran.stderr.contains("  verified @acme/widgets@1.2.3"), "{}", ran.stderr);
    assert!(ran.stderr.contains("  unsigned plain@1.0.0"), "{}", ran.stderr);
    assert_eq!(internet_sockets(&shelf, &arguments), Vec::<String>::new());
    // The same look at a run that asks sees what it asks with.
    assert!(!internet_sockets(&shelf, &["plain@1.0.0"]).is_empty());

    fs::remove_dir_all(tarballs.join("_cacache")).unwrap();
    let ran = shelf.verify(&arguments).exits(2);
    assert!(
        ran.stderr.contains("cannot judge @acme/widgets@1.2.3"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_registry_that_hides_the_block_is_found_out_by_chittyregistry() {
    let shelf = Shelf::filled();
    let other = shelf.folder("other-services");
    // Another registry, of somebody who publishes the same release without its block.
    let theirs = Services::start(&other, &shelf.folder("home"), &[]);
    let bare = shelf.folder("bare");
    fs::write(
        bare.join("package.json"),
        r#"{"name":"@acme/widgets","version":"1.2.3"}"#,
    )
    .unwrap();
    publish(&theirs.assignments, &bare);
    let mut lock: Value = lockfile(&BTreeMap::new(), &["@acme/widgets"], &shelf.reports);
    lock["packages"]["node_modules/@acme/widgets"]
        .as_object_mut()
        .unwrap()
        .shift_remove("integrity");
    fs::write(shelf.project().join("package-lock.json"), lock.to_string()).unwrap();
    let program = shelf.program().with(
        "CERTIFIED_PUBLISH_NPM_REGISTRY",
        &theirs.assignments["CERTIFIED_PUBLISH_NPM_REGISTRY"],
    );
    let ran = program
        .run(&shelf.project(), &["verify", "package-lock.json"])
        .exits(40);
    assert!(ran.stderr.contains("[registry/hidden-block]"), "{}", ran.stderr);
}

#[test]
fn a_service_that_cannot_be_reached_leaves_the_verdict_open_and_may_be_asked_again() {
    let shelf = Shelf::filled();
    shelf.lock(&["@acme/widgets", "plain"]);
    let program = shelf.program().with("CHITTY_REGISTRY", "http://127.0.0.1:9/");
    let ran = program
        .run(&shelf.project(), &["verify", "package-lock.json", "--json"])
        .exits(10);
    let found = ran.json();
    assert_eq!(found["summary"]["cannot_judge"], 2);
    assert_eq!(found["packages"][0]["unavailable"], true);
}

#[test]
fn a_lockfile_that_cannot_be_read_is_refused_by_name() {
    let shelf = Shelf::filled();
    for (file, text, code) in [
        ("package-lock.json", "{", "lockfile/syntax"),
        ("yarn.lock", "hello", "lockfile/unknown-format"),
        ("pnpm-lock.yaml", "lockfileVersion: '3.0'\n", "lockfile/version"),
    ] {
        fs::write(shelf.project().join(file), text).unwrap();
        let ran = shelf.verify(&[file]).exits(2);
        assert!(ran.stderr.contains(&format!("error[{code}]")), "{}", ran.stderr);
    }
    // Two package managers, two opinions.
    let ran = shelf.verify(&["."]).exits(2);
    assert!(
        ran.stderr.contains("package-lock.json and pnpm-lock.yaml"),
        "{}",
        ran.stderr
    );
}

/// Services with two certified releases, one of whose archived tarballs was changed, two plain ones, and a project that installs them.
struct Shelf {
    services: Services,
    reports: BTreeMap<String, Value>,
    plain: BTreeMap<String, String>,
    place: TempDir,
}

impl Shelf {
    fn filled() -> Self {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| {
            let folder = place.path().join(name);
            fs::create_dir_all(&folder).unwrap();
            folder
        };
        let mut shelf = Self {
            services: Services::start(&at("services"), &at("home"), &[]),
            reports: BTreeMap::new(),
            plain: BTreeMap::new(),
            place,
        };
        for (name, version) in [("@acme/widgets", "1.2.3"), ("@acme/gadget", "1.0.0")] {
            shelf.certify(name, version);
        }
        for name in ["plain", "swapped"] {
            let folder = shelf.folder(name);
            fs::write(
                folder.join("package.json"),
                json!({ "name": name, "version": "1.0.0" }).to_string(),
            )
            .unwrap();
            publish(&shelf.services.assignments, &folder);
            let registry = &shelf.services.assignments["CERTIFIED_PUBLISH_NPM_REGISTRY"];
            let integrity = npm(&folder, registry, &["view", name, "dist.integrity"])
                .trim()
                .to_owned();
            shelf.plain.insert(name.to_owned(), integrity);
        }
        // What is installed instead is anything else.
        shelf.plain.insert(
            "swapped".into(),
            certified_evidence::Integrity::of(b"other bytes").to_string(),
        );
        let archived = "chittyos-packages/packages/@acme/gadget/1.0.0.tgz";
        fs::write(
            Path::new(&shelf.services.assignments["CERTIFIED_PUBLISH_STORE"]).join(archived),
            "changed",
        )
        .unwrap();
        shelf.lock(&["@acme/gadget", "@acme/widgets", "plain", "swapped", "from-git", "local"]);
        shelf
    }

    fn certify(&mut self, name: &str, version: &str) {
        let folder = self.folder(&format!("package-{}", name.replace('/', "-")));
        fs::write(
            folder.join("package.json"),
            json!({ "name": name, "version": version }).to_string(),
        )
        .unwrap();
        fs::write(folder.join("index.js"), "module.exports = 1\n").unwrap();
        let assignments = self.services.assignments.iter();
        let program = assignments.fold(Program::new(&self.folder("home")), |program, (name, value)| {
            program.with(name, value)
        });
        let report = program.run(&folder, &["run", "--json"]).exits(0).json();
        self.reports.insert(name.to_owned(), report);
    }

    /// Writes the project's lockfile.
    fn lock(&self, names: &[&str]) {
        let text = format!("{:#}\n", lockfile(&self.plain, names, &self.reports));
        fs::write(self.project().join("package-lock.json"), text).unwrap();
    }

    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.place.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn project(&self) -> PathBuf {
        self.folder("project")
    }

    /// As a stranger has it, without any token.
    fn program(&self) -> Program {
        let assignments = self.services.assignments.iter();
        let program = assignments.fold(Program::new(&self.folder("home")), |program, (name, value)| {
            program.with(name, value)
        });
        program.without_secrets()
    }

    fn verify(&self, arguments: &[&str]) -> Ran {
        self.program().run(&self.project(), &[&["verify"], arguments].concat())
    }
}

/// Version 3, as npm writes it.
fn lockfile(plain: &BTreeMap<String, String>, names: &[&str], reports: &BTreeMap<String, Value>) -> Value {
    let mut packages = json!({ "": { "name": "consumer" } });
    for name in names {
        let (key, entry) = match *name {
            "from-git" => (
                "node_modules/from-git".to_owned(),
                json!({ "version": "1.0.0", "resolved": "git+ssh://git@example.com/a.git#0123" }),
            ),
            "local" => (
                "node_modules/local".to_owned(),
                json!({ "resolved": "packages/local", "link": true }),
            ),
            name => {
                let (version, integrity) = match reports.get(name) {
                    Some(report) => (report["version"].clone(), report["published"]["integrity"].clone()),
                    None => (json!("1.0.0"), json!(plain[name])),
                };
                (
                    format!("node_modules/{name}"),
                    json!({ "version": version, "integrity": integrity }),
                )
            }
        };
        packages[key] = entry;
    }
    json!({ "name": "consumer", "lockfileVersion": 3, "packages": packages })
}

fn publish(assignments: &BTreeMap<String, String>, folder: &Path) {
    let registry = &assignments["CERTIFIED_PUBLISH_NPM_REGISTRY"];
    let host = registry.trim_start_matches("http:");
    fs::write(
        folder.join(".npmrc"),
        format!("{host}:_authToken={}\n", assignments["NPM_TOKEN"]),
    )
    .unwrap();
    npm(folder, registry, &["publish", "--access", "public"]);
    fs::remove_file(folder.join(".npmrc")).unwrap();
}

fn published(report: &Value) -> certified_evidence::Integrity {
    report["published"]["integrity"].as_str().unwrap().parse().unwrap()
}

/// The sockets of the internet that a run has: as the kernel was asked for them where strace is there, else as the kernel shows them.
fn internet_sockets(shelf: &Shelf, arguments: &[&str]) -> Vec<String> {
    let arguments = [&["verify"], arguments].concat();
    if Command::new("strace").arg("-V").output().is_err() {
        let mut sockets = stage::listening::Sockets::default();
        shelf
            .program()
            .run_watched(&shelf.project(), &arguments, |process| sockets.look(process));
        return sockets
            .connected
            .iter()
            .chain(&sockets.listening)
            .map(ToString::to_string)
            .collect();
    }
    let seen = shelf.folder("home").join("strace");
    let program = shelf.program();
    let ours = program.command();
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-e", "trace=%network", "-o"])
        .arg(&seen)
        .arg(ours.get_program());
    command
        .env_clear()
        .envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let ran = command.args(arguments).current_dir(shelf.project()).output().unwrap();
    assert!(ran.status.code().is_some(), "{ran:?}");
    let seen = fs::read_to_string(seen).unwrap();
    seen.lines()
        .filter(|line| line.contains("AF_INET"))
        .map(str::to_owned)
        .collect()
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

const LENIENT: &str =
    "[[rule]]\npackages = [\"@acme/*\"]\nevidence = \"logged\"\n\n[[rule]]\npackages = [\"*\"]\nevidence = \"none\"\n";
