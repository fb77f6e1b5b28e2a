//! The credentials of an embedded run: made at the start, worth nothing a week later, and each good for one thing.

use std::sync::Arc;

use certified_evidence::{Secret, Timestamp};
use rand_core::CryptoRng;
use uuid::Uuid;

use crate::auth::hash;
use crate::randomness::hex_256;
use crate::storage::{CredentialState, Credentials, StorageError, StoredCredential};

/// The credentials that the embedded services accept. All but the service token belong to one made-up owner.
#[derive(Debug)]
#[non_exhaustive]
pub struct Tokens {
    /// Asks ChittyID for certificates (`certificate:request`): `chitty_` and 64 hex digits.
    pub chitty_id_token: Secret<String>,
    /// Writes to the Chronicle and to ChittyRegistry through the gateway (`chronicle:write`, `registry:write`): `chitty_api_` and 64 hex digits.
    pub chitty_api_key: Secret<String>,
    /// Writes to ChittyRegistry (`registry:write`): `reg_` and 64 hex digits.
    pub registry_token: Secret<String>,
    /// Speaks for the gateway (`auth:validate`, `certificate:verify`): `svc_` and 64 hex digits.
    pub service_token: Secret<String>,
    /// Publishes to the npm registry (`package:publish`): `npm_` and 64 hex digits.
    pub npm_token: Secret<String>,
    /// Stands for an API token of Cloudflare's that may write to the archive (`r2:write`): `cf_` and 64 hex digits.
    pub cloudflare_token: Secret<String>,
    /// Asks ChittyConnect for credentials (`credentials:provision`): `chitty_key_` and 64 hex digits.
    pub connect_key: Secret<String>,
}

impl Tokens {
    /// The account that [`Tokens::cloudflare_token`] belongs to.
    pub const CLOUDFLARE_ACCOUNT: &str = "10ca10ca10ca10ca10ca10ca10ca10ca";

    /// Makes fresh ones.
    pub(crate) fn mint(rng: &mut impl CryptoRng) -> Self {
        let mut token = |prefix: &str| Secret::new(format!("{prefix}{}", hex_256(rng)));
        Self {
            chitty_id_token: token("chitty_"),
            chitty_api_key: token("chitty_api_"),
            registry_token: token("reg_"),
            service_token: token("svc_"),
            npm_token: token("npm_"),
            cloudflare_token: token("cf_"),
            connect_key: token("chitty_key_"),
        }
    }

    /// Makes them known, by their hashes.
    pub(crate) async fn admit(&self, credentials: &Arc<dyn Credentials>, now: Timestamp) -> Result<(), StorageError> {
        let owner = format!("chittyos.local-publisher.{}", Uuid::new_v4());
        let keys = [
            stored(&self.chitty_id_token, &owner, &["certificate:request"], now),
            stored(
                &self.chitty_api_key,
                &owner,
                &["chronicle:write", "registry:write"],
                now,
            ),
            stored(&self.registry_token, &owner, &["registry:write"], now),
            stored(&self.npm_token, &owner, &["package:publish"], now),
            stored(&self.cloudflare_token, &owner, &["r2:write"], now),
            stored(&self.connect_key, &owner, &["credentials:provision"], now),
        ];
        let service = stored(
            &self.service_token,
            "chittyos.api-gateway",
            &["auth:validate", "certificate:verify"],
            now,
        );
        credentials.add(&keys, &[service]).await
    }
}

fn stored(token: &Secret<String>, owner: &str, scopes: &[&str], now: Timestamp) -> StoredCredential {
    StoredCredential {
        hash: hash(token.expose()),
        owner: owner.to_owned(),
        name: "embedded run".to_owned(),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        state: CredentialState::Active,
        created_at: now,
        expires_at: now.plus_seconds(WEEK),
    }
}

const WEEK: u64 = 7 * 24 * 60 * 60;
