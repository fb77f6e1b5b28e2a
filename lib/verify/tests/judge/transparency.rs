//! Certificates and signatures that no trusted log has.

use certified_evidence::bundle::InclusionPromise;
use certified_evidence::sct::CtLogKey;
use certified_evidence::{Certificate, Digest};

use crate::release::{BEGIN, LOG, LOGGED_AT, Release, SEALED_AT, YEAR, log_entry, new_key, new_log, record};

refused! { Transparency, good:
    a_certificate_in_no_log_is_refused, "transparency/missing",
        |r| {
            let unlogged = r.maker.issuing.issue(r.maker.leaf()).unwrap();
            *r = r.maker.release_by(&unlogged);
        };
    a_bundle_in_no_log_is_refused, "transparency/missing",
        |r| r.bundles().published.log_entries.clear();
    a_certificate_in_a_log_that_nobody_named_is_refused, "transparency/unknown-log",
        |r| {
            let stranger = CtLogKey::new(new_key(r.maker.key.algorithm()));
            let certificate = r.maker.issuing.issue_logged(r.maker.leaf(), &stranger, LOGGED_AT).unwrap();
            *r = r.maker.release_by(&certificate);
        };
    a_bundle_in_a_log_that_nobody_named_is_refused, "transparency/unknown-log",
        |r| {
            let entry = log_entry(&record(&r.bundles().provenance), &new_log(LOG));
            r.bundles().provenance.log_entries = vec![entry];
        };
    a_log_of_certificates_that_was_trusted_only_later_is_refused, "transparency/not-in-force",
        |r| r.anchors.certificate_logs[0].valid_for.start = LOGGED_AT.plus_seconds(1);
    a_log_of_certificates_that_was_retired_before_is_refused, "transparency/not-in-force",
        |r| r.anchors.certificate_logs[0].valid_for.end = Some(LOGGED_AT.minus_seconds(1));
    a_log_whose_key_was_retired_before_the_last_signature_is_refused, "transparency/not-in-force",
        |r| r.anchors.logs[0].valid_until = SEALED_AT.minus_seconds(1);

    a_certificate_whose_log_saw_another_one_is_refused, "transparency/not-proven",
        |r| {
            // The serial number changes, so the certificate's own signature has to be made again: by an issuer with another key.
            let certificate = r.maker.issuing.issue_logged(r.maker.leaf(), &r.maker.witnesses.ct, LOGGED_AT).unwrap();
            let other_key = CtLogKey::new(new_key(r.maker.key.algorithm()));
            r.anchors.certificate_logs[0].spki = other_key.public_key().spki_der().to_vec();
            *r = Release { anchors: r.anchors.clone(), ..r.maker.release_by(&certificate) };
        };
    a_root_that_is_not_that_of_the_checkpoint_is_refused, "transparency/not-proven",
        |r| r.bundles().published.log_entries[0].inclusion_proof.root_hash[0] ^= 1;
    a_proof_that_leads_elsewhere_is_refused, "transparency/not-proven",
        |r| r.bundles().published.log_entries[0].inclusion_proof.hashes[0][0] ^= 1;
    a_second_entry_that_does_not_hold_is_refused, "transparency/not-proven",
        |r| {
            let mut second = r.bundles().published.log_entries[0].clone();
            second.canonicalized_body.push(b' ');
            r.bundles().published.log_entries.push(second);
        };
    a_promise_that_nobody_can_check_is_refused, "transparency/not-proven",
        |r| {
            let signed_entry_timestamp = b"promise".to_vec();
            r.bundles().published.log_entries[0].inclusion_promise = Some(InclusionPromise { signed_entry_timestamp });
        };
    a_time_that_nobody_signed_is_refused, "transparency/not-proven",
        |r| r.bundles().published.log_entries[0].integrated_time = Some(SEALED_AT.unix());

    an_entry_about_other_bytes_is_refused, "transparency/other-entry",
        |r| {
            let mut entry = record(&r.bundles().published);
            entry.digest = Digest::of(b"other");
            r.bundles().published.log_entries = vec![log_entry(&entry, &r.maker.log)];
        };
    an_entry_of_another_bundle_is_refused, "transparency/other-entry",
        |r| r.bundles().published.log_entries = r.bundles().certified.log_entries.clone();
    an_entry_of_a_kind_that_nobody_knows_is_refused, "transparency/other-entry",
        |r| r.bundles().published.log_entries[0].kind_version.version = "0.0.9".to_owned();

    a_certificate_that_was_logged_before_its_life_is_refused, "transparency/outside-life",
        |r| *r = logged(r, BEGIN.minus_seconds(1));
    a_certificate_that_was_logged_after_its_life_is_refused, "transparency/outside-life",
        |r| *r = logged(r, BEGIN.plus_seconds(YEAR + 1));
}

fn logged(release: &Release, at: certified_evidence::Timestamp) -> Release {
    let maker = &release.maker;
    let certificate: Certificate = maker
        .issuing
        .issue_logged(maker.leaf(), &maker.witnesses.ct, at)
        .unwrap();
    maker.release_by(&certificate)
}
