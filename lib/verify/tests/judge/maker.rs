//! A bundle before its maker, who had the certificate issued and knows what was signed.

use certified_evidence::Bundle;
use certified_evidence::bundle::Content;
use certified_evidence::dsse::Envelope;
use certified_evidence::statement::Statement;
use certified_verify::bundle::check;

use crate::release::{Release, certificate};

const NAME: &str = "published tarball";

type Tamper = fn(&mut Release, &mut Bundle);

fn code(release: &Release, bundle: &Bundle) -> Result<Option<String>, &'static str> {
    let certificate = certificate(&release.evidence);
    let checked = check(bundle, (NAME, &release.published), &certificate, &release.anchors);
    let name = |statement: Statement| statement.subject.name;
    checked
        .map(|statement| statement.map(name))
        .map_err(|refusal| refusal.code())
}

#[test]
fn both_kinds_hold_and_an_envelope_gives_its_statement() {
    let mut release = Release::good();
    let bundles = release.bundles().clone();
    let purl = "pkg:npm/%40acme/widgets@1.2.3".to_owned();
    assert_eq!(code(&release, &bundles.published), Ok(None));
    assert_eq!(code(&release, &bundles.provenance), Ok(Some(purl)));
}

#[test]
fn one_part_that_does_not_hold_refuses_the_bundle() {
    let tamperings: [(&str, Tamper); 8] = [
        ("bundle/other-certificate", |release, bundle| {
            bundle.certificate = release.maker.issuing.certificate().clone();
        }),
        ("bundle/other-subject", |release, _| release.published.push(0)),
        ("signature/invalid", |release, bundle| {
            bundle.content = release.bundles().certified.content.clone();
            if let Content::Message { digest, .. } = &mut bundle.content {
                *digest = release.evidence.published.sha256;
            }
        }),
        ("bundle/other-statement", |release, bundle| {
            let envelope = Envelope::sign(&release.maker.key, Statement::PAYLOAD_TYPE, b"{}".to_vec());
            bundle.content = Content::Envelope(envelope.unwrap());
        }),
        ("timestamp/missing", |_, bundle| bundle.timestamps.clear()),
        ("certificate/not-in-force", |release, bundle| {
            let late = bundle.certificate.not_after().plus_seconds(1);
            *bundle = release.maker.bundle(&bundle.certificate, bundle.content.clone(), late);
        }),
        ("transparency/missing", |_, bundle| bundle.log_entries.clear()),
        ("transparency/other-entry", |release, bundle| {
            bundle.log_entries = release.bundles().certified.log_entries.clone();
        }),
    ];
    for (expected, tamper) in tamperings {
        let mut release = Release::good();
        let mut bundle = release.bundles().published.clone();
        tamper(&mut release, &mut bundle);
        assert_eq!(code(&release, &bundle), Err(expected));
    }
}

#[test]
fn an_entry_is_wanted_only_where_the_anchors_name_a_log_and_has_to_hold_everywhere() {
    let mut release = Release::good();
    let mut bundle = release.bundles().published.clone();
    release.anchors.logs.clear();
    assert_eq!(code(&release, &bundle), Err("transparency/unknown-log"));
    bundle.log_entries.clear();
    assert_eq!(code(&release, &bundle), Ok(None));
}
