//! What a pax header may not say.

use super::super::sample::{Item, record};
use super::super::{PathFault, PaxFault, ReadError};
use super::{file, path_of, refusal};

fn pax(body: &[u8]) -> ReadError {
    refusal(&[Item::pax(body), file("package/a")])
}

#[test]
fn a_pax_header_with_an_unknown_key_is_refused() {
    let fault = PaxFault::Key {
        key: "linkpath".to_owned(),
    };
    assert_eq!(pax(&record("linkpath", b"a")), ReadError::Pax { at: 0, fault });
}

#[test]
fn a_pax_size_that_disagrees_is_refused() {
    let fault = PaxFault::Size { pax: 9, header: 1 };
    assert_eq!(pax(b"9 size=9\n"), ReadError::Pax { at: 0, fault });
}

#[test]
fn a_pax_header_that_is_too_large_is_refused() {
    let fault = PaxFault::TooLarge {
        found: 16_385,
        limit: 16_384,
    };
    assert_eq!(pax(&[b'1'; 16_385]), ReadError::Pax { at: 0, fault });
}

#[test]
fn a_pax_header_without_a_name_is_refused_because_npm_passes_it_over() {
    let nameless = Item::pax(&record("path", b"package/b")).field(0, &[0; 11]).summed();
    let fault = PaxFault::NoName;
    assert_eq!(refusal(&[nameless, file("package/a")]), ReadError::Pax { at: 0, fault });
}

#[test]
fn a_pax_header_that_is_about_nothing_is_refused() {
    let alone = ReadError::Pax {
        at: 1024,
        fault: PaxFault::Alone,
    };
    assert_eq!(refusal(&[file("package/a"), Item::pax(b"9 size=1\n")]), alone);
}

#[test]
fn a_pax_header_about_a_pax_header_is_refused() {
    let items = [Item::pax(b"9 size=1\n"), Item::pax(b"9 size=1\n"), file("package/a")];
    assert_eq!(
        refusal(&items),
        ReadError::Pax {
            at: 0,
            fault: PaxFault::Alone
        }
    );
}

#[test]
fn a_pax_path_meets_the_rules_of_all_paths() {
    for (path, fault) in [("package/../../a", PathFault::Dots), ("", PathFault::NoRoot)] {
        let items = [Item::pax(&record("path", path.as_bytes())), file("package/a")];
        assert_eq!(path_of(&items), fault);
    }
}
