use super::list::from_list;
use super::*;
use crate::certificate::tests::{START, issuing, profile, root};
use crate::certificate::{Authority, Claim, LeafProfile, WorkflowClaims};
use crate::key::tests::key;
use crate::trust_root::ValidFor;

const BOTH: [KeyAlgorithm; 2] = [KeyAlgorithm::EcdsaP256, KeyAlgorithm::Rsa2048];
const AT: Timestamp = START.plus_seconds(60);

struct Issued {
    authority: Authority,
    log: CtLogKey,
    profile: LeafProfile,
    certificate: Certificate,
}

fn issued(algorithm: KeyAlgorithm) -> Issued {
    let authority = issuing(&root(KeyAlgorithm::EcdsaP256));
    let log = CtLogKey::new(key(algorithm));
    let mut profile = profile(&key(KeyAlgorithm::EcdsaP256));
    profile.claims = WorkflowClaims::default()
        .with(Claim::Issuer, "https://token.example")
        .unwrap();
    let certificate = authority.issue_logged(profile.clone(), &log, AT).unwrap();
    Issued {
        authority,
        log,
        profile,
        certificate,
    }
}

fn trusted(log: &CtLogKey) -> TransparencyLog {
    TransparencyLog::new("https://ct.example", log.public_key(), ValidFor::from(START)).unwrap()
}

fn issuer(issued: &Issued) -> &Certificate {
    issued.authority.certificate()
}

#[test]
fn a_logged_certificate_has_one_timestamp_more_than_the_same_without_a_log() {
    for algorithm in BOTH {
        let issued = issued(algorithm);
        let timestamps = SignedCertificateTimestamp::of(&issued.certificate).unwrap();
        let [timestamp] = timestamps.as_slice() else {
            panic!("{timestamps:?}");
        };
        assert_eq!((timestamp.log_id, timestamp.at()), (issued.log.id(), AT));
        let logged = verify(&issued.certificate, issuer(&issued), &[trusted(&issued.log)]).unwrap();
        assert_eq!(logged.at(), AT);
        let plain = issued.authority.issue(issued.profile.clone()).unwrap();
        assert!(SignedCertificateTimestamp::of(&plain).unwrap().is_empty());
        assert_eq!(
            tbs::without_timestamps(issued.certificate.der()).unwrap(),
            tbs::without_timestamps(plain.der()).unwrap()
        );
        assert!(matches!(
            verify(&plain, issuer(&issued), &[trusted(&issued.log)]),
            Err(SctError::Absent)
        ));
    }
}

#[test]
fn the_signed_part_is_given_back_byte_for_byte_when_there_is_nothing_to_take_out() {
    let certificate = issuing(&root(KeyAlgorithm::EcdsaP256)).issue(profile(&key(KeyAlgorithm::EcdsaP256)));
    let der = certificate.unwrap().der().to_vec();
    let tbs = tbs::without_timestamps(&der).unwrap();
    assert_eq!(der[4..4 + tbs.len()], tbs);
}

#[test]
fn a_log_that_is_unknown_or_was_not_trusted_then_is_refused() {
    let issued = issued(KeyAlgorithm::EcdsaP256);
    let check = |logs: &[TransparencyLog]| verify(&issued.certificate, issuer(&issued), logs);
    let stranger = trusted(&CtLogKey::new(key(KeyAlgorithm::EcdsaP256)));
    let unknown = Digest::from_bytes(issued.log.id());
    assert!(matches!(check(&[stranger]), Err(SctError::UnknownLog { log_id }) if log_id == unknown));
    for valid_for in [
        ValidFor::from(AT.plus_seconds(1)),
        ValidFor {
            start: START,
            end: Some(AT.minus_seconds(1)),
        },
    ] {
        let log = TransparencyLog {
            valid_for,
            ..trusted(&issued.log)
        };
        assert!(matches!(
            check(&[log]),
            Err(SctError::NotInForce(NotInForce { at: AT, .. }))
        ));
    }
}

#[test]
fn a_timestamp_for_another_certificate_or_below_another_issuer_is_refused() {
    let issued = issued(KeyAlgorithm::EcdsaP256);
    let logs = [trusted(&issued.log)];
    let stranger = issuing(&root(KeyAlgorithm::EcdsaP256));
    let elsewhere = verify(&issued.certificate, stranger.certificate(), &logs);
    assert!(matches!(
        elsewhere,
        Err(SctError::Signature(SignatureError::Wrong { .. }))
    ));
    // The last byte of the serial number: one of the signed part that no reader trips over.
    let mut der = issued.certificate.der().to_vec();
    let serial = issued.profile.serial.as_bytes();
    let position = der.windows(serial.len()).position(|window| window == serial).unwrap();
    der[position + 19] ^= 1;
    let other = Certificate::from_der(&der).unwrap();
    let refused = verify(&other, issuer(&issued), &logs);
    assert!(matches!(
        refused,
        Err(SctError::Signature(SignatureError::Wrong { .. }))
    ));
}

#[test]
fn a_certificate_is_logged_once() {
    let issued = issued(KeyAlgorithm::EcdsaP256);
    let again = issued
        .log
        .timestamp(&issued.certificate, issued.authority.key().public_key(), AT);
    assert!(matches!(again, Err(SctError::Malformed { .. })));
}

#[test]
fn a_list_that_is_cut_padded_or_of_another_version_is_refused() {
    let issued = issued(KeyAlgorithm::EcdsaP256);
    let timestamps = SignedCertificateTimestamp::of(&issued.certificate).unwrap();
    let list = to_list(&timestamps).unwrap();
    assert_eq!(from_list(&list).unwrap(), timestamps);
    for length in 0..list.len() {
        assert!(from_list(&list[..length]).is_err(), "{length}");
    }
    assert!(from_list(&[&list[..], &[0]].concat()).is_err());
    for (position, value) in [(4, 1), (47, 2), (48, 2)] {
        let mut changed = list.clone();
        changed[position] = value;
        assert!(
            matches!(from_list(&changed), Err(SctError::Malformed { .. })),
            "{position}"
        );
    }
    assert!(from_list(&[0, 0]).is_err());
    let many = vec![timestamps[0].clone(); 17];
    assert!(from_list(&to_list(&many).unwrap()).is_err());
}
