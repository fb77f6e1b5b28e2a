//! One issuer and its keys: given at the start, or asked for and kept for an hour.

use certified_evidence::Timestamp;
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use super::fetch::Fetch;
use super::jwk::Key;
use super::keys::KeySet;
use super::options::{TokenIssuer, is_protected};
use super::{Refused, strict};

/// An issuer, with what is known of its keys.
pub(super) struct Issuer {
    pub(super) named: TokenIssuer,
    kept: Mutex<Kept>,
}

/// What came of asking.
#[derive(Default)]
struct Kept {
    keys: Option<KeySet>,
    since: Option<Timestamp>,
    asked: Option<Timestamp>,
    /// Why the last question brought no keys.
    failed: Option<String>,
}

impl Issuer {
    pub(super) fn new(named: TokenIssuer) -> Self {
        Self {
            named,
            kept: Mutex::default(),
        }
    }

    /// The key of that name. A name that is not among those kept is asked about, once a minute at most: whoever makes up names must not
    /// make this service ask.
    pub(super) async fn key(&self, name: &str, fetch: Option<&dyn Fetch>, now: Timestamp) -> Result<Key, Refused> {
        let (None, Some(fetch)) = (self.named.keys(), fetch) else {
            let found = self.named.keys().and_then(|keys| keys.find(name));
            return found.cloned().ok_or(Refused::UnknownKey);
        };
        // Held while the issuer is asked: many requests at once ask once.
        let mut kept = self.kept.lock().await;
        let fresh = kept.since.is_some_and(|since| now < since.plus_seconds(KEPT));
        let found = kept.keys.as_ref().filter(|_| fresh).and_then(|keys| keys.find(name));
        if let Some(key) = found {
            return Ok(key.clone());
        }
        let may_ask = kept.asked.is_none_or(|asked| now >= asked.plus_seconds(PAUSE));
        if may_ask {
            self.ask(&mut kept, fetch, now).await;
        }
        if let Some(why) = &kept.failed {
            return Err(Refused::KeysUnavailable {
                issuer: self.named.name().to_owned(),
                why: why.clone(),
            });
        }
        let found = kept.keys.as_ref().and_then(|keys| keys.find(name));
        found.cloned().ok_or(Refused::UnknownKey)
    }

    async fn ask(&self, kept: &mut Kept, fetch: &dyn Fetch, now: Timestamp) {
        kept.asked = Some(now);
        match self.fetched(fetch).await {
            Ok(keys) => (kept.keys, kept.since, kept.failed) = (Some(keys), Some(now), None),
            // Keys that were good a moment ago are kept for those who name one of them, until their hour is over.
            Err(why) => kept.failed = Some(why),
        }
    }

    /// The issuer says where its keys are; only at its own place, so that nobody else can.
    async fn fetched(&self, fetch: &dyn Fetch) -> Result<KeySet, String> {
        let issuer = self.named.url();
        let mut address = issuer.clone();
        address.set_path(&format!(
            "{}/.well-known/openid-configuration",
            issuer.path().trim_end_matches('/')
        ));
        let configuration = fetch.get(&address, LARGEST_CONFIGURATION).await?;
        let configuration: Configuration = strict::read(&configuration, "")
            .map_err(|_| "its openid-configuration is not the JSON of one".to_owned())?;
        if configuration.issuer != self.named.name() {
            return Err("its openid-configuration is of another issuer".to_owned());
        }
        let keys = Url::parse(&configuration.jwks_uri).map_err(|_| "its `jwks_uri` is no address".to_owned())?;
        if !is_protected(&keys) || keys.origin() != issuer.origin() {
            return Err("its `jwks_uri` is at another place than the issuer itself".to_owned());
        }
        KeySet::parse(&fetch.get(&keys, KeySet::LARGEST).await?).map_err(|cause| cause.to_string())
    }
}

/// What is read of an issuer's configuration (OpenID Connect Discovery 1.0, section 3).
#[derive(Deserialize)]
struct Configuration {
    issuer: String,
    jwks_uri: String,
}

/// How long keys are kept, in seconds: so long a key that its issuer has taken back may still be believed.
const KEPT: u64 = 60 * 60;
/// Seconds between two questions.
const PAUSE: u64 = 60;
const LARGEST_CONFIGURATION: usize = 64 * 1024;
