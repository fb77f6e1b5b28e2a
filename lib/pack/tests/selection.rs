//! Which files npm packs, told by small packages. Every expectation is what npm 11 does, welcome or not.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

mod tree;

use certified_pack::tree::{Disk, MemoryTree, Tree as _};
use certified_pack::{Dialect, Options, PackError, Package};
use tree::Tree;

#[test]
fn without_rules_everything_is_packed_but_junk() {
    let junk = [
        ".git/HEAD",
        ".DS_Store",
        "a.orig",
        "node_modules/x/i.js",
        "npm-debug.log",
        ".npmrc",
        "package-lock.json",
        "lib/.DS_Store",
    ];
    let kept = [".env", "bun.lock", "lib/package-lock.json", "lib/node_modules/y/i.js"];
    let tree = Tree::new("", &[&junk[..], &kept[..]].concat());
    assert_eq!(
        tree.files(),
        [".env", "lib/node_modules/y/i.js", "lib/package-lock.json", "bun.lock"]
    );
}

#[test]
fn readme_license_and_package_json_cannot_be_left_out() {
    let tree = Tree::new(
        r#""files":["!README.md"]"#,
        &["README.md", "License.txt", "readme~", "CHANGELOG.md", "COPYING"],
    );
    assert_eq!(tree.files(), ["COPYING", "README.md", "License.txt"]);
}

#[test]
fn an_empty_list_of_files_leaves_what_is_always_packed() {
    assert_eq!(Tree::new(r#""files":[]"#, &["a.js", "LICENSE"]).files(), ["LICENSE"]);
}

#[test]
fn a_file_is_left_out_wherever_its_negation_stands_but_a_folder_only_after_it_was_asked_for() {
    let files = ["lib/a.js", "lib/b.js", "lib/sub/c.js"];
    assert_eq!(
        Tree::new(r#""files":["lib","!lib/a.js"]"#, &files).files(),
        ["lib/b.js", "lib/sub/c.js"]
    );
    assert_eq!(
        Tree::new(r#""files":["!lib/a.js","lib"]"#, &files).files(),
        ["lib/b.js", "lib/sub/c.js"]
    );
    assert_eq!(
        Tree::new(r#""files":["lib","!lib/sub"]"#, &files).files(),
        ["lib/a.js", "lib/b.js"]
    );
    assert_eq!(
        Tree::new(r#""files":["!lib/sub","lib"]"#, &files).files(),
        ["lib/a.js", "lib/b.js", "lib/sub/c.js"]
    );
    assert_eq!(
        Tree::new(r#""files":["lib","!./lib/a.js"]"#, &files).files(),
        ["lib/a.js", "lib/b.js", "lib/sub/c.js"]
    );
}

#[test]
fn a_pattern_without_a_slash_takes_folders_only_when_they_match_too() {
    let files = ["a.js", "lib/b.js", "dist-x/c.js"];
    assert_eq!(Tree::new(r#""files":["*.js"]"#, &files).files(), ["a.js"]);
    assert_eq!(
        Tree::new(r#""files":["**/*.js"]"#, &files).files(),
        ["a.js", "lib/b.js", "dist-x/c.js"]
    );
    assert_eq!(Tree::new(r#""files":["dist-*"]"#, &files).files(), [""; 0]);
}

#[test]
fn a_name_with_brackets_is_taken_for_a_pattern_even_when_it_exists() {
    assert_eq!(
        Tree::new(r#""files":["app/[id].js"]"#, &["app/[id].js", "app/i.js"]).files(),
        ["app/i.js"]
    );
}

#[test]
fn a_file_that_is_named_beats_the_ignore_file_beside_it_but_not_deeper_ones() {
    let tree = |entry: &str| {
        Tree::new(&format!(r#""files":["{entry}"]"#), &["lib/a.js", "lib/sub/b.js"])
            .with("lib/.gitignore", "a.js\n")
            .with("lib/sub/.gitignore", "b.js\n")
    };
    assert_eq!(tree("lib/a.js").files(), ["lib/a.js"]);
    assert_eq!(tree("lib/sub/b.js").files(), [""; 0]);
}

#[test]
fn an_npmignore_takes_the_place_of_the_gitignore_beside_it_even_when_it_is_empty() {
    let tree = Tree::new("", &["a.js", "b.js"]).with(".gitignore", "a.js\n");
    assert_eq!(tree.files(), ["b.js"]);
    assert_eq!(tree.with(".npmignore", "").files(), ["a.js", "b.js"]);
}

#[test]
fn a_nested_ignore_file_counts_even_when_files_is_there() {
    let tree = Tree::new(r#""files":["lib"]"#, &["lib/a.js", "lib/b.js"])
        .with("lib/.npmignore", "a.js\n")
        .with(".npmignore", "b.js\n");
    assert_eq!(tree.files(), ["lib/b.js"]);
}

#[test]
fn a_nested_ignore_file_brings_back_what_the_one_above_left_out_of_a_folder_that_passes() {
    let tree = Tree::new("", &["a.js", "lib/a.js", "lib/b.js"])
        .with(".npmignore", "*.js\n")
        .with("lib/.npmignore", "!a.js\n");
    assert_eq!(tree.files(), ["lib/a.js"]);
}

#[test]
fn ignore_lines_are_trimmed_and_do_not_care_about_case_or_line_ends() {
    let tree = Tree::new("", &["LIB/a.js", "b.js", "# c", "d.js"])
        .with(".npmignore", "\u{feff}lib\r\n  # c\r\n\u{a0}b.js \r\n\r\n");
    assert_eq!(tree.files(), ["# c", "d.js"]);
}

#[test]
fn main_is_packed_only_when_nothing_stands_before_its_path() {
    let files = ["src/e.js", "src/f.js"];
    assert_eq!(
        Tree::new(r#""files":[],"main":"src/e.js""#, &files).files(),
        ["src/e.js"]
    );
    assert_eq!(Tree::new(r#""files":[],"main":"./src/e.js""#, &files).files(), [""; 0]);
    assert_eq!(Tree::new(r#""files":[],"main":"src/e""#, &files).files(), [""; 0]);
}

#[test]
fn a_browser_object_packs_files_named_by_one_letter_of_its_javascript_text() {
    assert_eq!(
        Tree::new(r#""files":[],"browser":{"./a":"./b"}"#, &["o", "x", "j/y.js"]).files(),
        ["o"]
    );
}

#[test]
fn executables_are_packed_however_they_are_written() {
    for bin in [
        r#""./bin/x""#,
        r#"{"x":"/bin/x"}"#,
        r#"["bin\\x"]"#,
        r#"{"x":"../bin/x","y":7,"..":"z"}"#,
    ] {
        assert_eq!(
            Tree::new(&format!(r#""files":[],"bin":{bin}"#), &["bin/x", "z"]).files(),
            ["bin/x"],
            "{bin}"
        );
    }
    let tree = Tree::new(
        r#""files":[],"directories":{"bin":"./bin"}"#,
        &["bin/x", "bin/d/y", "bin/.hidden"],
    );
    assert_eq!(tree.files(), ["bin/x", "bin/d/y"]);
}

#[cfg(unix)]
#[test]
fn the_executable_bit_goes_to_paths_whose_end_is_the_target() {
    let tree = Tree::new(
        r#""bin":{"a":"cli.js","b":"bin/tool.js"}"#,
        &["cli.js", "x/cli.js", "bin/tool.js", "x/bin/tool.js"],
    );
    let packed = tree.pack().unwrap();
    let modes: Vec<(&str, u32)> = packed
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.mode))
        .collect();
    let expected = [
        ("cli.js", 0o755),
        ("x/cli.js", 0o755),
        ("bin/tool.js", 0o644),
        ("x/bin/tool.js", 0o755),
        ("package.json", 0o644),
    ];
    assert_eq!(modes, expected);
}

#[cfg(unix)]
#[test]
fn links_and_names_with_stars_are_never_packed() {
    let tree = Tree::new(r#""files":["**","l.js"],"main":"l.js""#, &["a.js", "s*r.js", "d/b.js"])
        .link("l.js", "a.js")
        .link("e", "d");
    assert_eq!(tree.files(), ["a.js", "d/b.js"]);
}

#[cfg(unix)]
#[test]
fn hard_links_of_one_file_are_packed_as_files() {
    let tree = Tree::new("", &["a.js"]);
    std::fs::hard_link(tree.path("a.js"), tree.path("b.js")).unwrap();
    let packed = tree.pack().unwrap();
    let sizes: Vec<u64> = packed.files.iter().map(|file| file.size).collect();
    assert_eq!(sizes, [4, 4, 36]);
}

#[test]
fn an_unreadable_ignore_file_stops_the_packing() {
    let tree = Tree::new("", &["lib/.gitignore/x"]);
    assert!(matches!(tree.pack(), Err(PackError::Unreadable { path, .. }) if path.ends_with("lib/.gitignore")));
}

#[test]
fn a_list_of_files_that_is_no_list_of_texts_is_refused() {
    for files in ["true", "7", r#"{"a":1}"#, "[1]", "[null]"] {
        let refused = Tree::new(&format!(r#""files":{files}"#), &[]).pack();
        assert!(
            matches!(refused, Err(PackError::Field { field, .. }) if field == "files"),
            "{files}"
        );
    }
    assert_eq!(Tree::new(r#""files":"ab""#, &["a", "b", "c"]).files(), ["a", "b"]);
}

#[test]
fn a_package_without_name_or_version_is_refused() {
    for json in [
        r#"{"version":"1.0.0"}"#,
        r#"{"name":"x"}"#,
        r#"{"name":"","version":"1.0.0"}"#,
        "[]",
        "null",
        "",
        "{",
    ] {
        assert!(Tree::new("", &[]).with("package.json", json).pack().is_err(), "{json}");
    }
}

#[test]
fn a_dependency_whose_version_is_no_text_is_refused() {
    let refused = Tree::new(r#""devDependencies":{"a":null}"#, &[]).pack();
    assert!(matches!(refused, Err(PackError::Field { field, .. }) if field == "devDependencies.a"));
}

#[test]
fn overrides_must_not_contradict_a_direct_dependency() {
    let tree =
        |overrides: &str| Tree::new(&format!(r#""dependencies":{{"a":"^1"}},"overrides":{overrides}"#), &[]).pack();
    assert!(matches!(tree(r#"{"a":"^2"}"#), Err(PackError::Override { .. })));
    assert!(matches!(tree(r#"{"a":{".":"^2"}}"#), Err(PackError::Override { .. })));
    for fine in [r#"{"a":"^1"}"#, r#"{"a":"$a"}"#, r#"{"b":"^2"}"#, r#"{"a":{"b":"1"}}"#] {
        assert!(tree(fine).is_ok(), "{fine}");
    }
}

#[test]
fn the_last_of_two_members_with_one_name_counts() {
    let tree = Tree::new(r#""files":["a.js"],"files":["b.js"]"#, &["a.js", "b.js"]);
    assert_eq!(tree.files(), ["b.js"]);
}

#[test]
fn the_same_content_gives_the_same_tarball_whenever_it_was_written() {
    let files = ["a.js", "lib/b.js", "README.md"];
    let (first, second) = (Tree::new("", &files), Tree::new("", &files));
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    std::fs::File::options()
        .write(true)
        .open(second.path("a.js"))
        .unwrap()
        .set_modified(old)
        .unwrap();
    assert_eq!(first.pack().unwrap().digests, second.pack().unwrap().digests);
}

#[test]
fn a_tree_in_memory_is_packed_to_the_same_bytes_as_the_folder_with_the_same_files() {
    let members = r#""files":["lib","*.md"],"bin":"cli.js","bundleDependencies":["d"],"dependencies":{"d":"1"}"#;
    let files = [
        ("lib/index.js", "1"),
        ("lib/.npmignore", "*.map"),
        ("lib/index.js.map", "2"),
        ("bin/cli.js", "3"),
        ("notes.md", "4"),
        ("other.js", "5"),
        ("node_modules/d/package.json", r#"{"name":"d","version":"1.0.0"}"#),
        ("node_modules/d/index.js", "6"),
        ("node_modules/e/index.js", "7"),
    ];
    let on_disk = files.iter().fold(Tree::new(members, &[]), |tree, (path, content)| {
        tree.with(path, content)
    });
    let disk = Disk::new(on_disk.as_ref()).unwrap();
    let mut in_memory = MemoryTree::new();
    for path in files.iter().map(|(path, _)| *path).chain(["package.json"]) {
        let (content, mode) = (
            disk.read(&disk.folder().join(path)),
            disk.look(&disk.folder().join(path)),
        );
        in_memory.insert(path, content.unwrap(), mode.unwrap().mode).unwrap();
    }
    let options = Options::default().with_dialect(Dialect::Npm11);
    let (packed, _) = Package::select(&in_memory, &options).unwrap().pack().unwrap();
    assert_eq!(packed.digests, on_disk.pack().unwrap().digests);
    assert_eq!(packed.files.len(), 5);
}

#[cfg(unix)]
#[test]
fn a_folder_with_a_backslash_in_its_name_is_looked_for_elsewhere_and_refused() {
    for dialect in [Dialect::Npm11, Dialect::Npm12] {
        let tree = Tree::new("", &["a\\b/x.js"]).packed_by(dialect);
        assert!(matches!(tree.pack(), Err(PackError::Unreadable { path, .. }) if path.ends_with("a/b")));
        assert_eq!(Tree::new("", &["a\\b.js"]).packed_by(dialect).files(), ["a\\b.js"]);
    }
}
