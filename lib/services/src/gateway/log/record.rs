//! Signatures in the log: what is recorded, and for whom.

use std::sync::Arc;

use certified_evidence::bundle::TransparencyLogEntry;
use certified_evidence::certificate::Certificate;
use certified_evidence::hashed_rekord::HashedRekord;
use certified_evidence::log::{Entry, InclusionProof, LeafIndex};
use certified_evidence::wire::chronicle::Receipt;
use certified_evidence::wire::log::RecordRequest;
use certified_evidence::{Digest, KeyDetails, RequestId};

use super::Log;
use super::rules::damaged;
use crate::Clock;
use crate::auth::Caller;
use crate::refusal::Refusal;
use crate::storage::{Append, AuditEntry, Certificates, Written};

/// Records signatures.
pub(crate) struct Records {
    pub(crate) log: Arc<Log>,
    pub(crate) certificates: Arc<dyn Certificates>,
    pub(crate) clock: Clock,
}

impl Records {
    /// Records a signature, or finds it recorded. Nothing is recorded that its certificate's key did not sign.
    ///
    /// A caller with a credential may record any such signature. Without one (Sigstore's clients send none) the certificate speaks for the
    /// caller: it has to be one that was issued here and is in force.
    pub(crate) async fn record(
        &self,
        caller: Option<&Caller>,
        id: &RequestId,
        asked: RecordRequest,
    ) -> Result<Written<TransparencyLogEntry>, Refusal> {
        if let Some(caller) = caller {
            caller.require(&["chronicle:write", "chronicle:admin"])?;
        }
        let (record, certificate) = genuine(asked)?;
        let actor = match caller {
            Some(caller) => caller.id.clone(),
            None => self.issued_here(&certificate).await?,
        };
        let entry = record
            .to_canonical()
            .map_err(|cause| Refusal::invalid(cause.to_string()))?;
        let entry = Entry::new(entry).map_err(|cause| Refusal::invalid(cause.to_string()))?;
        let audit = AuditEntry {
            timestamp: (self.clock)(),
            actor,
            action: "log:record",
            resource: record.digest.to_string(),
            request_id: id.clone(),
        };
        let append = Append {
            entry,
            event: None,
            audit,
        };
        Ok(match self.log.append(append).await? {
            Written::New(index) => Written::New(self.recorded(&record, index).await?),
            Written::Present(index) => Written::Present(self.recorded(&record, index).await?),
        })
    }

    /// The owner of a certificate that was issued here and is in force.
    async fn issued_here(&self, certificate: &Certificate) -> Result<String, Refusal> {
        let fingerprint = Digest::from_bytes(certificate.fingerprint());
        let stored = self.certificates.of_fingerprint(&fingerprint).await?;
        let stored = stored.ok_or_else(|| {
            Refusal::unauthorized("this needs an Authorization header, or a certificate that was issued here")
        })?;
        let now = (self.clock)();
        if stored.revocation.is_some() || now < stored.issued_at || stored.expires_at < now {
            return Err(Refusal::unauthorized("the certificate is not in force"));
        }
        Ok(stored.owner)
    }

    /// The entry as Sigstore's clients read it, with the log's proof for it.
    async fn recorded(&self, record: &HashedRekord, index: LeafIndex) -> Result<TransparencyLogEntry, Refusal> {
        let Receipt {
            log_index,
            inclusion_proof,
            checkpoint,
            ..
        } = self.log.receipt(index).await?;
        let proof = InclusionProof::new(log_index, inclusion_proof.tree_size, inclusion_proof.hashes);
        TransparencyLogEntry::of(record, &proof, &checkpoint, self.log.key()).map_err(damaged)
    }
}

/// Checks that the certificate's key signed the digest, before anything is written or looked up.
fn genuine(asked: RecordRequest) -> Result<(HashedRekord, Certificate), Refusal> {
    let refused = |cause: &dyn std::fmt::Display| Refusal::Invalid {
        code: "SIGNATURE_NOT_GENUINE",
        reason: cause.to_string(),
    };
    let asked = asked.hashed_rekord;
    let verifier = asked.signature.verifier;
    let certificate = Certificate::from_der(&verifier.x509_certificate.raw_bytes).map_err(|cause| refused(&cause))?;
    let key = certificate.public_key().map_err(|cause| refused(&cause))?;
    if KeyDetails::of(&key).as_ref() != Some(&verifier.key_details) {
        return Err(refused(&format!(
            "the certificate's key is no {}",
            verifier.key_details
        )));
    }
    let digest = Digest::from_bytes(asked.digest);
    key.verify_digest(&digest, &asked.signature.content)
        .map_err(|cause| refused(&cause))?;
    let record = HashedRekord::new(digest, asked.signature.content, &certificate).map_err(|cause| refused(&cause))?;
    Ok((record, certificate))
}
