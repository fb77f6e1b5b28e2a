//! Whatever is taken for a manifest: edits are undone without a trace, and what was edited can be read.
#![no_main]

use certified_pack::Manifest;
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|bytes: &[u8]| {
    let Ok(manifest) = Manifest::parse(bytes) else {
        return;
    };
    assert_eq!(manifest.bytes(), bytes);
    let _ = (manifest.name(), manifest.version(), manifest.is_private());
    if let Ok(with) = manifest.with("chittyos", &json!({ "id": [1, "\u{2028}"], "deep": {} })) {
        assert_eq!(with.without("chittyos").unwrap().bytes(), bytes);
        assert_eq!(with.root().keys().next_back().unwrap(), "chittyos");
    }
    for key in manifest.root().keys().filter(|key| !["name", "version"].contains(&key.as_str())) {
        let without = manifest.without(key).unwrap();
        assert!(!without.root().contains_key(key));
        assert_eq!(without.root().len() + 1, manifest.root().len());
    }
});
