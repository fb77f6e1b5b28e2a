//! What the services say about a release that is in hand.

use certified_client::ClientError;
use certified_evidence::Evidence;
use certified_evidence::wire::certificates::VerifyReply;
use certified_evidence::wire::chronicle::StoredEvent;
use certified_evidence::wire::registry::PackageRecord;
use certified_verify::{Asked, PublishedTarball};

use super::Sources;
use crate::steps::upload::key;

/// What the services said, to be lent to the judge.
pub(super) struct Heard {
    archived: Option<Option<Vec<u8>>>,
    event: Option<Option<StoredEvent>>,
    record: Option<Option<PackageRecord>>,
    certificate: Option<VerifyReply>,
}

/// The services are asked at the same time: none of them waits for another's answer.
pub(super) async fn hear(
    tarball: &PublishedTarball,
    evidence: &Evidence,
    record: Option<Option<PackageRecord>>,
    sources: &Sources,
) -> Result<Heard, ClientError> {
    let event = async {
        match &sources.chronicle {
            Some(chronicle) => chronicle
                .event(&tarball.block().provenance.chronicle_event)
                .await
                .map(Some),
            None => Ok(None),
        }
    };
    let archived = async {
        match &sources.store {
            Some(store) => {
                let object = store.get(&key(tarball.name(), tarball.version())).await?;
                Ok(Some(object.map(Vec::from)))
            }
            None => Ok(None),
        }
    };
    let certificate = async {
        let Some(chitty_id) = &sources.chitty_id else {
            return Ok(None);
        };
        let signed_at = evidence.signed_at.max(evidence.event.event.timestamp);
        chitty_id
            .verify(&evidence.certificate.cert_id, Some(signed_at))
            .await
            .map(Some)
    };
    let (event, archived, certificate) = tokio::try_join!(event, archived, certificate)?;
    Ok(Heard {
        archived,
        event,
        record,
        certificate,
    })
}

impl Heard {
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked {
            archived: self.archived.as_ref().map(|object| object.as_deref()),
            event: self.event.as_ref().map(Option::as_ref),
            record: self.record.as_ref().map(Option::as_ref),
            certificate: self.certificate.as_ref(),
        }
    }
}
