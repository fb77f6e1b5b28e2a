//! Which files npm 12 packs where npm 11 packs others, told by small packages.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

mod tree;

use certified_pack::tree::MemoryTree;
use certified_pack::{Dialect, Options, PackError, Package, pack};
use tree::Tree;

fn package(members: &str, files: &[&str]) -> Tree {
    Tree::new(members, files).packed_by(Dialect::Npm12)
}

/// The files that each npm packs.
fn both(members: &str, files: &[&str]) -> [Vec<String>; 2] {
    [Dialect::Npm11, Dialect::Npm12].map(|dialect| Tree::new(members, files).packed_by(dialect).files())
}

#[test]
fn a_pattern_for_folders_means_what_is_in_them_too() {
    let [npm_11, npm_12] = both(r#""files":["dist-*"]"#, &["dist-a/x.js", "dist-b/y.js", "z.js"]);
    assert!(npm_11.is_empty());
    assert_eq!(npm_12, ["dist-a/x.js", "dist-b/y.js"]);
}

#[test]
fn patterns_begin_at_the_top_and_case_counts() {
    let files = ["a.js", "lib/b.js", "lib/C.JS"];
    assert_eq!(package(r#""files":["*.js"]"#, &files).files(), ["a.js"]);
    assert_eq!(package(r#""files":["**/*.js"]"#, &files).files(), ["a.js", "lib/b.js"]);
    assert_eq!(package(r#""files":["LIB","lib/*.JS"]"#, &files).files(), ["lib/C.JS"]);
}

#[test]
fn the_order_of_entries_decides_also_for_single_files() {
    let files = ["lib/a.js", "lib/b.js"];
    let [npm_11, npm_12] = both(r#""files":["!lib/a.js","lib"]"#, &files);
    assert_eq!(npm_11, ["lib/b.js"]);
    assert_eq!(npm_12, ["lib/a.js", "lib/b.js"]);
    assert_eq!(package(r#""files":["lib","!lib/a.js"]"#, &files).files(), ["lib/b.js"]);
    assert_eq!(package(r#""files":["lib","!!lib/a.js"]"#, &files).files(), ["lib/b.js"]);
}

#[test]
fn an_ignore_file_below_the_top_stays_in_force_for_a_file_that_is_named() {
    let tree = package(r#""files":["lib/a.js"]"#, &["lib/a.js"]).with("lib/.gitignore", "a.js");
    assert!(tree.files().is_empty());
}

#[test]
fn a_name_with_the_characters_of_a_pattern_is_found_and_then_read_as_a_pattern_again() {
    assert_eq!(package(r#""files":["*.js"]"#, &["[id].js", "i.js"]).files(), ["i.js"]);
    assert!(package(r#""files":["\\[id\\].js"]"#, &["[id].js"]).files().is_empty());
}

#[test]
fn files_of_the_project_alone_are_never_packed() {
    let private = [
        "npm-shrinkwrap.json",
        "bun.lock",
        ".npm-extension.mjs",
        ".npm-extension.cjs",
    ];
    let [npm_11, npm_12] = both("", &private);
    assert_eq!(npm_11.len(), 4);
    assert!(npm_12.is_empty());
    assert!(package(r#""files":["*"]"#, &private).files().is_empty());
    assert_eq!(package(r#""main":"bun.lock""#, &private).files(), ["bun.lock"]);
}

#[test]
fn patches_of_dependencies_are_never_packed() {
    let members = r#""main":"p/a.patch","files":["p"],"patchedDependencies":{"a@1":"./p/a.patch","b":"p\\b.patch/","c":"/p/c.patch","d":"../p/d.patch","e":"x/../p/e.patch","f":1}"#;
    let patches = ["p/a.patch", "p/b.patch", "p/c.patch", "p/d.patch", "p/e.patch"];
    assert_eq!(package(members, &patches).files(), ["p/d.patch", "p/e.patch"]);
}

#[test]
fn a_pattern_may_leave_the_package_and_come_back() {
    let tree = Tree::new("", &[])
        .packed_by(Dialect::Npm12)
        .with(
            "p/package.json",
            r#"{"name":"p","version":"1.0.0","files":["../*/lib","../q","../../**/x.js"]}"#,
        )
        .with("p/lib/a.js", "")
        .with("p/x.js", "")
        .with("q/b.js", "");
    assert_eq!(tree.files_in("p"), ["lib/a.js", "x.js"]);
}

#[cfg(unix)]
#[test]
fn links_are_neither_followed_nor_packed() {
    let tree = package(r#""files":["**/*.js","link","l.js"]"#, &["lib/a.js", "b.txt"])
        .link("link", "lib")
        .link("l.js", "lib/a.js");
    assert_eq!(tree.files(), ["lib/a.js"]);
}

#[test]
fn composed_and_decomposed_letters_are_the_same_where_a_folder_is_read() {
    let names = ["e\u{301}.js"];
    let found = |entry: &str| package(&format!(r#""files":["{entry}"]"#), &names).files();
    assert!(found("\u{e9}.js").is_empty());
    assert_eq!(found("**/\u{e9}.js"), names);
    assert_eq!(found("e\u{301}.js"), names);
}

#[test]
fn a_pattern_that_npm_cannot_use_means_nothing() {
    let long = "a".repeat(70_000);
    assert!(
        package(&format!(r#""files":["{long}","[[:alpha:]]-"]"#), &["a", "b-"])
            .files()
            .is_empty()
    );
}

#[test]
fn node_modules_is_searched_only_when_something_in_it_can_be_packed() {
    let files = ["node_modules/a/x.js", "node_modules/a/y.ts", "z.js"];
    assert_eq!(package(r#""files":["**/*.js"]"#, &files).files(), ["z.js"]);
    let main = r#""files":["**/*.js"],"main":"node_modules/a/y.ts""#;
    assert_eq!(
        package(main, &files).files(),
        ["node_modules/a/x.js", "z.js", "node_modules/a/y.ts"]
    );
}

#[test]
fn thousands_of_files_behind_one_pattern_are_packed_in_moments() {
    let mut tree = MemoryTree::new();
    tree.insert(
        "package.json",
        r#"{"name":"p","version":"1.0.0","files":["dist/**","!**/*.map"]}"#,
        0o644,
    )
    .unwrap();
    for number in 0..2000 {
        tree.insert(&format!("dist/d{}/f{number}.js", number % 50), "", 0o644)
            .unwrap();
        tree.insert(&format!("dist/d{}/f{number}.js.map", number % 50), "", 0o644)
            .unwrap();
    }
    let options = Options::default().with_dialect(Dialect::Npm12);
    let (packed, _) = Package::select(&tree, &options).unwrap().pack().unwrap();
    assert_eq!(packed.files.len(), 2001);
}

#[test]
fn package_json_says_by_which_npm_it_is_packed() {
    for (members, dialect) in [
        (r#""packageManager":"npm@11.6.2""#, Dialect::Npm11),
        (r#""packageManager":"npm@12.1.0+sha512.0123""#, Dialect::Npm12),
        (r#""packageManager":"yarn@1.22.22""#, Dialect::Npm12),
        (r#""packageManager":7"#, Dialect::Npm12),
    ] {
        let tree = Tree::new(members, &["bun.lock"]);
        let (packed, _) = pack(tree.as_ref(), &Options::default()).unwrap();
        assert_eq!(packed.dialect, dialect, "{members}");
        assert_eq!(packed.files.len(), if dialect == Dialect::Npm11 { 2 } else { 1 });
        let forced = Options::default().with_dialect(Dialect::Npm11);
        assert_eq!(pack(tree.as_ref(), &forced).unwrap().0.dialect, Dialect::Npm11);
    }
}

#[test]
fn entries_of_files_have_to_be_texts() {
    for files in ["[1]", "true", "{}"] {
        let tree = package(&format!(r#""files":{files}"#), &[]);
        assert!(matches!(tree.pack(), Err(PackError::Field { .. })), "{files}");
    }
}
