//! A fresh certificate is for the key that asked for it, or it is not used at all.

use certified_evidence::{Certificate, Digest, KeyAlgorithm};
use certified_verify::{Refusal, check_key};

use crate::release::{Release, new_key};

/// What [`check_key`] alone can say; there is no request any more when a release is judged.
pub(crate) const CODES: &[&str] = &["certificate/other-key"];

fn certificate(release: &Release) -> Certificate {
    Certificate::from_pem(&release.evidence.certificate.pem).unwrap()
}

#[test]
fn a_certificate_for_the_key_that_asked_is_accepted() {
    let release = Release::good();
    assert_eq!(
        check_key(&certificate(&release), release.maker.key.public_key()),
        Ok(())
    );
}

#[test]
fn a_certificate_for_another_key_is_refused() {
    let release = Release::good();
    for algorithm in [KeyAlgorithm::EcdsaP256, KeyAlgorithm::Rsa2048] {
        let asked = new_key(algorithm);
        let refusal = check_key(&certificate(&release), asked.public_key()).unwrap_err();
        let expected = Digest::of(asked.public_key().spki_der());
        let found = Digest::of(release.maker.key.public_key().spki_der());
        assert_eq!(refusal, Refusal::CertificateOtherKey { expected, found });
        assert_eq!(CODES, [refusal.code()]);
        assert!(!refusal.advice().is_empty());
    }
}
