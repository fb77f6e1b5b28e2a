//! Releases with which nothing is wrong, however they came about.

use certified_evidence::TrustRoot;
use certified_evidence::certificate::WorkflowClaims;
use certified_verify::{Finding, Judgement, Verdict};
use serde_json::json;

use crate::refused::IN_ORDER;
use crate::release::{
    BEGIN, RECORDED_AT, Release, SEALED_AT, SIGNED_AT, Witnesses, YEAR, another_compressor, log_entry, new_log, record,
};

/// The names of the questions that were not asked.
fn not_asked(judgement: &Judgement) -> Vec<&str> {
    let not_asked = judgement
        .checks
        .iter()
        .filter(|check| matches!(check.finding, Finding::NotAsked { .. }));
    not_asked.map(|check| check.name.as_str()).collect()
}

#[track_caller]
fn assert_verified(judgement: &Judgement) {
    assert!(judgement.outcome.is_ok(), "{judgement:?}");
    assert!(
        !judgement
            .checks
            .iter()
            .any(|check| matches!(check.finding, Finding::Refused { .. }))
    );
    assert_eq!(
        judgement.checks.iter().map(|check| check.name).collect::<Vec<_>>(),
        IN_ORDER
    );
}

#[test]
fn checks_and_verdicts_have_the_same_word_in_json() {
    for check in IN_ORDER {
        assert_eq!(json!(check), check.as_str());
    }
    for verdict in [
        Verdict::Verified,
        Verdict::Unsigned,
        Verdict::Refused,
        Verdict::CannotJudge,
    ] {
        assert_eq!(json!(verdict), verdict.as_str());
    }
}

#[test]
fn a_good_release_is_verified_by_asking_nobody() {
    let judgement = Release::good().judge_offline();
    assert_verified(&judgement);
    assert_eq!(not_asked(&judgement), ["registry", "archive", "revocation"]);
}

#[test]
fn a_good_release_is_verified_by_asking_everybody() {
    let judgement = Release::good().judge();
    assert_verified(&judgement);
    assert_eq!(not_asked(&judgement), [""; 0]);
}

#[test]
fn the_proof_names_what_was_proved() {
    let release = Release::good();
    let verified = release.judge().outcome.unwrap();
    assert_eq!(
        (verified.name().as_str(), verified.version().to_string()),
        ("@acme/widgets", "1.2.3".to_owned())
    );
    assert_eq!(verified.published(), release.evidence.published.sha256);
    assert_eq!(verified.certified(), release.evidence.certified.sha256);
}

#[test]
fn a_release_signed_with_rsa_is_verified() {
    let release = Release::rsa();
    assert_verified(&release.judge_offline());
    assert_verified(&release.judge());
}

#[test]
fn evidence_and_anchors_survive_their_files() {
    let mut release = Release::good();
    let evidence = serde_json::to_vec(&release.evidence).unwrap();
    release.evidence = serde_json::from_slice(&evidence).unwrap();
    release.anchors = certified_evidence::Anchors::parse(release.anchors.to_json().unwrap().as_bytes()).unwrap();
    assert_verified(&release.judge());
}

#[test]
fn a_release_outlives_its_certificate_because_the_time_of_signing_counts() {
    let mut release = Release::with_certificate(|leaf| leaf.not_after = SEALED_AT);
    release.told.certificate.valid = false;
    release.told.certificate.error = Some("CERTIFICATE_EXPIRED".to_owned());
    assert_verified(&release.judge());
}

#[test]
fn the_first_second_of_a_certificate_counts() {
    let mut release = Release::good();
    release.sign_at(BEGIN);
    release.record(|event| event.timestamp = BEGIN);
    assert_verified(&release.judge());
}

#[test]
fn an_anchor_that_was_retired_after_the_signing_still_vouches() {
    let mut release = Release::good();
    release.anchors.certificate_authorities[0].valid_until = SEALED_AT;
    assert_verified(&release.judge());
}

#[test]
fn an_event_that_an_interrupted_run_recorded_with_its_own_certificate_is_as_good() {
    let mut release = Release::good();
    release.record(|event| {
        event.timestamp = BEGIN.minus_seconds(3600);
        event.payload.cert_id = "CERT-PKG-20260101-FIRSTRUN".parse().unwrap();
    });
    assert_verified(&release.judge());
    assert_verified(&release.judge_offline());
}

#[test]
fn a_certificate_that_was_withdrawn_after_it_had_signed_is_accepted() {
    let mut release = Release::good();
    let known = release.told.certificate.certificate.as_mut().unwrap();
    known.revoked_at = Some(SEALED_AT.plus_seconds(1));
    release.told.certificate.valid = false;
    assert_verified(&release.judge());
}

#[test]
fn published_bytes_of_another_compressor_are_as_good_when_they_are_the_signed_ones() {
    let mut release = Release::good();
    release.publish(another_compressor(&release.published));
    assert_verified(&release.judge());
}

#[test]
fn certified_bytes_of_another_compressor_are_proved_by_the_archived_copy() {
    let mut release = Release::good();
    release.certify_with_another_compressor();
    assert_verified(&release.judge());
}

#[test]
fn the_times_of_these_tests_lie_within_the_life_of_the_certificate() {
    assert!(
        BEGIN < SIGNED_AT && SIGNED_AT < RECORDED_AT && RECORDED_AT < SEALED_AT && SEALED_AT < BEGIN.plus_seconds(YEAR)
    );
}

#[test]
fn a_release_that_nobody_witnessed_is_verified_by_anchors_that_name_no_witness() {
    let release = Release::unwitnessed();
    let judgement = release.judge();
    assert_verified(&judgement);
    assert_eq!(not_asked(&judgement), ["timestamp", "bundle", "transparency"]);
    assert_eq!(judgement.outcome.unwrap().witnessed_at(), None);
    assert_verified(&release.judge_offline());
}

#[test]
fn a_release_of_a_run_that_nobody_vouches_for_is_verified_with_what_the_run_says_of_itself() {
    let release = Release::with_certificate(|leaf| leaf.claims = WorkflowClaims::default());
    assert_verified(&release.judge());
}

#[test]
fn a_statement_of_the_first_releases_says_neither_who_packed_nor_where_the_copy_lies() {
    let mut release = Release::good();
    release.build(|build| build.run_details.byproducts[0].annotations.clear());
    assert_verified(&release.judge());
}

#[test]
fn the_time_of_the_proof_is_that_of_the_first_timestamp() {
    let verified = Release::good().judge().outcome.unwrap();
    assert_eq!(verified.witnessed_at(), Some(SIGNED_AT.plus_seconds(1)));
}

#[test]
fn the_clock_of_the_signer_may_be_an_hour_off_when_an_authority_says_the_time() {
    let mut release = Release::with_certificate(|leaf| leaf.not_before = SIGNED_AT.plus_seconds(1));
    release.sign_at(SIGNED_AT.plus_seconds(3601));
    // Logged when its life had begun.
    release.anchors.certificate_logs.clear();
    assert_verified(&release.judge());
}

#[test]
fn an_event_after_the_life_of_the_certificate_does_not_matter_when_an_authority_says_the_time() {
    let mut release = Release::good();
    release.record(|event| event.timestamp = BEGIN.plus_seconds(YEAR + 1));
    assert_verified(&release.judge());
}

#[test]
fn bundles_are_compared_even_where_nobody_is_trusted_to_witness_them() {
    let mut release = Release::good();
    release.anchors.certificate_logs.clear();
    release.anchors.timestamp_authorities.clear();
    let judgement = release.judge();
    assert_verified(&judgement);
    assert_eq!(not_asked(&judgement), ["timestamp"]);
    release.anchors.logs.clear();
    assert_eq!(not_asked(&release.judge()), ["timestamp", "transparency", "log"]);
    release.bundles().published = release.bundles().certified.clone();
    assert_eq!(release.judge().outcome.unwrap_err().code(), "bundle/other-subject");
}

#[test]
fn words_of_authorities_and_logs_that_nobody_named_are_passed_over() {
    let mut release = Release::good();
    let stranger = Witnesses::new(release.maker.key.algorithm());
    let published = &mut release.evidence.bundles.as_mut().unwrap().published;
    let signature = published.signature().unwrap();
    // One that would not hold if anybody trusted it.
    published.timestamps.insert(0, stranger.timestamp(b"other", SIGNED_AT));
    published
        .timestamps
        .push(stranger.timestamp(signature.as_bytes(), SIGNED_AT));
    let entry = log_entry(&record(published), &new_log("stranger.example/log"));
    published.log_entries.insert(0, entry);
    assert_verified(&release.judge());
}

#[test]
fn anchors_in_the_form_of_sigstore_mean_the_same() {
    let mut release = Release::good();
    let chain = [release.maker.issuing.certificate().clone()];
    let root = TrustRoot::of_anchors(&release.anchors, &chain).unwrap();
    release.anchors = certified_evidence::Anchors::parse(root.to_json().unwrap().as_bytes()).unwrap();
    // Then the chain need not come with the release.
    release.evidence.certificate.chain.clear();
    assert_verified(&release.judge());
}
