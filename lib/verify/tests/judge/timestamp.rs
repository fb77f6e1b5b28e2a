//! Signatures that no authority of time vouches for, or that it vouches for otherwise.

use crate::release::{BEGIN, Release, SEALED_AT, SIGNED_AT, Witnesses, YEAR};

refused! { Timestamp, good:
    a_release_without_bundles_is_refused_when_the_anchors_name_an_authority_of_time, "timestamp/missing",
        |r| r.evidence.bundles = None;
    a_certified_tarball_without_a_timestamp_is_refused, "timestamp/missing",
        |r| r.bundles().certified.timestamps.clear();
    a_published_tarball_without_a_timestamp_is_refused, "timestamp/missing",
        |r| r.bundles().published.timestamps.clear();
    a_provenance_without_a_timestamp_is_refused, "timestamp/missing",
        |r| r.bundles().provenance.timestamps.clear();

    a_timestamp_of_an_authority_that_nobody_named_is_refused, "timestamp/unknown-authority",
        |r| Witnesses::new(r.maker.key.algorithm()).name_in(&mut r.anchors);
    an_authority_that_its_root_did_not_certify_is_refused, "timestamp/unknown-authority",
        |r| {
            let stranger = r.maker.root.certificate().der().to_vec();
            *authority(r).certificates.last_mut().unwrap() = stranger;
        };
    an_authority_that_is_trusted_only_after_the_first_signature_is_refused, "timestamp/not-in-force",
        |r| authority(r).valid_for.start = SIGNED_AT.plus_seconds(2);
    an_authority_that_was_retired_before_the_last_signature_is_refused, "timestamp/not-in-force",
        |r| authority(r).valid_for.end = Some(SEALED_AT.minus_seconds(1));

    a_timestamp_of_another_signature_is_refused, "timestamp/invalid",
        |r| r.bundles().published.timestamps = r.bundles().certified.timestamps.clone();
    a_timestamp_with_a_flipped_bit_is_refused, "timestamp/invalid",
        |r| *r.bundles().published.timestamps[0].last_mut().unwrap() ^= 1;
    a_second_timestamp_that_does_not_hold_is_refused, "timestamp/invalid",
        |r| {
            let second = r.bundles().certified.timestamps[0].clone();
            r.bundles().published.timestamps.push(second);
        };
    bytes_that_are_no_timestamp_are_refused, "timestamp/invalid",
        |r| r.bundles().provenance.timestamps[0] = b"noon".to_vec();

    evidence_that_says_it_was_signed_long_before_is_refused, "timestamp/other-time",
        |r| r.sign_at(SIGNED_AT.minus_seconds(3600));
    evidence_that_says_it_was_signed_long_after_is_refused, "timestamp/other-time",
        |r| r.sign_at(SIGNED_AT.plus_seconds(3602));
}

/// What the times of the authority decide about the certificate.
pub(crate) mod certificate {
    use super::*;

    refused! { Certificate, good:
        a_release_whose_last_timestamp_is_after_the_certificate_is_refused, "certificate/not-in-force",
            |r| stamp(r, BEGIN.plus_seconds(YEAR + 1));
        a_release_whose_last_timestamp_is_before_the_certificate_is_refused, "certificate/not-in-force",
            |r| stamp(r, BEGIN.minus_seconds(1));
    }

    fn stamp(release: &mut Release, at: certified_evidence::Timestamp) {
        let signature = release.bundles().published.signature().unwrap();
        let timestamp = release.maker.witnesses.timestamp(signature.as_bytes(), at);
        release.bundles().published.timestamps.push(timestamp);
    }
}

/// What they decide about its withdrawal.
pub(crate) mod revocation {
    use super::*;

    refused! { Revocation, good:
        a_certificate_that_was_withdrawn_before_the_last_timestamp_is_refused, "revocation/revoked",
            |r| r.told.certificate.certificate.as_mut().unwrap().revoked_at = Some(SEALED_AT);
    }
}

fn authority(release: &mut Release) -> &mut certified_evidence::trust_root::CertificateAuthority {
    &mut release.anchors.timestamp_authorities[0]
}
