//! How the published tarball came about, as a statement that the release's key signs.

use certified_evidence::certificate::WorkflowClaims;
use certified_evidence::statement::{ClaimedRun, Provenance, ResourceDescriptor, Statement, StatementError, Subject};
use certified_evidence::{TarballFacts, Timestamp};
use certified_verify::PublishedTarball;

use crate::Context;

/// What a statement about a release is made from.
pub(crate) struct Origin<'a> {
    /// What the certificate says about the run.
    pub(crate) claims: &'a WorkflowClaims,
    /// What the run says about itself.
    pub(crate) context: &'a Context,
    /// The tarball that the published one was made from.
    pub(crate) certified: &'a TarballFacts,
    /// Whose rules selected its files.
    pub(crate) packed_by: &'a str,
    /// Where its copy lies.
    pub(crate) archived_at: &'a str,
    /// When that was done.
    pub(crate) finished_on: Timestamp,
}

impl Origin<'_> {
    /// The statement about the published tarball, which is what people install. The certified one came of the same build and is named with
    /// both of its digests, so that whoever has either file finds the other.
    pub(crate) fn of(&self, published: &PublishedTarball) -> Result<Statement, StatementError> {
        let name = format!("{}@{}", published.name().purl(), published.version());
        let mut provenance = self.provenance();
        provenance.run_details.metadata.finished_on = Some(self.finished_on);
        let filename = &self.certified.filename;
        let tar = format!("{}.tar", filename.trim_end_matches(".tgz"));
        provenance.run_details.byproducts = vec![
            ResourceDescriptor::file(filename, &self.certified.sha256)
                .annotated(ResourceDescriptor::PACKED_BY, self.packed_by)
                .annotated(ResourceDescriptor::ARCHIVED_AT, self.archived_at),
            ResourceDescriptor::file(tar, &self.certified.tar_sha256),
        ];
        Statement::of_provenance(Subject::tarball(name, published.bytes()), &provenance)
    }

    /// In the words of the certificate. What it does not tell whole nobody vouches for, and the statement says so by its kind.
    fn provenance(&self) -> Provenance {
        Provenance::of_run(self.claims).unwrap_or_else(|_| Provenance::of_claimed_run(self.claimed()))
    }

    fn claimed(&self) -> ClaimedRun {
        let context = self.context;
        let is_commit = |commit: &&String| commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        ClaimedRun {
            id: context.workflow_run.clone(),
            repository: Some(context.repository.clone()).filter(|name| !name.is_empty()),
            commit: Some(&context.commit)
                .filter(is_commit)
                .map(|commit| commit.to_ascii_lowercase()),
            machinery: context.builder.clone(),
            actor: context.actor.clone(),
        }
    }
}
