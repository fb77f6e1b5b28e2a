//! The rule lists that npm makes up: what is junk everywhere, what `files` asks for, and what no other rule can change.

use std::path::Path;

use super::fields::{Fields, to_text};
use super::path::normalize;
use super::rules::Rules;
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

impl Top {
    /// Turns the fields of the package.json in `folder` into rules.
    pub(super) fn new(tree: &dyn Tree, folder: &Path, fields: &Fields) -> Result<Self, PackError> {
        let mut strict: Vec<String> = STRICT.lines().map(str::to_owned).collect();
        let mut required = Vec::new();
        let files = match fields.files()? {
            None => None,
            Some(entries) => {
                let mut wanted = vec!["*".to_owned()];
                for entry in entries {
                    sort_in(tree, folder, entry, &mut wanted, &mut strict, &mut required);
                }
                Some(Rules::parse(&wanted.join("\n"), ORIGIN)?)
            }
        };
        // The values go into the rule as they are: only a `main` without `./` in front is certain to be packed.
        let entrances = ["browser", "main"]
            .into_iter()
            .filter_map(|field| fields.truthy(field))
            .map(to_text);
        strict.extend(
            entrances
                .chain(fields.bins().iter().cloned())
                .map(|path| format!("!/{path}")),
        );
        Ok(Self {
            files,
            strict: Rules::parse(&strict.join("\n"), ORIGIN)?,
            required,
        })
    }
}

/// Sorts in one entry of `files`. An existing file is strictly included, before everything else that is strict; a folder with
/// all it contains; what is neither, such as a link, not at all; and what does not exist is taken for a pattern.
fn sort_in(
    tree: &dyn Tree,
    folder: &Path,
    entry: String,
    wanted: &mut Vec<String>,
    strict: &mut Vec<String>,
    required: &mut Vec<String>,
) {
    let mut entry = if entry.starts_with("./") {
        entry.get(1..).unwrap_or_default().to_owned()
    } else {
        entry
    };
    if entry.ends_with("/*") {
        entry.push('*');
    }
    let rule = format!("!{entry}");
    let on_disk = normalize(&format!("{}/{}", folder.display(), entry.trim_start_matches('!'))).replace('\\', "/");
    match tree.look(Path::new(&on_disk)) {
        Ok(found) if found.is_file() => {
            strict.insert(0, rule);
            required.push(normalize(entry.strip_prefix('/').unwrap_or(&entry)));
        }
        Ok(found) if found.is_folder() => {
            let inside = format!("{rule}/**");
            wanted.extend([rule, inside]);
        }
        Ok(_) => {}
        Err(_) => wanted.push(rule),
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

/// Never packed below the top.
const STRICT_BELOW: &str = "/.git\n";
