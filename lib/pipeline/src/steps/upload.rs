//! Step 5 of 9: the certified tarball is archived, with its certificate and signature beside it.
//!
//! Sends:    create-only writes of `packages/{name}/{version}.tgz`, `.tgz.cert.pem`, `.tgz.sig`
//! Leaves:   three objects
//! Again:    the same bytes are accepted; another tarball is refused. An earlier, interrupted run signed with another key: its
//!           certificate stays where it is, and ours goes beside it under a name of its own, `.tgz.{cert_id}.cert.pem` and `.sig`.

use certified_client::{ClientError, Failure};
use certified_evidence::{Archived, PackageName, Version};

use super::chronicle::Chronicled;
use crate::{Cause, Desk};

/// Recorded, and archived.
pub struct Uploaded {
    /// What was recorded.
    pub chronicled: Chronicled,
    /// Where the tarball lies.
    pub archive: Archived,
}

/// Writes the tarball, then the certificate, then the signature.
///
/// # Errors
/// When the archive cannot be written, or has another tarball at this version.
pub async fn run(chronicled: Chronicled, desk: &Desk) -> Result<Uploaded, Cause> {
    let signed = &chronicled.signed;
    let key = key(signed.certified.name(), signed.certified.version());
    desk.store
        .create(&key, signed.certified.bytes().to_vec(), "application/gzip")
        .await?;
    let facts = &signed.identity.facts;
    let certificate: String = std::iter::once(&facts.pem)
        .chain(&facts.chain)
        .map(String::as_str)
        .collect();
    let signature = signed.signature.as_bytes().to_vec();
    match create_pair(&key, &certificate, &signature, desk).await {
        Err(ClientError {
            what: Failure::OtherBytes { .. },
            ..
        }) => create_pair(&format!("{key}.{}", facts.cert_id), &certificate, &signature, desk).await?,
        written => written?,
    }
    let archive = Archived {
        r2_location: desk.store.location(&key),
        r2_url: desk.store.url(&key),
    };
    Ok(Uploaded { chronicled, archive })
}

/// The key of an archived tarball.
pub fn key(name: &PackageName, version: &Version) -> String {
    format!("packages/{name}/{version}.tgz")
}

async fn create_pair(stem: &str, certificate: &str, signature: &[u8], desk: &Desk) -> Result<(), ClientError> {
    let certificate = certificate.as_bytes().to_vec();
    let (certificate_key, signature_key) = (format!("{stem}.cert.pem"), format!("{stem}.sig"));
    desk.store
        .create(&certificate_key, certificate, "application/x-pem-file")
        .await?;
    desk.store
        .create(&signature_key, signature.to_vec(), "application/octet-stream")
        .await?;
    Ok(())
}
