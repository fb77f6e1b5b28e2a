//! A bucket of R2's to which an API token of Cloudflare's is the key.

use certified_evidence::Secret;
use url::Url;

use super::{S3Options, Store};
use crate::base_url::BaseUrl;
use crate::cloudflare::{AccountId, Cloudflare};
use crate::connect::Hide;
use crate::error::ClientError;
use crate::transport::Transport;

/// A bucket that is known before its key is.
#[derive(Debug)]
pub struct R2 {
    transport: Transport,
    place: R2Place,
    hide: Hide,
    locked: Store,
}

/// Where a bucket is, and who knows the name of its key.
#[derive(Clone, Debug)]
pub struct R2Place {
    /// Cloudflare's interface; see [`Cloudflare::ADDRESS`].
    pub cloudflare: BaseUrl,
    /// The account that the token is for.
    pub account: AccountId,
    /// The service's address; see [`AccountId::r2_endpoint`].
    pub endpoint: BaseUrl,
    /// The bucket.
    pub bucket: String,
    /// Where the bucket's objects can be read without a key.
    pub public_base: Option<Url>,
}

impl R2 {
    /// Nobody is asked yet. `hide` hears a key before anybody else does.
    ///
    /// # Errors
    /// As [`Store::s3`].
    pub fn new(transport: Transport, place: R2Place, hide: Hide) -> Result<Self, ClientError> {
        let nothing = || Secret::new(String::new());
        let locked = Store::s3(&transport, place.with_key(nothing(), nothing()))?;
        Ok(Self {
            transport,
            place,
            hide,
            locked,
        })
    }

    /// The bucket, without a key.
    pub fn locked(&self) -> Store {
        self.locked.clone()
    }

    /// The bucket, with the key of this token. Cloudflare is asked for the key's name.
    ///
    /// # Errors
    /// As [`Cloudflare::s3_key`].
    pub async fn unlocked(&self, token: Secret<String>) -> Result<Store, ClientError> {
        let cloudflare = Cloudflare::new(self.transport.clone(), self.place.cloudflare.clone(), token);
        let key = cloudflare.s3_key(&self.place.account).await?;
        (self.hide)(&key.access_key_id);
        (self.hide)(&key.secret_access_key);
        let options = self.place.with_key(key.access_key_id, key.secret_access_key);
        Store::s3(&self.transport, options)
    }
}

impl R2Place {
    fn with_key(&self, access_key_id: Secret<String>, secret_access_key: Secret<String>) -> S3Options {
        let (endpoint, bucket) = (self.endpoint.clone(), self.bucket.clone());
        let mut options = S3Options::new(endpoint, bucket, access_key_id, secret_access_key);
        options.public_base.clone_from(&self.public_base);
        options
    }
}
