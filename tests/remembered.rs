//! What was verified before is held against what is shown now: a log with two histories, a package with less than it had.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use stage::program::Ran;
use stage::services::Services;
use stage::tools::{log_in, npm};
use tempfile::TempDir;

#[test]
fn a_log_that_only_grows_is_remembered_at_its_newest_head() {
    let place = Place::new();
    let services = place.services("one");
    certify(&place, &services, "@acme/widgets", "1.0.0");
    verify(&place, &services, &["@acme/widgets@1.0.0"]).exits(0);
    let before = place.remembered();
    certify(&place, &services, "@acme/gadget", "1.0.0");
    verify(&place, &services, &["@acme/widgets@1.0.0", "@acme/gadget@1.0.0"]).exits(0);
    let after = place.remembered();
    let size = |state: &Value| {
        state["logs"][0]
            .as_str()
            .unwrap()
            .lines()
            .nth(1)
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    assert!(size(&after) > size(&before), "{before:#} {after:#}");
    assert_eq!(after["packages"]["@acme/gadget"]["evidence"], "logged");
}

#[test]
fn a_log_with_a_second_history_is_refused_by_who_has_seen_the_first() {
    let place = Place::new();
    {
        let services = place.services("one");
        certify(&place, &services, "@acme/widgets", "1.0.0");
    }
    // From here on there are two logs of the same name with the same key, and each goes on by itself.
    copy(&place.folder("one"), &place.folder("other"));
    {
        let services = place.services("one");
        certify(&place, &services, "@acme/gadget", "1.0.0");
        verify(&place, &services, &["@acme/gadget@1.0.0"]).exits(0);
    }
    let before = place.remembered();
    let services = place.services("other");
    certify(&place, &services, "@acme/sprocket", "1.0.0");
    certify(&place, &services, "@acme/cog", "1.0.0");
    let ran = verify(&place, &services, &["@acme/cog@1.0.0"]).exits(40);
    assert!(ran.stderr.contains("[trust-state/split-view]"), "{}", ran.stderr);
    assert_eq!(place.remembered(), before, "nothing of a lying log is remembered");
    // Whoever has seen nothing before sees nothing wrong.
    fs::remove_file(place.file()).unwrap();
    verify(&place, &services, &["@acme/cog@1.0.0"]).exits(0);
}

#[test]
fn a_log_that_has_lost_entries_is_refused() {
    let place = Place::new();
    {
        let services = place.services("one");
        certify(&place, &services, "@acme/widgets", "1.0.0");
    }
    copy(&place.folder("one"), &place.folder("earlier"));
    {
        let services = place.services("one");
        certify(&place, &services, "@acme/gadget", "1.0.0");
        verify(&place, &services, &["@acme/gadget@1.0.0"]).exits(0);
    }
    let services = place.services("earlier");
    let ran = verify(&place, &services, &["@acme/widgets@1.0.0"]).exits(40);
    assert!(ran.stderr.contains("[trust-state/shrunk]"), "{}", ran.stderr);
}

#[test]
fn a_later_version_that_is_unsigned_is_a_downgrade_and_an_earlier_one_is_not() {
    let place = Place::new();
    let services = place.services("one");
    certify(&place, &services, "@acme/widgets", "1.0.0");
    verify(&place, &services, &["@acme/widgets@1.0.0"]).exits(0);
    for version in ["0.9.0", "1.1.0"] {
        publish_plain(&place, &services, "@acme/widgets", version);
    }
    let locked = |version: &str| {
        let lock =
            json!({ "lockfileVersion": 3, "packages": { "node_modules/@acme/widgets": { "version": version } } });
        fs::write(place.folder("work").join("package-lock.json"), lock.to_string()).unwrap();
        verify(&place, &services, &["package-lock.json"])
    };
    locked("0.9.0").exits(0);
    let ran = locked("1.1.0").exits(2);
    assert!(ran.stderr.contains("[policy/downgrade]"), "{}", ran.stderr);
    fs::write(
        place.folder("work").join("policy.toml"),
        "no-downgrade = false\n[[rule]]\npackages = [\"*\"]\nevidence = \"none\"\n",
    )
    .unwrap();
    verify(&place, &services, &["package-lock.json", "--policy", "policy.toml"]).exits(0);
}

#[test]
fn a_memory_that_was_cut_or_changed_or_is_in_use_is_not_used() {
    let place = Place::new();
    let services = place.services("one");
    certify(&place, &services, "@acme/widgets", "1.0.0");
    let look = || verify(&place, &services, &["@acme/widgets@1.0.0"]);
    look().exits(0);
    let good = fs::read_to_string(place.file()).unwrap();
    for (text, code) in [
        (good.replace("1.0.0", "3.0.0"), "trust-state/tampered"),
        (good[..good.len() / 2].to_owned(), "trust-state/unreadable"),
        (String::new(), "trust-state/unreadable"),
    ] {
        fs::write(place.file(), &text).unwrap();
        let ran = look().exits(40);
        assert!(ran.stderr.contains(&format!("error[{code}]")), "{}", ran.stderr);
        assert_eq!(fs::read_to_string(place.file()).unwrap(), text);
    }
    fs::write(place.file(), &good).unwrap();
    let held = fs::File::options()
        .append(true)
        .open(place.folder("work").join("trust.json.lock"))
        .unwrap();
    held.lock().unwrap();
    let ran = look().exits(10);
    assert!(ran.stderr.contains("error[trust-state/locked]"), "{}", ran.stderr);
    held.unlock().unwrap();
    look().exits(0);
}

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.0.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn services(&self, data: &str) -> Services {
        Services::start(&self.folder(data), &self.folder("home"), &[])
    }

    fn file(&self) -> PathBuf {
        self.folder("work").join("trust.json")
    }

    fn remembered(&self) -> Value {
        serde_json::from_slice(&fs::read(self.file()).unwrap()).unwrap()
    }
}

fn certify(place: &Place, services: &Services, name: &str, version: &str) {
    let folder = place.folder(&format!("package-{}", name.replace('/', "-")));
    fs::write(
        folder.join("package.json"),
        json!({ "name": name, "version": version }).to_string(),
    )
    .unwrap();
    let program = services.program(&place.folder("home"));
    program.run(&folder, &["run"]).exits(0);
}

fn verify(place: &Place, services: &Services, arguments: &[&str]) -> Ran {
    let remember = ["--trust-state", "trust.json"];
    let program = services.program(&place.folder("home"));
    program
        .without_secrets()
        .run(&place.folder("work"), &[&["verify"], arguments, &remember].concat())
}

fn publish_plain(place: &Place, services: &Services, name: &str, version: &str) {
    let folder = place.folder("plain");
    fs::write(
        folder.join("package.json"),
        json!({ "name": name, "version": version }).to_string(),
    )
    .unwrap();
    let registry = &services.assignments["CERTIFIED_PUBLISH_NPM_REGISTRY"];
    log_in(&folder, registry, &services.assignments["NPM_TOKEN"]);
    npm(&folder, registry, &["publish", "--access", "public", "--tag", "other"]);
}

fn copy(from: &Path, to: &Path) {
    let done = std::process::Command::new("cp")
        .arg("-a")
        .arg(from.join("."))
        .arg(to)
        .status()
        .unwrap();
    assert!(done.success());
}
