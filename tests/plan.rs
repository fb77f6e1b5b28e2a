//! The plan of the house held against its manifests: which room opens onto which, what every crate has in common, and
//! what the rooms that only think must not bring in.
#![expect(clippy::unwrap_used, reason = "a manifest that cannot be read is a failed test")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// What a room may import, and what its tests may import besides.
struct Room {
    name: &'static str,
    opens_onto: &'static [&'static str],
    tests_open_onto: &'static [&'static str],
}

impl Room {
    const fn new(
        name: &'static str,
        opens_onto: &'static [&'static str],
        tests_open_onto: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            opens_onto,
            tests_open_onto,
        }
    }
}

/// Top to bottom. `src` is the package at the root of the repository.
const PLAN: [Room; 7] = [
    Room::new(
        "src",
        &["pipeline", "services", "client", "verify", "evidence", "pack"],
        &[],
    ),
    // Never services: it knows addresses, not who answers.
    Room::new("pipeline", &["client", "verify", "pack", "evidence"], &["services"]),
    // Never client: what the two agree on is in evidence.
    Room::new("services", &["evidence"], &[]),
    Room::new("client", &["evidence"], &["services"]),
    // Never a clock, never the network.
    Room::new("verify", &["evidence", "pack"], &[]),
    Room::new("pack", &[], &[]),
    Room::new("evidence", &[], &[]),
];

/// The rooms that only think: no runtime, no sockets.
const PURE: [&str; 3] = ["verify", "evidence", "pack"];
/// What others build runtimes, sockets, clients and local clocks of.
const NOT_IN_A_PURE_ROOM: [&str; 14] = [
    "tokio",
    "reqwest",
    "async-std",
    "smol",
    "mio",
    "polling",
    "socket2",
    "hyper",
    "ureq",
    "curl-sys",
    "h2",
    "rustls",
    "chrono",
    "iana-time-zone",
];
/// The rooms that are told everything: even a file is opened by whoever asks them.
const TOLD_EVERYTHING: [&str; 2] = ["verify", "evidence"];
/// How the standard library and the crates in the tree say what time it is, open files and sockets, start programs, and look around.
const ASKS_SOMEBODY: [&str; 11] = [
    "SystemTime",
    "Instant::",
    "::now(",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::os",
    "File::open",
    "use std::{",
];

#[test]
fn rooms_open_only_onto_the_rooms_in_the_plan() {
    for room in &PLAN {
        let manifest = manifest(room);
        for (table, imported) in rooms_named_in(&manifest) {
            let in_tests = table.ends_with("dev-dependencies") && room.tests_open_onto.contains(&imported.as_str());
            assert!(
                in_tests || room.opens_onto.contains(&imported.as_str()),
                "{path}: remove `certified-{imported}` from [{table}]. {name} may open only onto {allowed}; if the plan \
                 itself is to change, change PLAN in tests/plan.rs and the map in CONTRIBUTING.md",
                path = manifest_path(room),
                name = room.name,
                allowed = sentence(room.opens_onto),
            );
        }
    }
}

#[test]
fn every_room_is_in_the_plan() {
    let planned: BTreeSet<_> = PLAN
        .iter()
        .map(|room| room.name.to_owned())
        .filter(|name| name != "src")
        .collect();
    let found: BTreeSet<_> = fs::read_dir(root().join("lib"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("Cargo.toml").exists())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(
        found, planned,
        "folders of lib/ on the left: add a new room to PLAN in tests/plan.rs, or remove a lost one"
    );
}

#[test]
fn every_room_is_called_certified_and_its_folder() {
    for room in PLAN.iter().filter(|room| room.name != "src") {
        let manifest = manifest(room);
        assert_eq!(
            manifest["package"]["name"].as_str(),
            Some(format!("certified-{}", room.name).as_str()),
            "{}: set package.name to the word on the right",
            manifest_path(room),
        );
    }
}

#[test]
fn the_map_in_contributing_shows_the_plan() {
    let page = read("CONTRIBUTING.md");
    for room in &PLAN {
        let arrow = format!("{:<8} → {}", room.name, sentence(room.opens_onto));
        assert!(
            page.lines()
                .any(|line| line == arrow || line.starts_with(&format!("{arrow}  "))),
            "CONTRIBUTING.md: the map of rooms needs the line `{arrow}` (a remark may follow after two spaces)"
        );
    }
}

#[test]
fn every_crate_is_held_by_the_lints_of_the_workspace() {
    for room in &PLAN {
        let shared = manifest(room)
            .get("lints")
            .and_then(|lints| lints.get("workspace"))
            .and_then(Value::as_bool);
        assert_eq!(
            shared,
            Some(true),
            "{}: add `[lints]` with `workspace = true`",
            manifest_path(room)
        );
    }
}

#[test]
fn rooms_that_only_think_pull_in_no_runtime_and_no_network() {
    let lock = Lock::read();
    for room in PURE {
        let reached = lock.reached_from(&format!("certified-{room}"));
        for unwanted in NOT_IN_A_PURE_ROOM {
            let way = reached
                .iter()
                .find(|(package, _)| package.split(' ').next() == Some(unwanted));
            assert!(
                way.is_none(),
                "lib/{room}/Cargo.toml: {room} must not pull in {unwanted} (dev-dependencies count), but it does by {}: \
                 remove the second of these, or turn off the feature of it that asks for the next",
                way.map(|(_, way)| way.join(" → ")).unwrap_or_default(),
            );
        }
    }
}

#[test]
fn rooms_that_are_told_everything_ask_no_clock_no_file_and_no_socket() {
    for room in TOLD_EVERYTHING {
        for file in sources(&root().join("lib").join(room).join("src")) {
            let text = fs::read_to_string(&file).unwrap();
            for (number, line) in text.lines().enumerate() {
                let asked = ASKS_SOMEBODY.iter().find(|words| line.contains(**words));
                assert!(
                    asked.is_none(),
                    "{}:{}: `{}` asks somebody; let it be an argument (and write one `use std::…;` for each module)",
                    file.display(),
                    number + 1,
                    line.trim(),
                );
            }
        }
    }
}

/// All Rust files of a folder but the tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    found
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter(|path| !path.iter().any(|part| part == "tests" || part == "tests.rs"))
        .collect()
}

/// The rooms that a manifest names, each with the table that names it.
fn rooms_named_in(manifest: &Table) -> Vec<(String, String)> {
    let of_targets = manifest.get("target").and_then(Value::as_table).into_iter().flatten();
    of_targets
        .filter_map(|(target, tables)| Some((format!("target.{target}."), tables.as_table()?)))
        .chain([(String::new(), manifest)])
        .flat_map(|(prefix, tables)| rooms_in_tables(&prefix, tables))
        .collect()
}

fn rooms_in_tables(prefix: &str, tables: &Table) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let Some(table) = tables.get(kind).and_then(Value::as_table) else {
            continue;
        };
        for (key, value) in table {
            // A renamed dependency says its own name in `package`.
            let package = value.get("package").and_then(Value::as_str).unwrap_or(key);
            if let Some(room) = package.strip_prefix("certified-") {
                found.push((format!("{prefix}{kind}"), room.to_owned()));
            }
        }
    }
    found
}

/// Cargo.lock as a graph. A package is `name version`, because two versions of one crate are two packages.
struct Lock {
    needs: BTreeMap<String, Vec<String>>,
}

impl Lock {
    fn read() -> Self {
        let lock: Table = read("Cargo.lock").parse().unwrap();
        let packages: Vec<&Table> = lock["package"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_table)
            .collect();
        let needs = packages
            .iter()
            .map(|package| (identity(package), needs(package)))
            .collect();
        Self { needs }
    }

    /// All that a package needs, each with the way that leads there.
    fn reached_from(&self, package: &str) -> BTreeMap<String, Vec<String>> {
        let start = self.resolve(package);
        let mut reached = BTreeMap::from([(start.clone(), vec![start.clone()])]);
        let mut waiting = VecDeque::from([start]);
        while let Some(at) = waiting.pop_front() {
            for need in &self.needs[&at] {
                let next = self.resolve(need);
                if !reached.contains_key(&next) {
                    let way = reached[&at].iter().cloned().chain([next.clone()]).collect();
                    reached.insert(next.clone(), way);
                    waiting.push_back(next);
                }
            }
        }
        reached
    }

    /// The lock file leaves the version out where only one is there.
    fn resolve(&self, need: &str) -> String {
        let found = self
            .needs
            .keys()
            .find(|package| *package == need || package.split(' ').next() == Some(need));
        found
            .unwrap_or_else(|| panic!("Cargo.lock: there is no package `{need}`"))
            .clone()
    }
}

fn identity(package: &Table) -> String {
    format!(
        "{} {}",
        package["name"].as_str().unwrap(),
        package["version"].as_str().unwrap()
    )
}

/// `name`, `name version` or `name version (source)`; the source is left out.
fn needs(package: &Table) -> Vec<String> {
    let listed = package
        .get("dependencies")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    listed
        .filter_map(Value::as_str)
        .map(|need| need.split(" (").next().unwrap_or(need).to_owned())
        .collect()
}

fn manifest(room: &Room) -> Table {
    read(&manifest_path(room)).parse().unwrap()
}

fn manifest_path(room: &Room) -> String {
    match room.name {
        "src" => "Cargo.toml".to_owned(),
        name => format!("lib/{name}/Cargo.toml"),
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sentence(rooms: &[&str]) -> String {
    if rooms.is_empty() {
        "nothing".to_owned()
    } else {
        rooms.join(", ")
    }
}
