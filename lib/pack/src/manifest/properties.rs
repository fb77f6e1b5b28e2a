//! What holds for every manifest: adding a member and taking it away gives back the bytes, and
//! nothing but that member differs in between.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::Manifest;

const KEY: &str = "chittyos";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_member_that_was_added_can_be_taken_away_without_a_trace(
        (text, _) in manifest(),
        value in value(),
    ) {
        let bare = Manifest::parse(text.as_str()).unwrap();
        let with = bare.with(KEY, &value).unwrap();
        let again = with.without(KEY).unwrap();
        prop_assert_eq!(again.bytes(), bare.bytes());

        let mut root = with.root().clone();
        prop_assert_eq!(root.shift_remove(KEY), Some(value));
        prop_assert_eq!(&root, bare.root());
        prop_assert_eq!(with.root().keys().next_back().map(String::as_str), Some(KEY));
    }

    #[test]
    fn a_member_anywhere_is_taken_away_and_nothing_else_changes(
        (text, keys) in manifest(),
        which in any::<prop::sample::Index>(),
    ) {
        let manifest = Manifest::parse(text.as_str()).unwrap();
        prop_assume!(keys.len() > 2);
        let removable: Vec<_> =
            keys.iter().filter(|key| !["name", "version"].contains(&key.as_str())).collect();
        let key = which.get(&removable);
        let without = manifest.without(key).unwrap();
        let mut root = manifest.root().clone();
        prop_assert!(root.shift_remove(key.as_str()).is_some());
        prop_assert_eq!(&root, without.root());
        prop_assert!(root.keys().eq(without.root().keys()));
        prop_assert!(is_subsequence(without.bytes(), manifest.bytes()));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = Manifest::parse(bytes);
    }
}

/// Whether what is left is a part before the edit and a part after it.
fn is_subsequence(short: &[u8], long: &[u8]) -> bool {
    let head = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let tail = short
        .iter()
        .rev()
        .zip(long.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    head + tail >= short.len()
}

/// A manifest's text in some style, and its top-level keys in order.
fn manifest() -> impl Strategy<Value = (String, Vec<String>)> {
    let extra = prop::collection::vec((key(), scalar_or_nested()), 0..5);
    let names = (0usize..8, 0usize..8);
    (
        extra,
        names,
        prop::collection::vec(space(), 1..6),
        any::<(bool, bool)>(),
    )
        .prop_map(|(mut members, (name, version), spaces, (mark, escape))| {
            members.insert(name.min(members.len()), ("name".into(), json!("@acme/widgets")));
            members.insert(version.min(members.len()), ("version".into(), json!("1.0.0")));
            let mut seen = std::collections::HashSet::new();
            members.retain(|(key, _)| key != KEY && seen.insert(key.clone()));
            let text = write(&members, &spaces, escape);
            let keys = members.into_iter().map(|(key, _)| key).collect();
            (if mark { format!("\u{feff}{text}") } else { text }, keys)
        })
}

fn write(members: &[(String, Value)], spaces: &[String], escape: bool) -> String {
    let mut spaces = spaces.iter().cycle();
    let mut space = || spaces.next().unwrap().as_str();
    let mut text = format!("{}{{", space());
    for (index, (key, value)) in members.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let value = if escape {
            value.to_string()
        } else {
            format!("{value:#}")
        };
        let key = if escape { escaped(key) } else { json!(key).to_string() };
        text += &[comma, space(), &key, space(), ":", space(), &value, space()].concat();
    }
    text + "}" + space()
}

fn escaped(key: &str) -> String {
    let units = key.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
    format!("\"{}\"", units.collect::<String>())
}

fn space() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "", " ", "\n", "\n  ", "\r\n\t", "\n\n    ", "\r", "\t", "\r\n", " \n ",
    ])
    .prop_map(str::to_owned)
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("files".to_owned()),
        Just("größe 📦".to_owned()),
        Just("a\"b\\c}{,:".to_owned()),
        Just(String::new()),
        "\\PC{0,6}",
    ]
}

fn scalar_or_nested() -> impl Strategy<Value = Value> {
    prop_oneof![
        value(),
        value().prop_map(|value| json!({ KEY: value, "name": { KEY: [] } })),
        value().prop_map(|value| json!([{ KEY: value }])),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((".{0,4}", inner), 0..4).prop_map(|members| members.into_iter().collect()),
        ]
    })
}
