//! Services and an archive that tell another story.

/// Does the registry list the same release as certified?
pub(crate) mod registry {
    use certified_evidence::wire::registry::{PackageStatus, RegisterRequest};
    use certified_evidence::{Digest, Integrity};

    use crate::release::Release;

    refused! { Registry, good:
        a_record_of_another_certified_tarball_is_refused, "registry/other-digest",
            |r| listed(r).tarball_hash = Digest::of(b"other");
        a_record_of_another_published_tarball_is_refused, "registry/other-digest",
            |r| listed(r).integrity = Integrity::of(b"other");
        a_record_of_another_certificate_is_refused, "registry/other-digest",
            |r| listed(r).cert_id = "CERT-PKG-20260101-OTHER".parse().unwrap();
        a_record_of_another_package_is_refused, "registry/other-digest",
            |r| listed(r).package_name = "@acme/gadgets".parse().unwrap();
        a_record_of_another_version_is_refused, "registry/other-digest",
            |r| listed(r).version = "1.2.4".parse().unwrap();
        a_release_that_is_pending_is_refused, "registry/not-certified",
            |r| listed(r).status = PackageStatus::Pending;
        a_release_whose_publish_failed_is_refused, "registry/not-certified",
            |r| listed(r).status = PackageStatus::PublishFailed;
        a_release_that_is_deprecated_is_refused, "registry/not-certified",
            |r| listed(r).status = PackageStatus::Deprecated;
        a_release_that_is_not_listed_is_refused, "registry/missing",
            |r| r.told.record = None;
    }

    fn listed(release: &mut Release) -> &mut RegisterRequest {
        &mut release.told.record.as_mut().unwrap().release
    }
}

/// Is the archived copy the certified tarball?
pub(crate) mod archive {
    refused! { Archive, good:
        an_archived_copy_with_a_flipped_bit_is_refused, "archive/other-digest",
            |r| r.told.archived.as_mut().unwrap()[20] ^= 1;
        the_published_tarball_in_place_of_the_certified_one_is_refused, "archive/other-digest",
            |r| r.told.archived = Some(r.published.clone());
        an_archive_without_the_copy_is_refused, "archive/missing",
            |r| r.told.archived = None;
    }
}

/// Was the certificate withdrawn before it signed?
pub(crate) mod revocation {
    use certified_evidence::Digest;
    use certified_evidence::wire::certificates::{CertificateStatus, CertificateSummary};

    use crate::release::{BEGIN, RECORDED_AT, Release, SIGNED_AT};

    refused! { Revocation, good:
        a_certificate_that_was_withdrawn_before_it_signed_is_refused, "revocation/revoked",
            |r| known(r).revoked_at = Some(SIGNED_AT.minus_seconds(1));
        a_certificate_that_was_withdrawn_before_the_recording_is_refused, "revocation/revoked",
            |r| known(r).revoked_at = Some(RECORDED_AT);
        a_certificate_that_was_withdrawn_between_an_earlier_event_and_signing_is_refused, "revocation/revoked",
            |r| {
                r.record(|event| {
                    event.timestamp = BEGIN.minus_seconds(3600);
                    event.payload.cert_id = "CERT-PKG-20260101-FIRSTRUN".parse().unwrap();
                });
                known(r).revoked_at = Some(SIGNED_AT.minus_seconds(1));
            };
        a_certificate_that_was_withdrawn_at_an_unknown_time_is_refused, "revocation/unknown-certificate",
            |r| known(r).status = CertificateStatus::Revoked;
        a_certificate_that_chitty_id_does_not_know_is_refused, "revocation/unknown-certificate",
            |r| {
                r.told.certificate.valid = false;
                r.told.certificate.certificate = None;
                r.told.certificate.error = Some("CERTIFICATE_NOT_FOUND".to_owned());
            };
        a_certificate_that_chitty_id_knows_with_another_fingerprint_is_refused, "revocation/unknown-certificate",
            |r| known(r).fingerprint = Digest::of(b"other");
    }

    fn known(release: &mut Release) -> &mut CertificateSummary {
        release.told.certificate.certificate.as_mut().unwrap()
    }
}
