use super::*;
use crate::key::KeyAlgorithm;
use crate::key::tests::rng;

const TYPE: &str = "http://example.com/HelloWorld";

fn key() -> SigningKey {
    SigningKey::generate(KeyAlgorithm::EcdsaP256, &mut rng()).unwrap()
}

fn signed(key: &SigningKey) -> Envelope {
    Envelope::sign(key, TYPE, b"hello world".to_vec()).unwrap()
}

#[test]
fn the_encoding_is_the_specifications_own_example() {
    let encoded = pre_authentication_encoding(TYPE, b"hello world");
    assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    assert_eq!(pre_authentication_encoding("", b""), b"DSSEv1 0  0 ");
}

#[test]
fn an_envelope_survives_its_json_and_gives_out_its_payload_to_the_right_key() {
    let key = key();
    let envelope = Envelope::parse(signed(&key).to_json().unwrap().as_bytes()).unwrap();
    assert_eq!(envelope, signed(&key));
    assert_eq!(envelope.verify(key.public_key(), TYPE).unwrap(), b"hello world");
}

#[test]
fn either_alphabet_padded_or_not_is_read_and_unknown_fields_are_passed_over() {
    let json = br#"{"payload":"aGVsbG8gd29ybGQ","payloadType":"http://example.com/HelloWorld","signatures":[{"sig":"-_8","keyid":"a"}],"more":1}"#;
    let envelope = Envelope::parse(json).unwrap();
    assert_eq!(
        envelope.signed_bytes(),
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    );
    assert_eq!(envelope.signature().unwrap().as_bytes(), [0xFB, 0xFF]);
}

#[test]
fn another_key_another_payload_and_another_type_are_refused() {
    let key = key();
    let wrong = |envelope: &Envelope| {
        matches!(
            envelope.verify(key.public_key(), TYPE),
            Err(DsseError::Signature(SignatureError::Wrong { .. }))
        )
    };
    assert!(wrong(&signed(&self::key())), "another key");
    let mut payload = signed(&key);
    payload.payload.push(b'!');
    assert!(wrong(&payload));
    let asked = signed(&key);
    assert!(matches!(
        asked.verify(key.public_key(), "text/plain"),
        Err(DsseError::OtherType {
            expected: "text/plain",
            ..
        })
    ));
}

#[test]
fn an_envelope_of_no_or_several_signatures_is_refused() {
    let key = key();
    for count in [0, 2] {
        let mut envelope = signed(&key);
        envelope.signatures = vec![envelope.signatures[0].clone(); count];
        assert!(matches!(
            envelope.verify(key.public_key(), TYPE),
            Err(DsseError::Signatures { found }) if found == count
        ));
    }
}

#[test]
fn what_is_no_envelope_is_refused() {
    for json in ["", "[]", "{}", r#"{"payload":"*","payloadType":"a","signatures":[]}"#] {
        assert!(
            matches!(Envelope::parse(json.as_bytes()), Err(DsseError::Json(_))),
            "{json}"
        );
    }
    let large = vec![b' '; Envelope::LARGEST + 1];
    assert!(matches!(Envelope::parse(&large), Err(DsseError::TooLarge { .. })));
}
