//! Step 5 of 9: the certified tarball is archived, with its certificate, signature and bundle beside it.
//!
//! Sends:    create-only writes of `packages/{name}/{version}.tgz`, `.tgz.cert.pem`, `.tgz.sig`, `.tgz.sigstore.json`
//! Leaves:   four objects; three where there is no bundle
//! Again:    the same bytes are accepted, and so is a bundle of the same signature that was witnessed at another time; another tarball is
//!           refused. An earlier, interrupted run signed with another key: its certificate stays where it is, and ours goes beside it under
//!           a name of its own, `.tgz.{cert_id}.cert.pem`, `.sig` and `.sigstore.json`.

use certified_client::{ClientError, Failure, Service};
use certified_evidence::{Archived, Bundle, PackageName, Version};

use super::chronicle::Chronicled;
use super::sign::Signed;
use crate::{Cause, Desk};

/// Recorded, and archived.
pub struct Uploaded {
    /// What was recorded.
    pub chronicled: Chronicled,
    /// Where the tarball lies.
    pub archive: Archived,
}

/// Writes the tarball, then the certificate, the signature and the bundle.
///
/// # Errors
/// When the archive cannot be written, or has another tarball at this version.
pub async fn run(chronicled: Chronicled, desk: &Desk) -> Result<Uploaded, Cause> {
    let signed = &chronicled.signed;
    let key = key(signed.certified.name(), signed.certified.version());
    desk.store
        .create(&key, signed.certified.bytes().to_vec(), "application/gzip")
        .await?;
    match prove(&key, signed, desk).await {
        Err(ClientError {
            what: Failure::OtherBytes { .. },
            ..
        }) => prove(&format!("{key}.{}", signed.identity.facts.cert_id), signed, desk).await?,
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

/// Writes what proves the tarball, under names that begin so.
async fn prove(stem: &str, signed: &Signed, desk: &Desk) -> Result<(), ClientError> {
    let facts = &signed.identity.facts;
    let certificates: String = std::iter::once(&facts.pem)
        .chain(&facts.chain)
        .map(String::as_str)
        .collect();
    let (certificate, signature) = (format!("{stem}.cert.pem"), format!("{stem}.sig"));
    desk.store
        .create(&certificate, certificates.into_bytes(), "application/x-pem-file")
        .await?;
    desk.store
        .create(
            &signature,
            signed.signature.as_bytes().to_vec(),
            "application/octet-stream",
        )
        .await?;
    match &signed.bundle {
        Some(bundle) => create_bundle(&format!("{stem}.sigstore.json"), bundle, desk).await,
        None => Ok(()),
    }
}

/// A step that is run again has the same signature witnessed again, at a later time. What is there already says no less than that.
async fn create_bundle(key: &str, bundle: &Bundle, desk: &Desk) -> Result<(), ClientError> {
    let json = bundle
        .to_json()
        .map_err(|cause| ClientError::new(Service::Store, Failure::Request(cause.to_string())))?;
    let written = desk.store.create(key, json.into_bytes(), Bundle::MEDIA_TYPE).await;
    let Err(error) = written else { return Ok(()) };
    if !matches!(error.what, Failure::OtherBytes { .. }) {
        return Err(error);
    }
    let there = desk.store.get(key).await?.and_then(|bytes| Bundle::parse(&bytes).ok());
    let same = |there: Bundle| there.certificate == bundle.certificate && there.content == bundle.content;
    if there.is_some_and(same) { Ok(()) } else { Err(error) }
}
