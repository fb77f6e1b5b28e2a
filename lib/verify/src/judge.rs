//! The verdict on one release.

use certified_evidence::wire::certificates::{CertificateStatus, VerifyReply};
use certified_evidence::wire::chronicle::{EventType, StoredEvent};
use certified_evidence::wire::registry::{PackageRecord, PackageStatus};
use certified_evidence::{Anchors, Certificate, Digest, Evidence, PackageName, Signature, Version};
use serde::Serialize;

use crate::chain::check_certificate;
use crate::check::{Check, CheckName, Finding};
use crate::{CertifiedTarball, PublishedTarball, Refusal, TarballError};

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
/// The certificate's life is judged twice: at the time of signing, as the signer's clock had it, and at the time of the Chronicle's
/// event, which records the signed digest. Where an earlier, interrupted run recorded the event before this certificate existed, the
/// time of signing alone counts.
pub fn judge(tarball: &PublishedTarball, evidence: &Evidence, anchors: &Anchors, asked: &Asked<'_>) -> Judgement {
    // Made once: compressing is most of the work.
    let rebuilt = tarball.certified();
    let case = Case { tarball, evidence, anchors, asked, rebuilt: rebuilt.as_ref() };
    let answers = [
        (CheckName::Manifest, case.manifest()),
        (CheckName::Integrity, case.integrity()),
        (CheckName::Rebuild, case.rebuild()),
        (CheckName::Certificate, case.certificate()),
        (CheckName::Signature, case.signature()),
        (CheckName::Event, case.event()),
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
    Judgement { checks, outcome: first_refusal.map_or(Ok(verified), Err) }
}

type Answer = Result<Finding, Refusal>;

struct Case<'a> {
    tarball: &'a PublishedTarball,
    evidence: &'a Evidence,
    anchors: &'a Anchors,
    asked: &'a Asked<'a>,
    rebuilt: Result<&'a CertifiedTarball, &'a TarballError>,
}

impl Case<'_> {
    fn manifest(&self) -> Answer {
        let expected = format!("{}@{}", self.evidence.name, self.evidence.version);
        let found = format!("{}@{}", self.tarball.name(), self.tarball.version());
        if expected != found {
            return Err(Refusal::OtherPackage { expected, found });
        }
        let (ours, theirs) = (&self.evidence.block, self.tarball.block());
        let differs = [
            ("certificate", ours.certificate != theirs.certificate),
            ("provenance", ours.provenance != theirs.provenance),
            ("governance", ours.governance != theirs.governance),
            ("build", ours.build != theirs.build),
        ];
        match differs.into_iter().find(|(_, differs)| *differs) {
            Some((group, _)) => Err(Refusal::OtherBlock { group }),
            None => passed(found),
        }
    }

    fn integrity(&self) -> Answer {
        let found = self.tarball.facts();
        if found == self.evidence.published {
            return passed(found.integrity.to_string());
        }
        Err(Refusal::OtherPublished { expected: self.evidence.published.integrity, found: found.integrity })
    }

    fn rebuild(&self) -> Answer {
        let rebuilt = self.rebuilt()?.facts();
        let expected = &self.evidence.certified;
        if rebuilt.tar_sha256 != expected.tar_sha256 {
            return Err(Refusal::OtherTar { expected: expected.tar_sha256, found: rebuilt.tar_sha256 });
        }
        let in_block = self.tarball.block().provenance.tarball_hash;
        if in_block != expected.sha256 {
            return Err(Refusal::OtherCertified { expected: in_block, found: expected.sha256 });
        }
        passed(format!("{} without the block", expected.sha256))
    }

    fn certificate(&self) -> Answer {
        let facts = &self.evidence.certificate;
        let certificate = read(&facts.pem)?;
        let chain = facts.chain.iter().map(|pem| read(pem)).collect::<Result<Vec<_>, _>>()?;
        let found = Digest::from_bytes(certificate.fingerprint());
        let in_block = &self.tarball.block().certificate;
        for expected in [in_block.fingerprint, facts.fingerprint] {
            if expected != found {
                return Err(Refusal::OtherCertificate { expected, found });
            }
        }
        for expected in [&in_block.chitty_id, &facts.chitty_id] {
            if certificate.common_name() != Some(expected.as_str()) {
                let found = certificate.common_name().unwrap_or_default().to_owned();
                return Err(Refusal::CertificateOtherName { expected: expected.to_string(), found });
            }
        }
        if in_block.cert_id != facts.cert_id {
            let (expected, found) = (in_block.cert_id.to_string(), facts.cert_id.to_string());
            return Err(Refusal::CertificateOtherName { expected, found });
        }
        let release = (&self.evidence.name, &self.evidence.version);
        check_certificate(&certificate, &chain, release, self.anchors, self.evidence.signed_at)?;
        if !self.recorded_by_an_earlier_run(&certificate) {
            check_certificate(&certificate, &chain, release, self.anchors, self.evidence.event.event.timestamp)?;
        }
        passed(format!("{found}, in force at {}", self.evidence.signed_at))
    }

    /// An interrupted run left its event with the name of its own certificate; the run that finished the release got a new one. An event
    /// after the certificate's life never counts as such: nothing would show that the signature is older.
    fn recorded_by_an_earlier_run(&self, certificate: &Certificate) -> bool {
        let event = &self.evidence.event.event;
        event.payload.cert_id != self.evidence.certificate.cert_id && event.timestamp < certificate.not_before()
    }

    fn signature(&self) -> Answer {
        let key = read(&self.evidence.certificate.pem)?
            .public_key()
            .map_err(|e| Refusal::CertificateUnreadable { why: e.to_string() })?;
        let signatures = &self.evidence.signatures;
        let holds = |which, bytes: &[u8], signature: &Signature| {
            key.verify(bytes, signature).map_err(|e| Refusal::SignatureInvalid { which, why: e.to_string() })
        };
        holds("published", self.tarball.bytes(), &signatures.published)?;
        // The signature is over the compressed file. When another compressor made it, only the archived copy has those bytes; the tars
        // were compared already.
        let rebuilt = self.rebuilt()?;
        let (expected, found) = (self.evidence.certified.sha256, rebuilt.facts().sha256);
        if expected == found {
            holds("certified", rebuilt.bytes(), &signatures.certified)?;
        } else {
            let archived = self.asked.archived.flatten().ok_or(Refusal::OtherCertified { expected, found })?;
            self.archived_copy(archived)?;
            holds("certified", archived, &signatures.certified)?;
        }
        passed(format!("both tarballs, by {}", self.evidence.certificate.chitty_id))
    }

    fn event(&self) -> Answer {
        let recorded = &self.evidence.event.event;
        self.accept_event(recorded)?;
        match self.asked.event {
            None => passed(format!("{}, as carried with the release", recorded.id)),
            Some(None) => Err(Refusal::EventMissing { event: recorded.id.to_string() }),
            Some(Some(told)) => {
                self.accept_event(told)?;
                if told != recorded {
                    return Err(Refusal::EventChanged { event: recorded.id.to_string() });
                }
                passed(format!("{}, as the Chronicle tells it", recorded.id))
            }
        }
    }

    /// An event of an earlier, interrupted run of the same release is as good: it recorded the same tarball.
    fn accept_event(&self, event: &StoredEvent) -> Result<(), Refusal> {
        let payload = &event.payload;
        let name = |kind: EventType, id: &str, package: &PackageName, version: &Version| {
            format!("{} {id} about {package}@{version}", kind.as_str())
        };
        let block_id = self.tarball.block().provenance.chronicle_event.as_str();
        let expected = name(EventType::BuildComplete, block_id, &self.evidence.name, &self.evidence.version);
        let found = name(event.event_type, event.id.as_str(), &payload.package, &payload.version);
        if expected != found || payload.event_type != event.event_type {
            return Err(Refusal::EventOther { expected, found });
        }
        let (expected, found) = (self.evidence.certified.sha256, payload.artifacts.tarball_hash);
        if expected != found {
            return Err(Refusal::EventOtherDigest { expected, found });
        }
        let (expected, found) = (self.evidence.certified.tar_sha256, payload.artifacts.tar_hash);
        if expected == found { Ok(()) } else { Err(Refusal::EventOtherDigest { expected, found }) }
    }

    fn registry(&self) -> Answer {
        let release = format!("{}@{}", self.evidence.name, self.evidence.version);
        match self.asked.record {
            None => not_asked("no registry was asked"),
            Some(None) => Err(Refusal::RegistryMissing { release }),
            Some(Some(record)) => {
                let (ours, theirs) = (&self.evidence, &record.release);
                let pairs = [
                    (release, format!("{}@{}", theirs.package_name, theirs.version)),
                    (ours.certified.sha256.to_string(), theirs.tarball_hash.to_string()),
                    (ours.published.integrity.to_string(), theirs.integrity.to_string()),
                    (ours.certificate.cert_id.to_string(), theirs.cert_id.to_string()),
                ];
                if let Some((expected, found)) = pairs.into_iter().find(|(ours, theirs)| ours != theirs) {
                    return Err(Refusal::RegistryOtherDigest { expected, found });
                }
                match theirs.status {
                    PackageStatus::Certified => passed(format!("{}, certified", record.reg_id)),
                    status => Err(Refusal::RegistryNotCertified { status }),
                }
            }
        }
    }

    fn archive(&self) -> Answer {
        match self.asked.archived {
            None => not_asked("no archive was asked"),
            Some(None) => Err(Refusal::ArchiveMissing { location: self.evidence.archive.r2_location.clone() }),
            Some(Some(bytes)) => {
                self.archived_copy(bytes)?;
                passed(format!("{} at {}", Digest::of(bytes), self.evidence.archive.r2_location))
            }
        }
    }

    fn archived_copy(&self, bytes: &[u8]) -> Result<(), Refusal> {
        let (expected, found) = (self.evidence.certified.sha256, Digest::of(bytes));
        if expected == found { Ok(()) } else { Err(Refusal::ArchiveOtherDigest { expected, found }) }
    }

    fn revocation(&self) -> Answer {
        let Some(reply) = self.asked.certificate else {
            return not_asked("ChittyID was not asked whether the certificate was withdrawn");
        };
        let cert_id = self.evidence.certificate.cert_id.to_string();
        let Some(known) = &reply.certificate else {
            let why = reply.error.clone().unwrap_or_else(|| "it does not know it".to_owned());
            return Err(Refusal::CertificateUnknown { cert_id, why });
        };
        if known.fingerprint != self.evidence.certificate.fingerprint {
            let why = format!("its certificate of that name is {}", known.fingerprint);
            return Err(Refusal::CertificateUnknown { cert_id, why });
        }
        // The later of both: an event of an earlier run is older than the signature.
        let signed_at = self.evidence.signed_at.max(self.evidence.event.event.timestamp);
        match (known.revoked_at, known.status) {
            (Some(revoked_at), _) if revoked_at <= signed_at => Err(Refusal::Revoked { cert_id, revoked_at, signed_at }),
            (Some(revoked_at), _) => passed(format!("withdrawn at {revoked_at}, after it had signed")),
            (None, CertificateStatus::Revoked) => {
                Err(Refusal::CertificateUnknown { cert_id, why: "it was withdrawn, and nobody says when".to_owned() })
            }
            (None, _) => passed("not withdrawn".to_owned()),
        }
    }

    fn rebuilt(&self) -> Result<&CertifiedTarball, Refusal> {
        self.rebuilt.map_err(|e| Refusal::NotRebuilt { why: e.to_string() })
    }
}

fn read(pem: &str) -> Result<Certificate, Refusal> {
    Certificate::from_pem(pem).map_err(|e| Refusal::CertificateUnreadable { why: e.to_string() })
}

#[expect(clippy::unnecessary_wraps, reason = "the last expression of every question")]
fn passed(evidence: String) -> Answer {
    Ok(Finding::Passed { evidence })
}

#[expect(clippy::unnecessary_wraps, reason = "the last expression of every question")]
fn not_asked(reason: &str) -> Answer {
    Ok(Finding::NotAsked { reason: reason.to_owned() })
}
