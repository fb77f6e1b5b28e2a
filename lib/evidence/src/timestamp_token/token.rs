//! Putting a token together: what is said, who says it, and the signature over both.

use std::time::Duration;

use der::asn1::{Any, GeneralizedTime, Int, OctetString, SetOfVec};
use der::{Decode as _, Encode as _};
use sha2::{Digest as _, Sha256};
use x509_cert::attr::Attribute;

use super::asn1::{
    Accuracy, CONTENT_TYPE, ContentInfo, EncapsulatedContentInfo, EssCertIdV2, IssuerAndSerialNumber, MESSAGE_DIGEST,
    MessageImprint, SIGNED_DATA, SIGNING_CERTIFICATE_V2, SignedData, SignerInfo, SigningCertificateV2, TST_INFO,
    TstInfo, sha256,
};
use super::authority::{POLICY, TimestampAuthorityError};
use super::request::TimestampRequest;
use super::signer;
use crate::certificate::{Certificate, SerialNumber};
use crate::key::SigningKey;
use crate::time::Timestamp;

/// The word that this digest was shown at this time.
pub(super) fn statement(request: &TimestampRequest, at: Timestamp, serial: SerialNumber) -> der::Result<Vec<u8>> {
    let moment = GeneralizedTime::from_unix_duration(Duration::from_secs(at.unix()))?;
    let statement = TstInfo {
        version: 1,
        policy: POLICY,
        message_imprint: MessageImprint {
            hash_algorithm: sha256(),
            hashed_message: OctetString::new(request.imprint.as_bytes().as_slice())?,
        },
        serial_number: Int::new(serial.as_bytes())?,
        gen_time: Any::encode_from(&moment)?,
        accuracy: Some(Accuracy {
            seconds: Some(1),
            millis: None,
            micros: None,
        }),
        ordering: false,
        nonce: request.nonce.as_deref().map(Int::new).transpose()?,
        tsa: None,
        extensions: None,
    };
    statement.to_der()
}

/// The signed token around a statement, with the signer's certificate when that was asked for.
pub(super) fn signed(
    key: &SigningKey,
    certificate: &Certificate,
    statement: &[u8],
    with_certificate: bool,
) -> Result<ContentInfo, TimestampAuthorityError> {
    let signed_attributes = attributes(certificate, statement)?;
    // The signature is over the attributes as a SET, not under the tag with which they travel (RFC 5652, section 5.4).
    let signature = key.sign(&signed_attributes.to_der()?)?;
    let parsed = x509_cert::Certificate::from_der(certificate.der())?;
    let signer = SignerInfo {
        version: 1,
        signer: IssuerAndSerialNumber {
            issuer: parsed.tbs_certificate().issuer().clone(),
            serial_number: parsed.tbs_certificate().serial_number().clone(),
        },
        digest_algorithm: sha256(),
        signed_attributes,
        signature_algorithm: signer::algorithm(key.algorithm()),
        signature: OctetString::new(signature.as_bytes())?,
        unsigned_attributes: None,
    };
    let certificates = with_certificate
        .then(|| set(Any::from_der(certificate.der())?))
        .transpose()?;
    let data = SignedData {
        version: 3,
        digest_algorithms: set(sha256())?,
        encap_content_info: EncapsulatedContentInfo {
            content_type: TST_INFO,
            content: OctetString::new(statement)?,
        },
        certificates,
        crls: None,
        signer_infos: set(signer)?,
    };
    Ok(ContentInfo {
        content_type: SIGNED_DATA,
        content: Any::encode_from(&data)?,
    })
}

/// What kind of thing is signed, its digest, and which certificate signs.
fn attributes(certificate: &Certificate, statement: &[u8]) -> der::Result<SetOfVec<Attribute>> {
    let signing_certificate = SigningCertificateV2 {
        certificates: vec![EssCertIdV2 {
            hash_algorithm: None,
            hash: OctetString::new(certificate.fingerprint().as_slice())?,
            issuer_serial: None,
        }],
        policies: None,
    };
    let digest = OctetString::new(Sha256::digest(statement).as_slice())?;
    let values = [
        (CONTENT_TYPE, Any::encode_from(&TST_INFO)?),
        (MESSAGE_DIGEST, Any::encode_from(&digest)?),
        (SIGNING_CERTIFICATE_V2, Any::encode_from(&signing_certificate)?),
    ];
    let mut attributes = SetOfVec::new();
    for (oid, value) in values {
        attributes.insert(Attribute {
            oid,
            values: set(value)?,
        })?;
    }
    Ok(attributes)
}

fn set<T: der::DerOrd>(only: T) -> der::Result<SetOfVec<T>> {
    let mut set = SetOfVec::new();
    set.insert(only)?;
    Ok(set)
}
