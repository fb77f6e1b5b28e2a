//! Tampering with the event: in what travels with the release, in what the Chronicle answers, and in both.

use certified_evidence::wire::chronicle::{EventType, StoredEvent};
use certified_evidence::{Digest, Integrity};
use certified_verify::Refusal;

use crate::release::Release;

refused! { Event, good:
    an_event_about_another_tarball_is_refused, "event/other-digest",
        |r| r.record(|event| event.payload.artifacts.tarball_hash = Digest::of(b"other"));
    an_event_about_another_tar_is_refused, "event/other-digest",
        |r| r.record(|event| event.payload.artifacts.tar_hash = Digest::of(b"other"));
    an_event_about_another_integrity_is_refused, "event/other-event",
        |r| r.record(|event| event.payload.artifacts.integrity = Integrity::of(b"other"));
    an_event_about_another_size_is_refused, "event/other-event",
        |r| r.record(|event| event.payload.artifacts.size_bytes += 1);
    an_event_about_a_tarball_of_another_name_is_refused, "event/other-event",
        |r| r.record(|event| event.payload.artifacts.tarball_name.push('x'));
    an_event_about_another_package_is_refused, "event/other-event",
        |r| r.record(|event| event.payload.package = "@acme/gadgets".parse().unwrap());
    an_event_about_another_version_is_refused, "event/other-event",
        |r| r.record(|event| event.payload.version = "1.2.4".parse().unwrap());
    an_event_of_another_type_is_refused, "event/other-event",
        |r| r.record(|event| {
            event.event_type = EventType::Published;
            event.payload.event_type = EventType::Published;
        });
    an_event_that_was_asked_for_as_another_type_is_refused, "event/other-event",
        |r| r.record(|event| event.payload.event_type = EventType::Published);
    an_event_with_another_name_than_in_the_block_is_refused, "event/other-event",
        |r| r.record(|event| event.id = "evt_20260101120000_ab12cd".parse().unwrap());
    a_block_that_names_another_event_is_refused_even_when_it_is_signed, "event/other-event",
        |r| r.publish_block(|block| {
            block.provenance.chronicle_event = "evt_20260101120000_ab12cd".parse().unwrap();
        });

    evidence_of_an_event_about_another_tarball_is_refused, "event/other-digest",
        |r| r.evidence.event.event.payload.artifacts.tarball_hash = Digest::of(b"other");
    evidence_of_an_event_about_another_version_is_refused, "event/other-event",
        |r| r.evidence.event.event.payload.version = "1.2.4".parse().unwrap();
    evidence_of_an_event_that_the_chronicle_tells_otherwise_is_refused, "event/changed",
        |r| r.evidence.event.event.actor.push('x');

    an_event_that_the_chronicle_does_not_know_is_refused, "event/missing",
        |r| r.told.event = None;
    a_chronicle_that_tells_of_another_tarball_is_refused, "event/other-digest",
        |r| told(r).payload.artifacts.tarball_hash = Digest::of(b"other");
    a_chronicle_that_tells_of_another_version_is_refused, "event/other-event",
        |r| told(r).payload.version = "1.2.4".parse().unwrap();
    a_chronicle_that_tells_of_another_time_is_refused, "event/changed",
        |r| told(r).timestamp = told(r).timestamp.plus_seconds(1);
    a_chronicle_that_tells_of_another_actor_is_refused, "event/changed",
        |r| told(r).actor.push('x');
    a_chronicle_that_tells_of_another_certificate_is_refused, "event/changed",
        |r| told(r).payload.cert_id = "CERT-PKG-20260101-OTHER".parse().unwrap();
}

/// What the Chronicle answers, apart from what travels with the release.
fn told(release: &mut Release) -> &mut StoredEvent {
    release.told.event.as_mut().unwrap()
}

#[test]
fn an_event_about_another_tarball_is_refused_without_asking_the_chronicle() {
    let mut release = Release::good();
    release.record(|event| event.payload.artifacts.tarball_hash = Digest::of(b"other"));
    let refusal = release.judge_offline().outcome.unwrap_err();
    let (expected, found) = (release.evidence.certified.sha256, Digest::of(b"other"));
    assert_eq!(refusal, Refusal::EventOtherDigest { expected, found });
}
