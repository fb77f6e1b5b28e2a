//! What is read from a certificate once, so that nobody has to read it again and read it differently.

use der::Encode as _;
use der::asn1::ObjectIdentifier;
use x509_cert::certificate::{TbsCertificate, Version};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, SubjectAltName, SubjectKeyIdentifier};

use super::{CertificateError, malformed, name, serial};
use crate::time::Timestamp;

#[derive(Clone)]
pub(super) struct Facts {
    pub(super) common_name: Option<String>,
    pub(super) issuer_common_name: Option<String>,
    pub(super) organization: Option<String>,
    pub(super) uri_names: Vec<String>,
    pub(super) email_names: Vec<String>,
    pub(super) serial_hex: String,
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
    pub(super) spki: Vec<u8>,
    pub(super) is_ca: bool,
    pub(super) is_self_issued: bool,
    pub(super) path_length: Option<u8>,
    pub(super) signs_certificates: bool,
    pub(super) key_identifier: Option<Vec<u8>>,
    pub(super) extensions: Vec<(ObjectIdentifier, Vec<u8>)>,
}

impl Facts {
    pub(super) fn read(tbs: &TbsCertificate) -> Result<Self, CertificateError> {
        match tbs.version() {
            Version::V3 => {}
            Version::V1 => return Err(CertificateError::Version { found: 1 }),
            Version::V2 => return Err(CertificateError::Version { found: 2 }),
        }
        let extensions = distinct_extensions(tbs)?;
        let not_before = Timestamp::from_unix(tbs.validity().not_before.to_unix_duration().as_secs());
        let not_after = Timestamp::from_unix(tbs.validity().not_after.to_unix_duration().as_secs());
        if not_after < not_before {
            return Err(CertificateError::Validity { not_before, not_after });
        }
        let names = tbs
            .get_extension::<SubjectAltName>()
            .map_err(malformed)?
            .map(|(_, names)| names.0)
            .unwrap_or_default();
        let constraints = tbs.get_extension::<BasicConstraints>().map_err(malformed)?;
        let usage = tbs.get_extension::<KeyUsage>().map_err(malformed)?;
        let key_identifier = tbs.get_extension::<SubjectKeyIdentifier>().map_err(malformed)?;
        Ok(Self {
            common_name: name::common_name(tbs.subject())?,
            issuer_common_name: name::common_name(tbs.issuer())?,
            organization: name::organization(tbs.subject())?,
            uri_names: names.iter().filter_map(uri).collect(),
            email_names: names.iter().filter_map(email).collect(),
            serial_hex: serial::hex(tbs.serial_number().as_bytes()),
            not_before,
            not_after,
            spki: tbs.subject_public_key_info().to_der().map_err(malformed)?,
            is_ca: constraints.as_ref().is_some_and(|(_, constraints)| constraints.ca),
            is_self_issued: tbs.subject() == tbs.issuer(),
            path_length: constraints.and_then(|(_, constraints)| constraints.path_len_constraint),
            signs_certificates: usage.is_some_and(|(_, usage)| usage.key_cert_sign()),
            key_identifier: key_identifier.map(|(_, identifier)| identifier.0.as_bytes().to_vec()),
            extensions,
        })
    }
}

fn distinct_extensions(tbs: &TbsCertificate) -> Result<Vec<(ObjectIdentifier, Vec<u8>)>, CertificateError> {
    let mut distinct: Vec<(ObjectIdentifier, Vec<u8>)> = Vec::new();
    for extension in tbs.extensions().into_iter().flatten() {
        if distinct.iter().any(|(oid, _)| *oid == extension.extn_id) {
            return Err(CertificateError::TwiceTheSameExtension {
                oid: extension.extn_id.to_string(),
            });
        }
        distinct.push((extension.extn_id, extension.extn_value.as_bytes().to_vec()));
    }
    Ok(distinct)
}

fn uri(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::UniformResourceIdentifier(uri) => Some(uri.as_str().to_owned()),
        _ => None,
    }
}

fn email(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::Rfc822Name(address) => Some(address.as_str().to_owned()),
        _ => None,
    }
}
