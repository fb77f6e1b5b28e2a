//! What a header may not say.

use super::super::sample::{Item, open, tar};
use super::super::{Limits, ReadError};
use super::{changed, file, refusal};

#[test]
fn a_header_with_a_wrong_checksum_is_refused() {
    let error = refusal(&[file("package/a").field(8, b"b")]);
    assert!(matches!(error, ReadError::Checksum { at: 0, .. }), "{error}");
}

#[test]
fn a_wrong_checksum_in_the_middle_does_not_hide_what_follows() {
    let error = refusal(&[file("package/a"), file("package/b").field(8, b"c"), file("package/d")]);
    assert!(matches!(error, ReadError::Checksum { at: 1024, .. }), "{error}");
}

#[test]
fn a_header_without_a_checksum_is_refused() {
    let error = refusal(&[file("package/a").field(148, &[0; 8])]);
    assert_eq!(
        error,
        ReadError::Number {
            at: 0,
            field: "checksum"
        }
    );
}

#[test]
fn a_header_that_is_not_ustar_is_refused() {
    assert_eq!(changed(257, b"ustar  \0"), ReadError::NotUstar { at: 0 });
    assert_eq!(changed(257, &[0; 8]), ReadError::NotUstar { at: 0 });
}

#[test]
fn links_devices_and_pipes_are_refused() {
    for found in ['1', '2', '3', '4', '6', '7'] {
        assert_eq!(changed(156, &[found as u8]), ReadError::Type { at: 0, found });
    }
}

#[test]
fn gnu_long_names_sparse_files_and_other_extensions_are_refused() {
    for found in ['L', 'K', 'S', 'D', 'V', 'X', 'A'] {
        assert_eq!(changed(156, &[found as u8]), ReadError::Type { at: 0, found });
    }
}

#[test]
fn a_global_pax_header_is_refused() {
    let global = Item::pax(b"9 size=1\n").field(156, b"g").summed();
    let error = refusal(&[global, file("package/a")]);
    assert_eq!(error, ReadError::Type { at: 0, found: 'g' });
}

#[test]
fn a_file_of_the_old_type_nul_is_a_file() {
    let old = file("package/a").field(156, b"\0").summed();
    assert_eq!(open(&tar(&[old])).unwrap().file("a"), Some(&b"1"[..]));
}

#[test]
fn a_size_that_is_negative_base_256_or_missing_is_refused() {
    for size in [
        b"-000000001 \0",
        b"\x80\0\0\0\0\0\0\0\0\0\0\x01",
        b"\0\0\0\0\0\0\0\0\0\0\0\0",
    ] {
        assert_eq!(changed(124, size), ReadError::Number { at: 0, field: "size" });
    }
}

#[test]
fn a_size_beyond_the_end_is_refused() {
    assert_eq!(changed(124, b"0000010000 \0"), ReadError::Truncated { at: 0 });
}

#[test]
fn a_size_beyond_the_limit_is_refused() {
    let limit = Limits::default().file;
    let found = 0o77_777_777_777;
    assert_eq!(
        changed(124, b"77777777777\0"),
        ReadError::FileTooLarge { at: 0, found, limit }
    );
}

#[test]
fn a_mode_that_is_not_octal_is_refused() {
    assert_eq!(changed(100, b"rw-r--r-"), ReadError::Number { at: 0, field: "mode" });
}

#[test]
fn numbers_without_meaning_are_octal_or_empty_because_npm_passes_over_a_header_that_has_others() {
    for (at, field) in [
        (108, "owner"),
        (116, "group"),
        (136, "time"),
        (329, "device"),
        (337, "device"),
    ] {
        for number in [b"\xff\xff\xff\xff\xff\xff\xff\xff", b"\x81\0\0\0\0\0\0\0", b"00x0000\0"] {
            assert_eq!(changed(at, number), ReadError::Number { at: 0, field });
        }
    }
}

#[test]
fn bytes_after_a_name_has_ended_are_refused() {
    assert_eq!(changed(50, b"b"), ReadError::AfterText { at: 0, field: "name" });
    assert_eq!(changed(400, b"b"), ReadError::AfterText { at: 0, field: "prefix" });
    assert_eq!(
        changed(200, b"b"),
        ReadError::AfterText {
            at: 0,
            field: "link name"
        }
    );
}

#[test]
fn a_link_name_on_a_file_is_refused() {
    assert_eq!(changed(157, b"/etc/passwd"), ReadError::LinkName { at: 0 });
}

#[test]
fn a_directory_with_a_body_is_refused() {
    let directory = file("package/a/").field(156, b"5").summed();
    assert_eq!(refusal(&[directory]), ReadError::DirectoryBody { at: 0, size: 1 });
}

#[test]
fn times_that_older_packers_keep_behind_the_prefix_are_no_part_of_it() {
    let times = b"15257560040\x0015257560040\0";
    let item = file("a").field(345, b"package").field(476, times).summed();
    assert!(open(&tar(&[item])).unwrap().file("a").is_some());
}

#[test]
fn times_behind_a_prefix_that_does_not_end_before_them_are_refused() {
    let times = b"15257560040\x0015257560040\0";
    let item = file("a").field(345, &[b'p'; 131]).field(476, times).summed();
    assert_eq!(refusal(&[item]), ReadError::AfterText { at: 0, field: "prefix" });
}
