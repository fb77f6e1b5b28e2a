//! The extensions of the three kinds of certificates that are made here, in the order in which they are written.

use der::Encode;
use der::asn1::{Ia5String, ObjectIdentifier, OctetString};
use der::flagset::FlagSet;
use der::oid::AssociatedOid;
use spki::SubjectPublicKeyInfoRef;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
    SubjectKeyIdentifier,
};

use super::authority::AuthorityError;
use crate::sct::{self, SignedCertificateTimestamp};

/// What a CA's certificate says. A root may have one issuing CA below it and has no extended usage; an issuing CA has
/// none below it and issues for code signing alone.
pub(super) fn authority(path_length: u8, code_signing: bool) -> der::Result<Vec<Extension>> {
    let constraints = BasicConstraints {
        ca: true,
        path_len_constraint: Some(path_length),
    };
    let mut extensions = vec![
        extension(true, &constraints)?,
        extension(true, &KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign))?,
    ];
    if code_signing {
        extensions.push(extension(false, &ExtendedKeyUsage(vec![CODE_SIGNING]))?);
    }
    Ok(extensions)
}

/// What a release's certificate says. No basic constraints: their absence means that the key issues nothing.
pub(super) fn leaf(san_uri: Option<&str>) -> der::Result<Vec<Extension>> {
    let usage = KeyUsage(FlagSet::from(KeyUsages::DigitalSignature));
    let mut extensions = vec![
        extension(true, &usage)?,
        extension(false, &ExtendedKeyUsage(vec![CODE_SIGNING]))?,
    ];
    if let Some(uri) = san_uri {
        // Not critical, because the subject is not empty (RFC 5280, section 4.2.1.6); some verifiers refuse the other
        // combination.
        let name = GeneralName::UniformResourceIdentifier(Ia5String::new(uri)?);
        extensions.push(extension(false, &SubjectAltName(vec![name]))?);
    }
    Ok(extensions)
}

/// What the certificate of a timestamp authority says: it signs timestamps and nothing else, and whoever does not understand that
/// must refuse it (RFC 3161, section 2.3).
pub(super) fn timestamping() -> der::Result<Vec<Extension>> {
    let constraints = BasicConstraints {
        ca: false,
        path_len_constraint: None,
    };
    Ok(vec![
        extension(true, &constraints)?,
        extension(true, &KeyUsage(FlagSet::from(KeyUsages::DigitalSignature)))?,
        extension(true, &ExtendedKeyUsage(vec![TIME_STAMPING]))?,
    ])
}

/// What logs said about the certificate (RFC 6962, section 3.3).
pub(super) fn timestamps(timestamps: &[SignedCertificateTimestamp]) -> Result<Extension, AuthorityError> {
    let list = OctetString::new(sct::to_list(timestamps)?)?;
    Ok(Extension {
        extn_id: sct::LIST,
        critical: false,
        extn_value: OctetString::new(list.to_der()?)?,
    })
}

/// Which key this is, and which key signs.
pub(super) fn key_identifiers(subject: &OctetString, issuer: &OctetString) -> der::Result<Vec<Extension>> {
    let issuer = AuthorityKeyIdentifier {
        key_identifier: Some(issuer.clone()),
        ..AuthorityKeyIdentifier::default()
    };
    Ok(vec![
        extension(false, &SubjectKeyIdentifier(subject.clone()))?,
        extension(false, &issuer)?,
    ])
}

/// SHA-1 of the key's bits (RFC 5280, section 4.2.1.2, method 1): a name for the key, no protection.
pub(super) fn key_identifier(spki_der: &[u8]) -> der::Result<OctetString> {
    let spki = <SubjectPublicKeyInfoRef<'_> as der::Decode<'_>>::from_der(spki_der)?;
    Ok(SubjectKeyIdentifier::try_from(spki)?.0)
}

fn extension<T: Encode + AssociatedOid>(critical: bool, contents: &T) -> der::Result<Extension> {
    Ok(Extension {
        extn_id: T::OID,
        critical,
        extn_value: OctetString::new(contents.to_der()?)?,
    })
}

/// id-kp-timeStamping (RFC 5280, section 4.2.1.12).
pub(crate) const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
/// id-kp-codeSigning (RFC 5280, section 4.2.1.12).
const CODE_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3");
