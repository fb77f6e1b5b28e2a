//! Packed folders: the fixtures, and one file beside any package.json.

use std::fs;
use std::path::Path;

use certified_evidence::block::MEMBER;
use certified_pack::{Manifest, Options, pack};
use certified_verify::CertifiedTarball;

/// Folders below `fixtures/packages`.
pub(crate) const FIXTURES: [&str; 6] = ["widgets", "plain", "crlf", "bom", "old-block", "nested-block"];

/// Ways to spell a package.json.
pub(crate) const MANIFESTS: [(&str, &str); 9] = [
    ("tabs", "{\n\t\"name\": \"acme\",\n\t\"version\": \"1.0.0\"\n}\n"),
    (
        "CR LF without a last line end",
        "{\r\n  \"name\": \"acme\",\r\n  \"version\": \"1.0.0\"\r\n}",
    ),
    ("CR alone", "{\r\"name\": \"acme\",\r\"version\": \"1.0.0\"\r}\r"),
    (
        "byte order mark and tabs",
        "\u{feff}{\n\t\"name\": \"acme\",\n\t\"version\": \"1.0.0\"\n}",
    ),
    ("one line with spaces", "{ \"name\": \"acme\", \"version\": \"1.0.0\" }"),
    (
        "one line and many line ends",
        "\n\n{\"name\":\"acme\",\"version\":\"1.0.0\"}\n\n\n",
    ),
    (
        "escaped keys",
        "{\n  \"n\\u0061me\": \"acme\",\n  \"vers\\u0069on\": \"1.0.0\"\n}\n",
    ),
    (
        "unicode",
        "{\n  \"name\": \"acme\",\n  \"version\": \"1.0.0\",\n  \"größe 📦\": { \"chittyos\": \"\\ud83d\\udce6\" }\n}\n",
    ),
    (
        "a block that comes first",
        "{\n  \"chittyos\": { \"a\": [1, 2] },\n  \"name\": \"acme\",\n  \"version\": \"1.0.0\"\n}\n",
    ),
];

/// A fixture, packed from its manifest without a block.
pub(crate) fn fixture(name: &str) -> CertifiedTarball {
    certified(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../fixtures/packages")
            .join(name),
    )
}

/// One file and this package.json.
pub(crate) fn packed(manifest: &str) -> CertifiedTarball {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("package.json"), manifest).unwrap();
    fs::write(folder.path().join("index.js"), "exports.widgets = 3;\n").unwrap();
    certified(folder.path())
}

fn certified(folder: &Path) -> CertifiedTarball {
    let manifest = Manifest::parse(fs::read(folder.join("package.json")).unwrap()).unwrap();
    let bare = manifest.without(MEMBER).unwrap();
    CertifiedTarball::new(pack(folder, &Options::with_manifest(bare)).unwrap().1).unwrap()
}
