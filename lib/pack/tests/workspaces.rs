//! What workspaces change: for the package that has them, and for the package that is one.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

mod tree;

use certified_pack::PackError;
use tree::Tree;

const INNER: &str = r#"{
  "name": "inner",
  "version": "1.0.0"
}"#;

#[test]
fn the_root_of_workspaces_packs_them_and_takes_their_manifests_for_ignore_files() {
    let tree = Tree::new(
        r#""workspaces":["packages/*"]"#,
        &["packages/a/i.js", "packages/a/x.ts"],
    )
    .with("packages/a/package.json", INNER)
    .with("packages/a/.npmignore", "x.ts\n");
    assert_eq!(
        tree.files(),
        ["packages/a/i.js", "packages/a/package.json", "packages/a/x.ts"]
    );
}

#[test]
fn without_a_workspace_that_exists_nested_ignore_files_count() {
    let tree = Tree::new(r#""workspaces":["nope/*"]"#, &["packages/a/i.js", "packages/a/x.ts"])
        .with("packages/a/package.json", INNER)
        .with("packages/a/.npmignore", "x.ts\n");
    assert_eq!(tree.files(), ["packages/a/i.js", "packages/a/package.json"]);
}

#[test]
fn a_workspace_obeys_the_ignore_files_between_its_root_and_itself() {
    let tree = Tree::new(
        r#""workspaces":["packages/*"]"#,
        &["packages/a/i.js", "packages/a/dist/x.js", "packages/a/log.txt"],
    )
    .with("packages/a/package.json", INNER)
    .with(".gitignore", "dist\n")
    .with("packages/.npmignore", "*.txt\n");
    assert_eq!(tree.files_in("packages/a"), ["i.js"]);
}

#[test]
fn a_package_below_another_that_is_no_workspace_of_it_is_left_alone() {
    let tree = Tree::new(
        r#""workspaces":["packages/*","!packages/a"]"#,
        &["packages/a/dist/x.js"],
    )
    .with("packages/a/package.json", INNER)
    .with(".gitignore", "dist\n");
    assert_eq!(tree.files_in("packages/a"), ["dist/x.js"]);
}

#[test]
fn two_workspaces_with_one_name_are_refused() {
    let tree = Tree::new(r#""workspaces":["packages/{a,b}"]"#, &[])
        .with("packages/a/package.json", INNER)
        .with("packages/b/package.json", INNER);
    assert!(matches!(tree.pack(), Err(PackError::DuplicateWorkspace { name, .. }) if name == "inner"));
}

#[test]
fn workspaces_that_are_no_list_of_texts_are_refused() {
    for workspaces in ["null", "7", r#""packages""#, "[7]", "{}"] {
        let refused = Tree::new(&format!(r#""workspaces":{workspaces}"#), &[]).pack();
        assert!(
            matches!(refused, Err(PackError::Field { field, .. }) if field == "workspaces"),
            "{workspaces}"
        );
    }
    assert!(Tree::new(r#""workspaces":{"packages":[]}"#, &[]).pack().is_ok());
}

#[test]
fn a_workspace_whose_manifest_is_not_json_is_refused() {
    let tree = Tree::new(r#""workspaces":["packages/**"]"#, &[]).with("packages/a/b/package.json", "{");
    assert!(matches!(tree.pack(), Err(PackError::NotJson { path, .. }) if path.ends_with("packages/a/b/package.json")));
}
