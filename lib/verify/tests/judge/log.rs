//! Tampering with the receipt of the event, and anchors that name another log, or none.

use certified_evidence::Evidence;
use certified_evidence::log::{Checkpoint, Entry, LeafHash, Tree};
use certified_evidence::wire::chronicle::Receipt;
use certified_verify::{CheckName, Finding, Judgement};

use crate::release::{LOG, RECORDED_AT, Release, new_log};

refused! { Log, unwitnessed:
    a_release_without_a_receipt_is_refused_when_the_anchors_name_a_log, "log/missing",
        |r| r.evidence.event.receipt = None;
    a_release_without_a_receipt_is_refused_by_a_log_that_was_not_trusted_yet, "log/missing",
        |r| {
            r.evidence.event.receipt = None;
            r.anchors.logs[0].valid_from = RECORDED_AT.plus_seconds(1);
        };
    a_receipt_for_another_event_is_refused, "log/other-event",
        |r| {
            let mut other = r.evidence.event.event.clone();
            other.actor.push('x');
            *receipt(r) = r.maker.receipt(&other);
        };
    a_receipt_for_an_event_at_another_time_is_refused, "log/other-event",
        |r| {
            let mut other = r.evidence.event.event.clone();
            other.timestamp = other.timestamp.plus_seconds(1);
            *receipt(r) = r.maker.receipt(&other);
        };
    an_event_in_another_spelling_is_refused, "log/other-event",
        |r| {
            let entry = serde_json::to_vec_pretty(&r.evidence.event.event).unwrap();
            receipt(r).entry = Entry::new(entry).unwrap();
        };
    a_receipt_for_something_that_is_no_event_is_refused, "log/other-event",
        |r| receipt(r).entry = Entry::new("{}").unwrap();
    a_receipt_with_another_leaf_is_refused, "log/other-event",
        |r| receipt(r).leaf_hash = LeafHash::of(b"other");
    a_proof_with_a_hash_too_few_is_refused, "log/not-included",
        |r| receipt(r).inclusion_proof.hashes.clear();
    a_proof_with_another_hash_is_refused, "log/not-included",
        |r| receipt(r).inclusion_proof.hashes[0] = LeafHash::of(b"other").into();
    a_proof_of_another_place_is_refused, "log/not-included",
        |r| receipt(r).log_index = 1.try_into().unwrap();
    a_proof_of_a_place_beyond_the_log_is_refused, "log/not-included",
        |r| receipt(r).log_index = 3.try_into().unwrap();
    a_proof_for_another_size_than_the_checkpoint_is_refused, "log/not-included",
        |r| receipt(r).inclusion_proof.tree_size = 4.try_into().unwrap();
    a_checkpoint_of_another_tree_is_refused, "log/not-included",
        |r| {
            let mut tree = Tree::new();
            for leaf in [b"one", b"two", b"six"] {
                tree.push(LeafHash::of(leaf)).unwrap();
            }
            receipt(r).checkpoint = Checkpoint::sign(&tree.head(), &r.maker.log).unwrap();
        };
    a_checkpoint_that_another_key_signed_under_the_logs_name_is_refused, "log/unknown-log",
        |r| sign_as(r, LOG);
    a_checkpoint_of_another_log_is_refused, "log/unknown-log",
        |r| sign_as(r, "chronicle.example/other");
    anchors_that_name_only_another_log_refuse_the_receipt, "log/unknown-log",
        |r| r.anchors.logs[0].key = new_log("chronicle.example/other").key().clone();
    a_log_that_is_trusted_only_after_the_recording_is_refused, "log/not-in-force",
        |r| r.anchors.logs[0].valid_from = RECORDED_AT.plus_seconds(1);
    a_log_whose_key_was_retired_before_the_recording_is_refused, "log/not-in-force",
        |r| r.anchors.logs[0].valid_until = RECORDED_AT.minus_seconds(1);
}

fn receipt(release: &mut Release) -> &mut Receipt {
    release.evidence.event.receipt.as_mut().unwrap()
}

/// The same head, signed by somebody else.
fn sign_as(release: &mut Release, name: &str) {
    let head = *receipt(release).checkpoint.stated_head();
    receipt(release).checkpoint = Checkpoint::sign(&head, &new_log(name)).unwrap();
}

fn finding(judgement: &Judgement) -> &Finding {
    let check = judgement.checks.iter().find(|check| check.name == CheckName::Log);
    &check.unwrap().finding
}

#[test]
fn the_receipt_names_the_place_in_the_log_and_nobody_is_asked() {
    let judgement = Release::unwitnessed().judge_offline();
    let evidence = "entry 2 of 3 in chronicle.example/log".to_owned();
    assert_eq!(finding(&judgement), &Finding::Passed { evidence });
}

#[test]
fn a_key_that_follows_another_one_leaves_the_receipts_of_the_first_good() {
    let mut release = Release::unwitnessed();
    release.anchors.logs[0].valid_until = RECORDED_AT;
    let mut next = release.anchors.logs[0].clone();
    next.key = new_log(LOG).key().clone();
    next.valid_from = RECORDED_AT.plus_seconds(1);
    release.anchors.logs.insert(0, next);
    assert!(release.judge().outcome.is_ok());
}

#[test]
fn without_a_log_in_the_anchors_the_receipt_is_skipped_but_must_not_contradict_the_release() {
    let mut release = Release::unwitnessed();
    release.anchors.logs.clear();
    let judgement = release.judge();
    assert!(judgement.outcome.is_ok());
    assert!(matches!(finding(&judgement), Finding::NotAsked { .. }));
    let mut other = release.clone();
    receipt(&mut other).inclusion_proof.hashes.clear();
    assert_eq!(other.judge().outcome.unwrap_err().code(), "log/not-included");
    release.evidence.event.receipt = None;
    let judgement = release.judge();
    assert!(judgement.outcome.is_ok());
    assert!(matches!(finding(&judgement), Finding::NotAsked { .. }));
}

#[test]
fn evidence_of_before_there_were_receipts_is_still_read() {
    let mut release = Release::unwitnessed();
    let mut json = serde_json::to_value(&release.evidence).unwrap();
    json["event"].as_object_mut().unwrap().remove("receipt").unwrap();
    release.evidence.event.receipt = None;
    assert_eq!(serde_json::from_value::<Evidence>(json).unwrap(), release.evidence);
}
