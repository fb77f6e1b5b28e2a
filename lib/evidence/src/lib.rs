//! The words of a certified release and their bytes: digests, names, identifiers, keys, certificates, signatures, the block that
//! travels inside package.json, the events and records of the services, the proofs of their log, and the wire types of every route.
//!
//! This crate is pure. It has no clock, no socket and no file: time and randomness are arguments.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")
)]

pub mod anchors;
pub mod block;
pub mod bundle;
mod canonical_json;
pub mod certificate;
mod digest;
pub mod dsse;
pub mod hashed_rekord;
mod id;
mod key;
mod key_details;
pub mod log;
mod name;
mod octets;
mod pem_text;
mod release;
mod request;
pub mod sct;
mod secret;
mod signature;
pub mod statement;
mod text;
mod time;
pub mod timestamp_token;
pub mod trust_root;
mod version;
pub mod wire;

pub use anchors::Anchors;
pub use block::Block;
pub use bundle::Bundle;
pub use canonical_json::{CanonicalJsonError, canonical_json};
pub use certificate::Certificate;
pub use digest::{Digest, DigestError, Integrity, Shasum};
pub use id::{CertId, ChittyId, EventId, IdError, RegId, RequestId, StageId};
pub use key::{KeyAlgorithm, KeyError, PublicKey, PublicKeyKind, SigningKey};
pub use key_details::{KeyDetails, KeyDetailsError};
pub use name::{NameError, PackageName};
pub use pem_text::PemTextError;
pub use release::{
    Archived, Bundles, CertificateFacts, Evidence, EvidenceFormat, RecordedEvent, Signatures, TarballFacts,
};
pub use request::{CertificateRequest, RequestError};
pub use secret::Secret;
pub use signature::{Signature, SignatureError};
pub use time::{Timestamp, TimestampError};
pub use trust_root::TrustRoot;
pub use version::{Version, VersionError};
