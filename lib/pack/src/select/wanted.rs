//! What `files` in package.json asks for, as each npm understands it.

use std::path::Path;

use super::expand::Ground;
use super::path::normalize;
use super::rules::Rules;
use crate::error::PackError;
use crate::tree::Tree;

/// What `files` asks for.
pub(super) struct Wanted {
    /// The rules that take the place of an ignore file.
    pub(super) rules: Rules,
    /// Rules that stand before all others that are strict.
    pub(super) strict: Vec<String>,
    /// The files that it names one by one.
    pub(super) required: Vec<String>,
}

/// npm 11: an existing file is strictly included; a folder with all it contains; what is neither, such as a link, not at all;
/// and what does not exist is taken for a pattern.
pub(super) fn by_names(tree: &dyn Tree, folder: &Path, entries: Vec<String>) -> Result<Wanted, PackError> {
    let mut wanted = vec!["*".to_owned()];
    let (mut strict, mut required) = (Vec::new(), Vec::new());
    for entry in entries {
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
    Ok(Wanted {
        rules: Rules::parse(&wanted.join("\n"), ORIGIN)?,
        strict,
        required,
    })
}

/// npm 12: every entry is a pattern for what is there, and each match is included or, after a `!`, left out again.
pub(super) fn by_patterns(ground: &Ground<'_>, entries: Vec<String>) -> Result<Wanted, PackError> {
    let mut rules = Rules::parse("*", ORIGIN)?;
    for entry in entries {
        let plain = entry.trim_start_matches('!');
        let includes = plain.len() == entry.len();
        let start = plain.strip_prefix("./").or_else(|| plain.strip_prefix('/'));
        let pattern = start.unwrap_or(plain).trim_end_matches('/');
        if !pattern.is_empty() {
            rules.add_paths(includes, ground.expand(pattern)?, ORIGIN)?;
        }
    }
    Ok(Wanted {
        rules,
        strict: Vec::new(),
        required: Vec::new(),
    })
}

const ORIGIN: &str = "`files` in package.json";
