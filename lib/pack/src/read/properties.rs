//! What holds for every tree: written as npm writes it and read again, it is the same tree.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Archive, Audit, EntryKind, Limits};
use crate::header;
use crate::tarball::Tarball;

/// Paths with modes and contents.
type Tree = BTreeMap<String, (u32, Vec<u8>)>;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_tree_that_was_packed_is_read_back_with_every_path_mode_and_byte(tree in tree()) {
        let tarball = Tarball::compress(tar(&tree)).unwrap();
        let archive = Archive::open(tarball.bytes(), &Limits::default()).unwrap();
        prop_assert_eq!(archive.root(), "package");
        prop_assert_eq!(archive.entries().len(), tree.len());
        for (entry, (path, (mode, body))) in archive.entries().iter().zip(&tree) {
            prop_assert_eq!((&entry.path, entry.kind, entry.mode), (path, EntryKind::File, *mode));
            prop_assert_eq!(entry.size, body.len() as u64);
            prop_assert_eq!(archive.file(path), Some(body.as_slice()));
        }
    }

    #[test]
    fn an_audit_has_nothing_to_remark_on_a_tree_that_was_packed(tree in tree()) {
        let audit = Audit::from_tar(tar(&tree), &Limits::default()).unwrap();
        prop_assert_eq!(audit.remarks(), []);
        for (path, (_, body)) in &tree {
            prop_assert_eq!(audit.file(path), Some(body.as_slice()));
        }
    }

    #[test]
    fn a_file_exchanged_and_exchanged_back_leaves_no_trace(
        tree in tree(),
        which in any::<prop::sample::Index>(),
        body in prop::collection::vec(any::<u8>(), 0..2000),
    ) {
        let archive = Archive::from_tar(tar(&tree), &Limits::default()).unwrap();
        let (path, (_, old)) = which.get(&tree.iter().collect::<Vec<_>>()).to_owned();
        // Where a path is not ASCII, its size stands in a pax header too, and no exchange is made.
        if let Ok(exchanged) = archive.replaced(path, &body) {
            let exchanged = Archive::from_tar(exchanged, &Limits::default()).unwrap();
            prop_assert_eq!(exchanged.file(path), Some(body.as_slice()));
            prop_assert_eq!(&exchanged.replaced(path, old).unwrap(), archive.tar());
        }
    }
}

fn tar(tree: &Tree) -> Vec<u8> {
    let mut tar = Vec::new();
    for (path, (mode, body)) in tree {
        header::write(&mut tar, path, *mode, body.len() as u64);
        tar.extend_from_slice(body);
        tar.extend_from_slice(header::padding(body.len() as u64));
    }
    header::finish(&mut tar);
    tar
}

fn tree() -> impl Strategy<Value = Tree> {
    let mode = prop::sample::select(vec![0o644, 0o755, 0o600, 0o4755]);
    let size = prop_oneof![0..600_usize, Just(512), Just(1024)];
    let body = size.prop_flat_map(|size| prop::collection::vec(any::<u8>(), size));
    prop::collection::btree_map(path(), (mode, body), 1..12)
}

/// Short and long, of all alphabets, and without a drive letter at the top, which npm drops. What ends with `d` is a folder and never also a file.
fn path() -> impl Strategy<Value = String> {
    let segment = |end: &'static str| {
        let short = "[a-z0-9@_+~( .-]{0,12}[a-z]";
        let long = "[A-Za-z]{60,130}";
        let other = "[a-zéß日か😀\\\\:'\"-]{1,20}";
        prop_oneof![4 => short, 1 => long, 1 => other].prop_map(move |name| format!("xx{name}{end}"))
    };
    (prop::collection::vec(segment("d"), 0..5), segment(".js"))
        .prop_map(|(folders, file)| [folders, vec![file]].concat().join("/"))
        .prop_filter("longer than is read", |path| path.len() < 1000)
}
