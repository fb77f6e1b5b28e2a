//! What the tests of the rules have in common: one moment, one caller, one release.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use certified_evidence::log::LogSigner;
use certified_evidence::wire::chronicle::EventRequest;
use certified_evidence::wire::registry::RegisterRequest;
use certified_evidence::{KeyAlgorithm, RequestId, SigningKey, Timestamp};
use serde_json::Value;

use crate::auth::{Caller, Kind};
use crate::gateway::Log;
use crate::storage::sqlite::SqliteStore;
use crate::{Addresses, Clock, randomness};

/// The first of January 2026, noon.
pub(crate) const NOW: Timestamp = Timestamp::from_unix(1_767_268_800);

/// A clock that a test moves.
#[derive(Clone, Default)]
pub(crate) struct Later(Arc<AtomicU64>);

impl Later {
    pub(crate) fn clock(&self) -> Clock {
        let later = Arc::clone(&self.0);
        Arc::new(move || NOW.plus_seconds(later.load(Ordering::SeqCst)))
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

pub(crate) async fn store() -> SqliteStore {
    SqliteStore::open_url("sqlite::memory:").await.unwrap()
}

/// A log there, signed with a key that is gone afterwards.
pub(crate) fn log(store: Arc<SqliteStore>) -> Log {
    let key = SigningKey::generate(KeyAlgorithm::EcdsaP256, &mut randomness::system()).unwrap();
    Log::new(
        store,
        LogSigner::ecdsa("log.example.com".parse().unwrap(), key).unwrap(),
        None,
    )
}

pub(crate) fn addresses() -> Arc<Addresses> {
    Arc::new(Addresses::at("127.0.0.1:7070".parse().unwrap()).unwrap())
}

pub(crate) fn caller(id: &str, scopes: &[&str]) -> Caller {
    Caller {
        id: id.into(),
        scopes: scopes.iter().map(|&scope| scope.into()).collect(),
        kind: Kind::ApiKey,
    }
}

pub(crate) fn request_id() -> RequestId {
    "00000000-0000-4000-8000-000000000000".parse().unwrap()
}

/// The event that the golden files record.
pub(crate) fn event() -> EventRequest {
    serde_json::from_str(include_str!("../../../fixtures/wire/chronicle/append.request.json")).unwrap()
}

/// The release that the golden files register, with some of its members replaced.
pub(crate) fn release(changes: &[(&str, Value)]) -> RegisterRequest {
    let text = include_str!("../../../fixtures/wire/registry/register.request.json");
    let mut document: Value = serde_json::from_str(text).unwrap();
    for (at, value) in changes {
        *document.pointer_mut(at).unwrap() = value.clone();
    }
    serde_json::from_value(document).unwrap()
}
