//! Where an entry may not be.

use super::super::sample::{Item, open, tar};
use super::super::{PathFault, ReadError};
use super::{file, path_of, refusal};

#[test]
fn a_prefix_meets_the_rules_of_all_paths() {
    let item = file("a").field(345, b"package/..").summed();
    assert_eq!(path_of(&[item]), PathFault::Dots);
    let item = file("a").field(345, b"/package").summed();
    assert_eq!(path_of(&[item]), PathFault::Absolute);
}

#[test]
fn a_prefix_is_part_of_the_path() {
    let item = file("a").field(345, b"package/lib").summed();
    assert!(open(&tar(&[item])).unwrap().file("lib/a").is_some());
}

#[test]
fn a_path_that_is_not_utf8_is_refused() {
    assert_eq!(
        path_of(&[file("package/a").field(8, b"\xff").summed()]),
        PathFault::NotUtf8
    );
}

#[test]
fn a_file_outside_the_top_directory_is_refused() {
    assert_eq!(path_of(&[file("package/a"), file("evil.js")]), PathFault::NoRoot);
}

#[test]
fn a_second_top_directory_is_refused() {
    let (first, second) = ("package".to_owned(), "Package".to_owned());
    let error = refusal(&[file("package/a"), file("Package/b")]);
    assert_eq!(error, ReadError::OtherRoot { first, second });
}

#[test]
fn a_path_that_occurs_twice_is_refused() {
    let path = "a".to_owned();
    let error = refusal(&[file("package/a"), file("package/b"), file("package/a")]);
    assert_eq!(error, ReadError::Duplicate { path });
}

#[test]
fn a_path_that_occurs_as_file_and_as_directory_is_refused() {
    let path = "a".to_owned();
    let error = refusal(&[Item::directory("package/a/"), file("package/a")]);
    assert_eq!(error, ReadError::Duplicate { path });
}

#[test]
fn a_file_below_a_file_is_refused_in_either_order() {
    let items = [file("package/a"), file("package/a-b"), file("package/a/b/c")];
    let (file, child) = ("a".to_owned(), "a/b/c".to_owned());
    let expected = ReadError::BelowFile { file, child };
    assert_eq!(refusal(&items), expected);
    let [a, b, c] = items;
    assert_eq!(refusal(&[c, b, a]), expected);
}

#[test]
fn a_file_below_a_directory_is_accepted() {
    let items = [
        Item::directory("package/"),
        Item::directory("package/a"),
        file("package/a/b"),
    ];
    assert!(open(&tar(&items)).is_ok());
}

#[test]
fn a_second_spelling_of_the_manifest_is_refused() {
    let path = "Package.json".to_owned();
    let error = refusal(&[file("package/package.json"), file("package/Package.json")]);
    assert_eq!(error, ReadError::LooksLikeManifest { path });
}
