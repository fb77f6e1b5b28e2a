//! What the action writes for the runner, whatever stands in it: the runner reads back exactly what was meant, or nothing was written.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;

use crate::runner::{Said, obey, pairs};

#[path = "../../src/action/commands.rs"]
#[allow(dead_code, reason = "the action uses the rest")]
mod commands;
#[path = "../../src/action/files.rs"]
#[allow(dead_code, reason = "the action uses the rest")]
mod files;

#[test]
fn every_odd_text_is_read_back_as_an_output_or_refused() {
    let mut refused = 0;
    for value in ODD {
        match files::entry("name", value, delimiters("d")) {
            Ok(entry) => assert_eq!(
                pairs(&entry),
                BTreeMap::from([("name".to_owned(), (*value).to_owned())])
            ),
            Err(_) => {
                assert!(value.contains(['\0', '\r']), "{value:?}");
                refused += 1;
            }
        }
        // As a name none of them is taken for another one.
        if let Ok(entry) = files::entry(value, "value", delimiters("d")) {
            assert_eq!(
                pairs(&entry),
                BTreeMap::from([((*value).to_owned(), "value".to_owned())])
            );
        }
    }
    assert!(refused > 2 && ODD.len() > 60);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn many_outputs_in_one_file_are_read_back_exactly(entries in prop::collection::vec((name(), text(), word()), 1..6)) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("output");
        fs::write(&file, "").unwrap();
        let mut meant = BTreeMap::new();
        for (name, value, word) in &entries {
            // The first delimiter that is tried may well stand in the value.
            let Ok(entry) = files::entry(name, value, delimiters(word)) else {
                prop_assert!(value.contains(['\0', '\r']));
                continue;
            };
            files::append(&file, &entry).unwrap();
            meant.insert(name.clone(), value.clone());
        }
        prop_assert_eq!(pairs(&fs::read_to_string(&file).unwrap()), meant);
    }

    #[test]
    fn a_name_of_any_kind_is_read_back_or_refused(name in text(), value in text()) {
        if let Ok(entry) = files::entry(&name, &value, delimiters("word")) {
            prop_assert_eq!(pairs(&entry), BTreeMap::from([(name, value)]));
        }
    }

    #[test]
    fn an_annotation_says_what_was_meant(title in text(), data in text()) {
        let line = commands::command("error", &[("file", "a"), ("title", &title)], &data);
        let (said, shown) = obey(&line);
        prop_assert_eq!(shown, "");
        let mut properties = BTreeMap::from([("file".to_owned(), "a".to_owned())]);
        // The runner cuts white space off at the end of the last property.
        let ends_white = commands::command("", &[("title", &title)], "").trim_end_matches("::").ends_with(char::is_whitespace);
        if !title.is_empty() {
            properties.insert("title".to_owned(), title.clone());
        }
        let expected = Said { name: "error".to_owned(), properties, data };
        if ends_white {
            prop_assert_eq!((&said[0].name, &said[0].data), (&expected.name, &expected.data));
            prop_assert!(title.starts_with(said[0].properties.get("title").map_or("", String::as_str)));
        } else {
            prop_assert_eq!(said, vec![expected]);
        }
    }

    #[test]
    fn a_secret_of_any_kind_is_masked_as_it_is(secret in text()) {
        let lines = commands::masks(&secret);
        let (said, _) = obey(&lines.join("\n"));
        prop_assert_eq!(said.len(), lines.len());
        if secret.trim().len() >= 4 {
            prop_assert_eq!(&said[0].data, &secret);
        }
    }

    #[test]
    fn no_text_of_others_commands_the_runner(text in text()) {
        let (said, shown) = obey(&commands::inert(&text));
        prop_assert_eq!(said, vec![]);
        // Nothing of it is lost, but for the signs that disarm it.
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        prop_assert_eq!(letters(&shown), letters(&text));
    }
}

/// Delimiters, the first one of the test's choice.
fn delimiters(first: &str) -> impl FnMut() -> String {
    let (first, mut count) = (first.to_owned(), 0);
    move || {
        count += 1;
        if count == 1 {
            first.clone()
        } else {
            format!("0123456789abcdef-{count}")
        }
    }
}

fn name() -> impl Strategy<Value = String> {
    "[A-Za-z0-9_-]{1,12}"
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), Just("EOF".to_owned()), "[a-z]{1,2}"]
}

/// Odd texts, pieces of what the runner takes for something, and anything at all, put together.
fn text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(ODD).prop_map(str::to_owned);
    let piece = prop::sample::select(PIECES).prop_map(str::to_owned);
    let any = prop_oneof![any::<String>(), "\\PC{0,20}", "[ -~\n]{0,30}"];
    prop::collection::vec(prop_oneof![odd, piece, any], 0..6).prop_map(|pieces| pieces.concat())
}

const PIECES: &[&str] = &[
    "::",
    "##[",
    "]",
    "\n",
    "\r",
    "\r\n",
    " ",
    "\t",
    "\u{a0}",
    "\u{85}",
    "\u{2028}",
    "%",
    "%25",
    "%0A",
    "%0D",
    "%3A",
    "%2C",
    ":",
    ",",
    "=",
    "<<",
    "<<EOF\n",
    "EOF",
    "\nEOF\n",
    "error",
    "set-output name=x::y",
    "add-mask::e",
    "stop-commands::x",
    "::x::",
    "name=",
    "d",
    "\nd\n",
];

/// What has broken somebody's parser before.
const ODD: &[&str] = &[
    "",
    " ",
    "\n",
    "\n\n",
    "\t",
    "a\n",
    "\na",
    "a\n\nb",
    "\r",
    "\r\n",
    "a\rb",
    "a\0b",
    "\0",
    "undefined",
    "null",
    "NaN",
    "true",
    "0",
    "-1",
    "=",
    "==",
    "a=b",
    "a==b",
    "<<",
    "a<<b",
    "a<<EOF",
    "a<<EOF\nb\nEOF",
    "a=b<<EOF",
    "EOF",
    "EOF\nEOF",
    "d",
    "d\nd",
    "\nd\n",
    "x\nd",
    "evil\nchitty_cert_id=FORGED",
    "evil\ncert_id<<d\nFORGED\nd",
    "%",
    "%%",
    "%0A",
    "%0D%0A",
    "%25",
    "%250A",
    "%3A%2C",
    "100%",
    "::",
    "::set-output name=a::b",
    "::add-mask::a",
    "::stop-commands::d",
    "::error file=a,line=1::b",
    "##[error]x",
    "##[add-mask]x",
    "::d::",
    "a,b:c",
    "'",
    "\"",
    "`",
    "\\",
    "\\n",
    "$(touch pwned)",
    "`touch pwned`",
    "${{ secrets.GITHUB_TOKEN }}",
    "$HOME",
    "%PATH%",
    "; rm -rf /",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "</details><h1>verified</h1>",
    "| a | b |",
    "[a](javascript:b)",
    "é",
    "e\u{301}",
    "雪だるま",
    "☃",
    "👩‍👩‍👧‍👦",
    "𝒳",
    "\u{feff}",
    "\u{feff}a=b",
    "\u{202e}abc",
    "\u{200b}",
    "\u{2028}",
    "\u{2029}",
    "\u{85}",
    "\u{b}",
    "\u{c}",
    "\u{1b}[31mred",
    "\u{7f}",
    "\u{fffd}",
    "\u{10ffff}",
    "ﷺ",
    "ı İ ſ",
    "\u{202e}\u{2066}",
    "Ω≈ç√∫˜µ≤≥÷",
    "田中さんにあげて下さい",
];
