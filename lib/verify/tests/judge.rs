//! Every way in which a release can be wrong, one tampering for each test: all else stays good, and everybody is asked.
//!
//! The tests are sorted by the check that has to notice. Each names the code that people and scripts see.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

#[macro_use]
#[path = "judge/refused.rs"]
mod refused;

#[path = "judge/any_file.rs"]
mod any_file;
#[path = "judge/bundle.rs"]
mod bundle;
#[path = "judge/certificate.rs"]
mod certificate;
#[path = "judge/event.rs"]
mod event;
#[path = "judge/flips.rs"]
mod flips;
#[path = "judge/good.rs"]
mod good;
#[path = "judge/key.rs"]
mod key;
#[path = "judge/log.rs"]
mod log;
#[path = "judge/maker.rs"]
mod maker;
#[path = "judge/services.rs"]
mod services;
#[path = "judge/tarball.rs"]
mod tarball;
#[path = "judge/timestamp.rs"]
mod timestamp;
#[path = "judge/transparency.rs"]
mod transparency;
#[path = "judge/usage.rs"]
mod usage;
#[path = "judge/vectors.rs"]
mod vectors;

mod release;

use std::collections::BTreeSet;

use refused::Tampering;

use certified_verify::Refusal;

#[test]
fn every_refusal_has_a_test() {
    let tested: BTreeSet<&str> = tamperings()
        .map(|tampering| tampering.code)
        .chain(key::CODES.iter().copied())
        .chain(any_file::TAMPERINGS.iter().map(|tampering| tampering.code))
        .collect();
    assert_eq!(tested, BTreeSet::from(Refusal::CODES));
}

/// All of them, by the check that notices.
fn tamperings() -> impl Iterator<Item = &'static Tampering> {
    [
        tarball::manifest::TAMPERINGS,
        tarball::integrity::TAMPERINGS,
        tarball::rebuild::TAMPERINGS,
        tarball::signature::TAMPERINGS,
        timestamp::TAMPERINGS,
        timestamp::certificate::TAMPERINGS,
        timestamp::revocation::TAMPERINGS,
        certificate::TAMPERINGS,
        certificate::by_the_clock_of_the_signer::TAMPERINGS,
        bundle::TAMPERINGS,
        transparency::TAMPERINGS,
        event::TAMPERINGS,
        log::TAMPERINGS,
        services::registry::TAMPERINGS,
        services::archive::TAMPERINGS,
        services::revocation::TAMPERINGS,
    ]
    .into_iter()
    .flatten()
}
