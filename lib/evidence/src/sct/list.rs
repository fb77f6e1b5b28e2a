//! The bytes of timestamps in a certificate: structures of TLS (RFC 5246, section 4), each list and element behind its length.

use super::{SctError, SignedCertificateTimestamp, malformed};
use crate::key::KeyAlgorithm;
use crate::signature::Signature;

/// The list, as it stands in the extension's octet string.
pub(crate) fn to_list(timestamps: &[SignedCertificateTimestamp]) -> Result<Vec<u8>, SctError> {
    let mut list = Vec::new();
    for timestamp in timestamps {
        list.extend(behind_its_length(&one(timestamp)?)?);
    }
    behind_its_length(&list)
}

/// Reads the list.
pub(super) fn from_list(bytes: &[u8]) -> Result<Vec<SignedCertificateTimestamp>, SctError> {
    let mut outer = Reader(bytes);
    let mut list = Reader(outer.behind_its_length()?);
    outer.finish()?;
    let mut timestamps = Vec::new();
    while !list.0.is_empty() {
        if timestamps.len() == MOST {
            return Err(malformed(format!("more than {MOST}")));
        }
        timestamps.push(read_one(list.behind_its_length()?)?);
    }
    if timestamps.is_empty() {
        return Err(malformed("an empty list".to_owned()));
    }
    Ok(timestamps)
}

fn one(timestamp: &SignedCertificateTimestamp) -> Result<Vec<u8>, SctError> {
    let signature = match timestamp.algorithm {
        KeyAlgorithm::EcdsaP256 => SHA256_ECDSA,
        KeyAlgorithm::Rsa2048 => SHA256_RSA,
    };
    Ok([
        &[VERSION_1][..],
        &timestamp.log_id,
        &timestamp.millis.to_be_bytes(),
        &behind_its_length(&timestamp.extensions)?,
        &signature[..],
        &behind_its_length(timestamp.signature.as_bytes())?,
    ]
    .concat())
}

fn read_one(bytes: &[u8]) -> Result<SignedCertificateTimestamp, SctError> {
    let mut reader = Reader(bytes);
    let [version] = reader.take()?;
    if version != VERSION_1 {
        return Err(malformed(format!("version {version}")));
    }
    let log_id = reader.take()?;
    let millis = u64::from_be_bytes(reader.take()?);
    let extensions = reader.behind_its_length()?.to_vec();
    let algorithm = match reader.take()? {
        SHA256_ECDSA => KeyAlgorithm::EcdsaP256,
        SHA256_RSA => KeyAlgorithm::Rsa2048,
        [hash, signature] => return Err(malformed(format!("signature algorithm {hash}.{signature}"))),
    };
    let signature = Signature::from_bytes(reader.behind_its_length()?)?;
    reader.finish()?;
    Ok(SignedCertificateTimestamp {
        log_id,
        millis,
        extensions,
        algorithm,
        signature,
    })
}

fn behind_its_length(bytes: &[u8]) -> Result<Vec<u8>, SctError> {
    let length = u16::try_from(bytes.len()).map_err(|_| malformed(format!("{} bytes where fewer fit", bytes.len())))?;
    Ok([&length.to_be_bytes(), bytes].concat())
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], SctError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or_else(cut)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn behind_its_length(&mut self) -> Result<&'a [u8], SctError> {
        let length = usize::from(u16::from_be_bytes(self.take()?));
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(cut)?;
        self.0 = rest;
        Ok(taken)
    }

    fn finish(self) -> Result<(), SctError> {
        match self.0.len() {
            0 => Ok(()),
            left => Err(malformed(format!("{left} bytes too many"))),
        }
    }
}

fn cut() -> SctError {
    malformed("too few bytes".to_owned())
}

const VERSION_1: u8 = 0;
/// `sha256`, `ecdsa` (RFC 5246, section 7.4.1.4.1).
const SHA256_ECDSA: [u8; 2] = [4, 3];
/// `sha256`, `rsa`.
const SHA256_RSA: [u8; 2] = [4, 1];
const MOST: usize = 16;
