//! Asks each place what it has.

use std::path::Path;

use bytes::Bytes;
use certified_client::npm::{Dist, Npm};
use certified_client::store::Store;
use certified_client::{ChittyId, Chronicle, ClientError};
use certified_evidence::wire::certificates::VerifyReply;
use certified_evidence::wire::chronicle::{EventType, StoredEvent};
use certified_evidence::wire::npm::StageItem;
use certified_evidence::wire::registry::PackageRecord;
use certified_evidence::{CertId, Digest, PackageName, Timestamp, Version};
use serde_json::{Map, Value, json};

use super::{Holding, Presence};
use crate::steps::upload::key;
use crate::{Project, Settings, Sources, State};

/// What came of asking.
pub(super) enum Seen<T> {
    Present(T),
    Absent,
    NotAsked(&'static str),
    Unavailable(ClientError),
}

/// What every place has.
pub(super) struct Found {
    pub(super) certificate: Seen<VerifyReply>,
    pub(super) events: Seen<Vec<StoredEvent>>,
    pub(super) archive: Seen<Vec<(String, Bytes)>>,
    pub(super) record: Seen<Box<PackageRecord>>,
    pub(super) npm: Seen<OnNpm>,
    /// What waits on npm's stage, as far as our token may look.
    pub(super) stage: Option<StageItem>,
}

/// A version as npm has it.
pub(super) struct OnNpm {
    pub(super) dist: Dist,
    pub(super) tags: Vec<String>,
    pub(super) published_at: Option<Timestamp>,
    pub(super) bytes: Vec<u8>,
}

/// Asks all of them at once; ChittyID last, because the others know the certificate's name.
pub(super) async fn ask(project: &Project, sources: &Sources) -> Found {
    let (name, version) = (project.name(), project.version());
    let registry = async {
        match &sources.registry {
            Some(registry) => Seen::of(registry.package(name, version).await.map(|found| found.map(Box::new))),
            None => Seen::NotAsked("no registry is named"),
        }
    };
    let (npm, stage, record, events, archive) = tokio::join!(
        on_npm(sources.npm.as_ref(), name, version),
        on_stage(sources.npm.as_ref(), name, version),
        registry,
        events(sources.chronicle.as_ref(), name, version),
        archived(sources.store.as_ref(), name, version),
    );
    let certificate = match certificate_of(&record, &events) {
        Some(id) => certificate(sources.chitty_id.as_ref(), &id).await,
        None => Seen::NotAsked("nothing names a certificate of this release"),
    };
    Found {
        certificate,
        events,
        archive,
        record,
        npm,
        stage,
    }
}

/// What runs on this machine have left. The folder is only looked at.
pub(super) fn state(project: &Project, settings: &Settings, states: &Path) -> Holding {
    let folder = State::folder_of(states, &settings.npm_registry, project.name(), project.version());
    let steps = State::steps_in(&folder);
    let words: Vec<_> = steps.iter().map(|step| step.as_str()).collect();
    let presence = if folder.is_dir() {
        Presence::Present
    } else {
        Presence::Absent
    };
    let mut facts = vec![("folder", json!(folder.display().to_string()))];
    if !words.is_empty() {
        facts.push(("left by", json!(words.join(", "))));
    }
    Holding::new("state", presence, facts)
}

async fn on_npm(npm: Option<&Npm>, name: &PackageName, version: &Version) -> Seen<OnNpm> {
    let Some(npm) = npm else {
        return Seen::NotAsked("no npm registry is named");
    };
    let ask = async {
        let Some(packument) = npm.packument(name).await? else {
            return Ok(None);
        };
        let Some(dist) = packument.dist(version) else {
            return Ok(None);
        };
        let bytes = npm.tarball(name, version, &packument).await?;
        let of_version = packument.dist_tags.iter().filter(|(_, at)| **at == version.to_string());
        Ok(Some(OnNpm {
            dist,
            tags: of_version.map(|(tag, _)| tag.clone()).collect(),
            published_at: packument.published_at(version),
            bytes,
        }))
    };
    Seen::of(ask.await)
}

/// Strangers see nothing of the stage, and most registries have none: whoever may not look is told nothing.
async fn on_stage(npm: Option<&Npm>, name: &PackageName, version: &Version) -> Option<StageItem> {
    let npm = npm.filter(|npm| npm.has_token())?;
    npm.staged(name, version).await.ok().flatten()
}

async fn events(chronicle: Option<&Chronicle>, name: &PackageName, version: &Version) -> Seen<Vec<StoredEvent>> {
    let Some(chronicle) = chronicle else {
        return Seen::NotAsked("no gateway is named");
    };
    let ask = async {
        let listed = chronicle.events_of(name).await?.map(|list| list.events);
        let mut events = Vec::new();
        for line in listed.into_iter().flatten().filter(|line| line.version == *version) {
            if events.len() < MOST_EVENTS {
                events.extend(chronicle.event(&line.event_id).await?);
            }
        }
        Ok((!events.is_empty()).then_some(events))
    };
    Seen::of(ask.await)
}

async fn archived(store: Option<&Store>, name: &PackageName, version: &Version) -> Seen<Vec<(String, Bytes)>> {
    let Some(store) = store else {
        return Seen::NotAsked("nothing says where the archive can be read: --store or --r2-public-url");
    };
    let ask = async {
        let mut objects = Vec::new();
        for ending in OBJECTS {
            let key = format!("{}{ending}", key(name, version));
            let found = store.get(&key).await?;
            objects.extend(found.map(|bytes| (store.location(&key), bytes)));
        }
        Ok((!objects.is_empty()).then_some(objects))
    };
    Seen::of(ask.await)
}

async fn certificate(chitty_id: Option<&ChittyId>, id: &CertId) -> Seen<VerifyReply> {
    match chitty_id {
        Some(chitty_id) => Seen::of(chitty_id.verify(id, None).await.map(Some)),
        None => Seen::NotAsked("no ChittyID is named"),
    }
}

/// The registry's word goes before the Chronicle's: a run goes on with what is registered.
fn certificate_of(record: &Seen<Box<PackageRecord>>, events: &Seen<Vec<StoredEvent>>) -> Option<CertId> {
    match (record, events) {
        (Seen::Present(record), _) => Some(record.release.cert_id.clone()),
        (_, Seen::Present(events)) => {
            let built = |event: &&StoredEvent| event.event_type == EventType::BuildComplete;
            events.iter().rfind(built).map(|event| event.payload.cert_id.clone())
        }
        _ => None,
    }
}

impl<T> Seen<T> {
    fn of(asked: Result<Option<T>, ClientError>) -> Self {
        match asked {
            Ok(Some(found)) => Self::Present(found),
            Ok(None) => Self::Absent,
            Err(error) => Self::Unavailable(error),
        }
    }

    const fn error(&self) -> Option<&ClientError> {
        match self {
            Self::Unavailable(error) => Some(error),
            _ => None,
        }
    }

    fn holding(&self, place: &'static str, facts: impl FnOnce(&T) -> Facts) -> Holding {
        match self {
            Self::Present(found) => Holding::new(place, Presence::Present, facts(found)),
            Self::Absent => Holding::new(place, Presence::Absent, Facts::new()),
            Self::NotAsked(why) => Holding::new(place, Presence::NotAsked, vec![("because", json!(why))]),
            Self::Unavailable(error) => {
                let facts = vec![("because", json!(error.to_string())), ("help", json!(error.advice()))];
                Holding::new(place, Presence::Unavailable, facts)
            }
        }
    }
}

impl Found {
    /// One row each.
    pub(super) fn holdings(&self) -> Vec<Holding> {
        let places = [
            self.certificate.holding("certificate", about_certificate),
            self.events.holding("chronicle", |events| about_events(events)),
            self.archive.holding("archive", |objects| about_objects(objects)),
            self.record.holding("registry", |record| about_record(record)),
            self.npm.holding("npm", about_npm),
        ];
        let stage = self.stage.as_ref().map(about_stage);
        let stage = stage.map(|facts| Holding::new("npm stage", Presence::Present, facts));
        places.into_iter().chain(stage).collect()
    }

    /// What kept a place from answering.
    pub(super) fn errors(&self) -> impl Iterator<Item = &ClientError> {
        let all = [
            self.certificate.error(),
            self.events.error(),
            self.archive.error(),
            self.record.error(),
            self.npm.error(),
        ];
        all.into_iter().flatten()
    }
}

type Facts = Vec<(&'static str, Value)>;

fn about_certificate(reply: &VerifyReply) -> Facts {
    let standing = match (&reply.certificate, &reply.error) {
        (Some(certificate), _) => json!(certificate.status),
        (None, Some(error)) => json!(error),
        (None, None) => json!(if reply.valid { "active" } else { "invalid" }),
    };
    let mut facts = vec![("standing", standing)];
    if let Some(certificate) = &reply.certificate {
        facts.push(("cert_id", json!(certificate.cert_id)));
        facts.push(("fingerprint", json!(certificate.fingerprint)));
        facts.push(("expires_at", json!(certificate.expires_at)));
    }
    facts
}

fn about_events(events: &[StoredEvent]) -> Facts {
    let about = |event: &StoredEvent| {
        let hash = event.payload.artifacts.tarball_hash;
        let word = match event.event_type {
            EventType::BuildComplete => "built",
            EventType::Published => "published",
            other => other.as_str(),
        };
        (word, json!(format!("{} of {hash}", event.id)))
    };
    events.iter().map(about).collect()
}

fn about_objects(objects: &[(String, Bytes)]) -> Facts {
    let about = |(location, bytes): &(String, Bytes)| json!(format!("{location} {}", Digest::of(bytes)));
    objects.iter().map(|object| ("object", about(object))).collect()
}

fn about_record(record: &PackageRecord) -> Facts {
    let release = &record.release;
    vec![
        ("status", json!(release.status.as_str())),
        ("reg_id", json!(record.reg_id)),
        ("certified", json!(release.tarball_hash)),
        ("integrity", json!(release.integrity)),
        ("cert_id", json!(release.cert_id)),
    ]
}

fn about_npm(on_npm: &OnNpm) -> Facts {
    let said = on_npm.dist.sha512().map(|integrity| json!(integrity));
    let tags = (!on_npm.tags.is_empty()).then(|| json!(on_npm.tags.join(", ")));
    [
        ("integrity", said),
        ("tags", tags),
        ("published_at", on_npm.published_at.map(|at| json!(at))),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

fn about_stage(waiting: &StageItem) -> Facts {
    let facts = [
        ("id", Some(json!(waiting.id))),
        ("tag", waiting.tag.as_ref().map(|tag| json!(tag))),
        ("since", waiting.created_at.map(|at| json!(at))),
    ];
    facts
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

impl Holding {
    /// Facts of the same name become a list.
    fn new(place: &'static str, state: Presence, facts: Facts) -> Self {
        let mut map = Map::new();
        for (name, value) in facts {
            match map.get_mut(name) {
                Some(Value::Array(values)) => values.push(value),
                Some(first) => *first = json!([first.take(), value]),
                None => _ = map.insert(name.to_owned(), value),
            }
        }
        Self {
            place,
            state,
            facts: map,
        }
    }
}

/// What stands beside an archived tarball, by how its key ends.
const OBJECTS: [&str; 4] = ["", ".cert.pem", ".sig", ".sigstore.json"];

/// A release has two; one that was tried with other bytes has more.
const MOST_EVENTS: usize = 8;
