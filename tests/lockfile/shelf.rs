//! What there is to verify: services with a few releases, and a project that installs them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stage::program::{Program, Ran};
use crate::stage::services::Services;
use crate::stage::tools::{log_in, npm};

/// Services with two certified releases, one of whose archived tarballs was changed, two plain ones, and a project that installs them.
pub(crate) struct Shelf {
    services: Services,
    pub(crate) reports: BTreeMap<String, Value>,
    plain: BTreeMap<String, String>,
    place: TempDir,
}

impl Shelf {
    pub(crate) fn filled() -> Self {
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
        let program = self.services.program(&self.folder("home"));
        let report = program.run(&folder, &["run", "--json"]).exits(0).json();
        self.reports.insert(name.to_owned(), report);
    }

    /// Writes the project's lockfile.
    pub(crate) fn lock(&self, names: &[&str]) {
        let text = format!("{:#}\n", lockfile(&self.plain, names, &self.reports));
        fs::write(self.project().join("package-lock.json"), text).unwrap();
    }

    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let folder = self.place.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    pub(crate) fn project(&self) -> PathBuf {
        self.folder("project")
    }

    /// As a stranger has it, without any token.
    pub(crate) fn program(&self) -> Program {
        self.services.program(&self.folder("home")).without_secrets()
    }

    pub(crate) fn verify(&self, arguments: &[&str]) -> Ran {
        self.program().run(&self.project(), &[&["verify"], arguments].concat())
    }
}

/// Version 3, as npm writes it.
pub(crate) fn lockfile(plain: &BTreeMap<String, String>, names: &[&str], reports: &BTreeMap<String, Value>) -> Value {
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

pub(crate) fn publish(assignments: &BTreeMap<String, String>, folder: &Path) {
    let registry = &assignments["CERTIFIED_PUBLISH_NPM_REGISTRY"];
    log_in(folder, registry, &assignments["NPM_TOKEN"]);
    npm(folder, registry, &["publish", "--access", "public"]);
    fs::remove_file(folder.join(".npmrc")).unwrap();
}

pub(crate) fn published(report: &Value) -> certified_evidence::Integrity {
    report["published"]["integrity"].as_str().unwrap().parse().unwrap()
}
