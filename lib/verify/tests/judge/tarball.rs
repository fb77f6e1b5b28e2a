//! Tampering with the bytes, and with what the evidence says about them.

/// Is it the package that was asked for, with the block of this evidence?
pub(crate) mod manifest {
    use certified_evidence::Block;
    use certified_verify::Refusal;

    use crate::release::Release;

    refused! { Manifest, good:
        evidence_of_another_package_is_refused, "manifest/other-package",
            |r| r.evidence.name = "@acme/gadgets".parse().unwrap();
        evidence_of_another_version_is_refused, "manifest/other-package",
            |r| r.evidence.version = "1.2.4".parse().unwrap();
        another_certificate_group_is_refused, "manifest/other-block",
            |r| r.evidence.block.certificate.verify_url.push('x');
        another_provenance_group_is_refused, "manifest/other-block",
            |r| r.evidence.block.provenance.r2_url.push('x');
        another_governance_group_is_refused, "manifest/other-block",
            |r| r.evidence.block.governance.approved_by.push("mallory".to_owned());
        another_build_group_is_refused, "manifest/other-block",
            |r| r.evidence.block.build.commit = "unknown".to_owned();
        evidence_that_gives_another_time_of_signing_is_refused, "manifest/other-fact",
            |r| r.evidence.signed_at = r.evidence.signed_at.plus_seconds(1);
        evidence_that_gives_another_page_of_the_event_is_refused, "manifest/other-fact",
            |r| r.evidence.event.chronicle_url.push('x');
        evidence_that_gives_another_address_of_the_archived_copy_is_refused, "manifest/other-fact",
            |r| r.evidence.archive.r2_url.push('x');
        a_published_block_that_the_evidence_does_not_know_is_refused_even_when_it_is_signed, "manifest/other-block",
            |r| {
                let evidence = r.evidence.block.clone();
                r.publish_block(|block| block.governance.approved_by.push("mallory".to_owned()));
                r.evidence.block = evidence;
            };
    }

    /// What is said when the block of the evidence is changed.
    fn group(change: fn(&mut Block)) -> Refusal {
        let mut release = Release::good();
        change(&mut release.evidence.block);
        release.judge().outcome.unwrap_err()
    }

    #[test]
    fn the_group_that_differs_is_named() {
        let differs = |group| Refusal::OtherBlock { group };
        assert_eq!(
            group(|block| block.certificate.verify_url.clear()),
            differs("certificate")
        );
        assert_eq!(
            group(|block| block.provenance.chronicle_url.clear()),
            differs("provenance")
        );
        assert_eq!(
            group(|block| block.governance.policy_version.clear()),
            differs("governance")
        );
        assert_eq!(group(|block| block.build.workflow_run.clear()), differs("build"));
    }
}

/// Are the published bytes those of the evidence?
pub(crate) mod integrity {
    use certified_evidence::Integrity;

    use crate::release::another_compressor;

    refused! { Integrity, good:
        other_published_bytes_are_refused, "integrity/other-bytes",
            |r| r.published = another_compressor(&r.published);
        other_published_bytes_are_refused_even_when_they_are_signed, "integrity/other-bytes",
            |r| {
                let evidence = r.evidence.published.clone();
                r.publish(another_compressor(&r.published));
                r.evidence.published = evidence;
            };
        evidence_of_other_published_bytes_is_refused, "integrity/other-bytes",
            |r| r.evidence.published.integrity = Integrity::of(b"other");
        evidence_of_another_size_is_refused, "integrity/other-bytes",
            |r| r.evidence.published.size += 1;
    }
}

/// Does removing the block give the certified tarball?
pub(crate) mod rebuild {
    use certified_evidence::{Digest, Integrity, Shasum};
    use certified_pack::{Archive, Limits};

    refused! { Rebuild, good:
        a_changed_file_is_refused_even_when_it_is_signed, "rebuild/other-tar",
            |r| r.publish_tar(|tar| {
                Archive::from_tar(tar, &Limits::default()).unwrap().replaced("index.js", b"steal();\n").unwrap()
            });
        a_changed_manifest_is_refused_even_when_it_is_signed, "rebuild/other-tar",
            |r| r.publish_tar(|tar| {
                let archive = Archive::from_tar(tar, &Limits::default()).unwrap();
                let manifest = String::from_utf8(archive.file("package.json").unwrap().to_vec()).unwrap();
                archive.replaced("package.json", manifest.replace("index.js", "steal.js").as_bytes()).unwrap()
            });
        a_changed_mode_is_refused_even_when_it_is_signed, "rebuild/other-tar",
            |r| r.publish_tar(|mut tar| {
                // 0o644 becomes 0o744; the checksum counts one more.
                tar[103] += 1;
                let digits = 148 + tar[148..156].iter().rposition(u8::is_ascii_digit).unwrap();
                tar[digits] += 1;
                tar
            });
        evidence_of_another_tar_is_refused, "rebuild/other-tar",
            |r| r.evidence.certified.tar_sha256 = Digest::of(b"other");
        a_block_about_another_tarball_is_refused_even_when_it_is_signed, "rebuild/other-digest",
            |r| r.publish_block(|block| block.provenance.tarball_hash = Digest::of(b"other"));
        evidence_of_another_certified_tarball_is_refused, "rebuild/other-digest",
            |r| r.evidence.certified.sha256 = Digest::of(b"other");
        evidence_of_a_certified_tarball_with_another_integrity_is_refused, "rebuild/other-measure",
            |r| r.evidence.certified.integrity = Integrity::of(b"other");
        evidence_of_a_certified_tarball_with_another_sha1_is_refused, "rebuild/other-measure",
            |r| r.evidence.certified.shasum = Shasum::of(b"other");
        evidence_of_a_certified_tarball_with_another_size_is_refused, "rebuild/other-measure",
            |r| r.evidence.certified.size += 1;
        evidence_of_a_certified_tarball_with_another_name_is_refused, "rebuild/other-measure",
            |r| r.evidence.certified.filename = "acme-widgets-1.2.4.tgz".to_owned();
        evidence_with_another_integrity_than_the_archived_copy_of_another_compressor_is_refused, "rebuild/other-measure",
            |r| {
                r.certify_with_another_compressor();
                r.evidence.certified.integrity = Integrity::of(b"other");
            };
        a_tarball_that_cannot_be_put_together_again_is_refused_even_when_it_is_signed, "rebuild/not-possible",
            |r| r.publish_tar(with_a_second_size);
    }

    /// Says the size of package.json once more, in a pax header in front of it: good to read, and not to be edited.
    fn with_a_second_size(tar: Vec<u8>) -> Vec<u8> {
        let at = tar
            .chunks(512)
            .position(|block| block.starts_with(b"package/package.json\0"))
            .unwrap()
            * 512;
        let size = u64::from_str_radix(str::from_utf8(&tar[at + 124..at + 134]).unwrap(), 8).unwrap();
        // The record counts itself: two digits, a space, `size=` and a line end besides the number.
        let record = format!("{} size={size}\n", 9 + size.to_string().len());
        assert_eq!(record.len(), 9 + size.to_string().len());
        let mut pax = vec![0; 1024];
        pax[..512].copy_from_slice(&tar[at..at + 512]);
        pax[124..136].copy_from_slice(format!("{:010o} \0", record.len()).as_bytes());
        pax[156] = b'x';
        pax[148..156].fill(b' ');
        let sum: u32 = pax[..512].iter().map(|byte| u32::from(*byte)).sum();
        pax[148..156].copy_from_slice(format!("{sum:06o} \0").as_bytes());
        pax[512..512 + record.len()].copy_from_slice(record.as_bytes());
        [&tar[..at], &pax, &tar[at..]].concat()
    }
}

/// Did the certificate's key sign both tarballs?
pub(crate) mod signature {
    use certified_evidence::{KeyAlgorithm, Signature};
    use certified_verify::Refusal;

    use crate::release::{Release, new_key};

    refused! { Signature, good:
        a_flipped_bit_in_the_signature_over_the_certified_tarball_is_refused, "signature/invalid",
            |r| r.evidence.signatures.certified = flipped(&r.evidence.signatures.certified);
        a_flipped_bit_in_the_signature_over_the_published_tarball_is_refused, "signature/invalid",
            |r| r.evidence.signatures.published = flipped(&r.evidence.signatures.published);
        signatures_in_each_others_place_are_refused, "signature/invalid",
            |r| r.evidence.signatures.published = r.evidence.signatures.certified.clone();
        a_signature_by_another_key_is_refused, "signature/invalid",
            |r| r.evidence.signatures.published = new_key(KeyAlgorithm::EcdsaP256).sign(&r.published).unwrap();
        bytes_that_are_no_signature_are_refused, "signature/invalid",
            |r| r.evidence.signatures.certified = Signature::from_bytes([0]).unwrap();
        a_flipped_bit_in_the_signature_over_the_archived_copy_is_refused, "signature/invalid",
            |r| {
                r.certify_with_another_compressor();
                r.evidence.signatures.certified = flipped(&r.evidence.signatures.certified);
            };
        certified_bytes_of_another_compressor_are_refused_without_the_archived_copy, "rebuild/other-digest",
            |r| {
                r.certify_with_another_compressor();
                r.told.archived = None;
            };
        certified_bytes_of_another_compressor_are_refused_with_another_archived_copy, "archive/other-digest",
            |r| {
                r.certify_with_another_compressor();
                r.told.archived = Some(r.maker.certified.bytes().to_vec());
            };
    }

    fn flipped(signature: &Signature) -> Signature {
        let mut bytes = signature.as_bytes().to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        Signature::from_bytes(bytes).unwrap()
    }

    #[test]
    fn the_tarball_whose_signature_does_not_hold_is_named() {
        let mut release = Release::good();
        release.evidence.signatures.certified = flipped(&release.evidence.signatures.certified);
        let refusal = release.judge_offline().outcome.unwrap_err();
        assert!(
            matches!(
                refusal,
                Refusal::SignatureInvalid {
                    which: "certified tarball",
                    ..
                }
            ),
            "{refusal}"
        );
        let mut release = Release::good();
        release.evidence.signatures.published = flipped(&release.evidence.signatures.published);
        let refusal = release.judge_offline().outcome.unwrap_err();
        assert!(
            matches!(
                refusal,
                Refusal::SignatureInvalid {
                    which: "published tarball",
                    ..
                }
            ),
            "{refusal}"
        );
    }
}
