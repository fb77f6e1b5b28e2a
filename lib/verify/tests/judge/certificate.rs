//! Tampering with the certificate, its chain and the anchors.

use certified_evidence::certificate::{Claim, LeafProfile, WorkflowClaims};
use certified_evidence::{Certificate, Digest};
use certified_verify::{Finding, Refusal, needed_chain};

use crate::release::{BEGIN, DAY, Maker, RECORDED_AT, Release, SEALED_AT, SIGNED_AT, YEAR};

refused! { Certificate, good:
    a_certificate_that_cannot_be_read_is_refused, "certificate/unreadable",
        |r| r.evidence.certificate.pem = r.evidence.certificate.pem.replacen("MII", "MIJ", 1);
    a_chain_that_cannot_be_read_is_refused, "certificate/unreadable",
        |r| r.evidence.certificate.chain.push("no certificate".to_owned());
    a_certificate_in_other_line_ends_is_refused, "certificate/other-spelling",
        |r| r.evidence.certificate.pem = r.evidence.certificate.pem.replace('\n', "\r\n");
    a_certificate_without_its_last_line_end_is_refused, "certificate/other-spelling",
        |r| { r.evidence.certificate.pem.pop(); };
    a_chain_with_words_before_a_certificate_is_refused, "certificate/other-spelling",
        |r| r.evidence.certificate.chain[0].insert_str(0, "the issuing authority\n");
    a_chain_with_a_certificate_of_another_authority_is_refused, "certificate/stray",
        |r| r.evidence.certificate.chain.push(Maker::new(r.maker.key.algorithm()).issuing.certificate().to_pem());
    a_changed_chain_is_refused_even_when_the_anchors_bring_the_same_certificate, "certificate/stray",
        |r| {
            let issuing = r.maker.issuing.certificate();
            let named = &r.anchors.certificate_authorities[0];
            r.anchors.intermediates = vec![certified_evidence::anchors::CertificateAuthority {
                pem: issuing.to_pem(),
                ..named.clone()
            }];
            let mut der = issuing.der().to_vec();
            // The last byte of the signature.
            *der.last_mut().unwrap() ^= 1;
            r.evidence.certificate.chain = vec![Certificate::from_der(&der).unwrap().to_pem()];
        };
    another_certificate_for_the_same_key_and_name_is_refused, "certificate/other-fingerprint",
        |r| r.evidence.certificate.pem = r.maker.issuing.issue(r.maker.leaf()).unwrap().to_pem();
    evidence_that_names_another_fingerprint_is_refused, "certificate/other-fingerprint",
        |r| r.evidence.certificate.fingerprint = Digest::of(b"other");
    a_block_that_names_another_fingerprint_is_refused_even_when_it_is_signed, "certificate/other-fingerprint",
        |r| r.publish_block(|block| block.certificate.fingerprint = Digest::of(b"other"));

    a_certificate_for_another_package_is_refused, "certificate/other-name",
        |r| *r = Release::with_certificate(|leaf| name(leaf, "pkg:npm/%40acme/gadgets@1.2.3"));
    a_certificate_for_another_version_is_refused, "certificate/other-name",
        |r| *r = Release::with_certificate(|leaf| name(leaf, "pkg:npm/%40acme/widgets@1.2.30"));
    a_certificate_for_every_version_is_refused, "certificate/other-name",
        |r| *r = Release::with_certificate(|leaf| name(leaf, "pkg:npm/%40acme/widgets"));
    a_certificate_for_no_package_is_refused, "certificate/other-name",
        |r| *r = Release::with_certificate(|leaf| leaf.san_uri = None);
    a_certificate_of_a_workflow_for_another_release_is_refused, "certificate/other-name",
        |r| *r = Release::with_certificate(|leaf| of_workflow(leaf, Some("pkg:npm/%40acme/gadgets@1.2.3")));
    a_certificate_of_a_workflow_for_no_release_is_refused, "certificate/other-name",
        |r| *r = Release::with_certificate(|leaf| of_workflow(leaf, None));
    a_certificate_that_tells_of_a_workflow_and_names_the_release_alone_is_refused, "certificate/other-name",
        |r| *r = Release::with_certificate(|leaf| {
            of_workflow(leaf, None);
            leaf.san_uri = Some("pkg:npm/%40acme/widgets@1.2.3".to_owned());
        });
    a_release_beside_no_name_is_refused, "certificate/other-name",
        |r| *r = Release::with_certificate(|leaf| {
            of_workflow(leaf, Some("pkg:npm/%40acme/widgets@1.2.3"));
            leaf.san_uri = None;
        });
    a_certificate_for_another_identity_is_refused, "certificate/other-name",
        |r| *r = Release::with_certificate(|leaf| leaf.common_name = "chittyos.gadgets.1".to_owned());
    evidence_that_names_another_identity_is_refused, "certificate/other-name",
        |r| r.evidence.certificate.chitty_id = "chittyos.gadgets.1".parse().unwrap();
    a_block_that_names_another_identity_is_refused_even_when_it_is_signed, "certificate/other-name",
        |r| r.publish_block(|block| block.certificate.chitty_id = "chittyos.gadgets.1".parse().unwrap());
    evidence_that_names_the_certificate_otherwise_is_refused, "certificate/other-name",
        |r| r.evidence.certificate.cert_id = "CERT-PKG-20260101-OTHER".parse().unwrap();

    a_certificate_of_an_authority_that_nobody_named_is_refused, "certificate/unknown-authority",
        |r| r.anchors.certificate_authorities = Maker::new(r.maker.key.algorithm()).anchors().certificate_authorities;
    a_certificate_is_refused_when_nobody_is_trusted, "certificate/unknown-authority",
        |r| r.anchors.certificate_authorities.clear();
    an_anchor_that_was_retired_before_the_signing_is_refused, "certificate/unknown-authority",
        |r| anchor(r).valid_until = SIGNED_AT.minus_seconds(1);
    an_anchor_that_was_retired_between_the_signatures_is_refused, "certificate/unknown-authority",
        |r| anchor(r).valid_until = SEALED_AT.minus_seconds(1);
    an_anchor_that_was_not_yet_trusted_at_the_first_signature_is_refused, "certificate/unknown-authority",
        |r| anchor(r).valid_from = SIGNED_AT.plus_seconds(2);
    an_anchor_that_cannot_be_read_is_refused, "certificate/unknown-authority",
        |r| anchor(r).pem.clear();
    an_anchor_that_is_the_certificate_itself_is_refused, "certificate/unknown-authority",
        |r| anchor(r).pem = r.evidence.certificate.pem.clone();
    a_chain_without_the_issuing_authority_is_refused, "certificate/unknown-authority",
        |r| r.evidence.certificate.chain.clear();
    a_chain_through_another_authority_of_the_same_name_is_refused, "certificate/unknown-authority",
        |r| r.evidence.certificate.chain = vec![Maker::new(r.maker.key.algorithm()).issuing.certificate().to_pem()];

    a_certificate_that_had_ended_before_it_signed_is_refused, "certificate/not-in-force",
        |r| *r = Release::with_certificate(|leaf| leaf.not_after = SIGNED_AT.minus_seconds(1));
    a_certificate_that_had_ended_before_the_recording_is_refused, "certificate/not-in-force",
        |r| *r = Release::with_certificate(|leaf| leaf.not_after = RECORDED_AT.minus_seconds(1));
    a_certificate_that_had_not_begun_when_it_signed_is_refused, "certificate/not-in-force",
        |r| *r = Release::with_certificate(|leaf| leaf.not_before = SIGNED_AT.plus_seconds(2));

    a_certificate_of_two_years_is_refused, "certificate/too-long",
        |r| *r = Release::with_certificate(|leaf| leaf.not_after = BEGIN.plus_seconds(2 * YEAR));
    a_certificate_of_one_second_too_many_is_refused, "certificate/too-long",
        |r| *r = Release::with_certificate(|leaf| leaf.not_after = BEGIN.plus_seconds(366 * DAY + 1));
}

/// Where no authority of time is trusted: the signer's own clock, and the time of the event.
pub(crate) mod by_the_clock_of_the_signer {
    use super::*;

    refused! { Certificate, unwitnessed:
        an_anchor_that_was_not_yet_trusted_at_the_signing_is_refused, "certificate/unknown-authority",
            |r| anchor(r).valid_from = SIGNED_AT.plus_seconds(1);
        a_signature_dated_before_the_certificate_is_refused, "certificate/not-in-force",
            |r| r.sign_at(BEGIN.minus_seconds(1));
        a_signature_dated_after_the_certificate_is_refused, "certificate/not-in-force",
            |r| r.sign_at(BEGIN.plus_seconds(YEAR + 1));
        a_recording_before_the_certificate_that_it_names_is_refused, "certificate/not-in-force",
            |r| r.record(|event| event.timestamp = BEGIN.minus_seconds(1));
        a_recording_after_the_certificate_is_refused_even_when_it_names_another_one, "certificate/not-in-force",
            |r| r.record(|event| {
                event.timestamp = BEGIN.plus_seconds(YEAR + 1);
                event.payload.cert_id = "CERT-PKG-20260101-OTHER".parse().unwrap();
            });
        an_anchor_that_was_retired_between_signing_and_recording_is_refused, "certificate/unknown-authority",
            |r| anchor(r).valid_until = SIGNED_AT;
    }
}

fn name(leaf: &mut LeafProfile, uri: &str) {
    leaf.san_uri = Some(uri.to_owned());
    leaf.release = Some(uri.to_owned());
}

fn of_workflow(leaf: &mut LeafProfile, release: Option<&str>) {
    name(
        leaf,
        "https://github.com/acme/widgets/.github/workflows/release.yml@refs/tags/v1.2.3",
    );
    leaf.release = release.map(str::to_owned);
    let issuer = "https://token.actions.githubusercontent.com";
    leaf.claims = WorkflowClaims::default().with(Claim::Issuer, issuer).unwrap();
}

fn anchor(release: &mut Release) -> &mut certified_evidence::anchors::CertificateAuthority {
    &mut release.anchors.certificate_authorities[0]
}

#[test]
fn a_chain_may_bring_the_root_that_the_anchors_name() {
    let mut release = Release::good();
    let root = release.maker.root.certificate().to_pem();
    release.evidence.certificate.chain.push(root);
    assert!(release.judge().outcome.is_ok());
}

#[test]
fn evidence_gets_those_certificates_of_a_chain_that_lead_to_an_authority() {
    let release = Release::good();
    let maker = &release.maker;
    let (issuing, root) = (maker.issuing.certificate(), maker.root.certificate());
    let stranger = Maker::new(maker.key.algorithm());
    let sent = vec![root.clone(), stranger.issuing.certificate().clone(), issuing.clone()];
    let certificate = crate::release::certificate(&release.evidence);
    let needed = needed_chain(&certificate, sent, &release.anchors, SIGNED_AT).unwrap();
    assert_eq!(needed, std::slice::from_ref(issuing));
    let refusal = needed_chain(&certificate, vec![], &release.anchors, SIGNED_AT).unwrap_err();
    assert_eq!(refusal.code(), "certificate/unknown-authority");
}

#[test]
fn a_certificate_of_a_leap_year_is_not_too_long() {
    let release = Release::with_certificate(|leaf| leaf.not_after = BEGIN.plus_seconds(366 * DAY));
    assert!(release.judge().outcome.is_ok());
}

#[test]
fn a_certificate_of_a_workflow_that_names_the_release_beside_it_is_accepted() {
    let release = Release::with_certificate(|leaf| of_workflow(leaf, Some("pkg:npm/%40acme/widgets@1.2.3")));
    assert!(release.judge().outcome.is_ok());
}

#[test]
fn the_certificate_of_an_authority_signs_no_release() {
    let mut release = Release::good();
    let issuing = release.maker.issuing.certificate().clone();
    release.evidence.certificate.chain.clear();
    release.evidence.certificate.pem = issuing.to_pem();
    assert_eq!(
        release.judge().outcome.unwrap_err().code(),
        "certificate/other-fingerprint"
    );
    let (name, version) = (&release.evidence.name, &release.evidence.version);
    let refusal = certified_verify::check_certificate(&issuing, &[], (name, version), &release.anchors, SIGNED_AT);
    assert_eq!(refusal.unwrap_err().code(), "certificate/too-long");
}

#[test]
fn what_was_expected_and_what_was_found_are_both_said() {
    let release = Release::with_certificate(|leaf| name(leaf, "pkg:npm/%40acme/gadgets@1.2.3"));
    let expected = Refusal::CertificateOtherName {
        expected: "pkg:npm/%40acme/widgets@1.2.3".to_owned(),
        found: "pkg:npm/%40acme/gadgets@1.2.3".to_owned(),
    };
    assert_eq!(release.judge().outcome.unwrap_err(), expected);
}

#[test]
fn a_certificate_that_cannot_be_read_is_said_of_its_signatures_too() {
    let mut release = Release::good();
    release.evidence.certificate.pem.clear();
    let judgement = release.judge();
    let unreadable = |finding: &Finding| {
        matches!(
            finding,
            Finding::Refused {
                code: "certificate/unreadable",
                ..
            }
        )
    };
    let found: Vec<&str> = judgement
        .checks
        .iter()
        .filter(|check| unreadable(&check.finding))
        .map(|check| check.name.as_str())
        .collect();
    assert_eq!(found, ["certificate", "signature", "bundle", "transparency"]);
    assert!(Certificate::from_pem("").is_err());
}
