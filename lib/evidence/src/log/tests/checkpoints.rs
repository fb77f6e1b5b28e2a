use super::notes::ed25519;
use super::*;

/// Signs any text whatever.
fn signed(text: &str) -> Result<Checkpoint, CheckpointError> {
    Note::sign(text, &[&ed25519("log.example.com", 1)]).unwrap().try_into()
}

const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

/// Whether a refusal is the expected one.
type Refused = fn(&CheckpointError) -> bool;

#[test]
fn the_published_checkpoint_is_read_as_it_is_written() {
    let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
    let checkpoint: Checkpoint = text.parse().unwrap();
    assert_eq!(checkpoint.origin(), "example.com/behind-the-sofa");
    assert_eq!(
        checkpoint.stated_head(),
        &TreeHead::new(size(20_852_163), ROOT.parse().unwrap())
    );
    assert_eq!(checkpoint.to_string(), text);
    assert_eq!(checkpoint.note().signatures()[0].key_id(), [0x03, 0x3d, 0xe0, 0xae]);
}

#[test]
fn a_head_survives_its_signature_with_either_kind_of_key() {
    let head = tree(9).head();
    for signer in [signer("log.example.com"), ed25519("log.example.com", 5)] {
        let checkpoint = Checkpoint::sign(&head, &signer).unwrap();
        assert_eq!(checkpoint.as_str().parse().as_ref(), Ok(&checkpoint));
        let trusted = checkpoint.verify(signer.key()).unwrap();
        assert_eq!((trusted.origin(), trusted.head()), ("log.example.com", &head));
        assert_eq!(
            Checkpoint::sign(&head, &signer),
            Ok(checkpoint),
            "signing again says nothing new"
        );
    }
    let empty = Checkpoint::sign(&TreeHead::empty(), &signer("log.example.com")).unwrap();
    assert!(
        empty
            .as_str()
            .starts_with("log.example.com\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n")
    );
}

#[test]
fn the_head_of_another_log_of_the_same_key_is_refused() {
    let key = ed25519("log.example.com", 1).key().clone();
    let checkpoint = signed(&format!("log.example.com - shard 2\n4\n{ROOT}\n")).unwrap();
    assert!(matches!(
        checkpoint.verify(&key),
        Err(CheckpointError::OtherOrigin { .. })
    ));
    assert!(checkpoint.verify_as("log.example.com - shard 2", &key).is_ok());
    assert!(checkpoint.verify_as("log.example.com - shard 1", &key).is_err());
    let other = ed25519("log.example.com", 2).key().clone();
    let unknown = checkpoint.verify_as("log.example.com - shard 2", &other);
    assert!(matches!(
        unknown,
        Err(CheckpointError::Note(NoteError::NoKnownKey { .. }))
    ));
}

#[test]
fn extension_lines_are_kept_and_not_read() {
    let checkpoint = signed(&format!("log.example.com\n4\n{ROOT}\nextra one\nextra two\n")).unwrap();
    assert_eq!(checkpoint.extensions(), ["extra one", "extra two"]);
    assert!(checkpoint.verify(ed25519("log.example.com", 1).key()).is_ok());
}

#[test]
fn a_note_that_is_no_checkpoint_is_refused_by_name() {
    let cases: [(String, Refused); 13] = [
        ("log\n4\n".into(), |e| matches!(e, CheckpointError::Lines { found: 2 })),
        (format!("\n4\n{ROOT}\n"), |e| matches!(e, CheckpointError::EmptyLine)),
        (format!("log\n4\n{ROOT}\n\nextra\n"), |e| {
            matches!(e, CheckpointError::EmptyLine)
        }),
        (format!("log\n04\n{ROOT}\n"), |e| {
            matches!(e, CheckpointError::Size { .. })
        }),
        (format!("log\n+4\n{ROOT}\n"), |e| {
            matches!(e, CheckpointError::Size { .. })
        }),
        (format!("log\n-4\n{ROOT}\n"), |e| {
            matches!(e, CheckpointError::Size { .. })
        }),
        (format!("log\n4 \n{ROOT}\n"), |e| {
            matches!(e, CheckpointError::Size { .. })
        }),
        (format!("log\n0x4\n{ROOT}\n"), |e| {
            matches!(e, CheckpointError::Size { .. })
        }),
        (format!("log\n9223372036854775808\n{ROOT}\n"), |e| {
            matches!(e, CheckpointError::Size { .. })
        }),
        (format!("log\n18446744073709551616\n{ROOT}\n"), |e| {
            matches!(e, CheckpointError::Size { .. })
        }),
        ("log\n4\nAAAA\n".into(), |e| matches!(e, CheckpointError::Root { .. })),
        (format!("log\n4\n {ROOT}\n"), |e| {
            matches!(e, CheckpointError::Root { .. })
        }),
        (format!("log\n4\n{}\n", ROOT.replace("q2I=", "q2J=")), |e| {
            matches!(e, CheckpointError::Root { .. })
        }),
    ];
    for (text, expected) in cases {
        let refused = signed(&text).unwrap_err();
        assert!(expected(&refused), "{text}: {refused:?}");
    }
}
