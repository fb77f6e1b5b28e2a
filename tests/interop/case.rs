//! One piece of evidence as a verifier gets it, and the verdicts of all verifiers on many of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use certified_evidence::{Bundle, TrustRoot};
use serde_json::{Value, json};

use crate::ours;
use crate::stage::peers::peer;
use crate::town::{ARTIFACT, IDENTITY, ISSUER};

/// A bundle, what it is about, whom it should be by, and what is trusted.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) bundle: Value,
    pub(crate) trust_root: Value,
    pub(crate) artifact: Vec<u8>,
    pub(crate) identity: String,
    pub(crate) issuer: Option<String>,
    /// What our judgement of the whole release is, where the bundle is only a part of it.
    pub(crate) released: Option<String>,
}

impl Case {
    /// A case in which nothing is wrong, unless the bundle is.
    pub(crate) fn new(name: &str, bundle: &Bundle, trust_root: &TrustRoot) -> Self {
        Self {
            name: name.to_owned(),
            bundle: serde_json::from_str(&bundle.to_json().unwrap()).unwrap(),
            trust_root: serde_json::from_str(&trust_root.to_json().unwrap()).unwrap(),
            artifact: ARTIFACT.to_vec(),
            identity: IDENTITY.to_owned(),
            issuer: Some(ISSUER.to_owned()),
            released: None,
        }
    }

    /// Puts the case into a folder of its own.
    pub(crate) fn write(&self, folder: &Path) -> PathBuf {
        let folder = folder.join(self.name.replace([' ', ','], "-"));
        fs::create_dir(&folder).unwrap();
        let expected = json!({ "identity": self.identity, "issuer": self.issuer });
        fs::write(folder.join("bundle.json"), self.bundle.to_string()).unwrap();
        fs::write(folder.join("trusted_root.json"), self.trust_root.to_string()).unwrap();
        fs::write(folder.join("expected.json"), expected.to_string()).unwrap();
        fs::write(folder.join("artifact"), &self.artifact).unwrap();
        folder
    }
}

/// Asks every verifier about every case: a table, one line for each case. `securesystemslib` knows envelopes and keys alone.
pub(crate) fn table(cases: &[Case]) -> String {
    let desk = tempfile::tempdir().unwrap();
    let folders: Vec<PathBuf> = cases.iter().map(|case| case.write(desk.path())).collect();
    let node = |bundle: &str, verify: &str| ask("verifiers-node", &["verify.cjs", bundle, verify], &folders);
    let python = |which: &str| ask("verifiers-python", &["verify.py", which], &folders);
    let rust = || answers(Command::new(peer("verifiers-rust")).args(&folders));
    let others = [
        node("@sigstore/bundle", "@sigstore/verify"),
        node("bundle-of-2025", "verify-of-2025"),
        python("sigstore"),
        rust(),
        python("securesystemslib"),
    ];
    let mut table = line(
        "",
        "ours",
        [
            "npm",
            "npm of 2025",
            "sigstore-python",
            "sigstore-rust",
            "securesystemslib",
        ]
        .map(str::to_owned),
    );
    for (case, folder) in cases.iter().zip(&folders) {
        let name = folder.file_name().unwrap().to_str().unwrap();
        table += &line(
            &case.name,
            &case.released.clone().unwrap_or_else(|| ours::verdict(case)),
            others.each_ref().map(|verdicts| verdicts[name].clone()),
        );
    }
    table
}

fn line(name: &str, ours: &str, others: [String; 5]) -> String {
    let mut line = format!("{name:<49} | {ours:<34}");
    for verdict in others {
        // Writing to a String cannot fail.
        let _ = write!(line, " | {verdict:<35}");
    }
    format!("{}\n", line.trim_end())
}

/// Runs one of the programs beside this file; answers with its verdict on each folder.
fn ask(interpreter: &str, arguments: &[&str], folders: &[PathBuf]) -> BTreeMap<String, String> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/interop")
        .join(arguments[0]);
    let mut command = Command::new(peer(interpreter));
    answers(command.arg(program).args(&arguments[1..]).args(folders))
}

fn answers(command: &mut Command) -> BTreeMap<String, String> {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}
