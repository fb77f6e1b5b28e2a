//! What we emit must convince verifiers that none of us wrote, unmodified and with nothing but the trust root swapped; and with one thing
//! wrong it must not.
//!
//! The verifiers are peers of the tests, installed by `tests/set-up`: Sigstore's for npm, today's and that of 2025; Sigstore's for Python,
//! as a library and as a command line; Sigstore's for Rust; the reference implementations of DSSE and in-toto.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod case;
mod changes;
mod command_line;
mod embedded;
mod ours;
mod released;
#[path = "../stage/mod.rs"]
mod stage;
mod town;

use case::{Case, table};
use certified_evidence::KeyAlgorithm::Rsa2048;
use town::{ARTIFACT, Kinds, Town, message, provenance};

#[test]
fn every_verifier_accepts_both_bundles_of_a_release() {
    let p256 = Kinds::default();
    let mut cases = Vec::new();
    for (name, kinds) in [
        ("P-256 everywhere", p256),
        (
            "log with Ed25519",
            Kinds {
                ed25519_log: true,
                ..p256
            },
        ),
        ("the log's only entry", Kinds { tree: 1, ..p256 }),
        ("one of a thousand", Kinds { tree: 1000, ..p256 }),
        (
            "authority with RSA",
            Kinds {
                authority: Rsa2048,
                ..p256
            },
        ),
        ("timestamps with RSA", Kinds { time: Rsa2048, ..p256 }),
        (
            "release with RSA",
            Kinds {
                release: Rsa2048,
                ..p256
            },
        ),
    ] {
        let town = Town::new(kinds);
        let key = town.release_key();
        let certificate = town.certificate(town.profile(&key));
        for (kind, content) in [
            ("tarball", message(&key, ARTIFACT)),
            ("provenance", provenance(&key, ARTIFACT)),
        ] {
            let bundle = town.bundle(certificate.clone(), content);
            cases.push(Case::new(&format!("{kind}, {name}"), &bundle, &town.trust_root()));
        }
    }
    insta::assert_snapshot!("accepted", table(&cases));
}

#[test]
fn a_bundle_with_one_thing_wrong_is_refused() {
    let mut cases = changes::all("tarball", message);
    cases.extend(changes::all("provenance", provenance));
    for case in &cases {
        let unchanged = case.name.ends_with("unchanged");
        assert_eq!(ours::verdict(case) == "accepts", unchanged, "{}", case.name);
    }
    insta::assert_snapshot!("refused", table(&cases));
}
