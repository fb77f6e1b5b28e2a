//! Whom to ask, and what is at hand.

use std::path::PathBuf;

use certified_client::npm::Npm;
use certified_client::store::Store;
use certified_client::{ChittyId, Chronicle, Registry};
use certified_evidence::Anchors;

/// Whom to ask. Whoever is missing is not asked, and the judgement says so.
#[derive(Default)]
pub struct Sources {
    /// The npm registry.
    pub npm: Option<Npm>,
    /// The registry of releases.
    pub registry: Option<Registry>,
    /// The Chronicle.
    pub chronicle: Option<Chronicle>,
    /// ChittyID, about revocation.
    pub chitty_id: Option<ChittyId>,
    /// The archive.
    pub store: Option<Store>,
    /// What to trust.
    pub anchors: Option<Anchors>,
    /// Evidence on this machine: a file, or a folder with `evidence.json` or, for many releases, with `acme-widgets-1.2.3.evidence.json` or
    /// `acme-widgets-1.2.3/evidence.json`.
    pub evidence: Option<PathBuf>,
    /// Tarballs on this machine instead of npm's: npm's own cache, or a folder of files that are named as `npm pack` names them.
    pub tarballs: Option<PathBuf>,
}
