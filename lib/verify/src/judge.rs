//! The verdict on one release.

use certified_evidence::wire::certificates::VerifyReply;
use certified_evidence::wire::chronicle::StoredEvent;
use certified_evidence::wire::registry::PackageRecord;
use certified_evidence::{Anchors, Digest, Evidence, PackageName, Timestamp, Version};
use serde::Serialize;

use crate::case::{Case, read, witnessed};
use crate::check::{Check, CheckName, first_refusal};
use crate::{PublishedTarball, Refusal};

/// Proof that a published tarball is what its evidence says. Only [`judge`] can make one.
#[derive(Clone, Debug)]
pub struct Verified {
    name: PackageName,
    version: Version,
    published: Digest,
    certified: Digest,
    witnessed_at: Option<Timestamp>,
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

    /// The earliest time at which a signature of the release is known to have been there, by the word of a timestamp authority. Nothing
    /// when the anchors name none: then the time is the signer's own.
    pub fn witnessed_at(&self) -> Option<Timestamp> {
        self.witnessed_at
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

impl Verdict {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Unsigned => "unsigned",
            Self::Refused => "refused",
            Self::CannotJudge => "cannot-judge",
        }
    }
}

/// Judges a published tarball by its evidence, the anchors, and what the services answered.
///
/// Anchors that name authorities of time want a timestamp of every signature, in the bundles of the release; certificate, authorities and
/// logs are then judged by those times and by no clock. Otherwise the certificate's life is judged twice: at the time of signing, as the
/// signer's clock had it, and at the time of the
/// Chronicle's event, which records the signed digest. Where an earlier, interrupted run recorded the event before this
/// certificate existed, the time of signing alone counts. That the event stands in the Chronicle's log is judged by the receipt that
/// travels with the release, as soon as the anchors name a log; that logs have the certificate and the signatures likewise.
pub fn judge(tarball: &PublishedTarball, evidence: &Evidence, anchors: &Anchors, asked: &Asked<'_>) -> Judgement {
    // Made once: compressing is most of the work.
    let rebuilt = tarball.certified();
    let case = Case {
        tarball,
        evidence,
        anchors,
        asked,
        rebuilt: rebuilt.as_ref(),
        signer: read(&evidence.certificate.pem),
        chain: evidence.certificate.chain.iter().map(|pem| read(pem)).collect(),
        witnessed: witnessed(evidence, anchors),
    };
    let answers = [
        (CheckName::Manifest, case.manifest()),
        (CheckName::Integrity, case.integrity()),
        (CheckName::Rebuild, case.rebuild()),
        (CheckName::Timestamp, case.timestamp()),
        (CheckName::Certificate, case.certificate()),
        (CheckName::Signature, case.signature()),
        (CheckName::Bundle, case.bundle()),
        (CheckName::Transparency, case.transparency()),
        (CheckName::Event, case.event()),
        (CheckName::Log, case.log()),
        (CheckName::Registry, case.registry()),
        (CheckName::Archive, case.archive()),
        (CheckName::Revocation, case.revocation()),
    ];
    let (checks, first_refusal) = first_refusal(answers);
    let witnessed = case.witnessed.ok().flatten();
    let verified = Verified {
        name: evidence.name.clone(),
        version: evidence.version.clone(),
        published: evidence.published.sha256,
        certified: evidence.certified.sha256,
        witnessed_at: witnessed.map(|witnessed| witnessed.all.first()),
    };
    Judgement {
        checks,
        outcome: first_refusal.map_or(Ok(verified), Err),
    }
}
