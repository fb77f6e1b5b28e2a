//! Ignore patterns on paths: a line of a pattern, a line of a path.
#![no_main]

use certified_pack::fuzzing::matches;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (pattern, path) = text.split_once('\n').unwrap_or((text, "lib/a.test.js"));
    let whole = matches(pattern, path, false);
    let partial = matches(pattern, path, true);
    assert_eq!(whole.is_some(), partial.is_some());
});
