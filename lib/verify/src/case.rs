//! The questions that the bytes, the evidence and the anchors answer by themselves.

mod build;
mod bundle;
mod log;
mod timestamp;
mod told;
mod transparency;

use certified_evidence::certificate::CertificateError;
use certified_evidence::{
    Anchors, Certificate, Digest, Evidence, Integrity, PemTextError, Shasum, Signature, TarballFacts,
};

use self::timestamp::Witnessed;
pub(crate) use self::timestamp::witnessed;
use crate::chain::{check_no_stray, check_release};
use crate::{Asked, CertifiedTarball, Finding, PublishedTarball, Refusal, TarballError};

/// What a question comes back with.
pub(crate) type Answer = Result<Finding, Refusal>;

/// Everything that is before the judge.
pub(crate) struct Case<'a> {
    pub(crate) tarball: &'a PublishedTarball,
    pub(crate) evidence: &'a Evidence,
    pub(crate) anchors: &'a Anchors,
    pub(crate) asked: &'a Asked<'a>,
    /// The certified tarball, made from the published one.
    pub(crate) rebuilt: Result<&'a CertifiedTarball, &'a TarballError>,
    /// The certificate of the release.
    pub(crate) signer: Result<Certificate, Refusal>,
    /// Those that came with it.
    pub(crate) chain: Result<Vec<Certificate>, Refusal>,
    /// When the signatures were there, by the word of authorities; nothing when none is trusted.
    pub(crate) witnessed: Result<Option<Witnessed>, Refusal>,
}

impl Case<'_> {
    pub(crate) fn manifest(&self) -> Answer {
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
        if let Some((group, _)) = differs.into_iter().find(|(_, differs)| *differs) {
            return Err(Refusal::OtherBlock { group });
        }
        self.said_in_the_block()?;
        passed(found)
    }

    /// What the evidence says a second time: the block is inside of what was signed, so its word counts.
    fn said_in_the_block(&self) -> Result<(), Refusal> {
        let (evidence, block) = (self.evidence, self.tarball.block());
        let pairs = [
            (
                "time of signing",
                block.build.timestamp.to_string(),
                evidence.signed_at.to_string(),
            ),
            (
                "page of the event",
                block.provenance.chronicle_url.clone(),
                evidence.event.chronicle_url.clone(),
            ),
            (
                "address of the archived copy",
                block.provenance.r2_url.clone(),
                evidence.archive.r2_url.clone(),
            ),
        ];
        match pairs.into_iter().find(|(_, expected, found)| expected != found) {
            Some((what, expected, found)) => Err(Refusal::OtherFact { what, expected, found }),
            None => Ok(()),
        }
    }

    pub(crate) fn integrity(&self) -> Answer {
        let found = self.tarball.facts();
        if found == self.evidence.published {
            return passed(found.integrity.to_string());
        }
        Err(Refusal::OtherPublished {
            expected: self.evidence.published.integrity,
            found: found.integrity,
        })
    }

    pub(crate) fn rebuild(&self) -> Answer {
        let rebuilt = self.rebuilt()?.facts();
        let expected = &self.evidence.certified;
        if rebuilt.tar_sha256 != expected.tar_sha256 {
            return Err(Refusal::OtherTar {
                expected: expected.tar_sha256,
                found: rebuilt.tar_sha256,
            });
        }
        let in_block = self.tarball.block().provenance.tarball_hash;
        if in_block != expected.sha256 {
            return Err(Refusal::OtherCertified {
                expected: in_block,
                found: expected.sha256,
            });
        }
        self.measures(rebuilt)?;
        passed(format!("{} without the block", expected.sha256))
    }

    /// The other names and measures of the certified tarball. Where another compressor made it only the archived copy has those bytes; the
    /// signature is then asked of that copy, too, and without it nothing is accepted.
    fn measures(&self, rebuilt: TarballFacts) -> Result<(), Refusal> {
        let expected = &self.evidence.certified;
        let found = match self.asked.archived.flatten() {
            _ if rebuilt.sha256 == expected.sha256 => rebuilt,
            Some(archived) if Digest::of(archived) == expected.sha256 => TarballFacts {
                size: archived.len() as u64,
                integrity: Integrity::of(archived),
                shasum: Shasum::of(archived),
                ..rebuilt
            },
            _ => return Ok(()),
        };
        let pairs = [
            ("name", expected.filename.clone(), found.filename),
            ("size", expected.size.to_string(), found.size.to_string()),
            ("integrity", expected.integrity.to_string(), found.integrity.to_string()),
            ("SHA-1", expected.shasum.to_string(), found.shasum.to_string()),
        ];
        match pairs.into_iter().find(|(_, expected, found)| expected != found) {
            Some((what, expected, found)) => Err(Refusal::OtherMeasure { what, expected, found }),
            None => Ok(()),
        }
    }

    pub(crate) fn certificate(&self) -> Answer {
        let facts = &self.evidence.certificate;
        let (certificate, chain) = (self.signer()?, self.chain()?);
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
                return Err(Refusal::CertificateOtherName {
                    expected: expected.to_string(),
                    found,
                });
            }
        }
        if in_block.cert_id != facts.cert_id {
            let (expected, found) = (in_block.cert_id.to_string(), facts.cert_id.to_string());
            return Err(Refusal::CertificateOtherName { expected, found });
        }
        let release = (&self.evidence.name, &self.evidence.version);
        let times = self.times(certificate);
        let paths = times
            .iter()
            .map(|at| check_release(certificate, chain, release, self.anchors, *at))
            .collect::<Result<Vec<_>, _>>()?;
        check_no_stray(chain, &paths, self.anchors)?;
        let at = times.first().copied().unwrap_or(self.evidence.signed_at);
        passed(format!("{found}, in force at {at}"))
    }

    /// An interrupted run left its event with the name of its own certificate; the run that finished the release got a new
    /// one. An event after the certificate's life never counts as such: nothing would show that the signature is older.
    fn recorded_by_an_earlier_run(&self, certificate: &Certificate) -> bool {
        let event = &self.evidence.event.event;
        event.payload.cert_id != self.evidence.certificate.cert_id && event.timestamp < certificate.not_before()
    }

    pub(crate) fn signature(&self) -> Answer {
        let key = self
            .signer()?
            .public_key()
            .map_err(|e| Refusal::CertificateUnreadable { why: e.to_string() })?;
        let signatures = &self.evidence.signatures;
        let holds = |which, bytes: &[u8], signature: &Signature| {
            key.verify(bytes, signature).map_err(|e| Refusal::SignatureInvalid {
                which,
                why: e.to_string(),
            })
        };
        holds("published tarball", self.tarball.bytes(), &signatures.published)?;
        // The signature is over the compressed file. When another compressor made it, only the archived copy has those bytes; the tars
        // were compared already.
        let rebuilt = self.rebuilt()?;
        let (expected, found) = (self.evidence.certified.sha256, rebuilt.facts().sha256);
        if expected == found {
            holds("certified tarball", rebuilt.bytes(), &signatures.certified)?;
        } else {
            let archived = self
                .asked
                .archived
                .flatten()
                .ok_or(Refusal::OtherCertified { expected, found })?;
            self.archived_copy(archived)?;
            holds("certified tarball", archived, &signatures.certified)?;
        }
        passed(format!("both tarballs, by {}", self.evidence.certificate.chitty_id))
    }

    fn signer(&self) -> Result<&Certificate, Refusal> {
        self.signer.as_ref().map_err(Clone::clone)
    }

    fn chain(&self) -> Result<&[Certificate], Refusal> {
        self.chain.as_deref().map_err(Clone::clone)
    }

    fn rebuilt(&self) -> Result<&CertifiedTarball, Refusal> {
        self.rebuilt.map_err(|e| Refusal::NotRebuilt { why: e.to_string() })
    }
}

/// Evidence spells a certificate in one way alone, so that what it says cannot be said in other bytes.
pub(crate) fn read(pem: &str) -> Result<Certificate, Refusal> {
    Certificate::from_canonical_pem(pem).map_err(|error| match error {
        CertificateError::Text(PemTextError::OtherSpelling) => {
            Refusal::CertificateOtherSpelling { why: error.to_string() }
        }
        error => Refusal::CertificateUnreadable { why: error.to_string() },
    })
}

#[expect(clippy::unnecessary_wraps, reason = "the last expression of every question")]
fn passed(evidence: String) -> Answer {
    Ok(Finding::Passed { evidence })
}

#[expect(clippy::unnecessary_wraps, reason = "the last expression of every question")]
fn not_asked(reason: &str) -> Answer {
    Ok(Finding::NotAsked {
        reason: reason.to_owned(),
    })
}
