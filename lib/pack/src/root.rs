//! Paths in the archive never begin with a root, and npm's archiver has a wide notion of roots: it strips what Windows would
//! take for one on every system.

/// The path without what Windows would take for a root, whatever the system: `C:x` is stored as `x`, `\x` as `x`.
pub(crate) fn in_archive(path: &str) -> &str {
    let mut rest = path;
    while let Some(root @ 1..) = windows_root(rest) {
        let slash = rest.starts_with('/') && !rest.starts_with("//?/");
        rest = rest.get(if slash { 1 } else { root }..).unwrap_or_default();
    }
    if rest == "." {
        ""
    } else {
        rest.strip_prefix("./").unwrap_or(rest)
    }
}

/// How many bytes of a path are a root on Windows: a drive, a leading separator, or a server and its share.
fn windows_root(path: &str) -> Option<usize> {
    let bytes = path.as_bytes();
    let separator = |at: usize| bytes.get(at).is_some_and(|byte| matches!(byte, b'/' | b'\\'));
    if separator(0) {
        return Some(if separator(1) { share(bytes).unwrap_or(1) } else { 1 });
    }
    if bytes.first()?.is_ascii_alphabetic() && bytes.get(1) == Some(&b':') {
        return Some(if separator(2) { 3 } else { 2 });
    }
    None
}

/// The length of `\\server\share\` at the start of a path that begins with two separators.
fn share(path: &[u8]) -> Option<usize> {
    let separator = |byte: &u8| matches!(byte, b'/' | b'\\');
    let run = |from: usize, wanted: bool| {
        let rest = path.get(from..)?;
        let length = rest.iter().take_while(|byte| separator(byte) == wanted).count();
        (length > 0).then_some(from + length)
    };
    let server = run(2, false).filter(|&end| end < path.len())?;
    let gap = run(server, true).filter(|&end| end < path.len())?;
    let share = run(gap, false)?;
    Some(if share == path.len() { share } else { share + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_windows_takes_for_a_root_is_left_out() {
        for (path, archived) in [
            ("a:b", "b"),
            ("C:/x.txt", "x.txt"),
            ("\\x", "x"),
            ("\\\\server\\share\\x", "x"),
            ("c:d:e", "e"),
            ("a/c:b", "a/c:b"),
            ("ab:c", "ab:c"),
            ("./@x", "@x"),
            ("C:", ""),
        ] {
            assert_eq!(in_archive(path), archived, "{path}");
        }
    }
}
