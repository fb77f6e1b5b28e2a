//! Which folder owns the workspace that a package is in.
//!
//! The patterns are read generously: whatever is not plainly another folder counts. Copying a folder too many costs time; leaving out
//! the owner would change which files npm packs.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The nearest folder above `package` whose package.json, or pnpm-workspace.yaml, lists it as a workspace.
pub(crate) fn owner(package: &Path) -> Option<PathBuf> {
    package
        .ancestors()
        .skip(1)
        .find(|above| owns(above, package))
        .map(Path::to_path_buf)
}

fn owns(above: &Path, package: &Path) -> bool {
    let Some(inside) = package.strip_prefix(above).ok().and_then(Path::to_str) else {
        return false;
    };
    let names: Vec<&str> = inside.split(std::path::MAIN_SEPARATOR).collect();
    patterns(above).iter().any(|pattern| covers(pattern, &names))
}

fn patterns(folder: &Path) -> Vec<String> {
    let manifest = fs::read(folder.join("package.json"))
        .ok()
        .map(|bytes| of_manifest(&bytes));
    let pnpm = fs::read_to_string(folder.join("pnpm-workspace.yaml"))
        .ok()
        .map(|text| of_pnpm(&text));
    [manifest, pnpm].into_iter().flatten().flatten().collect()
}

/// `workspaces`, a list or an object with a list `packages`. A package.json that cannot be read owns nothing, as for npm.
fn of_manifest(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let manifest: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let field = manifest.get("workspaces").unwrap_or(&Value::Null);
    let list = field.get("packages").unwrap_or(field).as_array();
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// The list `packages` of a pnpm-workspace.yaml, in the two ways of writing that people use:
///
/// ```yaml
/// packages:
///   - 'packages/*'      # or  packages: ['packages/*']
/// ```
fn of_pnpm(text: &str) -> Vec<String> {
    let mut lines = text.lines().skip_while(|line| !line.starts_with("packages:"));
    let first = lines
        .next()
        .and_then(|line| line.strip_prefix("packages:"))
        .unwrap_or_default();
    let flow = first.trim().trim_start_matches('[').trim_end_matches(']').split(',');
    let block = lines
        .map(str::trim)
        .take_while(|line| line.is_empty() || line.starts_with(['-', '#']))
        .filter_map(|line| line.strip_prefix('-'));
    flow.chain(block)
        .map(unquoted)
        .filter(|pattern| !pattern.is_empty())
        .map(str::to_owned)
        .collect()
}

fn unquoted(text: &str) -> &str {
    let text = text.split(" #").next().unwrap_or_default();
    text.trim().trim_matches(['\'', '"'])
}

/// Whether a pattern such as `packages/*`, `packages/**` or `packages/a` means the folder with these names on its path.
fn covers(pattern: &str, names: &[&str]) -> bool {
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern).trim_matches('/');
    if pattern.is_empty() || pattern.starts_with('!') {
        return false;
    }
    // Which beginnings of the path the pattern covers so far, by the number of names.
    let mut covered = vec![false; names.len() + 1];
    if let Some(nothing) = covered.first_mut() {
        *nothing = true;
    }
    for segment in pattern.split('/') {
        covered = after(segment, &covered, names);
    }
    covered.last() == Some(&true)
}

fn after(segment: &str, covered: &[bool], names: &[&str]) -> Vec<bool> {
    let deep = segment == "**";
    let mut next = vec![deep && covered.first() == Some(&true)];
    for (name, (before, here)) in names.iter().zip(covered.iter().zip(covered.iter().skip(1))) {
        let reached = next.last() == Some(&true);
        next.push(if deep {
            *here || reached
        } else {
            *before && means(segment, name)
        });
    }
    next
}

/// Whether one segment means a name. Anything beyond `*` is taken to mean every name.
fn means(segment: &str, name: &str) -> bool {
    segment.contains(['?', '[', '{', '(', '!', '\\']) || starred(segment, name).is_some()
}

fn starred(segment: &str, name: &str) -> Option<()> {
    let Some((front, end)) = segment.rsplit_once('*') else {
        return (segment == name).then_some(());
    };
    let mut pieces = front.split('*');
    let mut rest = name.strip_suffix(end)?.strip_prefix(pieces.next()?)?;
    for piece in pieces {
        (_, rest) = rest.split_once(piece)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(pattern: &str, path: &str) -> bool {
        covers(pattern, &path.split('/').collect::<Vec<_>>())
    }

    #[test]
    fn a_pattern_means_the_folders_that_npm_takes_it_for() {
        for (pattern, path) in [
            ("packages/*", "packages/a"),
            ("packages/**", "packages/a"),
            ("packages/**", "packages/a/b/c"),
            ("./packages/a/", "packages/a"),
            ("**/widgets", "deep/down/widgets"),
            ("packages/acme-*-x*y", "packages/acme-b-xy"),
            ("packages/{a,b}", "packages/a"),
        ] {
            assert!(meant(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("packages/*", "packages/a/b"),
            ("packages/*", "packages"),
            ("packages", "packages/a"),
            ("packages/ab*b", "packages/ab"),
            ("!packages/*", "packages/a"),
            ("", "a"),
        ] {
            assert!(!meant(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn many_stars_are_no_work() {
        assert!(!meant(&"*a".repeat(100), &format!("{}b", "a".repeat(250))));
        assert!(!meant(
            &format!("{}x", "**/".repeat(200)),
            &format!("{}y", "a/".repeat(200))
        ));
    }

    #[test]
    fn workspaces_are_a_list_or_an_object_with_one() {
        assert_eq!(of_manifest(br#"{"workspaces":["a",1,"b/*"]}"#), ["a", "b/*"]);
        assert_eq!(
            of_manifest(b"\xef\xbb\xbf{\"workspaces\":{\"packages\":[\"a\"],\"nohoist\":[]}}"),
            ["a"]
        );
        assert!(of_manifest(b"{").is_empty() && of_manifest(b"{}").is_empty());
    }

    #[test]
    fn a_pnpm_workspace_file_lists_its_packages_in_two_ways() {
        let block = "# ours\npackages:\n  # libraries\n  - 'packages/*' # all\n\n  - \"apps/a\"\ncatalog:\n  - x\n";
        assert_eq!(of_pnpm(block), ["packages/*", "apps/a"]);
        assert_eq!(of_pnpm("packages: ['packages/*', apps/a]\n"), ["packages/*", "apps/a"]);
        assert!(of_pnpm("onlyBuiltDependencies:\n  - x\n").is_empty());
    }

    #[test]
    fn the_nearest_folder_that_lists_the_package_owns_it() {
        let temp = tempfile::tempdir().unwrap();
        let package = temp.path().join("packages/a");
        fs::create_dir_all(&package).unwrap();
        assert_eq!(owner(&package), None);
        fs::write(temp.path().join("package.json"), r#"{"workspaces":["packages/*"]}"#).unwrap();
        assert_eq!(owner(&package).as_deref(), Some(temp.path()));
        fs::write(temp.path().join("packages/package.json"), r#"{"workspaces":["b"]}"#).unwrap();
        assert_eq!(owner(&package).as_deref(), Some(temp.path()));
        fs::write(temp.path().join("packages/pnpm-workspace.yaml"), "packages: [a]").unwrap();
        assert_eq!(owner(&package), Some(temp.path().join("packages")));
    }
}
