//! `node_modules/.package-lock.json`: npm's own record of what it installed.
//!
//! As long as nothing in node_modules is newer, npm believes the record instead of the packages. It knows their dependencies and
//! executables but not their `files`, so a bundled package is then packed with everything that lies in its folder.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde_json::{Map, Value};

use super::fields::Fields;
use super::installed::Installed;
use super::names::fold;
use super::path::{normalize, relative};
use crate::error::PackError;
use crate::tree::{Kind, Tree};

/// The hidden lockfile of a project, known to be fresh.
pub(super) struct Lockfile {
    project: PathBuf,
    packages: Map<String, Value>,
}

impl Lockfile {
    /// Reads the lockfile, and is nothing when npm would not believe it.
    pub(super) fn of(tree: &dyn Tree) -> Option<Self> {
        let project = tree.folder();
        let path = project.join("node_modules/.package-lock.json");
        let text = String::from_utf8_lossy(&tree.read(&path).ok()?).into_owned();
        let lock: Map<String, Value> = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(&text)).ok()?;
        let Some(Value::Object(packages)) = lock.get("packages") else {
            return Some(Self {
                project: project.to_owned(),
                packages: Map::new(),
            });
        };
        let written = milliseconds(tree, &path)? + JITTER;
        Freshness {
            tree,
            project,
            packages,
            written,
            seen: HashSet::new(),
        }
        .holds()?;
        Some(Self {
            project: project.to_owned(),
            packages: packages.clone(),
        })
    }

    /// Every link needs its target in the lockfile too.
    pub(super) fn check_links(&self) -> Result<(), PackError> {
        for (location, package) in self.packages.iter().filter(|(_, package)| is_link(package)) {
            let target = self.target(package);
            if !target.is_empty() && self.packages.get(&target).is_none_or(is_link) {
                return Err(PackError::LinkWithoutTarget {
                    location: location.clone(),
                    target,
                });
            }
        }
        Ok(())
    }

    /// The package that `name` means to the one in `from`, by the lockfile alone.
    pub(super) fn resolve(&self, tree: &dyn Tree, from: &Path, name: &str) -> Option<Installed> {
        let from = relative(&self.project, from);
        let mut above = Some(from.as_str());
        while let Some(folder) = above {
            let wanted = if folder.is_empty() {
                format!("node_modules/{name}")
            } else {
                format!("{folder}/node_modules/{name}")
            };
            let wanted = fold(&wanted);
            if let Some((location, package)) = self.packages.iter().find(|(location, _)| fold(location) == wanted) {
                return Some(self.load(tree, location, package));
            }
            above = if folder.is_empty() {
                None
            } else {
                Some(folder.rsplit_once('/').map_or("", |(above, _)| above))
            };
        }
        None
    }

    fn load(&self, tree: &dyn Tree, location: &str, package: &Value) -> Installed {
        let linked = is_link(package);
        let target = if linked {
            self.target(package)
        } else {
            location.to_owned()
        };
        let real = self.project.join(&target);
        let recorded = self
            .packages
            .get(&target)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        // The target of a link belongs to the user, who may have changed it; npm reads it again.
        let fields = if linked { Fields::read(tree, &real).ok() } else { None };
        let fields = fields.unwrap_or_else(|| Fields::from_lockfile(recorded));
        Installed {
            path: self.project.join(location),
            real,
            linked,
            fields,
        }
    }

    fn target(&self, link: &Value) -> String {
        let target = link.get("resolved").and_then(Value::as_str).unwrap_or_default();
        let absolute = normalize(&format!("{}/{target}", self.project.display()));
        relative(&self.project, Path::new(&absolute))
    }
}

fn is_link(package: &Value) -> bool {
    package.get("link").is_some_and(|link| link == &Value::Bool(true))
}

/// Whether the lockfile is newer than all packages and lists exactly those that are there.
struct Freshness<'a> {
    tree: &'a dyn Tree,
    project: &'a Path,
    packages: &'a Map<String, Value>,
    written: u128,
    seen: HashSet<String>,
}

impl Freshness<'_> {
    fn holds(mut self) -> Option<()> {
        self.seen.insert(String::new());
        self.folder(&self.project.join("node_modules"))?;
        for folder in self.outside_node_modules() {
            self.folder(&self.project.join(folder))?;
        }
        self.packages
            .keys()
            .all(|location| self.seen.contains(location))
            .then_some(())
    }

    /// Looks at one folder and those below it that can hold packages.
    fn folder(&mut self, folder: &Path) -> Option<()> {
        let name = folder.file_name()?.to_string_lossy().into_owned();
        let holds_packages = name == "node_modules" || name.starts_with('@');
        let location = relative(self.project, folder);
        self.seen.insert(location.clone());
        if milliseconds(self.tree, folder)? > self.written || !holds_packages && !self.packages.contains_key(&location)
        {
            return None;
        }
        let inside = if holds_packages {
            folder.to_owned()
        } else {
            folder.join("node_modules")
        };
        let Ok(entries) = self.tree.list(&inside) else {
            return Some(());
        };
        for entry in entries {
            let child = inside.join(&entry.name);
            match entry.kind {
                Kind::Folder if !entry.name.to_string_lossy().starts_with('.') => self.folder(&child)?,
                Kind::Link => self.link(&inside, &child)?,
                _ => {}
            }
        }
        Some(())
    }

    fn link(&mut self, inside: &Path, child: &Path) -> Option<()> {
        let target = inside.join(self.tree.read_link(child).ok()?);
        let target = PathBuf::from(normalize(&target.to_string_lossy()));
        self.seen.insert(relative(self.project, child));
        let leads_to_folder = self.tree.follow(&target).is_ok_and(|found| found.is_folder());
        if leads_to_folder && !self.seen.contains(&relative(self.project, &target)) {
            self.folder(&target)?;
        }
        Some(())
    }

    /// Recorded folders that no walk through node_modules reaches, such as workspaces without a link.
    fn outside_node_modules(&self) -> Vec<String> {
        let targets: HashSet<&str> = self
            .packages
            .values()
            .filter(|package| is_link(package))
            .filter_map(|package| package.get("resolved")?.as_str())
            .collect();
        let roots = self
            .packages
            .keys()
            .map(|location| location.split("/node_modules/").next().unwrap_or_default());
        let outside = roots.filter(|root| !root.split('/').any(|part| part == "node_modules"));
        let unreached: HashSet<&str> = outside
            .filter(|root| !root.is_empty() && !targets.contains(root))
            .collect();
        unreached.into_iter().map(str::to_owned).collect()
    }
}

/// When something was last changed, in milliseconds since 1970, rounded as JavaScript rounds a date.
fn milliseconds(tree: &dyn Tree, path: &Path) -> Option<u128> {
    let since = tree.follow(path).ok()?.modified?.duration_since(UNIX_EPOCH).ok()?;
    Some((since.as_micros() + 500) / 1000)
}

/// What npm allows for inaccurate clocks, in milliseconds.
const JITTER: u128 = 10;
