//! The habits of other packers, and what no packer may do.

use super::super::sample::{Item, good, record, tar};
use super::super::{Archive, EntryKind, PathFault, PaxFault};
use super::*;

fn audit(items: &[Item]) -> Result<Audit, ReadError> {
    Audit::from_tar(tar(items), &Limits::default())
}

fn file(path: &str) -> Item {
    Item::file(path, b"1")
}

/// Accepted with this one remark, and refused by the strict reader.
fn only_remark(items: &[Item]) -> Remark {
    let found = audit(items).unwrap();
    assert!(Archive::from_tar(tar(items), &Limits::default()).is_err());
    assert!(found.file("a").is_some(), "{:?}", found.entries());
    let [remark] = found.remarks() else {
        panic!("{:?}", found.remarks())
    };
    remark.clone()
}

fn long_name(name: &[u8]) -> Item {
    Item::file("././@LongLink", name).field(156, b"L").summed()
}

#[test]
fn what_npm_packs_is_read_without_a_remark() {
    let found = Audit::from_tar(good(), &Limits::default()).unwrap();
    let strict = Archive::from_tar(good(), &Limits::default()).unwrap();
    assert_eq!(found.entries(), strict.entries());
    assert_eq!(found.remarks(), []);
}

#[test]
fn a_long_name_of_gnu_is_the_path_of_the_file_after_it() {
    let name = format!("package/{}", "d/".repeat(90));
    // pnpm leaves a cut prefix in the header after it.
    let cut = file("cut").field(345, b"package/d/d").summed();
    let long = long_name(format!("{name}a.js\0").as_bytes())
        .field(257, b"ustar  \0")
        .summed();
    let found = audit(&[file("package/package.json"), long, cut]).unwrap();
    assert!(found.file(&format!("{}a.js", "d/".repeat(90))).is_some());
    assert_eq!(
        found.remarks(),
        [Remark::Format { at: 1024 }, Remark::LongName { at: 1024 }]
    );
}

#[test]
fn headers_of_gnu_and_of_the_time_before_ustar_are_read() {
    for magic in [b"ustar  \0", &[0; 8]] {
        let item = file("package/a").field(257, magic).field(345, b"no prefix").summed();
        assert_eq!(only_remark(&[item]), Remark::Format { at: 0 });
    }
}

#[test]
fn a_pax_header_about_the_whole_archive_may_be_a_comment() {
    let comment = Item::pax(&record("comment", b"0123")).field(156, b"g").summed();
    let found = audit(&[comment, file("package/a")]).unwrap();
    let key = "comment".to_owned();
    assert_eq!(
        found.remarks(),
        [Remark::PaxKey { at: 0, key }, Remark::GlobalHeader { at: 0 }]
    );
}

#[test]
fn pax_keys_that_change_nothing_are_read() {
    let key = "LIBARCHIVE.creationtime".to_owned();
    let pax = Item::pax(&record(&key, b"1.5"));
    assert_eq!(only_remark(&[pax, file("package/a")]), Remark::PaxKey { at: 0, key });
}

#[test]
fn owners_with_large_numbers_and_garbage_behind_names_are_read() {
    let owner = file("package/a").field(108, b"\x80\0\0\0\0\x20\0\0").summed();
    assert_eq!(only_remark(&[owner]), Remark::Number { at: 0, field: "owner" });
    let garbage = file("package/a").field(50, b"b").summed();
    assert_eq!(only_remark(&[garbage]), Remark::AfterText { at: 0, field: "name" });
}

#[test]
fn a_file_with_a_slash_at_its_end_is_a_directory() {
    let directory = Item::file("package/d/", b"");
    let found = audit(&[file("package/a"), directory]).unwrap();
    assert_eq!(found.entries()[1].kind, EntryKind::Directory);
    assert_eq!(found.remarks(), [Remark::DirectoryByName { at: 1024 }]);
}

#[test]
fn a_file_beside_the_top_directory_is_not_among_the_entries() {
    let path = "evil.js".to_owned();
    assert_eq!(
        only_remark(&[file("package/a"), file("evil.js")]),
        Remark::Outside { path }
    );
}

#[test]
fn a_path_that_is_not_utf8_is_shown_with_replacements() {
    let item = file("package/a").field(9, b"\xff").summed();
    let found = audit(&[item]).unwrap();
    assert_eq!(found.entries()[0].path, "a\u{fffd}");
}

#[test]
fn an_archive_without_an_end_and_bytes_in_the_padding_are_read() {
    let mut bytes = tar(&[file("package/a")]);
    bytes[513] = b'x';
    bytes.truncate(1024);
    let found = Audit::from_tar(bytes, &Limits::default()).unwrap();
    assert_eq!(found.remarks(), [Remark::Padding { at: 0 }, Remark::NoEnd]);
}

#[test]
fn paths_that_lead_out_are_refused_wherever_they_stand() {
    for path in ["package/../../a", "../a", "/etc/passwd", "C:/a/b", "package/\\a"] {
        assert!(matches!(audit(&[file(path)]), Err(ReadError::Path { .. })), "{path}");
        let long = long_name(path.as_bytes());
        assert!(
            matches!(audit(&[long, file("package/a")]), Err(ReadError::Path { .. })),
            "{path}"
        );
    }
    let dots = audit(&[long_name(b"package/.."), file("package/a")]).unwrap_err();
    assert!(matches!(
        dots,
        ReadError::Path {
            fault: PathFault::Dots,
            ..
        }
    ));
}

#[test]
fn links_devices_and_second_manifests_are_refused() {
    for kind in [b"1", b"2", b"3", b"6", b"K", b"S"] {
        let item = file("package/a").field(156, kind).summed();
        assert!(matches!(audit(&[item]), Err(ReadError::Type { .. })));
    }
    let twice = audit(&[file("package/package.json"), file("package/package.json")]);
    assert!(matches!(twice, Err(ReadError::Duplicate { .. })));
    let two_roots = audit(&[file("package/package.json"), file("zzz/package.json")]);
    assert!(matches!(two_roots, Err(ReadError::OtherRoot { .. })));
}

#[test]
fn two_names_for_one_file_are_refused() {
    let pax = Item::pax(&record("path", b"package/b"));
    let long = long_name(b"package/c\0");
    for items in [
        [pax.clone(), long.clone(), file("package/a")],
        [long.clone(), pax, file("package/a")],
        [long.clone(), long, file("package/a")],
    ] {
        assert!(matches!(audit(&items), Err(ReadError::Pax { .. })));
    }
}

#[test]
fn names_and_sizes_for_all_entries_are_refused() {
    for key in ["path", "size", "linkpath", "GNU.sparse.size"] {
        let global = Item::pax(&record(key, b"1")).field(156, b"g").summed();
        let fault = PaxFault::Key { key: key.to_owned() };
        let error = audit(&[global, file("package/a")]).unwrap_err();
        assert_eq!(error, ReadError::Pax { at: 0, fault });
    }
}

#[test]
fn a_number_that_npm_cannot_hold_is_refused() {
    let item = file("package/a").field(108, &[0xff; 8]).summed();
    assert_eq!(audit(&[item]).unwrap_err(), ReadError::Number { at: 0, field: "owner" });
}
