//! What certificates say, and what is refused.

use super::*;
use crate::key::tests::{key, rng};
use crate::key::{KeyAlgorithm, SigningKey};

/// When everything here begins: noon of the first of January 2026.
pub(crate) const START: Timestamp = Timestamp::from_unix(1_767_268_800);
const YEAR: u64 = 365 * 24 * 3600;
const SAN: &str = "https://github.com/acme/widgets/.github/workflows/release.yml@refs/tags/v1.2.0";

/// A root for tests.
pub(crate) fn root(algorithm: KeyAlgorithm) -> Authority {
    Authority::root(
        "Acme Root (local only)",
        "Acme",
        START,
        10 * YEAR,
        key(algorithm),
        &mut rng(),
    )
    .unwrap()
}

/// An issuing authority below it.
pub(crate) fn issuing(root: &Authority) -> Authority {
    root.issuing(
        "Acme Issuing (local only)",
        "Acme",
        START,
        5 * YEAR,
        key(KeyAlgorithm::EcdsaP256),
        &mut rng(),
    )
    .unwrap()
}

/// The profile of a release's certificate.
pub(crate) fn profile(key: &SigningKey) -> LeafProfile {
    LeafProfile {
        common_name: "chittyos.certificate.1".to_owned(),
        san_uri: Some(SAN.to_owned()),
        release: None,
        public_key: key.public_key().clone(),
        not_before: START,
        not_after: START.plus_seconds(YEAR),
        serial: SerialNumber::random(&mut rng()),
        claims: WorkflowClaims::default(),
    }
}

fn leaf() -> Certificate {
    issuing(&root(KeyAlgorithm::EcdsaP256))
        .issue(profile(&key(KeyAlgorithm::EcdsaP256)))
        .unwrap()
}

#[test]
fn a_leaf_says_what_its_profile_says_and_nothing_else() {
    let authority = issuing(&root(KeyAlgorithm::Rsa2048));
    let key = key(KeyAlgorithm::Rsa2048);
    let profile = profile(&key);
    let leaf = authority.issue(profile.clone()).unwrap();
    assert_eq!(leaf.common_name(), Some("chittyos.certificate.1"));
    assert_eq!(leaf.issuer_common_name(), Some("Acme Issuing (local only)"));
    assert_eq!(leaf.uri_names(), [SAN]);
    assert!(leaf.email_names().is_empty() && !leaf.is_ca());
    assert_eq!((leaf.not_before(), leaf.not_after()), (START, START.plus_seconds(YEAR)));
    assert_eq!(leaf.serial_hex(), profile.serial.to_string());
    assert_eq!(leaf.public_key().as_ref(), Ok(key.public_key()));
    assert!(leaf.claims().unwrap().is_empty());
    assert_eq!(authority.issue(profile), Ok(leaf));
}

#[test]
fn a_leaf_has_the_extensions_of_a_code_signing_certificate() {
    let authority = issuing(&root(KeyAlgorithm::EcdsaP256));
    let leaf = authority.issue(profile(&key(KeyAlgorithm::EcdsaP256))).unwrap();
    let parsed = x509_cert::Certificate::from_der(leaf.der()).unwrap();
    let extensions = parsed.tbs_certificate().extensions().unwrap();
    let found: Vec<_> = extensions
        .iter()
        .map(|extension| (extension.extn_id.to_string(), extension.critical))
        .collect();
    let expected = [
        ("2.5.29.15", true),
        ("2.5.29.37", false),
        ("2.5.29.17", false),
        ("2.5.29.14", false),
        ("2.5.29.35", false),
    ];
    assert_eq!(found, expected.map(|(oid, critical)| (oid.to_owned(), critical)));
    assert_eq!(
        leaf.extension("2.5.29.15"),
        Some(&[3, 2, 7, 0x80][..]),
        "digitalSignature and nothing else"
    );
    assert_eq!(
        leaf.extension("2.5.29.37"),
        Some(&b"\x30\x0A\x06\x08\x2B\x06\x01\x05\x05\x07\x03\x03"[..]),
        "codeSigning alone"
    );
    let issuer_identifier = authority.certificate().facts.key_identifier.as_ref().unwrap();
    assert_eq!(&leaf.extension("2.5.29.35").unwrap()[4..], issuer_identifier);
    assert_eq!(parsed.tbs_certificate().subject().len(), 1);
}

#[test]
fn an_authority_says_what_it_may_do() {
    let root = root(KeyAlgorithm::EcdsaP256);
    let issuing = issuing(&root);
    assert!(root.certificate().is_ca() && issuing.certificate().is_ca());
    assert_eq!(root.certificate().facts.path_length, Some(1));
    assert_eq!(issuing.certificate().facts.path_length, Some(0));
    assert_eq!(
        issuing.certificate().extension("2.5.29.15"),
        Some(&[3, 2, 1, 6][..]),
        "keyCertSign and cRLSign"
    );
    assert!(
        root.certificate().extension("2.5.29.37").is_none() && issuing.certificate().extension("2.5.29.37").is_some()
    );
    assert_eq!(issuing.organization(), Some("Acme"));
}

#[test]
fn an_authority_survives_being_kept() {
    let root = root(KeyAlgorithm::EcdsaP256);
    let key = SigningKey::from_pkcs8_der(root.key().to_pkcs8_der().unwrap().expose()).unwrap();
    let again = Authority::from_parts(key, root.certificate().clone()).unwrap();
    let profile = profile(&self::key(KeyAlgorithm::EcdsaP256));
    assert_eq!(again.issue(profile.clone()), root.issue(profile));
}

#[test]
fn an_authority_does_not_issue_what_nobody_would_accept() {
    let root = root(KeyAlgorithm::EcdsaP256);
    let issuing = issuing(&root);
    let key = key(KeyAlgorithm::EcdsaP256);
    let refused = |change: fn(&mut LeafProfile)| {
        let mut profile = profile(&key);
        change(&mut profile);
        issuing.issue(profile).unwrap_err()
    };
    assert!(matches!(
        refused(|profile| profile.common_name.clear()),
        AuthorityError::Name(NameError::Empty { .. })
    ));
    assert!(matches!(
        refused(|profile| profile.common_name = "x".repeat(65)),
        AuthorityError::Name(NameError::TooLong { .. })
    ));
    assert!(matches!(
        refused(|profile| profile.san_uri = Some("acme".to_owned())),
        AuthorityError::Name(NameError::NotAUri { .. })
    ));
    assert!(matches!(
        refused(|profile| profile.not_after = START),
        AuthorityError::Lifetime { .. }
    ));
    let outlives = AuthorityError::OutlivesIssuer {
        issuer: START.plus_seconds(5 * YEAR),
        found: START.plus_seconds(5 * YEAR + 1),
    };
    assert_eq!(
        refused(|profile| profile.not_after = START.plus_seconds(5 * YEAR + 1)),
        outlives
    );
    let below = issuing.issuing(
        "Acme",
        "Acme",
        START,
        YEAR,
        self::key(KeyAlgorithm::EcdsaP256),
        &mut rng(),
    );
    assert_eq!(below.unwrap_err(), AuthorityError::NothingBelow);
}

#[test]
fn only_a_key_and_its_own_ca_certificate_make_an_authority() {
    let issuing = issuing(&root(KeyAlgorithm::EcdsaP256));
    let foreign = key(KeyAlgorithm::EcdsaP256);
    let refused = Authority::from_parts(foreign, issuing.certificate().clone()).unwrap_err();
    assert_eq!(refused, AuthorityError::OtherKey);
    let key = key(KeyAlgorithm::EcdsaP256);
    let leaf = issuing.issue(profile(&key)).unwrap();
    assert_eq!(
        Authority::from_parts(key, leaf).unwrap_err(),
        AuthorityError::NotAnAuthority
    );
}

#[test]
fn workflow_claims_are_read_back_as_the_authority_wrote_them() {
    let authority = issuing(&root(KeyAlgorithm::EcdsaP256));
    let mut claims = WorkflowClaims::default();
    for claim in Claim::ALL {
        claims = claims.with(claim, format!("the value of {claim:?}")).unwrap();
    }
    let mut profile = profile(&key(KeyAlgorithm::EcdsaP256));
    profile.claims = claims.clone();
    assert_eq!(authority.issue(profile).unwrap().claims(), Ok(claims));
}

#[test]
fn certificates_survive_pem_alone_and_in_a_chain() {
    let root = root(KeyAlgorithm::EcdsaP256);
    let leaf = root.issue(profile(&key(KeyAlgorithm::EcdsaP256))).unwrap();
    let (leaf_pem, root_pem) = (leaf.to_pem(), root.certificate().to_pem());
    assert_eq!(Certificate::from_pem(&leaf_pem), Ok(leaf.clone()));
    let chain = Certificate::chain_from_pem(&format!("{leaf_pem}{root_pem}")).unwrap();
    assert_eq!(chain, [leaf, root.certificate().clone()]);
    assert!(matches!(
        Certificate::chain_from_pem(&leaf_pem.repeat(9)),
        Err(CertificateError::Text(PemTextError::Count { .. }))
    ));
    assert!(matches!(
        Certificate::chain_from_pem(""),
        Err(CertificateError::Text(PemTextError::Count { .. }))
    ));
}

#[test]
fn a_certificate_cut_anywhere_or_followed_by_more_is_refused() {
    let leaf = leaf();
    for length in 0..leaf.der().len() {
        let cut = Certificate::from_der(&leaf.der()[..length]);
        assert!(matches!(cut, Err(CertificateError::Malformed { .. })), "{length}");
    }
    let longer = [leaf.der(), &[0]].concat();
    assert!(matches!(
        Certificate::from_der(&longer),
        Err(CertificateError::Malformed { .. })
    ));
    let large = vec![0; Certificate::LARGEST + 1];
    let refused = CertificateError::TooLarge {
        limit: Certificate::LARGEST,
        found: Certificate::LARGEST + 1,
    };
    assert_eq!(Certificate::from_der(&large), Err(refused));
}

#[test]
fn no_flipped_byte_makes_the_reader_panic() {
    let leaf = leaf();
    for at in 0..leaf.der().len() {
        for flip in [0x01, 0x80, 0xFF] {
            let mut changed = leaf.der().to_vec();
            changed[at] ^= flip;
            if let Ok(read) = Certificate::from_der(&changed) {
                assert_ne!(read, leaf);
                let _ = (read.public_key(), read.claims());
            }
        }
    }
}

#[test]
fn two_signature_algorithms_a_doubled_extension_and_an_old_version_are_refused() {
    let leaf = leaf();
    let sha384 = replaced_last(leaf.der(), ECDSA_SHA256, ECDSA_SHA384);
    assert_eq!(Certificate::from_der(&sha384), Err(CertificateError::TwoAlgorithms));
    // The subject key identifier becomes a second authority key identifier.
    let doubled = replaced_last(leaf.der(), b"\x06\x03\x55\x1D\x0E", b"\x06\x03\x55\x1D\x23");
    let oid = "2.5.29.35".to_owned();
    assert_eq!(
        Certificate::from_der(&doubled),
        Err(CertificateError::TwiceTheSameExtension { oid })
    );
    let old = replaced_last(leaf.der(), b"\xA0\x03\x02\x01\x02", b"\xA0\x03\x02\x01\x01");
    assert_eq!(Certificate::from_der(&old), Err(CertificateError::Version { found: 2 }));
}

#[test]
fn a_validity_that_ends_before_it_begins_is_refused() {
    let changed = replaced_last(leaf().der(), b"270101120000Z", b"250101120000Z");
    assert!(matches!(
        Certificate::from_der(&changed),
        Err(CertificateError::Validity { .. })
    ));
}

fn replaced_last(der: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let at = der.windows(old.len()).rposition(|window| window == old).unwrap();
    let mut changed = der.to_vec();
    changed[at..at + old.len()].copy_from_slice(new);
    changed
}

const ECDSA_SHA256: &[u8] = b"\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02";
const ECDSA_SHA384: &[u8] = b"\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x03";
