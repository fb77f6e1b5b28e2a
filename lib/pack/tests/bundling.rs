//! Which installed packages npm packs into a package, and what of them.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

mod tree;

use std::fs::File;
use std::time::{Duration, SystemTime};

use certified_pack::PackError;
use tree::Tree;

/// A package that bundles `a`, which needs `b`, which is installed beside it.
fn bundling() -> Tree {
    Tree::new(
        r#""dependencies":{"a":"1"},"bundleDependencies":["a"]"#,
        &["node_modules/a/i.js", "node_modules/b/j.js", "node_modules/c/k.js"],
    )
    .with(
        "node_modules/a/package.json",
        r#"{"name":"a","version":"1.0.0","dependencies":{"b":"1"},"files":["i.js"]}"#,
    )
    .with("node_modules/b/package.json", r#"{"name":"b","version":"1.0.0"}"#)
    .with("node_modules/c/package.json", r#"{"name":"c","version":"1.0.0"}"#)
}

const A_AND_B: [&str; 4] = [
    "node_modules/a/i.js",
    "node_modules/b/j.js",
    "node_modules/a/package.json",
    "node_modules/b/package.json",
];

#[test]
fn a_bundled_package_takes_its_dependencies_with_it() {
    let tree = bundling();
    assert_eq!(tree.files(), A_AND_B);
    assert_eq!(tree.pack().unwrap().bundled, ["a", "b"]);
}

#[test]
fn only_what_is_a_dependency_and_neither_a_peer_nor_for_development_is_bundled() {
    for (dependencies, bundled) in [
        (r#""dependencies":{"c":"1"}"#, true),
        (r#""optionalDependencies":{"c":"1"}"#, true),
        (r#""peerDependencies":{"c":"1"}"#, false),
        (r#""dependencies":{"c":"1"},"devDependencies":{"c":"1"}"#, false),
        (r#""dependencies":{"x":"1"}"#, false),
    ] {
        let tree = Tree::new(
            &format!(r#"{dependencies},"bundledDependencies":["c"]"#),
            &["node_modules/c/k.js"],
        );
        assert_eq!(tree.files().len(), usize::from(bundled), "{dependencies}");
    }
}

#[test]
fn true_means_all_dependencies_and_false_none() {
    let tree = |bundle: &str| {
        Tree::new(
            &format!(r#""dependencies":{{"c":"1"}},"bundleDependencies":{bundle}"#),
            &["node_modules/c/k.js"],
        )
    };
    for (bundle, count) in [
        ("true", 1),
        ("false", 0),
        (r#"{"c":"x"}"#, 1),
        (r#""c""#, 0),
        ("null", 0),
        (r#"["C"]"#, 1),
    ] {
        assert_eq!(tree(bundle).files().len(), count, "{bundle}");
    }
}

#[test]
fn at_the_top_of_a_bundled_package_ignore_files_are_packed_and_not_obeyed() {
    let tree = Tree::new(
        r#""dependencies":{"c":"1"},"bundleDependencies":["c"]"#,
        &[
            "node_modules/c/k.js",
            "node_modules/c/lib/m.js",
            "node_modules/c/.npmrc",
        ],
    )
    .with("node_modules/c/package.json", r#"{"name":"c","version":"1.0.0"}"#)
    .with("node_modules/c/.npmignore", "k.js\n")
    .with("node_modules/c/lib/.npmignore", "m.js\n");
    assert_eq!(
        tree.files(),
        [
            "node_modules/c/.npmignore",
            "node_modules/c/k.js",
            "node_modules/c/package.json"
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_bundled_link_is_packed_under_its_own_path_and_obeys_ignore_files() {
    let tree = Tree::new(
        r#""dependencies":{"l":"1","m":"1"},"bundleDependencies":["l"],"files":["x"]"#,
        &["packages/l/i.js", "packages/l/j.js", "node_modules/m/k.js"],
    )
    .with(
        "packages/l/package.json",
        r#"{"name":"l","version":"1.0.0","dependencies":{"m":"1"}}"#,
    )
    .with("packages/l/.npmignore", "j.js\n")
    .link("node_modules/l", "../packages/l");
    assert_eq!(
        tree.files(),
        [
            "node_modules/l/i.js",
            "node_modules/m/k.js",
            "node_modules/l/package.json"
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_bundled_link_whose_dependency_lies_outside_the_package_is_refused() {
    let tree = Tree::new("", &["outer/l/node_modules/m/k.js"])
        .with(
            "outer/l/package.json",
            r#"{"name":"l","version":"1.0.0","dependencies":{"m":"1"}}"#,
        )
        .with(
            "p/package.json",
            r#"{"name":"p","version":"1.0.0","dependencies":{"l":"1"},"bundleDependencies":["l"]}"#,
        )
        .link("p/node_modules/l", "../../outer/l");
    let refused = certified_pack::pack(
        &tree.path("p"),
        &certified_pack::Options::default().with_dialect(certified_pack::Dialect::Npm11),
    );
    assert!(matches!(refused, Err(PackError::BundledOutside { .. })), "{refused:?}");
}

#[test]
fn a_fresh_hidden_lockfile_hides_the_files_field_of_bundled_packages() {
    let lock = r#"{"packages":{"node_modules/a":{"version":"1.0.0","dependencies":{"b":"1"}},"node_modules/b":{"version":"1.0.0"},"node_modules/c":{"version":"1.0.0"}}}"#;
    let tree = bundling()
        .with("node_modules/a/extra.js", "")
        .with("node_modules/.package-lock.json", lock);
    assert_eq!(tree.files().len(), 5, "{:?}", tree.files());
    let touch = |time| {
        File::options()
            .write(true)
            .open(tree.path("node_modules/.package-lock.json"))
            .unwrap()
            .set_modified(time)
            .unwrap()
    };
    touch(SystemTime::now() - Duration::from_secs(60));
    assert_eq!(tree.files(), A_AND_B);
}

#[test]
fn a_hidden_lockfile_that_does_not_know_a_package_is_not_believed() {
    let lock = r#"{"packages":{"node_modules/a":{"version":"1.0.0"}}}"#;
    let tree = bundling().with("node_modules/.package-lock.json", lock);
    assert_eq!(tree.files(), A_AND_B);
}

#[test]
fn a_bundled_package_that_is_a_file_stops_the_packing() {
    let tree = Tree::new(
        r#""dependencies":{"z":"1"},"bundleDependencies":["z"]"#,
        &["node_modules/z"],
    );
    assert!(matches!(tree.pack(), Err(PackError::Unreadable { .. })));
}

#[test]
fn what_is_bundled_but_not_installed_is_left_out() {
    assert_eq!(
        Tree::new(r#""dependencies":{"z":"1"},"bundleDependencies":["z"]"#, &["i.js"]).files(),
        ["i.js"]
    );
}

#[test]
fn a_dependency_is_found_under_a_name_that_only_looks_the_same() {
    let tree = Tree::new(
        "\"dependencies\":{\"\u{e9}\":\"1\"},\"bundleDependencies\":[\"\u{e9}\"]",
        &["node_modules/E\u{301}/i.js"],
    )
    .with(
        "node_modules/E\u{301}/package.json",
        r#"{"name":"e","version":"1.0.0"}"#,
    );
    assert_eq!(
        tree.files(),
        ["node_modules/E\u{301}/i.js", "node_modules/E\u{301}/package.json"]
    );
}
