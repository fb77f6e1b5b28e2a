//! Bundles that belong to another release, or say something else than the evidence.

use certified_evidence::bundle::Content;
use certified_evidence::certificate::{Claim, WorkflowClaims};
use certified_evidence::dsse::Envelope;
use certified_evidence::statement::{Build, Provenance, ResourceDescriptor, Statement};
use certified_evidence::{Digest, Integrity};

use crate::release::{Release, SEALED_AT, SIGNED_AT, certificate};

refused! { Bundle, good:
    a_bundle_by_another_certificate_is_refused, "bundle/other-certificate",
        |r| {
            let other = r.maker.issuing.issue_logged(r.maker.leaf(), &r.maker.witnesses.ct, SIGNED_AT).unwrap();
            let content = r.bundles().published.content.clone();
            r.bundles().published = r.maker.bundle(&other, content, SEALED_AT);
        };
    a_bundle_with_an_envelope_in_the_place_of_a_signature_is_refused, "bundle/other-kind",
        |r| r.bundles().published = r.bundles().provenance.clone();
    a_bundle_with_a_signature_in_the_place_of_provenance_is_refused, "bundle/other-kind",
        |r| r.bundles().provenance = r.bundles().published.clone();
    a_bundle_with_a_later_signature_of_the_same_key_is_refused, "bundle/other-signature",
        |r| {
            let digest = r.evidence.published.sha256;
            let mut signature = r.maker.key.sign(&r.published).unwrap();
            // Signatures on P-256 are made with a nonce; one that is not may be the same.
            if signature == r.evidence.signatures.published {
                signature = r.maker.key.sign(b"other").unwrap();
            }
            let content = Content::Message { digest, signature };
            r.bundles().published = r.maker.bundle(&certificate(&r.evidence), content, SEALED_AT);
        };
    bundles_that_changed_places_are_refused, "bundle/other-subject",
        |r| {
            let bundles = r.bundles();
            bundles.published = bundles.certified.clone();
        };
    a_statement_about_another_tarball_is_refused, "bundle/other-subject",
        |r| r.state(|statement| statement.subject.sha256 = Some(Digest::of(b"other")));
    a_statement_with_one_digest_of_another_tarball_is_refused, "bundle/other-subject",
        |r| r.state(|statement| statement.subject.sha512 = Some(Integrity::of(b"other")));
    a_statement_about_another_name_is_refused, "bundle/other-subject",
        |r| r.state(|statement| statement.subject.name = "pkg:npm/%40acme/widgets@1.2.4".to_owned());
    provenance_that_made_another_certified_tarball_is_refused, "bundle/other-subject",
        |r| r.build(|build| {
            build.run_details.byproducts[0].digest.insert("sha256".to_owned(), Digest::of(b"other").hex());
        });
    provenance_that_made_no_certified_tarball_is_refused, "bundle/other-subject",
        |r| r.build(|build| build.run_details.byproducts.clear());
    an_envelope_of_another_type_is_refused, "bundle/other-statement",
        |r| r.state_as(Content::Envelope(Envelope::sign(&r.maker.key, "text/plain", b"{}".to_vec()).unwrap()));
    an_envelope_without_a_statement_is_refused, "bundle/other-statement",
        |r| {
            let envelope = Envelope::sign(&r.maker.key, Statement::PAYLOAD_TYPE, b"{}".to_vec());
            r.state_as(Content::Envelope(envelope.unwrap()));
        };
    a_statement_of_another_kind_is_refused, "bundle/other-statement",
        |r| r.state(|statement| statement.predicate_type = "https://example.com/review/v1".to_owned());
    an_envelope_signed_by_another_key_is_refused, "signature/invalid",
        |r| {
            let statement = r.maker.provenance(&r.evidence, |_| ()).to_json().unwrap();
            let key = crate::release::new_key(r.maker.key.algorithm());
            r.state_as(Content::Envelope(Envelope::sign(&key, Statement::PAYLOAD_TYPE, statement).unwrap()));
        };

    provenance_of_another_builder_is_refused, "bundle/other-build",
        |r| r.build(|build| build.run_details.builder.id.push_str(".evil"));
    provenance_of_another_commit_is_refused, "bundle/other-build",
        |r| r.build(|build| {
            build.build_definition.resolved_dependencies[0].digest.insert("gitCommit".to_owned(), "c0ffee".repeat(7));
        });
    provenance_of_another_run_is_refused, "bundle/other-build",
        |r| r.build(|build| build.run_details.metadata.invocation_id.push('2'));
    provenance_of_another_repository_is_refused, "bundle/other-build",
        |r| r.build(|build| if let Build::Workflow(workflow) = &mut build.build_definition.build {
            workflow.external_parameters.workflow.repository = "https://github.com/evil/widgets".to_owned();
        });
    provenance_that_fetched_something_else_is_refused, "bundle/other-build",
        |r| r.build(|build| {
            let first = build.build_definition.resolved_dependencies[0].clone();
            build.build_definition.resolved_dependencies.push(first);
        });
    provenance_that_looks_vouched_for_when_the_certificate_says_nothing_is_refused, "bundle/other-build",
        |r| {
            *r = Release::with_certificate(|leaf| leaf.claims = WorkflowClaims::default());
            r.build(|build| *build = Provenance::of_run(&crate::release::claims()).map(|mut vouched| {
                vouched.run_details.byproducts.clone_from(&build.run_details.byproducts);
                vouched
            }).unwrap());
        };
    evidence_of_another_packer_than_the_provenance_is_refused, "bundle/other-build",
        |r| r.evidence.packed_by = "npm 11".to_owned();
    evidence_of_another_archive_than_the_provenance_is_refused, "bundle/other-build",
        |r| r.evidence.archive.r2_location.insert(0, 'x');
    provenance_that_gives_no_name_where_the_archive_belongs_is_refused, "bundle/other-build",
        |r| r.build(|build| {
            let certified = &mut build.run_details.byproducts[0];
            certified.annotations.insert(ResourceDescriptor::ARCHIVED_AT.to_owned(), 1.into());
        });
    a_block_of_another_commit_is_refused_even_when_it_is_signed, "bundle/other-build",
        |r| r.publish_block(|block| block.build.commit = "c0ffee".repeat(7)[..40].to_owned());
    a_block_of_another_run_is_refused_even_when_it_is_signed, "bundle/other-build",
        |r| r.publish_block(|block| block.build.workflow_run = "124".to_owned());
    a_certificate_of_another_commit_than_the_block_is_refused, "bundle/other-build",
        |r| *r = Release::with_certificate(|leaf| {
            leaf.claims = std::mem::take(&mut leaf.claims)
                .with(Claim::SourceRepositoryDigest, "c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeeabcd")
                .unwrap();
        });
}
