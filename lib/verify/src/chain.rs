//! From a certificate to an anchor (RFC 5280 section 6), at the time of signing.

use std::time::Duration;

use certified_evidence::anchors::{self, Trusted as _};
use certified_evidence::trust_root;
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
    check_release(certificate, chain, release, anchors, at).map(|_| ())
}

/// The same, answering with the path that was found.
pub(crate) fn check_release(
    certificate: &Certificate,
    chain: &[Certificate],
    release: (&PackageName, &Version),
    anchors: &Anchors,
    at: Timestamp,
) -> Result<Path, Refusal> {
    check_life(certificate, at)?;
    let path = check_path(certificate, chain, anchors, at)?;
    check_name(certificate, release)?;
    Ok(path)
}

/// Those certificates of a chain that evidence may carry, in their order: the ones through which the certificate leads to an authority,
/// and others that the anchors name, except roots. Whatever else came along leads nobody anywhere, and a verifier would refuse it.
///
/// # Errors
/// When the certificate leads to no authority.
pub fn needed_chain(
    certificate: &Certificate,
    chain: Vec<Certificate>,
    anchors: &Anchors,
    at: Timestamp,
) -> Result<Vec<Certificate>, Refusal> {
    let path = check_path(certificate, &chain, anchors, at)?;
    let mut needed = chain;
    needed.retain(|member| !member.is_self_issued() && (path.leads_through(member) || is_named(member, anchors)));
    Ok(needed)
}

/// Every certificate of a chain has to be good for something: on a path of the certificate, or named by the anchors themselves. Nobody
/// vouches for the bytes of another one.
pub(crate) fn check_no_stray(chain: &[Certificate], paths: &[Path], anchors: &Anchors) -> Result<(), Refusal> {
    let leads = |member: &&Certificate| paths.iter().any(|path| path.leads_through(member));
    match chain.iter().find(|member| !leads(member) && !is_named(member, anchors)) {
        Some(stray) => Err(Refusal::CertificateStray {
            found: Digest::from_bytes(stray.fingerprint()),
        }),
        None => Ok(()),
    }
}

fn is_named(certificate: &Certificate, anchors: &Anchors) -> bool {
    let named = anchors.certificate_authorities.iter().chain(&anchors.intermediates);
    named
        .filter_map(|authority| Certificate::from_pem(&authority.pem).ok())
        .any(|authority| authority == *certificate)
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

/// Accepts a certificate whose life covers `at`.
pub(crate) fn check_validity(certificate: &Certificate, at: Timestamp) -> Result<(), Refusal> {
    let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
    if at < not_before || at > not_after {
        return Err(Refusal::CertificateNotInForce {
            not_before,
            not_after,
            at,
        });
    }
    Ok(())
}

fn check_life(certificate: &Certificate, at: Timestamp) -> Result<(), Refusal> {
    check_validity(certificate, at)?;
    let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
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

/// How a certificate leads to an authority.
pub(crate) struct Path {
    /// Who issued it.
    pub(crate) issuer: Certificate,
    /// The certificates between it and the authority, in DER.
    between: Vec<Vec<u8>>,
}

impl Path {
    fn leads_through(&self, certificate: &Certificate) -> bool {
        self.between.iter().any(|between| between == certificate.der())
    }
}

/// Accepts a certificate that leads to an authority which is trusted at `at`, through certificates that came with it or stand in the
/// anchors.
pub(crate) fn check_path(
    certificate: &Certificate,
    chain: &[Certificate],
    anchors: &Anchors,
    at: Timestamp,
) -> Result<Path, Refusal> {
    let unknown = |why: String| Refusal::CertificateUnknownAuthority { why };
    let roots = in_force(&anchors.certificate_authorities, at)?;
    if roots.is_empty() {
        return Err(unknown(format!("no anchor is trusted at {at}")));
    }
    let between = [chain, &in_force(&anchors.intermediates, at)?].concat();
    path(certificate, &between, &roots, (CODE_SIGNING, at)).map_err(unknown)
}

/// Accepts a timestamp authority whose certificates lead from the first, which signs, to the last, which is trusted. The anchors name
/// both, so this is to notice anchors that contradict themselves. A certificate that stands there alone is trusted itself.
pub(crate) fn check_timestamp_authority(
    authority: &trust_root::CertificateAuthority,
    of: &'static str,
    at: Timestamp,
) -> Result<(), Refusal> {
    let unknown = |why: String| Refusal::TimestampUnknownAuthority { of, why };
    let chain = authority.chain().map_err(|e| unknown(e.to_string()))?;
    let [signing, between @ .., root] = chain.as_slice() else {
        return Ok(());
    };
    if at < root.not_before() || root.not_after() < at {
        return Err(unknown(format!(
            "the root of {} is not in force at {at}",
            authority.uri
        )));
    }
    path(signing, between, std::slice::from_ref(root), (TIME_STAMPING, at))
        .map(|_| ())
        .map_err(unknown)
}

/// A path to one of the roots. The roots' own lives are for the caller to look at.
fn path(
    certificate: &Certificate,
    between: &[Certificate],
    roots: &[Certificate],
    (usage, at): (&'static [u8], Timestamp),
) -> Result<Path, String> {
    let der = |certificate: &Certificate| CertificateDer::from(certificate.der().to_vec());
    let roots_der: Vec<_> = roots.iter().map(der).collect();
    let trusted: Vec<TrustAnchor<'_>> = roots_der
        .iter()
        .map(|der| anchor_from_trusted_cert(der).map_err(|e| format!("an anchor is no certificate: {e}")))
        .collect::<Result<_, _>>()?;
    let between: Vec<_> = between.iter().map(der).collect();
    let leaf = der(certificate);
    let leaf = EndEntityCert::try_from(&leaf).map_err(|e| e.to_string())?;
    let path = leaf
        .verify_for_usage(
            ALL_VERIFICATION_ALGS,
            &trusted,
            &between,
            UnixTime::since_unix_epoch(Duration::from_secs(at.unix())),
            KeyUsage::required(usage),
            None,
            None,
        )
        .map_err(|e| e.to_string())?;
    let between: Vec<Vec<u8>> = path
        .intermediate_certificates()
        .map(|cert| cert.der().to_vec())
        .collect();
    let issuer = match between.first() {
        Some(issuing) => Certificate::from_der(issuing).map_err(|e| e.to_string()),
        None => roots
            .iter()
            .zip(&trusted)
            .find_map(|(root, anchor)| (anchor == path.anchor()).then(|| root.clone()))
            .ok_or_else(|| "the path ends nowhere".to_owned()),
    }?;
    Ok(Path { issuer, between })
}

/// Those that are trusted at that time and in their own life.
fn in_force(authorities: &[anchors::CertificateAuthority], at: Timestamp) -> Result<Vec<Certificate>, Refusal> {
    let mut in_force = Vec::new();
    for authority in authorities.iter().filter(|authority| authority.valid_for().covers(at)) {
        let certificate = Certificate::from_pem(&authority.pem).map_err(|e| Refusal::CertificateUnknownAuthority {
            why: format!("anchor `{}`: {e}", authority.name),
        })?;
        if certificate.not_before() <= at && at <= certificate.not_after() {
            in_force.push(certificate);
        }
    }
    Ok(in_force)
}

/// id-kp-codeSigning, 1.3.6.1.5.5.7.3.3.
const CODE_SIGNING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 3];

/// id-kp-timeStamping, 1.3.6.1.5.5.7.3.8.
const TIME_STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];

/// One year and a day, in seconds: the longest life of a release's certificate.
const LONGEST_LIFE: u64 = 366 * 24 * 60 * 60;
