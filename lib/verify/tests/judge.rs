//! Every way in which a release can be wrong, one tampering for each test: all else stays good, and everybody is asked.
//!
//! The tests are sorted by the check that has to notice. Each names the code that people and scripts see.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

#[macro_use]
#[path = "judge/refused.rs"]
mod refused;

#[path = "judge/certificate.rs"]
mod certificate;
#[path = "judge/event.rs"]
mod event;
#[path = "judge/good.rs"]
mod good;
#[path = "judge/key.rs"]
mod key;
#[path = "judge/log.rs"]
mod log;
#[path = "judge/services.rs"]
mod services;
#[path = "judge/tarball.rs"]
mod tarball;
#[path = "judge/usage.rs"]
mod usage;

mod release;

use std::collections::BTreeSet;

use certified_verify::Refusal;

#[test]
fn every_refusal_has_a_test() {
    let tested: BTreeSet<&str> = [
        tarball::manifest::CODES,
        tarball::integrity::CODES,
        tarball::rebuild::CODES,
        tarball::signature::CODES,
        certificate::CODES,
        key::CODES,
        event::CODES,
        log::CODES,
        services::registry::CODES,
        services::archive::CODES,
        services::revocation::CODES,
    ]
    .concat()
    .into_iter()
    .collect();
    assert_eq!(tested, BTreeSet::from(Refusal::CODES));
}
