//! Cloudflare: the S3 key that belongs to an API token.
//!
//! Sends:    `GET /user/tokens/verify`, or `GET /accounts/{account}/tokens/verify` for a token that belongs to an account
//! Needs:    an API token that may read and write objects of the bucket; Cloudflare answers for every token that is in force
//!
//! Nothing but the token's name comes from Cloudflare: it is the name of the S3 key, and the key itself is the SHA-256 of the token in
//! hexadecimal (<https://developers.cloudflare.com/r2/api/tokens/>, *Get S3 API credentials from an API token*). So an archive needs one
//! secret where it needed two.

use std::fmt;
use std::str::FromStr;

use certified_evidence::{Digest, Secret};
use reqwest::Method;
use serde::Deserialize;

use crate::base_url::BaseUrl;
use crate::call::Call;
use crate::error::{ClientError, Failure, Service, silence};
use crate::patience::Patience;
use crate::transport::Transport;

/// The name of a token, and nothing else that is read.
pub const CLOUDFLARE: Patience = Patience {
    largest_answer: 64 * 1024,
    ..Patience::SMALL
};

/// Asks Cloudflare about one API token.
#[derive(Debug)]
pub struct Cloudflare {
    transport: Transport,
    base: BaseUrl,
    token: Secret<String>,
    patience: Patience,
}

/// An account at Cloudflare, for example `023e105f4ecef8ad9ca31a8372d0c353`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccountId(String);

/// A text that is no account.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an account of Cloudflare's has 32 hexadecimal digits, found {found} characters that are not so")]
pub struct AccountIdError {
    /// How long it is. It is not shown: people mix it up with their token.
    pub found: usize,
}

/// An S3 access key.
#[derive(Debug)]
pub struct S3Key {
    /// Its name.
    pub access_key_id: Secret<String>,
    /// The key.
    pub secret_access_key: Secret<String>,
}

impl AccountId {
    /// Where the account's buckets are.
    pub fn r2_endpoint(&self) -> String {
        format!("https://{self}.r2.cloudflarestorage.com")
    }
}

impl FromStr for AccountId {
    type Err = AccountIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if text.len() == 32 && hex {
            Ok(Self(text.to_owned()))
        } else {
            Err(AccountIdError {
                found: text.chars().count(),
            })
        }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Cloudflare {
    /// Cloudflare's interface.
    pub const ADDRESS: &str = "https://api.cloudflare.com/client/v4";

    /// A client that shows this token.
    pub const fn new(transport: Transport, base: BaseUrl, token: Secret<String>) -> Self {
        Self {
            transport,
            base,
            token,
            patience: CLOUDFLARE,
        }
    }

    /// Other limits than [`CLOUDFLARE`].
    #[must_use]
    pub const fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// The S3 key of the token. The same token may belong to the account or to a person of it, and nothing in it says which: the account is
    /// asked first, and who is not of it is looked for among the people.
    ///
    /// # Errors
    /// See [`ClientError::class`]; a token that is not in force is not accepted.
    pub async fn s3_key(&self, account: &AccountId) -> Result<S3Key, ClientError> {
        let of_account = self.verify(&format!("/accounts/{account}/tokens/verify")).await;
        let name = match of_account {
            Err(error) if is_unknown_there(&error) => self.verify("/user/tokens/verify").await?,
            other => other?,
        };
        Ok(S3Key {
            access_key_id: Secret::new(name),
            secret_access_key: Secret::new(Digest::of(self.token.expose().as_bytes()).hex()),
        })
    }

    async fn verify(&self, path: &str) -> Result<String, ClientError> {
        let url = self.base.at(path);
        let call = Call::new(&self.transport, Service::Cloudflare, self.patience, Method::GET, url);
        let answer = call.token(Some(&self.token))?.send().await?;
        let told: Told = answer.json(Service::Cloudflare)?;
        let refused = |what| Err(answer.refused(Service::Cloudflare, what));
        match told.result {
            Some(TokenFacts { id, status }) if status == "active" && told.success => {
                if id.len() > 64 || id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                    return refused(Failure::Unreadable("the token's name is none".into()));
                }
                Ok(id)
            }
            _ => refused(Failure::Unauthorized(silence())),
        }
    }
}

/// Cloudflare says so with one of three, depending on the kind of token and on how it was made.
const fn is_unknown_there(error: &ClientError) -> bool {
    matches!(
        error.what,
        Failure::Unauthorized(_) | Failure::Forbidden(_) | Failure::NotFound(_) | Failure::Refused { status: 400, .. }
    )
}

#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    success: bool,
    result: Option<TokenFacts>,
}

#[derive(Deserialize)]
struct TokenFacts {
    id: String,
    status: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_32_digits_and_a_token_in_its_place_is_not_repeated() {
        let account: AccountId = "023e105f4ecef8ad9ca31a8372d0c353".parse().unwrap();
        assert_eq!(
            account.r2_endpoint(),
            "https://023e105f4ecef8ad9ca31a8372d0c353.r2.cloudflarestorage.com"
        );
        for text in [
            "",
            "acme",
            "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY",
            "../../../etc/passwd/0000000000000",
        ] {
            let error = text.parse::<AccountId>().unwrap_err();
            assert!(text.is_empty() || !error.to_string().contains(text), "{error}");
        }
    }
}
