//! What keys do and refuse.

use der::Encode as _;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use rsa::BoxedUint;
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::*;
use crate::signature::SignatureError;

/// The randomness of all tests that make keys.
pub(crate) fn rng() -> impl CryptoRng {
    UnwrapErr(SysRng)
}

/// A new key.
pub(crate) fn key(algorithm: KeyAlgorithm) -> SigningKey {
    SigningKey::generate(algorithm, &mut rng()).unwrap()
}

const BOTH: [KeyAlgorithm; 2] = [KeyAlgorithm::EcdsaP256, KeyAlgorithm::Rsa2048];

#[test]
fn what_a_key_signs_its_public_half_verifies() {
    for algorithm in BOTH {
        let key = key(algorithm);
        let signature = key.sign(b"widgets").unwrap();
        assert_eq!(key.public_key().verify(b"widgets", &signature), Ok(()));
        assert_eq!(
            key.sign(b"widgets"),
            Ok(signature),
            "{algorithm} signs the same bytes in the same way"
        );
        assert_eq!(key.algorithm(), algorithm);
    }
}

#[test]
fn a_signature_is_checked_against_the_digest_as_against_the_message() {
    for algorithm in BOTH {
        let key = key(algorithm);
        let signature = key.sign(b"widgets").unwrap();
        let public = key.public_key();
        assert_eq!(public.verify_digest(&crate::Digest::of(b"widgets"), &signature), Ok(()));
        let wrong = Err(SignatureError::Wrong { algorithm });
        assert_eq!(public.verify_digest(&crate::Digest::of(b"gadgets"), &signature), wrong);
        let short = Signature::from_bytes([1, 2, 3]).unwrap();
        assert!(matches!(
            public.verify_digest(&crate::Digest::of(b"widgets"), &short),
            Err(SignatureError::Malformed { .. })
        ));
    }
}

#[test]
fn one_flipped_bit_in_the_message_or_the_signature_is_refused() {
    for algorithm in BOTH {
        let key = key(algorithm);
        let signature = key.sign(b"widgets").unwrap();
        assert_eq!(
            key.public_key().verify(b"widgetr", &signature),
            Err(SignatureError::Wrong { algorithm })
        );
        // The last byte belongs to a number in both encodings, so the result is still a well-formed signature.
        let mut bytes = signature.as_bytes().to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        let flipped = Signature::from_bytes(bytes).unwrap();
        assert_eq!(
            key.public_key().verify(b"widgets", &flipped),
            Err(SignatureError::Wrong { algorithm })
        );
    }
}

#[test]
fn a_signature_cut_short_is_malformed_and_not_merely_wrong() {
    for algorithm in BOTH {
        let key = key(algorithm);
        let signature = key.sign(b"widgets").unwrap();
        for length in 1..signature.as_bytes().len() {
            let cut = Signature::from_bytes(&signature.as_bytes()[..length]).unwrap();
            let refused = SignatureError::Malformed { algorithm, length };
            assert_eq!(key.public_key().verify(b"widgets", &cut), Err(refused));
        }
    }
}

#[test]
fn a_signature_by_a_foreign_key_is_refused() {
    for algorithm in BOTH {
        let signature = key(algorithm).sign(b"widgets").unwrap();
        let foreign = key(algorithm);
        assert_eq!(
            foreign.public_key().verify(b"widgets", &signature),
            Err(SignatureError::Wrong { algorithm })
        );
    }
    let signature = key(KeyAlgorithm::Rsa2048).sign(b"widgets").unwrap();
    let other_kind = key(KeyAlgorithm::EcdsaP256);
    assert!(matches!(
        other_kind.public_key().verify(b"widgets", &signature),
        Err(SignatureError::Malformed { .. })
    ));
}

#[test]
fn a_private_key_survives_pkcs8_and_never_shows_itself() {
    for algorithm in BOTH {
        let key = key(algorithm);
        let kept = key.to_pkcs8_der().unwrap();
        let again = SigningKey::from_pkcs8_der(kept.expose()).unwrap();
        assert_eq!(again.public_key(), key.public_key());
        let pem = crate::pem_text::encode("PRIVATE KEY", kept.expose());
        let again = SigningKey::from_pkcs8_pem(&Secret::new(pem)).unwrap();
        assert_eq!(again.sign(b"widgets"), key.sign(b"widgets"));
        assert_eq!(format!("{key:?}"), format!("SigningKey({algorithm}, ****)"));
        for length in 0..kept.expose().len() {
            assert!(
                SigningKey::from_pkcs8_der(&kept.expose()[..length]).is_err(),
                "{algorithm} {length}"
            );
        }
    }
}

#[test]
fn a_public_key_survives_der_and_pem_and_no_prefix_of_it_is_one() {
    for algorithm in BOTH {
        let key = key(algorithm);
        let public = key.public_key();
        assert_eq!(PublicKey::from_spki_der(public.spki_der()).as_ref(), Ok(public));
        assert_eq!(PublicKey::from_pem(&public.to_pem()).as_ref(), Ok(public));
        for length in 0..public.spki_der().len() {
            assert!(
                PublicKey::from_spki_der(&public.spki_der()[..length]).is_err(),
                "{algorithm} {length}"
            );
        }
        let longer = [public.spki_der(), &[0]].concat();
        assert!(PublicKey::from_spki_der(&longer).is_err());
    }
}

#[test]
fn no_flipped_byte_makes_the_reader_of_keys_panic() {
    for algorithm in BOTH {
        let key = key(algorithm);
        let signature = key.sign(b"widgets").unwrap();
        for at in 0..key.public_key().spki_der().len() {
            let mut changed = key.public_key().spki_der().to_vec();
            changed[at] ^= 0x01;
            if let Ok(other) = PublicKey::from_spki_der(&changed) {
                assert!(other.verify(b"widgets", &signature).is_err(), "{algorithm} {at}");
            }
        }
    }
}

#[test]
fn weak_and_oversized_rsa_keys_are_refused() {
    let modulus = |bits: u32| -> Vec<u8> {
        let mut bytes = vec![0xFF; (bits / 8) as usize];
        bytes[1] = 0x55;
        bytes
    };
    let refused = |bits: u32, exponent: u64| PublicKey::from_spki_der(&rsa_spki(&modulus(bits), exponent)).unwrap_err();
    assert_eq!(
        refused(1024, 65_537),
        KeyError::ModulusSize {
            least: 2048,
            most: 4096,
            found: 1024
        }
    );
    assert_eq!(
        refused(2040, 65_537),
        KeyError::ModulusSize {
            least: 2048,
            most: 4096,
            found: 2040
        }
    );
    assert_eq!(
        refused(4104, 65_537),
        KeyError::ModulusSize {
            least: 2048,
            most: 4096,
            found: 4104
        }
    );
    assert_eq!(
        refused(8192, 65_537),
        KeyError::TooLong {
            limit: 1024,
            found: 1062
        }
    );
    assert_eq!(refused(2048, 3), KeyError::Exponent { found: 3 });
    assert!(PublicKey::from_spki_der(&rsa_spki(&modulus(2048), 65_537)).is_ok());
    assert!(PublicKey::from_spki_der(&rsa_spki(&modulus(4096), 65_539)).is_ok());
}

#[test]
fn keys_of_other_kinds_and_other_curves_are_refused() {
    let p256 = SubjectPublicKeyInfoOwned::try_from(key(KeyAlgorithm::EcdsaP256).public_key().spki_der()).unwrap();
    let with_algorithm = |oid: &str, curve: Option<&str>| {
        let parameters = curve.map(|curve| curve.parse::<spki::ObjectIdentifier>().unwrap().into());
        let mut spki = p256.clone();
        spki.algorithm = AlgorithmIdentifierOwned {
            oid: oid.parse().unwrap(),
            parameters,
        };
        PublicKey::from_spki_der(&spki.to_der().unwrap()).unwrap_err()
    };
    let ed25519 = "1.3.101.112";
    assert_eq!(
        with_algorithm(ed25519, None),
        KeyError::UnknownAlgorithm {
            oid: ed25519.to_owned()
        }
    );
    let (ec, p384) = ("1.2.840.10045.2.1", "1.3.132.0.34");
    assert_eq!(
        with_algorithm(ec, Some(p384)),
        KeyError::OtherCurve { curve: p384.to_owned() }
    );
    assert_eq!(
        with_algorithm(ec, None),
        KeyError::OtherCurve {
            curve: "no named curve".to_owned()
        }
    );
}

#[test]
fn a_second_spelling_of_a_key_is_refused_so_that_equal_keys_have_equal_fingerprints() {
    let key = p256::ecdsa::SigningKey::generate_from_rng(&mut rng());
    let point = key.verifying_key().to_sec1_point(true);
    let uncompressed = key.verifying_key().to_public_key_der().unwrap();
    let mut spki = SubjectPublicKeyInfoOwned::try_from(uncompressed.as_bytes()).unwrap();
    spki.subject_public_key = der::asn1::BitString::from_bytes(point.as_bytes()).unwrap();
    assert!(matches!(
        PublicKey::from_spki_der(&spki.to_der().unwrap()),
        Err(KeyError::MalformedPublic { .. })
    ));
}

fn rsa_spki(modulus: &[u8], exponent: u64) -> Vec<u8> {
    let bits = u32::try_from(modulus.len() * 8).unwrap();
    let modulus = BoxedUint::from_be_slice(modulus, bits).unwrap();
    let key = rsa::RsaPublicKey::new_unchecked(modulus, BoxedUint::from(exponent));
    key.to_public_key_der().unwrap().into_vec()
}
