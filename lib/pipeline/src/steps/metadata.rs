//! Step 6 of 9: the block goes into package.json, and the published tarball is sealed and signed.
//!
//! Sends:    twice `POST /api/v1/timestamp`, `POST /log/api/v2/log/entries`      where the anchors name who answers
//! Leaves:   the published tarball, its signature, its bundle and that of its provenance, the evidence; two entries in the log; with
//!           `update_package_json` also the block in the folder's package.json
//! Again:    identical, from the same identity; after this step the signing key is gone
//!
//! Both signatures are made before a witness is asked for either: the key is gone by then, however long the witnesses take.

use certified_evidence::block::{BuildGroup, CertificateGroup, ProvenanceGroup};
use certified_evidence::bundle::Content;
use certified_evidence::dsse::Envelope;
use certified_evidence::statement::Statement;
use certified_evidence::{
    Archived, Block, Bundle, Bundles, Certificate, Evidence, EvidenceFormat, Signature, Signatures, SigningKey,
};
use certified_verify::{CertifiedTarball, PublishedTarball, Refusal};

use super::certificate::Identity;
use super::sign::{Signed, check};
use super::upload::Uploaded;
use crate::provenance::Origin;
use crate::state::{StateError, replace_file};
use crate::witness::{self, About};
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

/// Inserts the block, seals, signs, and has both signatures witnessed. Takes the key and drops it.
///
/// # Errors
/// When the sealed tarball cannot be read back, a signature does not hold, or a witness is not there.
pub async fn run(uploaded: Uploaded, key: SigningKey, desk: &Desk) -> Result<Sealed, Cause> {
    let block = block(&uploaded, desk);
    let Uploaded { chronicled, archive } = uploaded;
    let signed = chronicled.signed;
    let published = signed.certified.seal(&block)?;
    let signature = key.sign(published.bytes())?;
    let envelope = envelope(&published, &signed, &archive, &key, desk)?;
    drop(key);
    check(&signed.identity, published.bytes(), &signature, "published tarball")?;
    let witnessed = Witnessed {
        published: &published,
        identity: &signed.identity,
        desk,
    };
    let bundles = match signed.bundle {
        Some(certified) => witnessed.bundles(certified, &signature, envelope).await?,
        None => None,
    };
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
        bundles,
    };
    Ok(Sealed {
        certified: signed.certified,
        published,
        evidence,
    })
}

/// What the published tarball was built from, signed.
fn envelope(
    published: &PublishedTarball,
    signed: &Signed,
    archive: &Archived,
    key: &SigningKey,
    desk: &Desk,
) -> Result<Envelope, Cause> {
    let unreadable = |why: String| Refusal::CertificateUnreadable { why };
    let certificate = Certificate::from_pem(&signed.identity.facts.pem).map_err(|e| unreadable(e.to_string()))?;
    let origin = Origin {
        claims: &certificate.claims().map_err(|e| unreadable(e.to_string()))?,
        context: &desk.context,
        certified: &signed.certified.facts(),
        packed_by: &signed.packed_by,
        archived_at: &archive.r2_location,
        finished_on: signed.signed_at,
    };
    let statement = origin.of(published).and_then(|statement| statement.to_json());
    let statement = statement.map_err(|e| About::Provenance(published.bytes()).refused(&e.to_string()))?;
    Ok(Envelope::sign(key, Statement::PAYLOAD_TYPE, statement)?)
}

/// Where the two signatures of this step get their witnesses from.
struct Witnessed<'a> {
    published: &'a PublishedTarball,
    identity: &'a Identity,
    desk: &'a Desk,
}

impl Witnessed<'_> {
    async fn bundles(
        &self,
        certified: Bundle,
        signature: &Signature,
        envelope: Envelope,
    ) -> Result<Option<Bundles>, Cause> {
        let bytes = self.published.bytes();
        let message = Content::Message {
            digest: self.published.facts().sha256,
            signature: signature.clone(),
        };
        let published = self.bundle(message, About::Tarball("published tarball", bytes)).await?;
        let provenance = self
            .bundle(Content::Envelope(envelope), About::Provenance(bytes))
            .await?;
        Ok(published.zip(provenance).map(|(published, provenance)| Bundles {
            certified,
            published,
            provenance,
        }))
    }

    async fn bundle(&self, content: Content, about: About<'_>) -> Result<Option<Bundle>, Cause> {
        witness::bundle(content, about, &self.identity.facts, self.desk).await
    }
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
