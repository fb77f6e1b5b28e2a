//! The releases in `fixtures/releases`, read from disk and judged as anybody else would: each is refused with exactly the code and the
//! words in its `expected.json`.
//!
//! They are made by the tamperings of `tests/judge`: `UPDATE_RELEASES=1 cargo test -p certified-verify --test judge vectors`.
#![allow(clippy::unwrap_used, reason = "a vector that cannot be read is a failed test")]

use std::fs;
use std::path::{Path, PathBuf};

use certified_evidence::wire::certificates::VerifyReply;
use certified_evidence::wire::chronicle::StoredEvent;
use certified_evidence::wire::registry::PackageRecord;
use certified_evidence::{Anchors, Certificate, Evidence, PublicKey};
use certified_verify::bundle::{self, Issuer, Signer};
use certified_verify::{Asked, PublishedTarball, Refusal, check_key, judge};
use serde::Deserialize;

/// What an implementation has to come to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    question: Question,
    code: Option<String>,
    message: Option<String>,
}

/// What is asked about the files beside it.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Question {
    Release,
    Bundle { identity: String, issuer: Option<String> },
    Key,
}

/// What the services said; a member that is missing was not asked.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answers {
    #[serde(default, deserialize_with = "said")]
    archived: Option<Option<String>>,
    #[serde(default, deserialize_with = "said")]
    event: Option<Option<StoredEvent>>,
    #[serde(default, deserialize_with = "said")]
    record: Option<Option<PackageRecord>>,
    certificate: Option<VerifyReply>,
}

/// `null` is an answer: there is no such thing.
fn said<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[test]
fn every_vector_is_judged_as_it_says() {
    let mut folders: Vec<PathBuf> = fs::read_dir(releases())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(folders.len() > Refusal::CODES.len(), "{} folders", folders.len());
    for folder in folders {
        let expected: Expected = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
        let refusal = refusal(&folder, &expected.question);
        let found = refusal
            .as_ref()
            .map(|refusal| (refusal.code().to_owned(), refusal.to_string()));
        assert_eq!(found, expected.code.zip(expected.message), "{}", folder.display());
    }
}

fn refusal(folder: &Path, question: &Question) -> Option<Refusal> {
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    match question {
        Question::Release => release(folder),
        Question::Bundle { identity, issuer } => {
            let issuer = issuer.as_deref().map_or(Issuer::Nobody, Issuer::Named);
            let anchors = Anchors::parse(&read("anchors.json")).unwrap();
            let judged = bundle::read(&read("bundle.sigstore.json")).and_then(|found| {
                bundle::judge(&found, &read("published.tgz"), &Signer { identity, issuer }, &anchors).outcome
            });
            judged.err()
        }
        Question::Key => {
            let text = |name| String::from_utf8(read(name)).unwrap();
            let certificate = Certificate::from_pem(&text("certificate.pem")).unwrap();
            check_key(&certificate, &PublicKey::from_pem(&text("key.pem")).unwrap()).err()
        }
    }
}

fn release(folder: &Path) -> Option<Refusal> {
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    let evidence: Evidence = serde_json::from_slice(&read("evidence.json")).unwrap();
    let anchors = Anchors::parse(&read("anchors.json")).unwrap();
    let answers: Answers = match fs::read(folder.join("answers.json")) {
        Ok(json) => serde_json::from_slice(&json).unwrap(),
        Err(_) => Answers::default(),
    };
    let archived = answers.archived.map(|file| file.map(|file| read(&file)));
    let asked = Asked {
        archived: archived.as_ref().map(Option::as_deref),
        event: answers.event.as_ref().map(Option::as_ref),
        record: answers.record.as_ref().map(Option::as_ref),
        certificate: answers.certificate.as_ref(),
    };
    let tarball = PublishedTarball::open(read("published.tgz")).unwrap();
    judge(&tarball, &evidence, &anchors, &asked).outcome.err()
}

fn releases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/releases")
}
