//! Workspaces change what is packed in two ways: those of the package itself, and those that the package is one of.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::fields::{Fields, field_error, is_missing, is_truthy, to_text};
use crate::error::PackError;
use crate::glob::Pattern;
use crate::tree::{Kind, Tree};

/// A package that is a workspace of another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Workspace {
    pub(super) name: String,
    pub(super) path: PathBuf,
}

/// The workspaces that a `workspaces` field means in a folder.
pub(super) fn find(tree: &dyn Tree, folder: &Path, field: Option<&Value>) -> Result<Vec<Workspace>, PackError> {
    let Some(field) = field else { return Ok(Vec::new()) };
    let (wanted, unwanted) = patterns(field)?;
    let mut found: Vec<Workspace> = Vec::new();
    let mut names: HashMap<String, PathBuf> = HashMap::new();
    for path in folders(tree, folder, &wanted, &unwanted)? {
        let Some(name) = name(tree, &path)? else { continue };
        match names.get(&name) {
            Some(first) if *first != path => {
                return Err(PackError::DuplicateWorkspace {
                    name,
                    first: first.clone(),
                    second: path,
                });
            }
            Some(_) => {}
            None => {
                names.insert(name.clone(), path.clone());
                found.push(Workspace { name, path });
            }
        }
    }
    Ok(found)
}

/// When the folder is a workspace of a package above it, the texts of the ignore files from that package down to the folder:
/// npm obeys them too, as if they lay in the folder itself.
pub(super) fn ignore_files_above(tree: &dyn Tree) -> Result<Vec<String>, PackError> {
    let folder = tree.folder();
    for above in folder.ancestors().skip(1).filter(|above| {
        tree.follow(&above.join("package.json"))
            .is_ok_and(|found| found.is_file())
    }) {
        let Ok(fields) = Fields::read(tree, above) else {
            continue;
        };
        let field = fields.truthy("workspaces");
        if find(tree, above, field)?
            .iter()
            .any(|workspace| workspace.path == folder)
        {
            let mut between: Vec<&Path> = folder
                .ancestors()
                .skip(1)
                .take_while(|path| path.starts_with(above))
                .collect();
            between.reverse();
            return between
                .into_iter()
                .filter_map(|path| ignore_file(tree, path).transpose())
                .collect();
        }
    }
    Ok(Vec::new())
}

fn ignore_file(tree: &dyn Tree, folder: &Path) -> Result<Option<String>, PackError> {
    for name in [".npmignore", ".gitignore"] {
        let path = folder.join(name);
        match tree.read(&path) {
            Ok(bytes) => return Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if is_missing(&error) => {}
            Err(source) => return Err(PackError::Unreadable { path, source }),
        }
    }
    Ok(None)
}

/// The patterns for folders that are workspaces, and those for folders that are not.
fn patterns(field: &Value) -> Result<(Vec<String>, Vec<String>), PackError> {
    let wrong = |found| field_error("workspaces", "a list of patterns", found);
    let list = field
        .get("packages")
        .filter(|packages| packages.is_array())
        .unwrap_or(field);
    let (mut wanted, mut unwanted): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for entry in list.as_array().ok_or_else(|| wrong(field))? {
        let text = entry.as_str().ok_or_else(|| wrong(entry))?;
        let plain = text.trim_start_matches('!');
        let negated = (text.len() - plain.len()) % 2 == 1;
        let plain = without_start(plain).to_owned();
        if negated {
            unwanted.push(plain);
        } else {
            // A later pattern brings back what an earlier one took away.
            unwanted.retain(|other| glob(other).is_ok_and(|other| !other.matches(&plain)));
            wanted.push(plain);
        }
    }
    Ok((wanted, unwanted))
}

/// A pattern without `/` or `./` in front.
fn without_start(pattern: &str) -> &str {
    let rest = pattern.strip_prefix('.').unwrap_or(pattern);
    if rest.starts_with('/') {
        rest.trim_start_matches('/')
    } else {
        pattern
    }
}

/// The folders that are meant, in the order of the patterns.
fn folders(tree: &dyn Tree, top: &Path, wanted: &[String], unwanted: &[String]) -> Result<Vec<PathBuf>, PackError> {
    let unwanted: Vec<Glob> = unwanted.iter().map(|pattern| glob(pattern)).collect::<Result<_, _>>()?;
    let mut found = Vec::new();
    for pattern in wanted {
        let pattern = glob(pattern)?;
        let mut waiting = vec![String::new()];
        while let Some(inside) = waiting.pop() {
            for path in pattern.folders_in(tree, top, &inside) {
                if unwanted.iter().any(|unwanted| unwanted.matches(&path)) {
                    continue;
                }
                if pattern.matches(&path) {
                    found.push(top.join(&path));
                }
                if pattern.goes_below(&path) {
                    waiting.push(path);
                }
            }
        }
    }
    Ok(found)
}

/// A pattern for folders, in which a dot at the start of a name has to be written out.
struct Glob {
    pattern: Pattern,
    hidden: bool,
    deep: bool,
}

fn glob(text: &str) -> Result<Glob, PackError> {
    let text = format!("/{}", text.trim_end_matches('/'));
    let pattern = Pattern::parse(&text).map_err(|source| PackError::Pattern {
        origin: "`workspaces` in package.json".to_owned(),
        source: Box::new(source),
    })?;
    Ok(Glob {
        pattern,
        hidden: text.contains("/."),
        deep: text.contains("**"),
    })
}

impl Glob {
    fn matches(&self, path: &str) -> bool {
        self.pattern.matches(&format!("/{path}"), false)
    }

    fn goes_below(&self, path: &str) -> bool {
        self.pattern.matches(&format!("/{path}"), true)
    }

    /// The folders that could match, links to folders included as long as the pattern has an end.
    fn folders_in(&self, tree: &dyn Tree, top: &Path, inside: &str) -> Vec<String> {
        let folder = top.join(inside);
        let Ok(entries) = tree.list(&folder) else {
            return Vec::new();
        };
        let leads_to_folder = |name: &OsStr| tree.follow(&folder.join(name)).is_ok_and(|found| found.is_folder());
        let mut names: Vec<String> = entries
            .into_iter()
            .filter(|entry| match entry.kind {
                Kind::Folder => true,
                Kind::Link => !self.deep && leads_to_folder(&entry.name),
                _ => false,
            })
            .filter_map(|entry| entry.name.into_string().ok())
            .filter(|name| name != "node_modules" && (self.hidden || !name.starts_with('.')))
            .collect();
        names.sort_unstable();
        names
            .into_iter()
            .map(|name| {
                if inside.is_empty() {
                    name
                } else {
                    format!("{inside}/{name}")
                }
            })
            .collect()
    }
}

/// The name of a workspace, by default that of its folder; nothing when the folder has no package.json.
fn name(tree: &dyn Tree, folder: &Path) -> Result<Option<String>, PackError> {
    let path = folder.join("package.json");
    let bytes = match tree.read(&path) {
        Ok(bytes) => bytes,
        Err(error) if is_missing(&error) => return Ok(None),
        Err(source) => return Err(PackError::Unreadable { path, source }),
    };
    let text = String::from_utf8_lossy(&bytes);
    let package: Map<String, Value> = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(&text))
        .map_err(|source| PackError::NotJson { path, source })?;
    let named = package.get("name").filter(|name| is_truthy(name)).map(to_text);
    Ok(Some(named.unwrap_or_else(|| folder_name(folder))))
}

/// The last component of a path, with the scope when the folder lies in one.
fn folder_name(folder: &Path) -> String {
    let last = |path: Option<&Path>| {
        path.and_then(Path::file_name)
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    let (scope, base) = (last(folder.parent()), last(Some(folder)));
    if scope.starts_with('@') {
        format!("{scope}/{base}")
    } else {
        base
    }
}
