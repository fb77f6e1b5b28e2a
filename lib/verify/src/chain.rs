//! From a certificate to an anchor (RFC 5280 section 6), at the time of signing.

use std::time::Duration;

use certified_evidence::{Anchors, Certificate, Digest, PackageName, PublicKey, Timestamp, Version};
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use crate::Refusal;

/// Accepts a certificate as that of one release: its life covers `at`, it chains to an anchor that is trusted at `at`, it is for signing
/// code, and it was issued to this package and version.
///
/// # Errors
/// The first of these that does not hold.
pub fn check_certificate(
    certificate: &Certificate,
    chain: &[Certificate],
    release: (&PackageName, &Version),
    anchors: &Anchors,
    at: Timestamp,
) -> Result<(), Refusal> {
    check_life(certificate, at)?;
    check_path(certificate, chain, anchors, at)?;
    check_name(certificate, release)
}

/// Accepts a fresh certificate only for the key that asked for it.
///
/// # Errors
/// When it certifies another key, or one that cannot be read.
pub fn check_key(certificate: &Certificate, asked: &PublicKey) -> Result<(), Refusal> {
    let expected = Digest::of(asked.spki_der());
    let key = certificate
        .public_key()
        .map_err(|e| Refusal::CertificateUnreadable { why: e.to_string() })?;
    let found = Digest::of(key.spki_der());
    if found == expected {
        Ok(())
    } else {
        Err(Refusal::CertificateOtherKey { expected, found })
    }
}

/// How the certificate of a release names it: the package URL with the version.
fn identity((name, version): (&PackageName, &Version)) -> String {
    format!("{}@{version}", name.purl())
}

fn check_life(certificate: &Certificate, at: Timestamp) -> Result<(), Refusal> {
    let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
    if at < not_before || at > not_after {
        return Err(Refusal::CertificateNotInForce {
            not_before,
            not_after,
            at,
        });
    }
    let life = not_after.unix().saturating_sub(not_before.unix());
    if life > LONGEST_LIFE {
        return Err(Refusal::CertificateTooLong {
            allowed: LONGEST_LIFE,
            found: life,
        });
    }
    Ok(())
}

/// The certificate that a workflow asked for names the workflow, and its release beside it; any other one names its release alone. One that
/// tells of a workflow and names no release beside it is for nothing in particular.
fn check_name(certificate: &Certificate, release: (&PackageName, &Version)) -> Result<(), Refusal> {
    let unreadable = |why: String| Refusal::CertificateUnreadable { why };
    let of_workflow = !certificate.claims().map_err(|e| unreadable(e.to_string()))?.is_empty();
    let expected = identity(release);
    let found = match (
        certificate.release().map_err(|e| unreadable(e.to_string()))?,
        certificate.uri_names(),
    ) {
        (Some(found), [_]) => found.to_owned(),
        (None, [workflow]) if of_workflow => format!("{workflow} and no release"),
        (None, [found]) => found.clone(),
        (_, found) => found.join(" "),
    };
    if found == expected {
        Ok(())
    } else {
        Err(Refusal::CertificateOtherName { expected, found })
    }
}

fn check_path(
    certificate: &Certificate,
    chain: &[Certificate],
    anchors: &Anchors,
    at: Timestamp,
) -> Result<(), Refusal> {
    let unknown = |why: String| Refusal::CertificateUnknownAuthority { why };
    let roots = roots_at(anchors, at)?;
    if roots.is_empty() {
        return Err(unknown(format!("no anchor is trusted at {at}")));
    }
    let trusted: Vec<TrustAnchor<'_>> = roots
        .iter()
        .map(|der| anchor_from_trusted_cert(der).map_err(|e| unknown(format!("an anchor is no certificate: {e}"))))
        .collect::<Result<_, _>>()?;
    let between: Vec<CertificateDer<'_>> = chain.iter().map(|c| CertificateDer::from(c.der())).collect();
    let leaf = CertificateDer::from(certificate.der());
    let leaf = EndEntityCert::try_from(&leaf).map_err(|e| Refusal::CertificateUnreadable { why: e.to_string() })?;
    leaf.verify_for_usage(
        ALL_VERIFICATION_ALGS,
        &trusted,
        &between,
        UnixTime::since_unix_epoch(Duration::from_secs(at.unix())),
        KeyUsage::required(CODE_SIGNING),
        None,
        None,
    )
    .map(|_| ())
    .map_err(|e| unknown(e.to_string()))
}

fn roots_at(anchors: &Anchors, at: Timestamp) -> Result<Vec<CertificateDer<'static>>, Refusal> {
    let in_force = anchors
        .certificate_authorities
        .iter()
        .filter(|a| a.valid_from <= at && at <= a.valid_until);
    in_force
        .map(|anchor| {
            let root = Certificate::from_pem(&anchor.pem).map_err(|e| Refusal::CertificateUnknownAuthority {
                why: format!("anchor `{}`: {e}", anchor.name),
            })?;
            Ok(CertificateDer::from(root.der().to_vec()))
        })
        .collect()
}

/// id-kp-codeSigning, 1.3.6.1.5.5.7.3.3.
const CODE_SIGNING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 3];

/// One year and a day, in seconds: the longest life of a release's certificate.
const LONGEST_LIFE: u64 = 366 * 24 * 60 * 60;
