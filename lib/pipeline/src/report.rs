//! The one JSON object of `run --json`, and what the summary is made from.

use std::path::PathBuf;

use certified_evidence::{CertId, ChittyId, Digest, EventId, PackageName, RegId, TarballFacts, Version};
use serde::Serialize;

use crate::Step;

/// A finished run.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// How it ended.
    pub result: Outcome,
    /// The package.
    pub name: PackageName,
    /// Its version.
    pub version: Version,
    /// Whether all of it happened on this machine only.
    pub dry_run: bool,
    /// The steps that ran, in order.
    pub steps: Vec<StepReport>,
    /// The tarball without the block.
    pub certified: TarballFacts,
    /// The tarball with the block: what npm serves.
    pub published: TarballFacts,
    /// The certificate.
    pub certificate: CertificateReport,
    /// The events about the certified and the published tarball.
    pub event_ids: Vec<EventId>,
    /// The first event's page.
    pub chronicle_url: String,
    /// Where the certified tarball is archived.
    pub r2_url: String,
    /// The same as bucket and key.
    pub r2_location: String,
    /// The registration's name.
    pub reg_id: RegId,
    /// The release's page at ChittyRegistry.
    pub registry_url: String,
    /// The release's page at the npm registry.
    pub npm_url: String,
    /// The folder with the evidence.
    pub evidence: PathBuf,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// Published by this run.
    Published,
    /// npm had the same bytes before.
    AlreadyPublished,
}

/// One step of a run.
#[derive(Clone, Debug, Serialize)]
pub struct StepReport {
    /// Which.
    pub step: Step,
    /// What it left, in a few words.
    pub outcome: String,
    /// How long it took.
    pub millis: u64,
}

/// A certificate's names.
#[derive(Clone, Debug, Serialize)]
pub struct CertificateReport {
    /// Its name at ChittyID.
    pub cert_id: CertId,
    /// The identity it was issued to.
    pub chitty_id: ChittyId,
    /// SHA-256 over its DER.
    pub fingerprint: Digest,
}
