use serde_json::json;

use super::*;
use crate::certificate::{Claim, WorkflowClaims};

const REPOSITORY: &str = "https://github.com/acme/widgets";
const COMMIT: &str = "c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeeabcd";

fn claims() -> WorkflowClaims {
    let workflow = format!("{REPOSITORY}/.github/workflows/@acme/release.yml@refs/tags/@acme/widgets@1.2.3");
    [
        (
            Claim::BuildSignerUri,
            "https://github.com/acme/release/.github/workflows/certified.yml@refs/tags/v1",
        ),
        (Claim::SourceRepositoryUri, REPOSITORY),
        (Claim::SourceRepositoryDigest, COMMIT),
        (Claim::SourceRepositoryRef, "refs/tags/@acme/widgets@1.2.3"),
        (Claim::SourceRepositoryIdentifier, "1"),
        (Claim::SourceRepositoryOwnerIdentifier, "2"),
        (Claim::BuildConfigUri, workflow.as_str()),
        (Claim::BuildTrigger, "release"),
        (
            Claim::RunInvocationUri,
            "https://github.com/acme/widgets/actions/runs/1/attempts/1",
        ),
    ]
    .into_iter()
    .fold(WorkflowClaims::default(), |claims, (claim, value)| {
        claims.with(claim, value).unwrap()
    })
}

fn statement() -> Statement {
    let subject = Subject::tarball("pkg:npm/%40acme/widgets@1.2.3", b"tarball");
    Statement::of_provenance(subject, &Provenance::of_run(&claims()).unwrap()).unwrap()
}

fn changed(pointer: &str, value: Value) -> Result<Statement, StatementError> {
    let mut json: Value = serde_json::from_slice(&statement().to_json().unwrap()).unwrap();
    *json.pointer_mut(pointer).unwrap() = value;
    Statement::parse(json.to_string().as_bytes())
}

#[test]
fn a_statement_of_provenance_has_the_fields_and_the_order_that_npm_writes() {
    let expected = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{
            "name": "pkg:npm/%40acme/widgets@1.2.3",
            "digest": { "sha512": Integrity::of(b"tarball").hex(), "sha256": Digest::of(b"tarball").hex() },
        }],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
                "externalParameters": { "workflow": {
                    "ref": "refs/tags/@acme/widgets@1.2.3",
                    "repository": REPOSITORY,
                    "path": ".github/workflows/@acme/release.yml",
                } },
                "internalParameters": {
                    "github": { "event_name": "release", "repository_id": "1", "repository_owner_id": "2" },
                },
                "resolvedDependencies": [{
                    "uri": "git+https://github.com/acme/widgets@refs/tags/@acme/widgets@1.2.3",
                    "digest": { "gitCommit": COMMIT },
                }],
            },
            "runDetails": {
                "builder": { "id": "https://github.com/acme/release/.github/workflows/certified.yml@refs/tags/v1" },
                "metadata": { "invocationId": "https://github.com/acme/widgets/actions/runs/1/attempts/1" },
            },
        },
    });
    let written = String::from_utf8(statement().to_json().unwrap()).unwrap();
    assert_eq!(written, expected.to_string());
    assert_eq!(Statement::parse(written.as_bytes()).unwrap(), statement());
}

#[test]
fn a_certificate_that_leaves_something_out_gives_no_provenance() {
    let refused = MissingClaim {
        claim: Claim::SourceRepositoryUri,
    };
    assert_eq!(Provenance::of_run(&WorkflowClaims::default()), Err(refused));
    let elsewhere = claims()
        .with(
            Claim::BuildConfigUri,
            "https://github.com/evil/widgets/a.yml@refs/heads/main",
        )
        .unwrap();
    let refused = MissingClaim {
        claim: Claim::BuildConfigUri,
    };
    assert_eq!(Provenance::of_run(&elsewhere), Err(refused));
}

#[test]
fn a_statement_is_about_one_subject_with_a_digest_that_is_known() {
    let subjects = changed("/subject", json!([]));
    assert!(matches!(subjects, Err(StatementError::Subjects { found: 0 })));
    let digestless = changed("/subject/0/digest", json!({ "md5": "00" }));
    assert!(matches!(digestless, Err(StatementError::NoDigest)));
    let upper = changed("/subject/0/digest/sha256", json!("A".repeat(64)));
    assert!(matches!(upper, Err(StatementError::Digest(_))));
    let old = changed("/_type", json!("https://in-toto.io/Statement/v0.1"));
    assert!(matches!(old, Err(StatementError::OtherKind { .. })));
    let large = vec![b' '; Statement::LARGEST + 1];
    assert!(matches!(Statement::parse(&large), Err(StatementError::TooLarge { .. })));
}

#[test]
fn a_statement_about_other_bytes_is_refused_whichever_digest_tells() {
    let both = statement().subject;
    assert!(both.check(b"tarball").is_ok());
    assert!(both.check(b"other").is_err());
    let mixed = Subject {
        sha256: Some(Digest::of(b"other")),
        ..both.clone()
    };
    for bytes in [b"other".as_slice(), b"tarball"] {
        assert!(matches!(mixed.check(bytes), Err(StatementError::OtherSubject { .. })));
    }
    let silent = Subject {
        sha256: None,
        sha512: None,
        ..both
    };
    assert!(silent.check(b"tarball").is_err());
}

#[test]
fn provenance_with_an_unknown_external_parameter_or_of_another_type_is_refused() {
    assert!(statement().provenance().is_ok());
    let inputs = changed(
        "/predicate/buildDefinition/externalParameters",
        json!({
            "workflow": { "ref": "a", "repository": "b", "path": "c" }, "inputs": { "target": "evil" },
        }),
    );
    assert!(matches!(inputs.unwrap().provenance(), Err(StatementError::Json(_))));
    let other = changed("/predicateType", json!("https://slsa.dev/provenance/v0.2"));
    assert!(matches!(
        other.unwrap().provenance(),
        Err(StatementError::OtherKind { .. })
    ));
}

#[test]
fn a_run_that_nobody_vouches_for_says_so_in_its_type_and_its_builder() {
    let nobody = "https://github.com/chittyos/certified-publish#claimed-run-v1";
    let expected = json!({
        "buildDefinition": {
            "buildType": nobody,
            "externalParameters": { "repository": "acme/widgets", "commit": COMMIT },
            "internalParameters": { "machinery": "local", "actor": "octo" },
            "resolvedDependencies": [{ "name": "commit", "digest": { "gitCommit": COMMIT } }],
        },
        "runDetails": { "builder": { "id": nobody }, "metadata": { "invocationId": "local" } },
    });
    let claimed = claimed(Some(COMMIT));
    assert_eq!(claimed.predicate.to_string(), expected.to_string());
    let provenance = claimed.provenance().unwrap();
    assert_eq!(provenance.build_definition.build.build_type(), Provenance::CLAIMED_RUN);
    assert_eq!(
        Statement::of_provenance(claimed.subject.clone(), &provenance).unwrap(),
        claimed
    );
    let silent = self::claimed(None).predicate;
    assert_eq!(
        silent.pointer("/buildDefinition/externalParameters").unwrap(),
        &json!({ "repository": "acme/widgets" })
    );
    assert!(silent.pointer("/buildDefinition/resolvedDependencies").is_none());
}

#[test]
fn neither_kind_of_build_takes_the_parameters_of_the_other_and_a_third_kind_is_refused() {
    for (mut statement, type_of_other) in [
        (statement(), Provenance::CLAIMED_RUN),
        (claimed(None), Provenance::GITHUB_WORKFLOW),
    ] {
        for other in [type_of_other, "https://actions.github.io/buildtypes/workflow/v1"] {
            *statement.predicate.pointer_mut("/buildDefinition/buildType").unwrap() = json!(other);
            assert!(
                matches!(statement.provenance(), Err(StatementError::Json(_))),
                "{other}"
            );
        }
    }
    let mut more = claimed(None);
    more.predicate["buildDefinition"]["externalParameters"]["target"] = json!("evil");
    assert!(matches!(more.provenance(), Err(StatementError::Json(_))));
}

fn claimed(commit: Option<&str>) -> Statement {
    let provenance = Provenance::of_claimed_run(ClaimedRun {
        id: "local".to_owned(),
        repository: Some("acme/widgets".to_owned()),
        commit: commit.map(str::to_owned),
        machinery: "local".to_owned(),
        actor: "octo".to_owned(),
    });
    Statement::of_provenance(
        Subject::tarball("pkg:npm/%40acme/widgets@1.2.3", b"tarball"),
        &provenance,
    )
    .unwrap()
}
