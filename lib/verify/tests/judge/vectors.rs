//! The tamperings as files, for other implementations: `fixtures/releases`, one folder for each code.
//!
//! `UPDATE_RELEASES=1 cargo test -p certified-verify --test judge vectors` makes them anew, with new keys.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use certified_verify::{Refusal, check_key};
use serde_json::{Value, json};

use crate::any_file::Question;
use crate::release::{Release, certificate, new_key};
use crate::{any_file, key, tamperings};

#[test]
fn every_code_has_its_vector_on_disk() {
    if std::env::var_os("UPDATE_RELEASES").is_some() {
        make_all();
    }
    let found: BTreeSet<String> = fs::read_dir(releases())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let good = ["good", "good-rsa", "good-unwitnessed", "good-bundle"].map(str::to_owned);
    let expected: BTreeSet<String> = Refusal::CODES.iter().map(|code| name(code)).chain(good).collect();
    assert_eq!(found, expected, "make them with UPDATE_RELEASES=1");
    for code in Refusal::CODES {
        let text = fs::read(releases().join(name(code)).join("expected.json")).unwrap();
        let said: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(said["code"], json!(code));
    }
}

fn make_all() {
    for folder in fs::read_dir(releases())
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
    {
        if folder.is_dir() {
            fs::remove_dir_all(folder).unwrap();
        }
    }
    write_release("good", &Release::good());
    write_release("good-rsa", &Release::rsa());
    write_release("good-unwitnessed", &Release::unwitnessed());
    write_bundle("good-bundle", &Question::good());
    let mut left: BTreeSet<&str> = Refusal::CODES.into_iter().collect();
    for tampering in tamperings() {
        if left.remove(tampering.code) {
            let mut release = (tampering.release)();
            (tampering.tamper)(&mut release);
            write_release(&name(tampering.code), &release);
        }
    }
    for tampering in any_file::TAMPERINGS {
        if left.remove(tampering.code) {
            let mut question = Question::good();
            (tampering.tamper)(&mut question);
            write_bundle(&name(tampering.code), &question);
        }
    }
    for code in key::CODES {
        assert!(left.remove(code));
        write_key(&name(code));
    }
    assert!(left.is_empty(), "{left:?}");
}

/// The answers of the services are written only where the release alone does not show what is wrong.
fn write_release(name: &str, release: &Release) {
    let refusal = release.judge().outcome.err();
    let alone = release.judge_offline().outcome.err();
    write(name, "published.tgz", &release.published);
    write_json(name, "evidence.json", &json!(release.evidence));
    write_json(name, "anchors.json", &json!(release.anchors));
    if alone != refusal {
        let told = &release.told;
        let archived = told.archived.as_ref().map(|bytes| {
            write(name, "archived.tgz", bytes);
            "archived.tgz"
        });
        let answers = json!({
            "archived": archived,
            "event": told.event,
            "record": told.record,
            "certificate": told.certificate,
        });
        write_json(name, "answers.json", &answers);
    }
    write_expected(name, &json!("release"), refusal.as_ref());
}

fn write_bundle(name: &str, question: &Question) {
    let refusal = question.judge().and_then(|judgement| judgement.outcome).err();
    write(name, "published.tgz", &question.file);
    write(name, "bundle.sigstore.json", &question.bundle);
    write_json(name, "anchors.json", &json!(question.anchors));
    let asked = json!({ "bundle": { "identity": question.identity, "issuer": question.issuer } });
    write_expected(name, &asked, refusal.as_ref());
}

fn write_key(name: &str) {
    let release = Release::good();
    let (certificate, key) = (certificate(&release.evidence), new_key(release.maker.key.algorithm()));
    write(name, "certificate.pem", certificate.to_pem().as_bytes());
    write(name, "key.pem", key.public_key().to_pem().as_bytes());
    write_expected(
        name,
        &json!("key"),
        check_key(&certificate, key.public_key()).err().as_ref(),
    );
}

fn write_expected(name: &str, question: &Value, refusal: Option<&Refusal>) {
    let (code, message) = (refusal.map(Refusal::code), refusal.map(ToString::to_string));
    let expected = json!({ "question": question, "code": code, "message": message });
    write_json(name, "expected.json", &expected);
}

fn write_json(folder: &str, file: &str, json: &Value) {
    write(folder, file, format!("{json:#}\n").as_bytes());
}

fn write(folder: &str, file: &str, bytes: &[u8]) {
    let folder = releases().join(folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(file), bytes).unwrap();
}

/// `certificate/other-name` is in the folder `certificate-other-name`.
fn name(code: &str) -> String {
    code.replace('/', "-")
}

fn releases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/releases")
}
