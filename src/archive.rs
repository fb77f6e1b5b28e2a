//! Where the archive is, and with which key: an S3 key that was given, or the one that belongs to an API token of Cloudflare's.

use certified_client::{AccountId, Cloudflare, S3Key, Transport};
use certified_evidence::Secret;

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

/// The key: a stored pair goes first. Without anything nothing can be asked of the store; it answers so, and the error names the variables.
pub(crate) async fn key(places: &Places, transport: &Transport) -> Result<S3Key, Failure> {
    let given = |names| secrets::secret(names).unwrap_or_else(|| Secret::new(String::new()));
    match (
        secrets::secret(secrets::STORE_KEY),
        secrets::secret(secrets::CLOUDFLARE),
    ) {
        (None, Some(token)) => {
            let account = account(places)?.ok_or(Failure::NoAccount)?;
            let base = base("--cloudflare-api-url", &places.cloudflare_api_url)?;
            let key = Cloudflare::new(transport.clone(), base, token).s3_key(&account).await?;
            secrets::hide(&key.secret_access_key);
            Ok(key)
        }
        _ => Ok(S3Key {
            access_key_id: given(secrets::STORE_KEY),
            secret_access_key: given(secrets::STORE_SECRET),
        }),
    }
}

fn account(places: &Places) -> Result<Option<AccountId>, Failure> {
    let text = places
        .account_id
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    Ok(text.map(str::parse).transpose()?)
}
