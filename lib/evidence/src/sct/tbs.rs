//! A certificate as it was before timestamps went in: the signed part without that one extension, every other byte as it was.

use der::asn1::{Any, AnyRef};
use der::{Decode as _, Encode as _, Reader as _, Tag, TagNumber, Tagged as _};
use x509_cert::ext::Extension;

use super::{LIST, SctError, malformed};

/// The signed part of this certificate, without the list of timestamps.
pub(super) fn without_timestamps(certificate: &[u8]) -> Result<Vec<u8>, SctError> {
    rebuilt(certificate).map_err(|cause| malformed(cause.to_string()))
}

fn rebuilt(certificate: &[u8]) -> der::Result<Vec<u8>> {
    let tbs = *elements(AnyRef::from_der(certificate)?)?
        .first()
        .ok_or(der::ErrorKind::Incomplete {
            expected_len: der::Length::ONE,
            actual_len: der::Length::ZERO,
        })?;
    let mut kept = Vec::with_capacity(certificate.len());
    for field in elements(AnyRef::from_der(tbs)?)? {
        let field_read = AnyRef::from_der(field)?;
        if field_read.tag() == EXTENSIONS {
            kept.extend(without_list(field_read)?);
        } else {
            kept.extend(field);
        }
    }
    Any::new(Tag::Sequence, kept)?.to_der()
}

fn without_list(field: AnyRef<'_>) -> der::Result<Vec<u8>> {
    let mut kept = Vec::with_capacity(field.value().len());
    for extension in elements(AnyRef::from_der(field.value())?)? {
        if Extension::from_der(extension)?.extn_id != LIST {
            kept.extend(extension);
        }
    }
    // A list of extensions is never empty; without any the field itself is absent (RFC 5280, section 4.1).
    if kept.is_empty() {
        return Ok(kept);
    }
    let list = Any::new(Tag::Sequence, kept)?.to_der()?;
    Any::new(EXTENSIONS, list)?.to_der()
}

/// The encodings of what stands in a sequence.
fn elements(sequence: AnyRef<'_>) -> der::Result<Vec<&[u8]>> {
    sequence.sequence(|reader| {
        let mut found = Vec::new();
        while !reader.is_finished() {
            found.push(reader.tlv_bytes()?);
        }
        Ok(found)
    })
}

/// `extensions [3] EXPLICIT`.
const EXTENSIONS: Tag = Tag::ContextSpecific {
    constructed: true,
    number: TagNumber(3),
};
