//! The questions that the services and the archive answer, if they were asked.

use certified_evidence::wire::certificates::CertificateStatus;
use certified_evidence::wire::chronicle::{EventType, StoredEvent};
use certified_evidence::wire::registry::PackageStatus;
use certified_evidence::{Digest, Integrity, PackageName, Version};

use super::{Answer, Case, not_asked, passed};
use crate::Refusal;

impl Case<'_> {
    pub(crate) fn event(&self) -> Answer {
        let recorded = &self.evidence.event.event;
        self.accept_event(recorded)?;
        match self.asked.event {
            None => passed(format!("{}, as carried with the release", recorded.id)),
            Some(None) => Err(Refusal::EventMissing {
                event: recorded.id.to_string(),
            }),
            Some(Some(told)) => {
                self.accept_event(told)?;
                if told != recorded {
                    return Err(Refusal::EventChanged {
                        event: recorded.id.to_string(),
                    });
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
        let expected = name(
            EventType::BuildComplete,
            block_id,
            &self.evidence.name,
            &self.evidence.version,
        );
        let found = name(event.event_type, event.id.as_str(), &payload.package, &payload.version);
        if expected != found || payload.event_type != event.event_type {
            return Err(Refusal::EventOther { expected, found });
        }
        let (expected, found) = (self.evidence.certified.sha256, payload.artifacts.tarball_hash);
        if expected != found {
            return Err(Refusal::EventOtherDigest { expected, found });
        }
        let (expected, found) = (self.evidence.certified.tar_sha256, payload.artifacts.tar_hash);
        if expected != found {
            return Err(Refusal::EventOtherDigest { expected, found });
        }
        let certified = &self.evidence.certified;
        let measures = |name: &str, size: u64, integrity: &Integrity| format!("{name} of {size} bytes, {integrity}");
        let expected = measures(&certified.filename, certified.size, &certified.integrity);
        let told = &payload.artifacts;
        let found = measures(&told.tarball_name, told.size_bytes, &told.integrity);
        if expected == found {
            Ok(())
        } else {
            Err(Refusal::EventOther { expected, found })
        }
    }

    pub(crate) fn registry(&self) -> Answer {
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

    pub(crate) fn archive(&self) -> Answer {
        match self.asked.archived {
            None => not_asked("no archive was asked"),
            Some(None) => Err(Refusal::ArchiveMissing {
                location: self.evidence.archive.r2_location.clone(),
            }),
            Some(Some(bytes)) => {
                self.archived_copy(bytes)?;
                passed(format!(
                    "{} at {}",
                    Digest::of(bytes),
                    self.evidence.archive.r2_location
                ))
            }
        }
    }

    pub(super) fn archived_copy(&self, bytes: &[u8]) -> Result<(), Refusal> {
        let (expected, found) = (self.evidence.certified.sha256, Digest::of(bytes));
        if expected == found {
            Ok(())
        } else {
            Err(Refusal::ArchiveOtherDigest { expected, found })
        }
    }

    pub(crate) fn revocation(&self) -> Answer {
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
        let signed_at = match &self.witnessed {
            // The last of its signatures: until then the key was in use.
            Ok(Some(witnessed)) => witnessed.all.last(),
            // The later of both: an event of an earlier run is older than the signature.
            _ => self.evidence.signed_at.max(self.evidence.event.event.timestamp),
        };
        match (known.revoked_at, known.status) {
            (Some(revoked_at), _) if revoked_at <= signed_at => Err(Refusal::Revoked {
                cert_id,
                revoked_at,
                signed_at,
            }),
            (Some(revoked_at), _) => passed(format!("withdrawn at {revoked_at}, after it had signed")),
            (None, CertificateStatus::Revoked) => Err(Refusal::CertificateUnknown {
                cert_id,
                why: "it was withdrawn, and nobody says when".to_owned(),
            }),
            (None, _) => passed("not withdrawn".to_owned()),
        }
    }
}
