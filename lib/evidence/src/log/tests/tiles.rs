use proptest::prelude::*;

use super::*;

fn path(text: &str) -> TilePath {
    text.parse().unwrap_or_else(|refused| panic!("{text}: {refused}"))
}

fn entries_text(text: &str) -> Result<Entry, EntryError> {
    text.parse()
}

#[test]
fn a_path_has_groups_of_three_digits_and_its_width_when_it_is_partial() {
    let hashes = |text: &str, level, index, width| {
        let path = path(text);
        assert_eq!(
            (path.kind(), path.index(), path.width()),
            (TileKind::Hashes(level), index, width)
        );
        assert_eq!(path.to_string(), text);
    };
    hashes("tile/0/000", 0, 0, 256);
    hashes("tile/0/x001/x234/067", 0, 1_234_067, 256);
    hashes("tile/63/999", 63, 999, 256);
    hashes("tile/2/x001/000.p/1", 2, 1000, 1);
    hashes("tile/0/x018/x446/x744/x073/x709/x551/615.p/255", 0, u64::MAX, 255);
    assert_eq!(path("tile/entries/x001/234.p/5").kind(), TileKind::Entries);
}

#[test]
fn another_spelling_of_a_path_is_no_path() {
    for text in [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/x001/x000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/0/+01",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p/1/2",
        "tile/0/000.p/1.p/1",
        "/tile/0/000",
        "tile/0/000/",
        "tile/entries",
        "tile/entries/0",
        "tile/Entries/000",
        "tile/data/000",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/../000",
        "checkpoint",
    ] {
        assert!(text.parse::<TilePath>().is_err(), "{text}");
    }
}

#[test]
fn a_tree_of_70000_has_the_tiles_that_the_specification_counts() {
    let tiles = |kind| -> Vec<_> { TilePath::all_in_tree(kind, size(70_000)).collect() };
    let widths = |kind| {
        let tiles = tiles(kind);
        let full = tiles.iter().filter(|tile| tile.width() == 256).count();
        (full, tiles.last().map(|tile| tile.width()))
    };
    assert_eq!(widths(TileKind::Hashes(0)), (273, Some(112)));
    assert_eq!(widths(TileKind::Entries), (273, Some(112)));
    assert_eq!(widths(TileKind::Hashes(1)), (1, Some(17)));
    assert_eq!(widths(TileKind::Hashes(2)), (0, Some(1)));
    assert_eq!(widths(TileKind::Hashes(3)), (0, None));
    assert_eq!(widths(TileKind::Hashes(63)), (0, None));
    assert_eq!(tiles(TileKind::Hashes(1))[1].to_string(), "tile/1/001.p/17");
    let of_256: Vec<_> = TilePath::all_in_tree(TileKind::Hashes(1), size(256)).collect();
    assert_eq!(of_256, [path("tile/1/000.p/1")]);
}

#[test]
fn a_tile_is_in_a_tree_only_with_everything_it_holds() {
    for (text, count, is_in) in [
        ("tile/0/000.p/5", 5, true),
        ("tile/0/000.p/5", 4, false),
        ("tile/0/000.p/4", 5, true),
        ("tile/0/000", 255, false),
        ("tile/1/000.p/1", 256, true),
        ("tile/1/000.p/1", 255, false),
        ("tile/63/000.p/1", TreeSize::LARGEST, false),
        ("tile/0/x018/x446/x744/x073/x709/x551/615", TreeSize::LARGEST, false),
    ] {
        assert_eq!(path(text).is_in_tree(size(count)), is_in, "{text} in {count}");
    }
}

#[test]
fn a_tile_of_hashes_holds_the_nodes_of_its_level_and_survives_its_bytes() {
    let whole = tree(600);
    let tile = path("tile/1/000.p/2");
    let hashes: Vec<_> = tile.nodes().map(|at| whole.node(at).unwrap()).collect();
    let first = tree(256);
    assert_eq!(hashes[0], *first.head().root());
    let bytes = hash_tile(&hashes);
    assert_eq!(read_hash_tile(&bytes, 2), Ok(hashes));
    for (bytes, width) in [(&bytes[..63], 2), (&bytes[..], 1), (&bytes[..], 3), (&bytes[..0], 2)] {
        assert!(matches!(read_hash_tile(bytes, width), Err(TileError::Length { .. })));
    }
    // The tree above the tiles is what the tiles say it is.
    let leaves = path("tile/0/002.p/88");
    let ends: Vec<_> = leaves.nodes().map(|at| whole.node(at).unwrap()).collect();
    assert_eq!((ends[0], ends[87]), (leaf(512).into(), leaf(599).into()));
    assert!(leaves.entries().next().is_none());
}

#[test]
fn a_bundle_of_entries_survives_its_bytes_and_is_refused_when_it_breaks_off() {
    let entries: Vec<_> = [&b"one"[..], b"", &[7; Entry::LONGEST]]
        .into_iter()
        .map(|bytes| Entry::new(bytes).unwrap())
        .collect();
    let bytes = entry_bundle(&entries);
    assert_eq!(&bytes[..7], b"\0\x03one\0\0");
    assert_eq!(read_entry_bundle(&bytes, 3), Ok(entries));
    for (bytes, width) in [(&bytes[..], 2), (&bytes[..7], 3), (&bytes[..0], 1)] {
        assert!(matches!(read_entry_bundle(bytes, width), Err(TileError::Count { .. })));
    }
    for end in [1, 3, 4, 6, 8, bytes.len() - 1] {
        assert!(
            matches!(read_entry_bundle(&bytes[..end], 3), Err(TileError::Broken { .. })),
            "{end}"
        );
    }
    assert!(Entry::new(vec![0; Entry::LONGEST + 1]).is_err());
    assert_eq!(
        entries_text("b25l").map(|entry| entry.as_bytes().to_vec()),
        Ok(b"one".to_vec())
    );
    assert!(matches!(entries_text("b25"), Err(EntryError::NotBase64 { length: 3 })));
    assert!(matches!(
        entries_text(&"A".repeat(87_384)),
        Err(EntryError::TooLong { .. })
    ));
    let third = path("tile/entries/002.p/2")
        .entries()
        .map(LeafIndex::get)
        .collect::<Vec<_>>();
    assert_eq!(third, [512, 513]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_path_survives_its_text(level in 0_u8..64, index: u64, width in 1_u16..=256, entries: bool) {
        let kind = if entries { "entries".to_owned() } else { level.to_string() };
        let mut groups = format!("{:03}", index % 1000);
        let mut rest = index / 1000;
        while rest > 0 {
            groups = format!("x{:03}/{groups}", rest % 1000);
            rest /= 1000;
        }
        let suffix = if width == 256 { String::new() } else { format!(".p/{width}") };
        let text = format!("tile/{kind}/{groups}{suffix}");
        let path: TilePath = text.parse().unwrap();
        prop_assert_eq!((path.index(), path.width()), (index, width));
        prop_assert_eq!(path.to_string(), text);
        prop_assert!(path.nodes().count() <= 256);
    }

    #[test]
    fn any_bytes_are_a_bundle_or_refused(bytes: Vec<u8>, width in 0_u16..300) {
        if let Ok(entries) = read_entry_bundle(&bytes, width) {
            prop_assert_eq!(entry_bundle(&entries), bytes);
        }
    }
}
