//! Any file against any bundle: the published tarball stands for the file, the bundles of its release for the bundle.

use certified_evidence::Anchors;
use certified_evidence::certificate::Claim;
use certified_verify::bundle::{BundleJudgement, Issuer, Signer, judge, read};
use certified_verify::{CheckName, Finding, Refusal};

use crate::release::{ISSUER, Release, SEALED_AT};

/// A file, its bundle as it came, and whom it should be by.
#[derive(Clone)]
pub(crate) struct Question {
    pub(crate) file: Vec<u8>,
    pub(crate) bundle: Vec<u8>,
    pub(crate) identity: String,
    pub(crate) issuer: Option<String>,
    pub(crate) anchors: Anchors,
}

impl Question {
    /// With a good answer; the chain to the root stands in the anchors.
    pub(crate) fn good() -> Self {
        Self::about(&Release::good(), |bundles| bundles.provenance)
    }

    fn message() -> Self {
        Self::about(&Release::good(), |bundles| bundles.published)
    }

    fn about(release: &Release, which: fn(certified_evidence::Bundles) -> certified_evidence::Bundle) -> Self {
        let root =
            certified_evidence::TrustRoot::of_anchors(&release.anchors, &[release.maker.issuing.certificate().clone()]);
        Self {
            file: release.published.clone(),
            bundle: which(release.evidence.bundles.clone().unwrap())
                .to_json()
                .unwrap()
                .into_bytes(),
            identity: "pkg:npm/%40acme/widgets@1.2.3".to_owned(),
            issuer: Some(ISSUER.to_owned()),
            anchors: root.unwrap().anchors().unwrap(),
        }
    }

    pub(crate) fn judge(&self) -> Result<BundleJudgement, Refusal> {
        let issuer = self.issuer.as_deref().map_or(Issuer::Nobody, Issuer::Named);
        let signer = Signer {
            identity: &self.identity,
            issuer,
        };
        Ok(judge(&read(&self.bundle)?, &self.file, &signer, &self.anchors))
    }

    fn code(&self) -> Result<(), &'static str> {
        let outcome = self.judge().and_then(|judgement| judgement.outcome);
        outcome.map(|_| ()).map_err(|refusal| refusal.code())
    }
}

/// One way in which a bundle can be wrong, or be the wrong one.
pub(crate) struct Tampering {
    pub(crate) code: &'static str,
    pub(crate) tamper: fn(&mut Question),
}

/// What only this question can be answered with, and one of each kind that a release can be, too.
pub(crate) const TAMPERINGS: &[Tampering] = &[
    Tampering {
        code: "bundle/unreadable",
        tamper: |q| q.bundle.truncate(100),
    },
    Tampering {
        code: "certificate/other-issuer",
        tamper: |q| q.issuer = Some("https://evil.example".to_owned()),
    },
];

#[test]
fn what_only_a_bundle_alone_can_be_refused_for_has_a_tampering() {
    for tampering in TAMPERINGS {
        let mut question = Question::good();
        (tampering.tamper)(&mut question);
        assert_eq!(question.code(), Err(tampering.code));
    }
}

#[test]
fn both_kinds_of_bundles_are_verified_with_anchors_that_have_the_chain() {
    for question in [Question::good(), Question::message()] {
        let judgement = question.judge().unwrap();
        let names: Vec<CheckName> = judgement.checks.iter().map(|check| check.name).collect();
        assert_eq!(
            names,
            [
                CheckName::Timestamp,
                CheckName::Certificate,
                CheckName::Signature,
                CheckName::Bundle,
                CheckName::Transparency
            ]
        );
        assert!(
            judgement
                .checks
                .iter()
                .all(|check| matches!(check.finding, Finding::Passed { .. })),
            "{judgement:?}"
        );
        let proof = judgement.outcome.unwrap();
        assert_eq!(
            (proof.identity(), proof.issuer()),
            (question.identity.as_str(), Some(ISSUER))
        );
        assert_eq!(proof.at(), SEALED_AT);
        assert_eq!((proof.log(), proof.log_index()), ("chronicle.example/log", 2));
        assert_eq!(proof.file(), certified_evidence::Digest::of(&question.file));
    }
}

#[test]
fn another_file_is_refused_by_the_digest_of_either_kind_of_bundle() {
    for mut question in [Question::good(), Question::message()] {
        question.file.push(0);
        assert_eq!(question.code(), Err("bundle/other-subject"));
    }
}

#[test]
fn an_identity_or_an_issuer_that_is_not_exactly_the_expected_one_is_refused() {
    let with = |change: fn(&mut Question)| {
        let mut question = Question::good();
        change(&mut question);
        question.code()
    };
    assert_eq!(with(|q| q.identity.push('0')), Err("certificate/other-name"));
    assert_eq!(with(|q| q.identity.clear()), Err("certificate/other-name"));
    assert_eq!(with(|q| q.issuer = None), Err("certificate/other-issuer"));
}

#[test]
fn a_certificate_that_names_no_issuer_is_accepted_only_by_whoever_says_so() {
    let release = Release::with_certificate(|leaf| leaf.claims = Default::default());
    let mut question = Question::about(&release, |bundles| bundles.provenance);
    assert_eq!(question.code(), Err("certificate/other-issuer"));
    question.issuer = None;
    assert_eq!(question.code(), Ok(()));
}

#[test]
fn two_extensions_that_name_two_issuers_are_refused() {
    let release = Release::with_certificate(|leaf| {
        leaf.claims = std::mem::take(&mut leaf.claims)
            .with(Claim::BareIssuer, "https://other.example")
            .unwrap();
    });
    let question = Question::about(&release, |bundles| bundles.provenance);
    assert_eq!(question.code(), Err("certificate/other-issuer"));
}

#[test]
fn everybody_has_to_be_named_for_a_bundle_alone() {
    let without = |change: fn(&mut Anchors)| {
        let mut question = Question::good();
        change(&mut question.anchors);
        question.code()
    };
    assert_eq!(
        without(|a| a.timestamp_authorities.clear()),
        Err("timestamp/unknown-authority")
    );
    assert_eq!(
        without(|a| a.certificate_authorities.clear()),
        Err("certificate/unknown-authority")
    );
    assert_eq!(
        without(|a| a.intermediates.clear()),
        Err("certificate/unknown-authority")
    );
    assert_eq!(
        without(|a| a.intermediates[0].valid_until = SEALED_AT.minus_seconds(1)),
        Err("certificate/unknown-authority")
    );
    assert_eq!(without(|a| a.certificate_logs.clear()), Err("transparency/unknown-log"));
    assert_eq!(without(|a| a.logs.clear()), Err("transparency/unknown-log"));
}

#[test]
fn what_cannot_be_asked_after_a_refusal_is_said() {
    let mut question = Question::good();
    question.anchors.timestamp_authorities.clear();
    let judgement = question.judge().unwrap();
    let not_asked = judgement
        .checks
        .iter()
        .filter(|check| matches!(check.finding, Finding::NotAsked { .. }));
    let not_asked: Vec<CheckName> = not_asked.map(|check| check.name).collect();
    assert_eq!(not_asked, [CheckName::Certificate, CheckName::Transparency]);
}
