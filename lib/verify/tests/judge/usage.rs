//! A certificate that is not for signing code signs no release, whoever issued it and whatever its name.
//!
//! The authority of the other tests issues nothing of the kind, so these certificates were made with `openssl ca`: one
//! root, and three leaves that differ in their extended key usage alone (`codeSigning`, `serverAuth`, none). Their keys are gone.

use certified_evidence::anchors::CertificateAuthority;
use certified_evidence::{Anchors, Certificate};
use certified_verify::check_certificate;

use crate::release::SIGNED_AT;

/// Nothing, or the code of the refusal.
fn check(pem: &str) -> Result<(), &'static str> {
    let root = include_str!("usage/root.pem");
    let authority = Certificate::from_pem(root).unwrap();
    let anchor = CertificateAuthority {
        name: "Acme Root".to_owned(),
        pem: root.to_owned(),
        valid_from: authority.not_before(),
        valid_until: authority.not_after(),
    };
    let anchors = Anchors {
        certificate_authorities: vec![anchor],
        ..Anchors::default()
    };
    let (name, version) = ("@acme/widgets".parse().unwrap(), "1.2.3".parse().unwrap());
    let certificate = Certificate::from_pem(pem).unwrap();
    check_certificate(&certificate, &[], (&name, &version), &anchors, SIGNED_AT).map_err(|refusal| refusal.code())
}

#[test]
fn a_certificate_for_signing_code_is_accepted() {
    assert_eq!(check(include_str!("usage/code-signing.pem")), Ok(()));
}

#[test]
fn a_certificate_for_a_server_is_refused() {
    assert_eq!(
        check(include_str!("usage/server.pem")),
        Err("certificate/unknown-authority")
    );
}

#[test]
fn a_certificate_without_a_usage_is_refused() {
    assert_eq!(
        check(include_str!("usage/without-usage.pem")),
        Err("certificate/unknown-authority")
    );
}
