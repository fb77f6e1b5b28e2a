//! The verdict on one release.

use certified_evidence::wire::certificates::VerifyReply;
use certified_evidence::wire::chronicle::StoredEvent;
use certified_evidence::wire::registry::PackageRecord;
use certified_evidence::{Anchors, Digest, Evidence, PackageName, Version};
use serde::Serialize;

use crate::case::Case;
use crate::check::{Check, CheckName, Finding};
use crate::{PublishedTarball, Refusal};

/// Proof that a published tarball is what its evidence says. Only [`judge`] can make one.
#[derive(Clone, Debug)]
pub struct Verified {
    name: PackageName,
    version: Version,
    published: Digest,
    certified: Digest,
}

impl Verified {
    /// The package.
    pub fn name(&self) -> &PackageName {
        &self.name
    }

    /// Its version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// SHA-256 of the published tarball that was looked at.
    pub fn published(&self) -> Digest {
        self.published
    }

    /// SHA-256 of the certified tarball that was signed.
    pub fn certified(&self) -> Digest {
        self.certified
    }
}

/// What the services and the archive answered. Whatever is `None` was not asked, and the judgement says so.
#[derive(Debug, Default)]
pub struct Asked<'a> {
    /// The archived object: `Some(None)` when there is none.
    pub archived: Option<Option<&'a [u8]>>,
    /// The Chronicle's event by the name in the block: `Some(None)` when there is none.
    pub event: Option<Option<&'a StoredEvent>>,
    /// The registry's record: `Some(None)` when there is none.
    pub record: Option<Option<&'a PackageRecord>>,
    /// ChittyID's answer about the certificate, asked for the time of signing.
    pub certificate: Option<&'a VerifyReply>,
}

/// Every question with its answer, and what follows from them.
#[derive(Debug)]
pub struct Judgement {
    /// In the order in which they were asked; after a refusal the later ones are still answered where they can be.
    pub checks: Vec<Check>,
    /// The proof, or the first refusal.
    pub outcome: Result<Verified, Refusal>,
}

/// The verdict as one word.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// Everything that was asked holds.
    Verified,
    /// The package carries no block: nobody claims that it was certified.
    Unsigned,
    /// Something does not hold.
    Refused,
    /// There is a block, but no evidence or no anchors to judge it by.
    CannotJudge,
}

/// Judges a published tarball by its evidence, the anchors, and what the services answered.
///
/// The certificate's life is judged twice: at the time of signing, as the signer's clock had it, and at the time of the
/// Chronicle's event, which records the signed digest. Where an earlier, interrupted run recorded the event before this
/// certificate existed, the time of signing alone counts. That the event stands in the Chronicle's log is judged by the receipt that
/// travels with the release, as soon as the anchors name a log.
pub fn judge(tarball: &PublishedTarball, evidence: &Evidence, anchors: &Anchors, asked: &Asked<'_>) -> Judgement {
    // Made once: compressing is most of the work.
    let rebuilt = tarball.certified();
    let case = Case {
        tarball,
        evidence,
        anchors,
        asked,
        rebuilt: rebuilt.as_ref(),
    };
    let answers = [
        (CheckName::Manifest, case.manifest()),
        (CheckName::Integrity, case.integrity()),
        (CheckName::Rebuild, case.rebuild()),
        (CheckName::Certificate, case.certificate()),
        (CheckName::Signature, case.signature()),
        (CheckName::Event, case.event()),
        (CheckName::Log, case.log()),
        (CheckName::Registry, case.registry()),
        (CheckName::Archive, case.archive()),
        (CheckName::Revocation, case.revocation()),
    ];
    let mut checks = Vec::with_capacity(answers.len());
    let mut first_refusal = None;
    for (name, answer) in answers {
        let finding = answer.unwrap_or_else(|refusal| {
            let finding = Finding::from(&refusal);
            first_refusal.get_or_insert(refusal);
            finding
        });
        checks.push(Check { name, finding });
    }
    let verified = Verified {
        name: evidence.name.clone(),
        version: evidence.version.clone(),
        published: evidence.published.sha256,
        certified: evidence.certified.sha256,
    };
    Judgement {
        checks,
        outcome: first_refusal.map_or(Ok(verified), Err),
    }
}
