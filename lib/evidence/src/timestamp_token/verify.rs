//! Judging a timestamp.

use der::asn1::{Any, GeneralizedTime, ObjectIdentifier, OctetString};
use der::{Decode as _, Encode as _, Tag, Tagged as _};
use sha2::{Digest as _, Sha256};
use x509_cert::ext::pkix::ExtendedKeyUsage;

use super::asn1::{
    CONTENT_TYPE, ContentInfo, IssuerAndSerialNumber, MESSAGE_DIGEST, SIGNED_DATA, SIGNING_CERTIFICATE_V2, SignedData,
    SignerInfo, SigningCertificateV2, TST_INFO, TimeStampResp, TstInfo, is_sha256,
};
use super::{LARGEST, request, signer};
use crate::certificate::{Certificate, TIME_STAMPING};
use crate::digest::Digest;
use crate::key::KeyError;
use crate::signature::{Signature, SignatureError};
use crate::time::Timestamp;
use crate::trust_root::{CertificateAuthority, TrustRootError};

/// Proof that bytes existed at a time. Only [`verify`] and
/// [`TimestampRequest::accept`](super::TimestampRequest::accept) make one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Timestamped {
    at: Timestamp,
}

impl Timestamped {
    /// The time, with fractions of a second dropped.
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

/// Checks that this response is a timestamp over these bytes, by one of these authorities, at a time when the authority was trusted
/// and its certificate in force. The certificate that signs is the first of the authority's; those that travel in the response decide nothing,
/// and have to be the authority's too.
///
/// # Errors
/// [`TimestampError`], with the fact that was wrong.
pub fn verify(
    response: &[u8],
    bytes: &[u8],
    authorities: &[CertificateAuthority],
) -> Result<Timestamped, TimestampError> {
    verify_digest(response, Digest::of(bytes), authorities).map(|(timestamped, _)| timestamped)
}

/// The same with the digest at hand; gives out the number that the response repeats too.
pub(super) fn verify_digest(
    response: &[u8],
    expected: Digest,
    authorities: &[CertificateAuthority],
) -> Result<(Timestamped, Option<Vec<u8>>), TimestampError> {
    let data = signed_data(response)?;
    let [signer] = data.signer_infos.as_slice() else {
        return Err(malformed("a number of signers other than one"));
    };
    // The version that names its certificate by issuer and serial number (RFC 5652, section 5.3).
    if signer.version != 1 {
        return Err(malformed("a signer of another version than 1"));
    }
    let statement = data.encap_content_info.content.as_bytes();
    let (authority, certificate) = find(&signer.signer, authorities)?;
    check_unsigned(&data, signer, authority)?;
    check_signature(signer, statement, &certificate)?;
    let statement = TstInfo::from_der(statement)?;
    if statement.version != 1 {
        return Err(malformed("a timestamp of another version than 1"));
    }
    match request::digest(&statement.message_imprint) {
        Some(found) if found == expected => {}
        found => return Err(TimestampError::OtherBytes { expected, found }),
    }
    let at = moment(&statement.gen_time)?;
    let in_force = certificate.not_before() <= at && at <= certificate.not_after();
    if !in_force || !authority.valid_for.covers(at) {
        return Err(TimestampError::NotInForce {
            authority: authority.uri.clone(),
            at,
        });
    }
    check_usage(&certificate)?;
    Ok((
        Timestamped { at },
        statement.nonce.map(|nonce| nonce.as_bytes().to_vec()),
    ))
}

/// Why a timestamp is not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// Larger than [`LARGEST`].
    #[error("expected a timestamp of at most {LARGEST} bytes, found {found}")]
    TooLarge {
        /// The length that was found, in bytes.
        found: usize,
    },
    /// Bytes that are no timestamp.
    #[error("expected a timestamp (RFC 3161), found {reason}")]
    Malformed {
        /// What the reader tripped over.
        reason: String,
    },
    /// An answer without a timestamp.
    #[error("the timestamp authority refused with status {status}: {said}")]
    Refused {
        /// The status (RFC 3161, section 2.4.2).
        status: u8,
        /// What it said, if it said anything.
        said: String,
    },
    /// Another digest algorithm than SHA-256, or a signature of another kind than the key's.
    #[error("expected SHA-256 and a signature of the kind of the key, found algorithm {found}")]
    Algorithm {
        /// The object identifier that was found.
        found: String,
    },
    /// None of the authorities signed.
    #[error("expected the timestamp of a trusted authority, found one of another")]
    UnknownAuthority,
    /// The signed attributes are about another statement or another certificate.
    #[error("expected the timestamp's signed {attribute} to be that of the timestamp, found another or none")]
    Attribute {
        /// Which attribute.
        attribute: &'static str,
    },
    /// A timestamp over other bytes.
    #[error("expected a timestamp over {expected}, found one over {}", .found.map_or("another kind of digest".to_owned(), |found| found.to_string()))]
    OtherBytes {
        /// The digest of the bytes at hand.
        expected: Digest,
        /// The digest in the timestamp, when it is one of SHA-256.
        found: Option<Digest>,
    },
    /// An answer to another request.
    #[error("expected the answer to repeat the request's nonce, found another or none")]
    Nonce,
    /// An authority or a certificate outside its time.
    #[error("the timestamp authority {authority} or its certificate was not in force at {at}")]
    NotInForce {
        /// The authority's address.
        authority: String,
        /// The time in the timestamp.
        at: Timestamp,
    },
    /// A certificate for other things, or for more than timestamps.
    #[error("expected a certificate for timestamps alone, marked critical, found another")]
    Usage,
    /// The authority's certificate cannot be read.
    #[error(transparent)]
    TrustRoot(#[from] TrustRootError),
    /// The authority's key cannot be used.
    #[error("the timestamp authority's key: {0}")]
    Key(#[from] KeyError),
    /// The signature was not made by that authority, or not over that statement.
    #[error("the timestamp: {0}")]
    Signature(#[from] SignatureError),
}

impl From<der::Error> for TimestampError {
    fn from(cause: der::Error) -> Self {
        Self::Malformed {
            reason: cause.to_string(),
        }
    }
}

fn signed_data(response: &[u8]) -> Result<SignedData, TimestampError> {
    if response.len() > LARGEST {
        return Err(TimestampError::TooLarge { found: response.len() });
    }
    let response = TimeStampResp::from_der(response)?;
    if response.status.status != 0 {
        let words = response.status.status_string.unwrap_or_default().join(" ");
        return Err(TimestampError::Refused {
            status: response.status.status,
            said: words.chars().filter(|c| !c.is_control()).take(200).collect(),
        });
    }
    let ContentInfo { content_type, content } = response
        .time_stamp_token
        .ok_or_else(|| malformed("an answer without its timestamp"))?;
    if content_type != SIGNED_DATA {
        return Err(malformed("content that is not signed data"));
    }
    let data: SignedData = content.decode_as()?;
    if data.version != 3 || data.encap_content_info.content_type != TST_INFO {
        return Err(malformed("signed data that is no timestamp"));
    }
    if !data.digest_algorithms.iter().any(is_sha256) {
        return Err(malformed("signed data without SHA-256 among its digests"));
    }
    Ok(data)
}

/// The authority whose first certificate the signer names.
fn find<'a>(
    signer: &IssuerAndSerialNumber,
    authorities: &'a [CertificateAuthority],
) -> Result<(&'a CertificateAuthority, Certificate), TimestampError> {
    for authority in authorities {
        let Some(first) = authority.certificates.first() else {
            continue;
        };
        let parsed = x509_cert::Certificate::from_der(first)?;
        let tbs = parsed.tbs_certificate();
        if tbs.issuer() == &signer.issuer && tbs.serial_number() == &signer.serial_number {
            let certificate = Certificate::from_der(first).map_err(TrustRootError::from)?;
            return Ok((authority, certificate));
        }
    }
    Err(TimestampError::UnknownAuthority)
}

/// What travels outside of the signature may be left out, but not be something else: two copies of a timestamp that count are alike.
fn check_unsigned(
    data: &SignedData,
    signer: &SignerInfo,
    authority: &CertificateAuthority,
) -> Result<(), TimestampError> {
    for certificate in data.certificates.iter().flat_map(|certificates| certificates.iter()) {
        if !authority.certificates.contains(&certificate.to_der()?) {
            return Err(malformed("a certificate that is none of the authority's"));
        }
    }
    if data.crls.is_some() || signer.unsigned_attributes.is_some() {
        return Err(malformed("words that nobody signed"));
    }
    if !data.digest_algorithms.iter().all(is_sha256) {
        return Err(malformed("signed data with another digest than SHA-256"));
    }
    Ok(())
}

fn check_signature(signer: &SignerInfo, statement: &[u8], certificate: &Certificate) -> Result<(), TimestampError> {
    let algorithm = |found: ObjectIdentifier| TimestampError::Algorithm {
        found: found.to_string(),
    };
    let key = certificate.public_key()?;
    if !is_sha256(&signer.digest_algorithm) {
        return Err(algorithm(signer.digest_algorithm.oid));
    }
    if !signer::is_by(&signer.signature_algorithm, key.algorithm()) {
        return Err(algorithm(signer.signature_algorithm.oid));
    }
    check_attributes(signer, statement, certificate)?;
    // The encoding is that of a SET, not the tag under which it travels (RFC 5652, section 5.4).
    let signed = signer.signed_attributes.to_der()?;
    key.verify(&signed, &Signature::from_bytes(signer.signature.as_bytes())?)?;
    Ok(())
}

fn check_attributes(signer: &SignerInfo, statement: &[u8], certificate: &Certificate) -> Result<(), TimestampError> {
    let other = |attribute| Err(TimestampError::Attribute { attribute });
    if only::<ObjectIdentifier>(signer, CONTENT_TYPE) != Some(TST_INFO) {
        return other("content type");
    }
    let digest = only::<OctetString>(signer, MESSAGE_DIGEST);
    if digest.is_none_or(|digest| digest.as_bytes() != Sha256::digest(statement).as_slice()) {
        return other("digest");
    }
    let named = only::<SigningCertificateV2>(signer, SIGNING_CERTIFICATE_V2);
    let named = named.as_ref().and_then(|named| named.certificates.first());
    let is_signer = named.is_some_and(|named| {
        named.hash_algorithm.as_ref().is_none_or(is_sha256) && named.hash.as_bytes() == certificate.fingerprint()
    });
    if !is_signer {
        return other("certificate");
    }
    Ok(())
}

/// The value of an attribute that stands there once and has one value.
fn only<'a, T: der::Decode<'a, Error = der::Error> + der::FixedTag + der::DecodeValue<'a, Error = der::Error>>(
    signer: &'a SignerInfo,
    oid: ObjectIdentifier,
) -> Option<T> {
    let mut found = signer.signed_attributes.iter().filter(|attribute| attribute.oid == oid);
    let (Some(attribute), None) = (found.next(), found.next()) else {
        return None;
    };
    match attribute.values.as_slice() {
        [value] => value.decode_as().ok(),
        _ => None,
    }
}

/// Timestamps alone, and critical (RFC 3161, section 2.3).
fn check_usage(certificate: &Certificate) -> Result<(), TimestampError> {
    let parsed = x509_cert::Certificate::from_der(certificate.der())?;
    let usage = parsed.tbs_certificate().get_extension::<ExtendedKeyUsage>()?;
    match usage {
        Some((true, ExtendedKeyUsage(uses))) if uses == [TIME_STAMPING] && !certificate.is_ca() => Ok(()),
        _ => Err(TimestampError::Usage),
    }
}

/// `20260101120000Z` or `20260101120000.5Z`.
fn moment(time: &Any) -> Result<Timestamp, TimestampError> {
    let wrong = || malformed("a time that is not one");
    let text = str::from_utf8(time.value()).map_err(|_| wrong())?;
    let text = text
        .strip_suffix('Z')
        .filter(|_| time.tag() == Tag::GeneralizedTime)
        .ok_or_else(wrong)?;
    let whole = match text.split_once('.') {
        None => text,
        Some((whole, fraction)) if !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit()) => whole,
        Some(_) => return Err(wrong()),
    };
    let time = Any::new(Tag::GeneralizedTime, format!("{whole}Z").into_bytes())?;
    let time: GeneralizedTime = time.decode_as()?;
    Ok(Timestamp::from_unix(time.to_unix_duration().as_secs()))
}

fn malformed(reason: &str) -> TimestampError {
    TimestampError::Malformed {
        reason: reason.to_owned(),
    }
}
