use super::*;

fn policy(text: &str) -> Policy {
    Policy::parse(text.as_bytes()).unwrap()
}

fn claims() -> WorkflowClaims {
    let said = [
        (Claim::SourceRepositoryUri, "https://github.com/acme/widgets"),
        (
            Claim::BuildConfigUri,
            "https://github.com/acme/widgets/.github/workflows/release.yml@refs/heads/main",
        ),
        (Claim::SourceRepositoryRef, "refs/tags/v1.2.3"),
        (Claim::RunnerEnvironment, "github-hosted"),
    ];
    let with = |claims: WorkflowClaims, (claim, value)| claims.with(claim, value).unwrap();
    said.into_iter().fold(WorkflowClaims::default(), with)
}

/// The code of the violation, or nothing.
fn judged(policy: &Policy, name: &str, level: EvidenceLevel, claims: &WorkflowClaims) -> Option<&'static str> {
    let name = name.parse().unwrap();
    let found = Finding {
        name: &name,
        level,
        claims,
    };
    policy.allows(&found).err().map(|refusal| refusal.code())
}

const STRICT: &str = r#"
    [[rule]]
    packages = ["@acme/*"]
    evidence = "logged"
    repository = "https://github.com/acme/*"
    workflow = ".github/workflows/release.yml"
    ref = "refs/tags/v*"
    runner = "github-hosted"

    [[rule]]
    packages = ["*"]
    evidence = "none"

    [[rule]]
    packages = ["left-pad", "@acme/old"]
    deny = "we have one of our own"
"#;

#[test]
fn the_first_rule_that_names_a_package_decides_and_a_denial_wins_from_anywhere() {
    let policy = policy(STRICT);
    assert_eq!(judged(&policy, "@acme/widgets", EvidenceLevel::Logged, &claims()), None);
    assert_eq!(
        judged(&policy, "lodash", EvidenceLevel::None, &WorkflowClaims::default()),
        None
    );
    // The second rule would take it.
    let less = judged(&policy, "@acme/widgets", EvidenceLevel::Certified, &claims());
    assert_eq!(less, Some("policy/too-little-evidence"));
    assert_eq!(
        judged(&policy, "left-pad", EvidenceLevel::Logged, &claims()),
        Some("policy/denied")
    );
    assert_eq!(
        judged(&policy, "@acme/old", EvidenceLevel::Logged, &claims()),
        Some("policy/denied")
    );
}

#[test]
fn every_part_of_the_origin_is_compared_with_what_the_certificate_says() {
    let policy = policy(STRICT);
    let others = [
        (Claim::SourceRepositoryUri, "https://github.com/acme-evil/widgets"),
        (
            Claim::BuildConfigUri,
            "https://github.com/acme/widgets/.github/workflows/other.yml@refs/heads/main",
        ),
        (
            Claim::BuildConfigUri,
            "https://github.com/evil/.github/workflows/release.yml@refs/heads/main",
        ),
        (Claim::SourceRepositoryRef, "refs/heads/main"),
        (Claim::RunnerEnvironment, "self-hosted"),
    ];
    for (claim, value) in others {
        let claims = claims().with(claim, value).unwrap();
        let found = judged(&policy, "@acme/widgets", EvidenceLevel::Logged, &claims);
        assert_eq!(found, Some("policy/other-origin"), "{value}");
    }
    let nothing = judged(
        &policy,
        "@acme/widgets",
        EvidenceLevel::Logged,
        &WorkflowClaims::default(),
    );
    assert_eq!(nothing, Some("policy/other-origin"));
}

#[test]
fn a_rule_that_says_nothing_asks_for_a_certificate_and_no_rule_is_a_violation() {
    let policy = policy("[[rule]]\npackages = [\"@acme/*\"]\n");
    let none = WorkflowClaims::default();
    assert_eq!(judged(&policy, "@acme/a", EvidenceLevel::Certified, &none), None);
    assert_eq!(
        judged(&policy, "@acme/a", EvidenceLevel::None, &none),
        Some("policy/too-little-evidence")
    );
    assert_eq!(
        judged(&policy, "lodash", EvidenceLevel::Logged, &none),
        Some("policy/no-rule")
    );
}

#[test]
fn a_word_that_no_policy_has_is_refused() {
    let refused = |text: &[u8]| Policy::parse(text).unwrap_err().code();
    for text in [
        "no-downgrades = true",
        "[[rule]]\nevidence = \"none\"",
        "[[rule]]\npackages = [\"*\"]\nrepositry = \"x\"",
        "[[rule]]\npackages = [\"@acme*\"]",
        "[[rule]]\npackages = [\"*\"]\nevidence = \"some\"",
        "[[rule]]\npackages = \"*\"",
        "= 1",
    ] {
        assert_eq!(refused(text.as_bytes()), "policy/unreadable", "{text}");
    }
    let contradiction = "[[rule]]\npackages = [\"*\"]\nevidence = \"none\"\nrepository = \"x\"";
    assert_eq!(refused(contradiction.as_bytes()), "policy/contradiction");
    assert_eq!(refused(b"\xff"), "policy/not-text");
    assert_eq!(refused(&vec![b' '; Policy::LARGEST + 1]), "policy/too-large");
}

#[test]
fn the_example_on_the_page_is_a_policy() {
    let page = include_str!("mod.rs");
    let example = page.split("```toml").nth(1).unwrap().split("```").next().unwrap();
    let text: String = example
        .lines()
        .map(|line| line.trim_start_matches("//!").to_owned() + "\n")
        .collect();
    let policy = policy(&text);
    assert_eq!(policy.no_downgrade, Some(true));
    assert!(policy.only_from_registry);
    assert_eq!(policy.rules.len(), 3);
}
