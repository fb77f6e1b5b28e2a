//! Where the archive is, and with which key: an S3 key that was given, or the one that belongs to an API token of Cloudflare's.

use std::path::Path;

use certified_client::store::{R2, R2Place, S3Options, Store};
use certified_client::{AccountId, Transport};
use certified_evidence::Secret;
use url::Url;

use crate::args::Places;
use crate::connect::base;
use crate::failure::Failure;
use crate::secrets;

/// Where the archive is: where it was said to be, else R2 of the account.
pub(crate) fn place(places: &Places) -> Result<Option<String>, Failure> {
    match (&places.store, account(places)?) {
        (Some(place), _) => Ok(Some(place.clone())),
        (None, Some(account)) => Ok(Some(account.r2_endpoint())),
        (None, None) => Ok(None),
    }
}

/// Whether there is anything to sign with.
pub(crate) fn has_key() -> bool {
    secrets::secret(secrets::STORE_KEY)
        .or_else(|| secrets::secret(secrets::CLOUDFLARE))
        .is_some()
}

/// R2 of the account, to which a token of Cloudflare's is the key; nothing where no account was named, or another place than a service's.
pub(crate) fn r2(places: &Places, transport: &Transport) -> Result<Option<R2>, Failure> {
    let (Some(account), Some(endpoint)) = (account(places)?, place(places)?.filter(|place| is_url(place))) else {
        return Ok(None);
    };
    let place = R2Place {
        cloudflare: base("--cloudflare-api-url", &places.cloudflare_api_url)?,
        account,
        endpoint: base("--store", &endpoint)?,
        bucket: places.r2_bucket.clone(),
        public_base: public_base(places)?,
    };
    Ok(Some(R2::new(transport.clone(), place, secrets::hide)?))
}

/// Where everybody may read.
fn public_base(places: &Places) -> Result<Option<Url>, Failure> {
    let url = |text: &String| {
        Url::parse(text).map_err(|error| Failure::Url {
            what: "--r2-public-url",
            error,
        })
    };
    places.r2_public_url.as_ref().map(url).transpose()
}

/// The archive, and what opens it where nobody gave a key.
pub(crate) struct Archive {
    pub(crate) store: Store,
    pub(crate) r2: Option<R2>,
}

impl From<Store> for Archive {
    fn from(store: Store) -> Self {
        Self { store, r2: None }
    }
}

/// The archive. A stored key goes first. Without anything nothing can be asked of the store; it answers so, and the error names the variables.
pub(crate) async fn open(places: &Places, transport: &Transport) -> Result<Option<Archive>, Failure> {
    let Some(place) = place(places)? else {
        return Ok(None);
    };
    let public = public_base(places)?;
    if !is_url(&place) {
        return Ok(Some(Store::folder(local(&place), &places.r2_bucket, public)?.into()));
    }
    let key = secrets::secret(secrets::STORE_KEY);
    if key.is_none() {
        match (secrets::secret(secrets::CLOUDFLARE), r2(places, transport)?) {
            (Some(token), Some(r2)) => return Ok(Some(r2.unlocked(token).await?.into())),
            (Some(_), None) => return Err(Failure::NoAccount),
            (None, Some(r2)) => {
                let store = r2.locked();
                return Ok(Some(Archive { store, r2: Some(r2) }));
            }
            (None, None) => {}
        }
    }
    let or_nothing = |secret: Option<_>| secret.unwrap_or_else(|| Secret::new(String::new()));
    let mut options = S3Options::new(
        base("--store", &place)?,
        &places.r2_bucket,
        or_nothing(key),
        or_nothing(secrets::secret(secrets::STORE_SECRET)),
    );
    options.public_base = public;
    Ok(Some(Store::s3(transport, options)?.into()))
}

pub(crate) fn local(place: &str) -> &Path {
    Path::new(place.strip_prefix("file://").unwrap_or(place))
}

pub(crate) fn is_url(place: &str) -> bool {
    place.starts_with("https://") || place.starts_with("http://")
}

fn account(places: &Places) -> Result<Option<AccountId>, Failure> {
    let text = places
        .account_id
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    Ok(text.map(str::parse).transpose()?)
}
