//! The rule lists that npm makes up: what is junk everywhere, what `files` asks for, and what no other rule can change.

use std::path::Path;

use serde_json::Value;

use super::expand::Ground;
use super::fields::{Fields, to_text};
use super::rules::Rules;
use super::wanted::{self, Wanted};
use crate::dialect::Dialect;
use crate::error::PackError;
use crate::tree::Tree;

/// The lists of every folder below the top of a package.
pub(super) struct Shared {
    junk: Rules,
    strict: Rules,
}

impl Shared {
    pub(super) fn new() -> Result<Self, PackError> {
        Ok(Self {
            junk: Rules::parse(JUNK, ORIGIN)?,
            strict: Rules::parse(STRICT_BELOW, ORIGIN)?,
        })
    }

    pub(super) fn junk(&self) -> &Rules {
        &self.junk
    }

    pub(super) fn strict(&self) -> &Rules {
        &self.strict
    }
}

/// The junk list of the top of a project, to which a workspace root above adds its ignore files.
pub(super) fn junk_with(outer: &[String]) -> Result<Rules, PackError> {
    Rules::parse(
        &format!("{JUNK}{}\n", outer.join("\n")),
        "an ignore file above the workspace",
    )
}

/// The strict list of a folder that has these files which `files` names one by one.
pub(super) fn strict_with(required: &[String]) -> Result<Rules, PackError> {
    let lines: String = required.iter().map(|name| format!("!{name}\n")).collect();
    Rules::parse(&format!("{STRICT_BELOW}{lines}"), ORIGIN)
}

/// The lists of the top of a package.
pub(super) struct Top {
    /// What `files` asks for; none when there is no such field.
    pub(super) files: Option<Rules>,
    /// What no other rule can change.
    pub(super) strict: Rules,
    /// The files that `files` names one by one.
    pub(super) required: Vec<String>,
}

/// The package whose lists are made.
pub(super) struct Package<'a> {
    pub(super) tree: &'a dyn Tree,
    pub(super) folder: &'a Path,
    pub(super) fields: &'a Fields,
    pub(super) dialect: Dialect,
    /// Whether it is the one that is packed, and not a dependency of it.
    pub(super) is_project: bool,
}

impl Top {
    /// Turns the fields of a package.json into rules.
    pub(super) fn new(package: &Package<'_>) -> Result<Self, PackError> {
        let fields = package.fields;
        // The values go into the rules as they are: only a `main` without `./` in front is certain to be packed.
        let entrances = ["browser", "main"]
            .into_iter()
            .filter_map(|field| fields.truthy(field))
            .map(to_text);
        let entrances: Vec<String> = entrances.chain(fields.bins().iter().cloned()).collect();
        let wanted = match fields.files()? {
            Some(entries) => Some(package.wanted(entries, &entrances)?),
            None => None,
        };
        let (files, mut strict, required) = match wanted {
            Some(wanted) => (Some(wanted.rules), wanted.strict, wanted.required),
            None => (None, Vec::new(), Vec::new()),
        };
        let newer = Some(STRICT_12).filter(|_| package.dialect >= Dialect::Npm12);
        let fixed = STRICT.lines().chain(newer.into_iter().flat_map(str::lines));
        strict.extend(fixed.map(str::to_owned));
        strict.extend(entrances.iter().map(|path| format!("!/{path}")));
        strict.extend(package.patches());
        Ok(Self {
            files,
            strict: Rules::parse(&strict.join("\n"), ORIGIN)?,
            required,
        })
    }
}

impl Package<'_> {
    fn wanted(&self, entries: Vec<String>, entrances: &[String]) -> Result<Wanted, PackError> {
        if self.dialect < Dialect::Npm12 {
            return wanted::by_names(self.tree, self.folder, entries);
        }
        let leads_to = |entrance: &String, folder: &str| {
            entrance.to_lowercase().contains(folder) || entrance.contains(['*', '?', '[', '{', '(', '\\'])
        };
        let closed = ["node_modules", ".git"]
            .into_iter()
            .filter(|folder| !entrances.iter().any(|entrance| leads_to(entrance, folder)))
            .collect();
        wanted::by_patterns(&Ground::new(self.tree, self.folder, closed), entries)
    }

    /// Rules against the patches that `patchedDependencies` names, which npm 12 never packs.
    fn patches(&self) -> Vec<String> {
        let named: Vec<&Value> = match self.fields.get("patchedDependencies") {
            Some(Value::Object(patches)) => patches.values().collect(),
            Some(Value::Array(patches)) => patches.iter().collect(),
            _ => Vec::new(),
        };
        if !self.is_project || self.dialect < Dialect::Npm12 {
            return Vec::new();
        }
        let paths = named.into_iter().filter_map(Value::as_str).map(|path| {
            let path = path.replace('\\', "/");
            let start = path.strip_prefix("./").or_else(|| path.strip_prefix('/'));
            start.unwrap_or(&path).trim_end_matches('/').to_owned()
        });
        paths
            .filter(|path| !path.is_empty() && !path.starts_with('/'))
            .filter(|path| path != ".." && !path.starts_with("../") && !path.contains("/../"))
            .map(|path| format!("/{path}"))
            .collect()
    }
}

const ORIGIN: &str = "package.json";

/// Left out of every folder, unless another list brings it back.
const JUNK: &str = "\
.npmignore
.gitignore
**/.git
**/.svn
**/.hg
**/CVS
**/.git/**
**/.svn/**
**/.hg/**
**/CVS/**
/.lock-wscript
/.wafpickle-*
/build/config.gypi
npm-debug.log
**/.npmrc
.*.swp
.DS_Store
**/.DS_Store/**
._*
**/._*/**
*.orig
/archived-packages/**
";

/// Always or never packed at the top of a package.
const STRICT: &str = "\
/.git
!/package.json
!/readme{,.*[^~$]}
!/copying{,.*[^~$]}
!/license{,.*[^~$]}
!/licence{,.*[^~$]}
/.git
/node_modules
.npmrc
/package-lock.json
/yarn.lock
/pnpm-lock.yaml
/bun.lockb
";

/// Never packed at the top of a package by npm 12 either.
const STRICT_12: &str = "\
/npm-shrinkwrap.json
/bun.lock
/.npm-extension.mjs
/.npm-extension.cjs
";

/// Never packed below the top.
const STRICT_BELOW: &str = "/.git\n";
