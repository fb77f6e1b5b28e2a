//! Writes the seeds of all targets into a folder: `seeds FOLDER`. They are a pure function of this program.

#[path = "../tests/hostile/generator/mod.rs"]
mod generator;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use flate2::bufread::GzDecoder;

fn main() {
    let folder = std::env::args().nth(1).unwrap();
    let folder = Path::new(&folder);
    let write = |target: &str, name: &str, bytes: &[u8]| {
        let folder = folder.join(target);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), bytes).unwrap();
    };
    for (number, text) in MANIFESTS.iter().enumerate() {
        write("manifest", &format!("{number:03}"), text.as_bytes());
    }
    for (number, pattern) in PATTERNS.iter().enumerate() {
        let path = PATHS[number % PATHS.len()];
        write("pattern", &format!("{number:03}"), format!("{pattern}\n{path}").as_bytes());
    }
    for (number, input) in inputs().iter().enumerate() {
        write("deflate", &format!("{number:03}"), input);
    }
    // One tarball for each trick, the first that is small.
    let mut seen = BTreeSet::new();
    for case in (0..1500).map(generator::case) {
        let [trick] = case.tricks[..] else { continue };
        let mut tar = Vec::new();
        let is_gzip = GzDecoder::new(&case.tgz[..]).read_to_end(&mut tar).is_ok();
        if tar.len() > 5000 || case.tgz.len() > 3000 || !seen.insert(trick) {
            continue;
        }
        let name = format!("{:03}{}", seen.len(), if case.refused { "-refused" } else { "" });
        write("gzip", &name, &case.tgz);
        if is_gzip {
            write("tar", &name, &tar);
        }
        eprintln!("{name} {}: {trick}", case.number);
    }
}

/// Repetitions at several distances, and none at all.
fn inputs() -> Vec<Vec<u8>> {
    let text = include_bytes!("../src/lib.rs");
    vec![
        b"".to_vec(),
        b"a".to_vec(),
        vec![0; 600],
        text[..1500].to_vec(),
        [&[200, 1][..], &text[..1200]].concat(),
        [&[255, 0][..], &text[..300]].concat(),
        [&[255, 3][..], &(0..=255).collect::<Vec<u8>>()].concat(),
    ]
}

const MANIFESTS: &[&str] = &[
    r#"{"name":"a","version":"1.0.0"}"#,
    "\u{feff}{\r\n\t\"name\": \"@a/b\",\r\n\t\"version\": \"1.0.0\"\r\n}\r\n",
    "{\n  \"version\": \"1.0.0-é\",\n  \"name\": \"a\",\n  \"chittyos\": { \"id\": 1 }\n}\n",
    r#"{"name":"a","version":"1","scripts":{"test":"x","test":"y"},"n":[1e3,-0.0,1.5E-7,{"__proto__":null}]}"#,
    r#"{"name":"a","name":"b","version":"1"}"#,
    r#"{"n\u0061me":"a\ud83d\ude00\ud800","version":"1","private":true,"files":["**",false,null]}"#,
    r#"[{"name":"a","version":"1"}]"#,
    r#"{"name":"a","version":"1"} {}"#,
    r#"{"name":"a","version":"1",}"#,
    r#"{"name":"a","version":"1","d":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"#,
    r#"{"name":"a","version":"1","big":123456789012345678901234567890,"e":1e400}"#,
];

const PATTERNS: &[&str] = &[
    "*", "**", "?", "*.js", ".*", "**/*.test.js", "/lib", "lib/", "!lib/**", "!!a", "#a", "[a-c]", "[!a]", "[^a]", "[]a]", "[a", "[[:alpha:]]*",
    "[![:alnum:]]", "[a-[:digit:]]", "[\\]]", "{a,b}", "{a,{b,c}}.js", "{1..3}", "{01..10..3}", "{a..c}", "{,a}", "{}", "{a,b", "${a,b}", "\\{a\\}",
    "@(a|b)", "+(a|b)", "*(a|b)", "?(a|b)", "!(a|b)", "!(*.js)", "*.!(js)", "@(a|@(b|c))", "!(a|!(b))", "@()", "*(", "(a|b)", "\\*", "a\\", "*a*",
    "a*b*c", "***", "a/../b", "./a", "a//b", "..", "*.", "readme{,.*[^~$]}", "._*", ".*.swp", "**a", "a**", "\u{212a}*", "😀?", "{a..b}{c..d}{e..f}",
];

const PATHS: &[&str] = &["lib/a.test.js", "a", "/lib/a.js", "README.md", "é/日本/😀", "a/b/", ".git/x", "", "[a]/{b}", "a\\b"];
