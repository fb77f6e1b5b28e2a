//! Shows folders of evidence to Sigstore's verifier for Rust and prints a JSON object: folder -> "accepts" or "refuses: …".
//!
//! usage: verifiers-rust folder…

use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};
use sigstore_verify::trust_root::TrustedRoot;
use sigstore_verify::types::Bundle;
use sigstore_verify::{VerificationPolicy, verify};

fn main() {
    let verdicts: Map<String, Value> = std::env::args()
        .skip(1)
        .map(|folder| {
            let folder = Path::new(&folder);
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let verdict = match check(folder) {
                Ok(()) => "accepts".to_owned(),
                Err(refusal) => format!("refuses: {}", kind(&*refusal)),
            };
            (name, verdict.into())
        })
        .collect();
    println!("{}", Value::Object(verdicts));
}

fn check(folder: &Path) -> Result<(), Box<dyn Error>> {
    let read = |name: &str| fs::read_to_string(folder.join(name));
    let expected: Value = serde_json::from_str(&read("expected.json")?)?;
    let bundle = Bundle::from_json(&read("bundle.json")?)?;
    let trusted = TrustedRoot::from_json(&read("trusted_root.json")?)?;
    let mut policy = VerificationPolicy::any_identity();
    if let Some(identity) = expected["identity"].as_str() {
        policy = policy.require_identity(identity);
    }
    // An authority that verified no workflow names no issuer.
    if let Some(issuer) = expected["issuer"].as_str() {
        policy = policy.require_issuer(issuer);
    }
    verify(&fs::read(folder.join("artifact"))?, &bundle, &policy, &trusted)?;
    Ok(())
}

/// The beginning of the message, up to a colon or a time: what comes after it may differ from run to run.
fn kind(refusal: &dyn Error) -> String {
    let message = refusal.to_string();
    let beginning = message.split(':').next().unwrap_or_default();
    let is_time = |word: &str| word.as_bytes().get(4) == Some(&b'-') && word.starts_with("20");
    let words: Vec<_> = beginning.split(' ').take_while(|word| !is_time(word)).collect();
    words.join(" ")
}
