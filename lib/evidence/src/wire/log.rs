//! The Chronicle's log, behind the gateway.
//!
//! | route | answer |
//! |---|---|
//! | `GET /log/checkpoint` | the newest [`Checkpoint`], as text |
//! | `GET /log/tile/…` | a tile of hashes or a bundle of entries (C2SP tlog-tiles), as bytes |
//! | `GET /log/proof/inclusion?index=` | 200 [`Receipt`](super::chronicle::Receipt) |
//! | `GET /log/proof/consistency?from=&to=` | 200 [`ConsistencyReply`] |
//! | `POST /log/api/v2/log/entries` | [`RecordRequest`]; 201 [`TransparencyLogEntry`](crate::bundle::TransparencyLogEntry), 200 when it is recorded already |
//!
//! The last one is the write side of Sigstore's logs, for their clients; `/log/api/v2/checkpoint` and `/log/api/v2/tile/…` are their names
//! for what is read.

use serde::{Deserialize, Serialize};

use crate::KeyDetails;
use crate::log::{Checkpoint, ConsistencyProof, TreeHash, TreeSize};
use crate::octets;
use crate::signature::Signature;

/// Asks the log to record a signature, in the words of Sigstore's logs (`CreateEntryRequest`).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RecordRequest {
    /// The signature.
    #[serde(rename = "hashedRekordRequestV002")]
    pub hashed_rekord: RecordedSignature,
}

/// A signature, over what, and who made it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RecordedSignature {
    /// The SHA-256 of the signed bytes.
    #[serde(with = "octets")]
    pub digest: [u8; 32],
    /// The signature and its key.
    pub signature: SignatureWithVerifier,
}

/// A signature and the key to check it with.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SignatureWithVerifier {
    /// The signature.
    pub content: Signature,
    /// Whose it is.
    pub verifier: Verifier,
}

/// The certificate of a key.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verifier {
    /// The certificate.
    pub x509_certificate: RawCertificate,
    /// The kind of its key.
    pub key_details: KeyDetails,
}

/// A certificate in DER.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RawCertificate {
    /// The bytes.
    #[serde(with = "octets")]
    pub raw_bytes: Vec<u8>,
}

/// The proof that the log at one size begins with all of the log at another one.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ConsistencyReply {
    /// The earlier size.
    pub from: TreeSize,
    /// The later size.
    pub to: TreeSize,
    /// The hashes, in the order of RFC 6962, section 2.1.2.
    pub hashes: Vec<TreeHash>,
    /// The log's signature under the later size and its root.
    pub checkpoint: Checkpoint,
}

impl ConsistencyReply {
    /// The proof in it, to be checked against two heads.
    pub fn proof(&self) -> ConsistencyProof {
        ConsistencyProof::new(self.from, self.to, self.hashes.clone())
    }
}
