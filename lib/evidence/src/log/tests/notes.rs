use proptest::prelude::*;

use super::*;
use crate::Secret;

const NEUMANN: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const NEUMANN_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

/// Whether a refusal is the expected one.
type Refused = fn(&NoteError) -> bool;

#[test]
fn the_published_note_is_by_its_published_key() {
    let (note, key): (Note, LogKey) = (NEUMANN.parse().unwrap(), NEUMANN_KEY.parse().unwrap());
    assert_eq!(note.verify(std::slice::from_ref(&key)), Ok(vec![&key]));
    assert!(note.text().ends_with("your problem is.\n"));
    assert_eq!(key.to_string(), NEUMANN_KEY);
    assert_eq!(note.to_string(), NEUMANN);
    let published = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    assert_eq!(published.parse::<LogKey>().unwrap().to_string(), published);
}

#[test]
fn a_note_of_both_kinds_of_keys_survives_its_text_and_is_checked_by_each() {
    let (one, two) = (signer("one.example"), ed25519("two.example", 7));
    let text = "first\n\nthird, after an empty line\n";
    let note = Note::sign(text, &[&one, &two]).unwrap();
    assert_eq!(note.as_str().parse::<Note>().as_ref(), Ok(&note));
    assert_eq!(note.text(), text);
    let keys = [one.key().clone(), two.key().clone()];
    assert_eq!(note.verify(&keys).unwrap().len(), 2);
    for key in &keys {
        assert_eq!(note.verify(std::slice::from_ref(key)), Ok(vec![key]));
        assert_eq!(key.to_string().parse::<LogKey>().as_ref(), Ok(key));
        assert_eq!(
            LogKey::from_spki_der(key.name().clone(), &key.spki_der()).as_ref(),
            Ok(key)
        );
    }
    assert_eq!(
        Note::sign(text, &[&one, &two]),
        Ok(note),
        "signing again says nothing new"
    );
}

#[test]
fn a_signature_of_a_known_key_that_is_wrong_spoils_the_note_even_beside_a_good_one() {
    let (good, forged) = (signer("good.example"), ed25519("forged.example", 1));
    let note = Note::sign("text\n", &[&good]).unwrap();
    let elsewhere = Note::sign("other text\n", &[&forged]).unwrap();
    let line = elsewhere.as_str().lines().last().unwrap();
    let both: Note = format!("{note}{line}\n").parse().unwrap();
    let keys = [good.key().clone(), forged.key().clone()];
    assert!(matches!(both.verify(&keys), Err(NoteError::Wrong { .. })));
    // Nothing can be said about a key that nobody knows.
    assert!(both.verify(&keys[..1]).is_ok());
}

#[test]
fn a_key_with_the_same_name_or_the_same_id_alone_is_another_key() {
    let (one, other) = (signer("one.example"), signer("one.example"));
    let renamed = LogKey::from_spki_der("two.example".parse().unwrap(), &one.key().spki_der()).unwrap();
    let note = Note::sign("text\n", &[&one]).unwrap();
    for key in [other.key().clone(), renamed] {
        assert!(matches!(note.verify(&[key]), Err(NoteError::NoKnownKey { .. })));
    }
    assert!(matches!(note.verify(&[]), Err(NoteError::NoKnownKey { .. })));
}

#[test]
fn what_is_no_note_is_refused_by_name() {
    let line = NEUMANN.lines().last().unwrap();
    let cases: [(String, Refused); 12] = [
        (String::new(), |e| matches!(e, NoteError::NoSignature)),
        ("text\n".into(), |e| matches!(e, NoteError::NoSignature)),
        ("text\n\n".into(), |e| matches!(e, NoteError::NoSignature)),
        (format!("text\n\n{line}"), |e| matches!(e, NoteError::NoSignature)),
        (format!("te\txt\n\n{line}\n"), |e| {
            matches!(e, NoteError::Control { found: '\t' })
        }),
        (format!("text\r\n\n{line}\n"), |e| {
            matches!(e, NoteError::Control { found: '\r' })
        }),
        (format!("text\n\n{line}\nmore\n"), |e| {
            matches!(e, NoteError::Line { .. })
        }),
        (format!("text\n\n{}\n", line.replace('\u{2014}', "-")), |e| {
            matches!(e, NoteError::Line { .. })
        }),
        (format!("text\n\n{line} \n"), |e| matches!(e, NoteError::Line { .. })),
        ("text\n\n\u{2014} name AAAAAA==\n".into(), |e| {
            matches!(e, NoteError::Line { .. })
        }),
        (format!("text\n\n{}", format!("{line}\n").repeat(65)), |e| {
            matches!(e, NoteError::TooManySignatures { found: 65 })
        }),
        ("a".repeat(Note::LONGEST + 1), |e| {
            matches!(e, NoteError::TooLong { .. })
        }),
    ];
    for (text, expected) in cases {
        let refused = text.parse::<Note>().unwrap_err();
        assert!(expected(&refused), "{refused:?}");
    }
    assert!(
        format!("text\n\n{}", format!("{line}\n").repeat(64))
            .parse::<Note>()
            .is_ok()
    );
}

#[test]
fn a_text_that_would_be_read_back_as_another_one_is_not_signed() {
    let signer = signer("one.example");
    for text in ["", "no line break", "tab\t\n"] {
        assert!(Note::sign(text, &[&signer]).is_err(), "{text:?}");
    }
    assert_eq!(Note::sign("text\n", &[]), Err(NoteError::NoSignature));
}

#[test]
fn names_that_a_signature_line_cannot_carry_are_refused() {
    let long = "a".repeat(256);
    for name in ["", "a b", "a+b", "a\u{a0}b", "a\nb", "a\u{2003}b", long.as_str()] {
        assert!(
            matches!(name.parse::<KeyName>(), Err(LogKeyError::Name { .. })),
            "{name:?}"
        );
    }
    assert!("sigstore.example.com/log2026-1".parse::<KeyName>().is_ok());
}

#[test]
fn keys_that_logs_do_not_sign_with_are_refused() {
    let name: KeyName = "one.example".parse().unwrap();
    let rsa = crate::key::tests::key(KeyAlgorithm::Rsa2048);
    assert!(matches!(
        LogKey::ecdsa(name.clone(), rsa.public_key().clone()),
        Err(LogKeyError::Kind { .. })
    ));
    assert!(LogKey::from_spki_der(name.clone(), &[]).is_err());
    let ed25519 = ed25519("one.example", 3).key().spki_der();
    assert_eq!(
        LogKey::from_spki_der(name, &ed25519[..43]),
        Err(LogKeyError::Length { found: 31 })
    );
    let (id, other_type) = (
        NEUMANN_KEY.replace("c74f20a3", "c74f20a4"),
        NEUMANN_KEY.replace("+ARpc", "+BRpc"),
    );
    assert!(matches!(id.parse::<LogKey>(), Err(LogKeyError::OtherId { .. })));
    assert!(matches!(other_type.parse::<LogKey>(), Err(LogKeyError::Kind { .. })));
    for text in ["", "name", "name+c74f20a3", "name+c74f20a3+", "name+c74f20a3+A"] {
        assert!(
            matches!(text.parse::<LogKey>(), Err(LogKeyError::Text { .. })),
            "{text}"
        );
    }
}

#[test]
fn a_signer_shows_its_public_half_and_nothing_else() {
    let shown = format!("{:?}", ed25519("one.example", 9));
    assert!(
        shown.starts_with("LogSigner(one.example+") && shown.ends_with(", ****)"),
        "{shown}"
    );
}

pub(super) fn ed25519(name: &str, seed: u8) -> LogSigner {
    LogSigner::ed25519(name.parse().unwrap(), &Secret::new([seed; 32])).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_note_that_is_read_is_written_as_it_was(text in "(\u{2014}| |\n|[a-zA-Z0-9+/=]){0,80}") {
        let candidate = format!("{text}\n\n\u{2014} name AAAAAAAA\n");
        for text in [text.as_str(), candidate.as_str()] {
            if let Ok(note) = text.parse::<Note>() {
                prop_assert_eq!(note.to_string(), text);
                prop_assert!(note.text().ends_with('\n'));
            }
        }
    }
}
