//! What `npm pack` tells people about a tarball, in its layout and with its sizes.

use std::env;
use std::fmt::Write as _;

use serde_json::Value;

/// The lines of npm 11, made of what `npm pack --json` prints. The first and the last line are empty, as npm's are.
pub(crate) fn listing(packed: &Value, unicode: bool) -> String {
    let text = |member: &str| shown(packed[member].as_str().unwrap_or_default());
    let number = |member: &str| packed[member].as_u64().unwrap_or_default();
    let bundled = packed["bundled"].as_array().map(Vec::as_slice).unwrap_or_default();
    let sign = if unicode { "📦 " } else { "package:" };
    let mut lines = format!("\n{sign} {}@{}\nTarball Contents\n", text("name"), text("version"));
    let mut line = |line: String| {
        // Writing to a text cannot fail.
        let _ = writeln!(lines, "{line}");
    };
    for file in packed["files"].as_array().into_iter().flatten() {
        let path = file["path"].as_str().unwrap_or_default();
        if !path.starts_with("node_modules/") {
            let size = size(file["size"].as_u64().unwrap_or_default(), "");
            line(format!("{size} {}", shown(path)));
        }
    }
    if !bundled.is_empty() {
        line("Bundled Dependencies".to_owned());
    }
    for name in bundled {
        line(shown(name.as_str().unwrap_or_default()));
    }
    line("Tarball Details".to_owned());
    for member in ["name", "version", "filename"] {
        line(format!("{member}: {}", text(member)));
    }
    line(format!("package size: {}", size(number("size"), " ")));
    line(format!("unpacked size: {}", size(number("unpackedSize"), " ")));
    line(format!("shasum: {}", text("shasum")));
    let integrity = text("integrity");
    let (begins, ends) = (integrity.get(..20), integrity.get(80..));
    line(format!(
        "integrity: {}[...]{}",
        begins.unwrap_or_default(),
        ends.unwrap_or_default()
    ));
    if !bundled.is_empty() {
        // npm lists the files of bundled packages among the own ones, and so counts none besides.
        line(format!("bundled deps: {}", bundled.len()));
        line("bundled files: 0".to_owned());
        line(format!("own files: {}", number("entryCount")));
    }
    line(format!("total files: {}", number("entryCount")));
    lines
}

/// Whether npm would print signs that not every terminal has: it asks the locale.
pub(crate) fn in_unicode() -> bool {
    let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    let locale = locale.unwrap_or_default().to_ascii_lowercase();
    locale.ends_with("utf-8") || locale.ends_with("utf8")
}

/// A size in thousands, with one digit after the point.
fn size(bytes: u64, space: &str) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return format!("{bytes}{space}B"),
        1_000..999_950 => (1e3, "kB"),
        999_950..999_950_000 => (1e6, "MB"),
        _ => (1e9, "GB"),
    };
    let amount = bytes as f64 / unit;
    // Of two numbers that are equally near, JavaScript takes the larger and Rust the even one; halves of a tenth are exact only here.
    if amount.fract() == 0.25 {
        return format!("{}.3{space}{name}", amount.trunc());
    }
    format!("{amount:.1}{space}{name}")
}

/// A name may hold anything, also what a terminal obeys; npm writes these signs as `^[`, and here line ends are among them.
fn shown(text: &str) -> String {
    let caret = |c: char| match u8::try_from(c) {
        Ok(code @ ..=0x1f) => format!("^{}", char::from(code + 64)),
        Ok(code @ 0x7f..=0x9f) => format!("^{}", char::from(code - 64)),
        _ => c.to_string(),
    };
    text.chars().map(caret).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sizes_are_rounded_as_javascript_rounds() {
        for (bytes, expected) in [
            (0, "0B"),
            (999, "999B"),
            (1_000, "1.0kB"),
            (1_056, "1.1kB"),
            (1_250, "1.3kB"),
            (1_350, "1.4kB"),
            (1_450, "1.4kB"),
            (1_750, "1.8kB"),
            (10_250, "10.3kB"),
            (999_949, "999.9kB"),
            (999_950, "1.0MB"),
            (2_250_000, "2.3MB"),
            (999_950_000, "1.0GB"),
        ] {
            assert_eq!(size(bytes, ""), expected, "{bytes}");
        }
    }

    #[test]
    fn bundled_packages_are_named_and_their_files_are_not() {
        let packed = json!({
            "name": "a", "version": "1.0.0", "filename": "a-1.0.0.tgz", "size": 1, "unpackedSize": 2, "shasum": "s",
            "integrity": "sha512-short", "entryCount": 2, "bundled": ["@s/b"],
            "files": [{ "path": "i\u{1b}[2J.js", "size": 1 }, { "path": "node_modules/@s/b/x.js", "size": 1 }],
        });
        let text = listing(&packed, false);
        assert!(
            text.starts_with("\npackage: a@1.0.0\nTarball Contents\n1B i^[[2J.js\nBundled Dependencies\n@s/b\nTarball")
        );
        assert!(text.ends_with("bundled deps: 1\nbundled files: 0\nown files: 2\ntotal files: 2\n"));
    }
}
