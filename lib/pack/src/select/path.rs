//! Paths as text, the way npm's own code joins and shortens them: with `/` on every system.

use std::path::Path;

/// Removes `.` and resolves `..` without asking the file system; a slash at the end stays. Nothing becomes `.`.
pub(super) fn normalize(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            _ => parts.push(part),
        }
    }
    let root = if absolute { "/" } else { "" };
    let end = if path.ends_with('/') && !parts.is_empty() {
        "/"
    } else {
        ""
    };
    let joined = format!("{root}{}{end}", parts.join("/"));
    if joined.is_empty() { ".".to_owned() } else { joined }
}

/// A path that stays inside the package: `./x`, `/x`, `../x` and `x` are all `x`, backslashes and colons are slashes.
pub(super) fn secure(path: &str) -> String {
    let inside = normalize(&format!("/{}", path.replace(['\\', ':'], "/")));
    inside.trim_start_matches('/').to_owned()
}

/// The last component, also when a slash follows it.
pub(super) fn base_name(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit_once('/').map_or(path, |(_, base)| base)
}

/// How to get from one folder to another, for example `../lib`; nothing when they are the same. Both are absolute.
pub(super) fn relative(from: &Path, to: &Path) -> String {
    let (from, to) = (from.to_string_lossy(), to.to_string_lossy());
    let split = |path: &str| {
        path.split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (from, to) = (split(&from), split(&to));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - common);
    up.chain(to.iter().skip(common).map(String::as_str))
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalized_as_text() {
        for (path, normal) in [
            ("a/./b//c", "a/b/c"),
            ("a/../..", ".."),
            ("/../a/", "/a/"),
            ("", "."),
            ("./", "."),
            ("../../x", "../../x"),
        ] {
            assert_eq!(normalize(path), normal, "{path}");
        }
    }

    #[test]
    fn a_secure_path_never_leaves_the_package() {
        for (path, secured) in [
            ("./x", "x"),
            ("/x", "x"),
            ("../../x", "x"),
            ("a\\b", "a/b"),
            ("c:/x", "c/x"),
            ("", ""),
            ("..", ""),
            ("x/", "x/"),
        ] {
            assert_eq!(secure(path), secured, "{path}");
        }
    }

    #[test]
    fn relative_paths_go_up_and_down() {
        let relative = |from: &str, to: &str| relative(from.as_ref(), to.as_ref());
        assert_eq!(relative("/a/b", "/a/c/d"), "../c/d");
        assert_eq!(relative("/a", "/a/b"), "b");
        assert_eq!(relative("/a", "/a"), "");
        assert_eq!(relative("/", "/a"), "a");
    }
}
