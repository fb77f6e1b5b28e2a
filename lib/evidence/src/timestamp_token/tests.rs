use der::asn1::{Any, Int, ObjectIdentifier, OctetString, SetOfVec};
use der::{Decode as _, Encode as _, Tag};

use super::asn1::{ContentInfo, PkiStatusInfo, SignedData, TimeStampResp, TstInfo};
use super::*;
use crate::certificate::tests::{START, root};
use crate::certificate::{Authority, Certificate, SerialNumber};
use crate::key::tests::{key, rng};
use crate::key::{KeyAlgorithm, SigningKey};
use crate::signature::SignatureError;
use crate::time::Timestamp;
use crate::trust_root::{CertificateAuthority, ValidFor};

const BOTH: [KeyAlgorithm; 2] = [KeyAlgorithm::EcdsaP256, KeyAlgorithm::Rsa2048];
const AT: Timestamp = START.plus_seconds(60);
const HOUR: u64 = 3600;

/// An authority, its key once more for forging, and what a verifier knows of it.
struct Town {
    root: Authority,
    key: SigningKey,
    authority: TimestampAuthority,
}

impl Town {
    fn new(algorithm: KeyAlgorithm) -> Self {
        let (root, key) = (root(algorithm), key(algorithm));
        let life = (START, START.plus_seconds(HOUR));
        let certificate = root
            .timestamping("Acme Time", "Acme", life, key.public_key(), &mut rng())
            .unwrap();
        let again = SigningKey::from_pkcs8_der(key.to_pkcs8_der().unwrap().expose()).unwrap();
        let authority = TimestampAuthority::new(again, certificate).unwrap();
        Self { root, key, authority }
    }

    fn trusted(&self) -> [CertificateAuthority; 1] {
        let chain = [self.authority.certificate(), self.root.certificate()];
        [CertificateAuthority::new("https://time.example", &chain, ValidFor::from(START)).unwrap()]
    }

    fn answer(&self, request: &TimestampRequest, at: Timestamp) -> Vec<u8> {
        let request = request.to_der().unwrap();
        self.authority
            .answer(&request, at, SerialNumber::random(&mut rng()))
            .unwrap()
    }

    /// A timestamp that says something else, signed as it should be.
    fn forged(&self, change: impl FnOnce(&mut TstInfo)) -> Result<Timestamped, TimestampError> {
        let request = TimestampRequest::about(b"signature", &mut rng());
        let statement = token::statement(&request, AT, SerialNumber::random(&mut rng())).unwrap();
        let mut statement = TstInfo::from_der(&statement).unwrap();
        change(&mut statement);
        let token = token::signed(
            &self.key,
            self.authority.certificate(),
            &statement.to_der().unwrap(),
            true,
        );
        verify(&granted(token.unwrap()), b"signature", &self.trusted())
    }

    /// A token that was changed after it was signed.
    fn tampered(&self, change: impl FnOnce(&mut SignedData)) -> Result<Timestamped, TimestampError> {
        let answer = self.answer(&TimestampRequest::about(b"signature", &mut rng()), AT);
        let token = TimeStampResp::from_der(&answer).unwrap().time_stamp_token.unwrap();
        let mut data: SignedData = token.content.decode_as().unwrap();
        change(&mut data);
        let token = ContentInfo {
            content: Any::encode_from(&data).unwrap(),
            ..token
        };
        verify(&granted(token), b"signature", &self.trusted())
    }
}

fn granted(token: ContentInfo) -> Vec<u8> {
    let status = PkiStatusInfo {
        status: 0,
        status_string: None,
        fail_info: None,
    };
    let response = TimeStampResp {
        status,
        time_stamp_token: Some(token),
    };
    response.to_der().unwrap()
}

#[test]
fn a_timestamp_is_accepted_over_its_own_bytes_by_either_kind_of_key() {
    for algorithm in BOTH {
        let town = Town::new(algorithm);
        let request = TimestampRequest::about(b"signature", &mut rng());
        let answer = town.answer(&request, AT);
        assert_eq!(verify(&answer, b"signature", &town.trusted()).unwrap().at(), AT);
        assert_eq!(request.accept(&answer, &town.trusted()).unwrap().at(), AT);
    }
}

#[test]
fn a_request_survives_its_der_with_or_without_a_nonce_and_a_certificate() {
    let full = TimestampRequest::about(b"signature", &mut rng());
    let bare = TimestampRequest {
        nonce: None,
        with_certificate: false,
        ..full.clone()
    };
    for request in [full, bare] {
        assert_eq!(TimestampRequest::parse(&request.to_der().unwrap()), Ok(request));
    }
}

#[test]
fn a_request_that_cannot_be_granted_is_answered_with_the_reason() {
    let town = Town::new(KeyAlgorithm::EcdsaP256);
    let request = TimestampRequest::about(b"signature", &mut rng()).to_der().unwrap();
    let changed = |change: fn(&mut asn1::TimeStampReq)| {
        let mut request = asn1::TimeStampReq::from_der(&request).unwrap();
        change(&mut request);
        request.to_der().unwrap()
    };
    let sha512 = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
    let policy = changed(|request| request.req_policy = Some(ObjectIdentifier::new_unwrap("1.2.3")));
    let version = changed(|request| request.version = 2);
    let nonce = changed(|request| request.nonce = Some(Int::new(&[1; 33]).unwrap()));
    let mut algorithm = asn1::TimeStampReq::from_der(&request).unwrap();
    algorithm.message_imprint.hash_algorithm.oid = sha512;
    let large = vec![0; LARGEST + 1];
    for (request, bits) in [
        (policy, &[3, 0, 0, 1][..]),
        (version, &[2, 5, 0x20]),
        (nonce, &[2, 5, 0x20]),
        (algorithm.to_der().unwrap(), &[2, 7, 0x80]),
        (large, &[2, 5, 0x20]),
        (b"{}".to_vec(), &[2, 2, 0x04]),
    ] {
        let answer = town
            .authority
            .answer(&request, AT, SerialNumber::random(&mut rng()))
            .unwrap();
        assert!(answer.ends_with(bits), "{answer:02x?}");
        let refused = verify(&answer, b"signature", &town.trusted());
        assert!(
            matches!(refused, Err(TimestampError::Refused { status: 2, .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn a_timestamp_over_other_bytes_or_for_another_request_is_refused() {
    let town = Town::new(KeyAlgorithm::EcdsaP256);
    let request = TimestampRequest::about(b"signature", &mut rng());
    let answer = town.answer(&request, AT);
    assert!(matches!(
        verify(&answer, b"other", &town.trusted()),
        Err(TimestampError::OtherBytes { found: Some(_), .. })
    ));
    let other = TimestampRequest::about(b"signature", &mut rng());
    assert!(matches!(
        other.accept(&answer, &town.trusted()),
        Err(TimestampError::Nonce)
    ));
    let sha512 = town.forged(|statement| statement.message_imprint.hash_algorithm.oid = TIME);
    assert!(matches!(sha512, Err(TimestampError::OtherBytes { found: None, .. })));
}

#[test]
fn a_timestamp_of_another_authority_or_outside_its_time_is_refused() {
    let (town, stranger) = (Town::new(KeyAlgorithm::EcdsaP256), Town::new(KeyAlgorithm::EcdsaP256));
    let request = TimestampRequest::about(b"signature", &mut rng());
    let answer = town.answer(&request, AT);
    let refused = verify(&answer, b"signature", &stranger.trusted());
    assert!(matches!(refused, Err(TimestampError::UnknownAuthority)));
    for at in [START.minus_seconds(1), START.plus_seconds(HOUR + 1)] {
        let refused = verify(&town.answer(&request, at), b"signature", &town.trusted());
        assert!(matches!(refused, Err(TimestampError::NotInForce { .. })), "{at}");
    }
    let [mut retired] = town.trusted();
    retired.valid_for.end = Some(AT.minus_seconds(1));
    let refused = verify(&answer, b"signature", &[retired]);
    assert!(matches!(refused, Err(TimestampError::NotInForce { at: AT, .. })));
}

#[test]
fn a_certificate_that_is_not_for_timestamps_alone_signs_none() {
    let town = Town::new(KeyAlgorithm::EcdsaP256);
    let own: Certificate = town.root.certificate().clone();
    let root_key = SigningKey::from_pkcs8_der(town.root.key().to_pkcs8_der().unwrap().expose()).unwrap();
    let authority = TimestampAuthority::new(root_key, own.clone()).unwrap();
    let request = TimestampRequest::about(b"signature", &mut rng()).to_der().unwrap();
    let answer = authority
        .answer(&request, AT, SerialNumber::random(&mut rng()))
        .unwrap();
    let trusted = CertificateAuthority::new("https://time.example", &[&own], ValidFor::from(START)).unwrap();
    let refused = verify(&answer, b"signature", &[trusted]);
    assert!(matches!(refused, Err(TimestampError::Usage)), "{refused:?}");
    assert!(matches!(
        TimestampAuthority::new(key(KeyAlgorithm::EcdsaP256), own),
        Err(TimestampAuthorityError::OtherKey)
    ));
}

#[test]
fn a_time_with_fractions_is_read_and_one_that_is_none_is_refused() {
    let town = Town::new(KeyAlgorithm::EcdsaP256);
    let told = |tag, text: &'static str| town.forged(move |s| s.gen_time = Any::new(tag, text.as_bytes()).unwrap());
    let fraction = told(Tag::GeneralizedTime, "20260101120100.25Z").unwrap();
    assert_eq!(fraction.at(), AT);
    for (tag, text) in [
        (Tag::GeneralizedTime, "20260101120100"),
        (Tag::GeneralizedTime, "20260101120100.Z"),
        (Tag::GeneralizedTime, "20260101120100+0100"),
        (Tag::GeneralizedTime, "20261301120100Z"),
        (Tag::UtcTime, "20260101120100Z"),
    ] {
        assert!(
            matches!(told(tag, text), Err(TimestampError::Malformed { .. })),
            "{text}"
        );
    }
    let version = town.forged(|statement| statement.version = 2);
    assert!(matches!(version, Err(TimestampError::Malformed { .. })));
}

#[test]
fn a_token_that_was_changed_after_signing_is_refused() {
    let town = Town::new(KeyAlgorithm::EcdsaP256);
    let other = key(KeyAlgorithm::EcdsaP256).sign(b"x").unwrap();
    let signature = town.tampered(|data| {
        one_signer(data, |signer| {
            signer.signature = OctetString::new(other.as_bytes()).unwrap()
        });
    });
    assert!(matches!(
        signature,
        Err(TimestampError::Signature(SignatureError::Wrong { .. }))
    ));
    let statement = town.tampered(|data| {
        let mut bytes = data.encap_content_info.content.as_bytes().to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        data.encap_content_info.content = OctetString::new(bytes).unwrap();
    });
    assert!(matches!(
        statement,
        Err(TimestampError::Attribute { attribute: "digest" })
    ));
    for (oid, name) in [
        (asn1::CONTENT_TYPE, "content type"),
        (asn1::MESSAGE_DIGEST, "digest"),
        (asn1::SIGNING_CERTIFICATE_V2, "certificate"),
    ] {
        let without = town.tampered(|data| {
            one_signer(data, |signer| {
                let kept = signer
                    .signed_attributes
                    .iter()
                    .filter(|attribute| attribute.oid != oid)
                    .cloned();
                signer.signed_attributes = SetOfVec::from_iter(kept).unwrap();
            });
        });
        assert!(
            matches!(without, Err(TimestampError::Attribute { attribute }) if attribute == name),
            "{name}"
        );
    }
    let weaker = town.tampered(|data| one_signer(data, |signer| signer.digest_algorithm.oid = TIME));
    assert!(matches!(weaker, Err(TimestampError::Algorithm { .. })));
    let kind = town.tampered(|data| one_signer(data, |signer| signer.signature_algorithm.oid = TIME));
    assert!(matches!(kind, Err(TimestampError::Algorithm { .. })));
}

#[test]
fn signed_data_of_another_shape_is_refused() {
    let town = Town::new(KeyAlgorithm::EcdsaP256);
    let changes: [fn(&mut SignedData); 3] = [
        |data| data.version = 1,
        |data| data.encap_content_info.content_type = TIME,
        |data| data.signer_infos = SetOfVec::new(),
    ];
    for change in changes {
        assert!(matches!(town.tampered(change), Err(TimestampError::Malformed { .. })));
    }
    let unnamed = town.tampered(|data| data.certificates = None);
    assert!(unnamed.is_ok(), "the certificate is the verifier's to know");
    let large = vec![0; LARGEST + 1];
    assert!(matches!(verify(&large, b"", &[]), Err(TimestampError::TooLarge { .. })));
}

#[test]
fn a_response_that_is_cut_anywhere_is_refused() {
    let town = Town::new(KeyAlgorithm::EcdsaP256);
    let answer = town.answer(&TimestampRequest::about(b"signature", &mut rng()), AT);
    for length in 0..answer.len() {
        assert!(
            verify(&answer[..length], b"signature", &town.trusted()).is_err(),
            "{length}"
        );
    }
    assert!(TimestampRequest::parse(&answer).is_err());
}

#[test]
fn a_response_with_any_bit_changed_is_refused() {
    let town = Town::new(KeyAlgorithm::EcdsaP256);
    // With its certificate, which is outside of the signature.
    let answer = town.answer(&TimestampRequest::about(b"signature", &mut rng()), AT);
    for position in 0..answer.len() {
        let mut changed = answer.clone();
        changed[position] ^= 1 << (position % 8);
        let judged = verify(&changed, b"signature", &town.trusted());
        assert!(judged.is_err(), "byte {position} of {answer:02x?}");
    }
}

fn one_signer(data: &mut SignedData, change: impl FnOnce(&mut asn1::SignerInfo)) {
    let mut signer = data.signer_infos.get(0).unwrap().clone();
    change(&mut signer);
    data.signer_infos = SetOfVec::from_iter([signer]).unwrap();
}

/// An object identifier that is none of those that are expected.
const TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.3.4");
