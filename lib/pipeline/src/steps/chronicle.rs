//! Step 4 of 9: the Chronicle is told, so that the release cannot later be denied.
//!
//! Sends:    `POST /chronicle/events` `package.build.complete`      fixtures/wire/chronicle/
//! Leaves:   one event, and the Chronicle's receipt for it
//! Again:    the same event, whichever run recorded it

use certified_evidence::wire::chronicle::{Artifacts, EventReply, EventRequest, EventType};
use certified_evidence::{CertId, RecordedEvent, TarballFacts, Timestamp};
use certified_verify::Refusal;

use super::sign::Signed;
use crate::{Cause, Desk};

/// Signed, and recorded.
pub struct Chronicled {
    /// What was recorded.
    pub signed: Signed,
    /// The event as the Chronicle keeps it.
    pub event: RecordedEvent,
}

/// Asks, accepts.
///
/// # Errors
/// When the Chronicle does not record, or has recorded something else than what was asked.
pub async fn run(signed: Signed, desk: &Desk) -> Result<Chronicled, Cause> {
    let (name, version) = (signed.certified.name().clone(), signed.certified.version().clone());
    let asked = request(
        EventType::BuildComplete,
        (name, version),
        &signed.identity.facts.cert_id,
        &signed.certified.facts(),
        signed.signed_at,
        desk,
    );
    let event = record(&asked, desk).await?;
    Ok(Chronicled { signed, event })
}

/// Records any event of a release.
pub(super) async fn record(asked: &EventRequest, desk: &Desk) -> Result<RecordedEvent, Cause> {
    let reply = desk.chronicle.record(asked).await?;
    Ok(accept(reply, asked)?)
}

/// The event's content. The time is that of signing, never of asking, so that asking again asks for the same.
pub(super) fn request(
    event_type: EventType,
    (package, version): (certified_evidence::PackageName, certified_evidence::Version),
    cert_id: &CertId,
    tarball: &TarballFacts,
    made_at: Timestamp,
    desk: &Desk,
) -> EventRequest {
    EventRequest {
        event_type,
        package,
        version,
        cert_id: cert_id.clone(),
        artifacts: Artifacts {
            tarball_hash: tarball.sha256,
            integrity: tarball.integrity,
            tar_hash: tarball.tar_sha256,
            tarball_name: tarball.filename.clone(),
            size_bytes: tarball.size,
            build_timestamp: made_at,
        },
        metadata: desk.context.build_metadata(),
    }
}

/// An event of an earlier run may name another certificate and another time; it has to be about the same tarball.
fn accept(reply: EventReply, asked: &EventRequest) -> Result<RecordedEvent, Refusal> {
    let event = reply.event;
    let recorded = &event.payload;
    let (expected, found) = (asked.artifacts.tarball_hash, recorded.artifacts.tarball_hash);
    if expected != found {
        return Err(Refusal::EventOtherDigest { expected, found });
    }
    let (expected, found) = (asked.artifacts.tar_hash, recorded.artifacts.tar_hash);
    if expected != found {
        return Err(Refusal::EventOtherDigest { expected, found });
    }
    let about = |kind: EventType, e: &EventRequest| format!("{} about {}@{}", kind.as_str(), e.package, e.version);
    let (expected, found) = (about(asked.event_type, asked), about(event.event_type, recorded));
    if expected != found || event.id != reply.event_id {
        return Err(Refusal::EventOther { expected, found });
    }
    Ok(RecordedEvent {
        chronicle_url: reply.chronicle_url,
        event,
        receipt: reply.receipt,
    })
}
