//! Step 6 of 9: the block goes into package.json, and the published tarball is sealed and signed.
//!
//! Sends:    nothing
//! Leaves:   the published tarball, its signature, the evidence; with `update_package_json` also the block in the folder's package.json
//! Again:    identical, from the same identity; after this step the signing key is gone

use certified_evidence::block::{BuildGroup, CertificateGroup, ProvenanceGroup};
use certified_evidence::{Block, Evidence, EvidenceFormat, Signatures, SigningKey};
use certified_verify::{CertifiedTarball, PublishedTarball};

use super::sign::check;
use super::upload::Uploaded;
use crate::state::{StateError, replace_file};
use crate::{Cause, Desk, Project};

/// Both tarballs, and everything that proves them.
pub struct Sealed {
    /// What was signed first.
    pub certified: CertifiedTarball,
    /// What npm is to serve.
    pub published: PublishedTarball,
    /// The proof.
    pub evidence: Evidence,
}

/// Inserts the block, seals, signs. Takes the key and drops it.
///
/// # Errors
/// When the sealed tarball cannot be read back, or the signature does not hold.
pub fn run(uploaded: Uploaded, key: SigningKey, desk: &Desk) -> Result<Sealed, Cause> {
    let block = block(&uploaded, desk);
    let Uploaded { chronicled, archive } = uploaded;
    let signed = chronicled.signed;
    let published = signed.certified.seal(&block)?;
    let signature = key.sign(published.bytes())?;
    drop(key);
    check(&signed.identity, published.bytes(), &signature, "published")?;
    let evidence = Evidence {
        format: EvidenceFormat::V1,
        name: published.name().clone(),
        version: published.version().clone(),
        packed_by: signed.packed_by,
        certified: signed.certified.facts(),
        published: published.facts(),
        block,
        certificate: signed.identity.facts,
        signatures: Signatures {
            certified: signed.signature,
            published: signature,
        },
        signed_at: signed.signed_at,
        event: chronicled.event,
        archive,
        bundles: None,
    };
    Ok(Sealed {
        certified: signed.certified,
        published,
        evidence,
    })
}

/// Writes the manifest with the block into the package's folder.
///
/// # Errors
/// When it cannot be written; the file is exchanged whole or not at all.
pub fn update_package_json(project: &Project, sealed: &Sealed) -> Result<(), StateError> {
    replace_file(
        &project.folder().join("package.json"),
        sealed.published.manifest().bytes(),
    )
}

fn block(uploaded: &Uploaded, desk: &Desk) -> Block {
    let chronicled = &uploaded.chronicled;
    let (identity, certified) = (&chronicled.signed.identity, &chronicled.signed.certified);
    Block {
        certificate: CertificateGroup {
            cert_id: identity.facts.cert_id.clone(),
            chitty_id: identity.facts.chitty_id.clone(),
            fingerprint: identity.facts.fingerprint,
            issued_at: identity.issued_at,
            expires_at: identity.expires_at,
            verify_url: identity.verify_url.clone(),
        },
        provenance: ProvenanceGroup {
            chronicle_event: chronicled.event.event.id.clone(),
            tarball_hash: certified.facts().sha256,
            r2_url: uploaded.archive.r2_url.clone(),
            chronicle_url: chronicled.event.chronicle_url.clone(),
            registry_url: desk.registry_page(certified.name(), certified.version()),
        },
        governance: desk.context.governance_group(),
        build: BuildGroup {
            commit: desk.context.commit.clone(),
            workflow_run: desk.context.workflow_run.clone(),
            timestamp: chronicled.signed.signed_at,
        },
    }
}
