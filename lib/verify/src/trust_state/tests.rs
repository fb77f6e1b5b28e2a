use certified_evidence::anchors::TrustedLog;
use certified_evidence::log::{ConsistencyProof, LeafHash, LogSigner, Tree};
use certified_evidence::{KeyAlgorithm, SigningKey};
use proptest::prelude::*;

use super::*;

fn signer() -> LogSigner {
    let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
    let key = SigningKey::generate(KeyAlgorithm::EcdsaP256, &mut rng).unwrap();
    LogSigner::ecdsa("log.example.com".parse().unwrap(), key).unwrap()
}

fn anchors(signer: &LogSigner) -> Anchors {
    let log = TrustedLog {
        key: signer.key().clone(),
        valid_from: "2026-01-01T00:00:00Z".parse().unwrap(),
        valid_until: "2036-01-01T00:00:00Z".parse().unwrap(),
    };
    Anchors {
        logs: vec![log],
        ..Anchors::default()
    }
}

fn grow(tree: &mut Tree, count: u64, what: &str) {
    for index in 0..count {
        tree.push(LeafHash::of(format!("{what} {index}").as_bytes())).unwrap();
    }
}

fn signed(tree: &Tree, size: u64, signer: &LogSigner) -> Checkpoint {
    Checkpoint::sign(&tree.head_at(size.try_into().unwrap()).unwrap(), signer).unwrap()
}

fn state(signer: &LogSigner) -> TrustState {
    let mut tree = Tree::new();
    grow(&mut tree, 5, "entry");
    let mut state = TrustState::default();
    state.pin(signed(&tree, 5, signer), &anchors(signer)).unwrap();
    let (name, version) = ("@acme/widgets".parse().unwrap(), "1.2.3".parse().unwrap());
    state.remember(&name, &version, EvidenceLevel::Logged, &WorkflowClaims::default());
    state
}

#[test]
fn a_state_survives_its_file() {
    let signer = signer();
    let (state, anchors) = (state(&signer), anchors(&signer));
    let json = state.to_json().unwrap();
    assert_eq!(TrustState::parse(json.as_bytes(), &anchors).unwrap(), state);
    let empty = TrustState::default().to_json().unwrap();
    assert_eq!(
        TrustState::parse(empty.as_bytes(), &anchors).unwrap(),
        TrustState::default()
    );
}

#[test]
fn a_file_that_shrank_or_was_changed_anywhere_is_refused() {
    let signer = signer();
    let (json, anchors) = (state(&signer).to_json().unwrap(), anchors(&signer));
    let text = json.trim_end();
    for end in 0..text.len() {
        assert!(TrustState::parse(&text.as_bytes()[..end], &anchors).is_err(), "{end}");
    }
    for (at, _) in text.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()) {
        let mut changed = text.as_bytes().to_vec();
        changed[at] = if changed[at] == b'1' { b'2' } else { b'1' };
        assert!(TrustState::parse(&changed, &anchors).is_err(), "{at}");
    }
    let code = |text: &str| TrustState::parse(text.as_bytes(), &anchors).unwrap_err().code();
    assert_eq!(code(&json.replace("1.2.3", "2.0.0")), "trust-state/tampered");
    assert_eq!(
        code(&json.replace("\"digest\"", "\"digestive\"")),
        "trust-state/unreadable"
    );
    assert_eq!(code(""), "trust-state/unreadable");
}

#[test]
fn a_checkpoint_that_no_log_of_the_anchors_signed_is_refused() {
    let (one, other) = (signer(), signer());
    let json = state(&one).to_json().unwrap();
    let refused = TrustState::parse(json.as_bytes(), &anchors(&other)).unwrap_err();
    assert_eq!(refused.code(), "trust-state/unknown-log");
}

#[test]
fn a_pin_never_goes_back() {
    let signer = signer();
    let mut tree = Tree::new();
    grow(&mut tree, 5, "entry");
    let mut state = state(&signer);
    let refused = state.pin(signed(&tree, 4, &signer), &anchors(&signer)).unwrap_err();
    assert_eq!(refused.code(), "trust-state/shrunk");
}

#[test]
fn less_evidence_than_before_is_a_downgrade_unless_the_version_is_older() {
    let (state, nobody) = (state(&signer()), WorkflowClaims::default());
    let allowed = |version: &str, level| {
        let name = "@acme/widgets".parse().unwrap();
        state
            .allows(&name, &version.parse().unwrap(), level, &nobody)
            .err()
            .map(|refusal| refusal.code())
    };
    assert_eq!(allowed("1.2.3", EvidenceLevel::Logged), None);
    assert_eq!(allowed("1.2.3", EvidenceLevel::None), Some("policy/downgrade"));
    assert_eq!(allowed("1.10.0", EvidenceLevel::None), Some("policy/downgrade"));
    assert_eq!(allowed("2.0.0", EvidenceLevel::Certified), Some("policy/downgrade"));
    assert_eq!(allowed("1.2.3-rc.1", EvidenceLevel::None), None);
    assert_eq!(allowed("1.2.0", EvidenceLevel::None), None);
}

#[test]
fn another_repository_or_workflow_than_before_has_to_be_confirmed() {
    use certified_evidence::certificate::Claim;
    let claims = |repository: &str| {
        let file = format!("{repository}/.github/workflows/release.yml@refs/heads/main");
        WorkflowClaims::default()
            .with(Claim::SourceRepositoryUri, repository)
            .and_then(|claims| claims.with(Claim::BuildConfigUri, file))
            .unwrap()
    };
    let (ours, theirs) = (
        claims("https://github.com/acme/widgets"),
        claims("https://github.com/evil/widgets"),
    );
    let mut state = TrustState::default();
    let (name, version) = ("@acme/widgets".parse().unwrap(), "1.2.3".parse().unwrap());
    state.remember(&name, &version, EvidenceLevel::Logged, &ours);
    assert!(state.allows(&name, &version, EvidenceLevel::Logged, &ours).is_ok());
    let refused = state
        .allows(&name, &version, EvidenceLevel::Logged, &theirs)
        .unwrap_err();
    assert_eq!(refused.code(), "policy/identity-changed");
    let nobody = state
        .allows(&name, &version, EvidenceLevel::Logged, &WorkflowClaims::default())
        .unwrap_err();
    assert_eq!(nobody.code(), "policy/identity-changed");
    state.remember(&name, &version, EvidenceLevel::Logged, &theirs);
    assert!(state.allows(&name, &version, EvidenceLevel::Logged, &theirs).is_ok());
}

/// Two readers were shown two histories that begin alike. One of them is us, with what we remember or with a receipt in our hands.
fn detected(signer: &LogSigner, (common, ours, theirs): (u64, u64, u64), (seen, shown): (u64, u64)) -> bool {
    let (mut one, mut other) = (Tree::new(), Tree::new());
    for tree in [&mut one, &mut other] {
        grow(tree, common, "entry");
    }
    grow(&mut one, ours, "ours");
    grow(&mut other, theirs, "theirs");
    let anchors = anchors(signer);
    // Both from behind the parting.
    let earlier = believed(&signed(&one, common + 1 + seen % ours, signer), &anchors).unwrap();
    let later = believed(&signed(&other, common + 1 + shown % theirs, signer), &anchors).unwrap();
    // Whatever the log answers, out of whichever of its histories.
    let answers = [&one, &other].map(|tree| ConsistencyProof::make(earlier.head().size(), later.head().size(), tree));
    let empty = ConsistencyProof::new(earlier.head().size(), later.head().size(), Vec::new());
    let mut answers = answers.into_iter().flatten().chain([empty]);
    answers.all(|proof| begins_with(&later, &earlier, &proof).is_err())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_split_view_is_detected_whatever_the_log_answers(
        sizes in (0u64..120, 1u64..60, 1u64..60), at in (any::<u64>(), any::<u64>())
    ) {
        thread_local!(static SIGNER: LogSigner = signer());
        prop_assert!(SIGNER.with(|signer| detected(signer, sizes, at)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn an_honest_log_is_believed_however_far_it_has_grown(before in 1u64..100, more in 0u64..100) {
        let signer = signer();
        let mut tree = Tree::new();
        grow(&mut tree, before + more, "entry");
        let anchors = anchors(&signer);
        let earlier = believed(&signed(&tree, before, &signer), &anchors).unwrap();
        let later = believed(&signed(&tree, before + more, &signer), &anchors).unwrap();
        let proof = ConsistencyProof::make(earlier.head().size(), later.head().size(), &tree).unwrap();
        prop_assert!(begins_with(&later, &earlier, &proof).is_ok());
    }
}
