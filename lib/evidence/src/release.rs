//! Everything that proves a release, as one document.
//!
//! It is written beside the tarball (`evidence.json`), attached to the registry record, and is all that `verify` needs besides the
//! published tarball and the anchors.

use serde::{Deserialize, Serialize};

use crate::wire::chronicle::{Receipt, StoredEvent};
use crate::{Block, Bundle, CertId, ChittyId, Digest, Integrity, PackageName, Shasum, Signature, Timestamp, Version};

/// The evidence of one release.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The document's format and its version.
    pub format: EvidenceFormat,
    /// The package.
    pub name: PackageName,
    /// Its version.
    pub version: Version,
    /// The npm whose rules selected the files, for example `npm 12`: whoever packs the folder with it gets the certified tarball.
    pub packed_by: String,
    /// The tarball without the block: what was certified, signed, recorded and archived.
    pub certified: TarballFacts,
    /// The tarball with the block: what npm serves.
    pub published: TarballFacts,
    /// The block, from which the published manifest can be made again.
    pub block: Block,
    /// The certificate and the certificates between it and a root.
    pub certificate: CertificateFacts,
    /// What its key signed.
    pub signatures: Signatures,
    /// When they were made, by the clock of the machine that signed.
    pub signed_at: Timestamp,
    /// The Chronicle's event about the certified tarball.
    pub event: RecordedEvent,
    /// The archived copy.
    pub archive: Archived,
    /// The signatures again, each with the words of a log and of a timestamp authority, as Sigstore's clients read them; absent when the
    /// services keep no log of signatures or no authority of time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundles: Option<Bundles>,
}

/// The formats of evidence that this version reads.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub enum EvidenceFormat {
    /// The first and only one.
    #[default]
    #[serde(rename = "certified-publish/evidence/v1")]
    V1,
}

/// A tarball's names and measures.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TarballFacts {
    /// The file's name as `npm pack` gives it.
    pub filename: String,
    /// Bytes of the compressed file.
    pub size: u64,
    /// SHA-256 of the compressed file.
    pub sha256: Digest,
    /// SHA-512 of the compressed file, npm's `dist.integrity`.
    pub integrity: Integrity,
    /// SHA-1 of the compressed file, npm's `dist.shasum`.
    pub shasum: Shasum,
    /// SHA-256 of the uncompressed tar: compressors differ, tar bytes do not.
    pub tar_sha256: Digest,
}

/// The certificate of a release and its chain.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateFacts {
    /// Its name at ChittyID.
    pub cert_id: CertId,
    /// The identity it was issued to; its common name.
    pub chitty_id: ChittyId,
    /// SHA-256 over its DER.
    pub fingerprint: Digest,
    /// The certificate (RFC 7468).
    pub pem: String,
    /// The certificates between it and a root, the issuing one first, without the root.
    pub chain: Vec<String>,
}

/// Detached signatures by the certificate's key over the two compressed files.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Signatures {
    /// Over the certified tarball.
    pub certified: Signature,
    /// Over the published tarball.
    pub published: Signature,
}

/// The bundles of a release (Sigstore bundle v0.3), all by the certificate's key.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Bundles {
    /// Over the certified tarball.
    pub certified: Bundle,
    /// Over the published tarball.
    pub published: Bundle,
    /// How the published tarball was built: an in-toto statement about it with SLSA provenance, in an envelope.
    pub provenance: Bundle,
}

/// What the Chronicle recorded.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedEvent {
    /// The event's page.
    pub chronicle_url: String,
    /// The event as recorded.
    pub event: StoredEvent,
    /// The proof that it is in the Chronicle's log; absent when the Chronicle keeps none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
}

/// The archived copy of the certified tarball.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Archived {
    /// `bucket/key`, for example `chittyos-packages/packages/@acme/widgets/1.2.3.tgz`.
    pub r2_location: String,
    /// Where it can be read, as the store spells it.
    pub r2_url: String,
}
