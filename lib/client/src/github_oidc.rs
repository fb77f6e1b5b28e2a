//! GitHub's token service: identity tokens of the run that this is.
//!
//! A job that has the permission `id-token: write` finds two variables: an address, and a token for it. Each question brings a new identity
//! token, made for one audience and good for a few minutes.
//!
//! Spec: <https://docs.github.com/en/actions/reference/security/oidc>

use certified_evidence::Secret;
use reqwest::{Method, Url};
use serde::Deserialize;

use crate::base_url::{BaseUrl, BaseUrlError};
use crate::call::Call;
use crate::error::{ClientError, Failure, Service};
use crate::patience::Patience;
use crate::transport::Transport;

/// A token has about 2 kB.
pub const GITHUB_OIDC: Patience = Patience {
    largest_answer: 64 * 1024,
    ..Patience::SMALL
};

/// Asks GitHub who this run is.
#[derive(Debug)]
pub struct GithubOidc {
    transport: Transport,
    // With its query, which is part of the address.
    address: Url,
    token: Secret<String>,
    patience: Patience,
    mask: fn(&Secret<String>),
}

impl GithubOidc {
    /// The variable with the address.
    pub const ADDRESS: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
    /// The variable with the token.
    pub const TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

    /// With the values of both variables, of which neither may be missing when the other one is there; nothing when neither is: this
    /// is no run of GitHub's, or one that may not say who it is.
    ///
    /// # Errors
    /// [`Failure::NoToken`] for one without the other, [`Failure::Request`] for an address that is none.
    pub fn offered(
        transport: Transport,
        address: Option<&str>,
        token: Option<Secret<String>>,
    ) -> Result<Option<Self>, ClientError> {
        let failed = |what| ClientError::new(Service::GithubOidc, what);
        match (address, token) {
            (None, None) => Ok(None),
            (Some(address), Some(token)) => Ok(Some(Self {
                transport,
                address: checked(address).map_err(|error| failed(Failure::Request(error.to_string())))?,
                token,
                patience: GITHUB_OIDC,
                mask: |_| (),
            })),
            _ => Err(failed(Failure::NoToken)),
        }
    }

    /// Other limits than [`GITHUB_OIDC`].
    #[must_use]
    pub const fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Is told of every token that is obtained with this identity, before it is used: whoever prints has to hide it first.
    #[must_use]
    pub const fn masking(mut self, mask: fn(&Secret<String>)) -> Self {
        self.mask = mask;
        self
    }

    /// Tells of a token that this identity brought.
    pub fn mask(&self, token: &Secret<String>) {
        (self.mask)(token);
    }

    /// A new identity token for this audience.
    ///
    /// # Errors
    /// See [`ClientError::class`].
    pub async fn token(&self, audience: &str) -> Result<Secret<String>, ClientError> {
        let mut url = self.address.clone();
        url.query_pairs_mut().append_pair("audience", audience);
        let call = Call::new(&self.transport, Service::GithubOidc, self.patience, Method::GET, url);
        let answer: Answer = call.token(Some(&self.token))?.send().await?.json(Service::GithubOidc)?;
        self.mask(&answer.value);
        Ok(answer.value)
    }
}

/// The rules of all addresses, but for the query.
fn checked(text: &str) -> Result<Url, BaseUrlError> {
    let (before, query) = text.trim().split_once('?').unwrap_or((text.trim(), ""));
    let base: BaseUrl = before.parse()?;
    let mut url = base.url().clone();
    url.set_query(Some(query).filter(|query| !query.is_empty()));
    Ok(url)
}

#[derive(Deserialize)]
struct Answer {
    value: Secret<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_keeps_its_query_and_goes_where_every_address_may() {
        let url = checked("https://run.actions.example/id//token?api-version=2.0").unwrap();
        assert_eq!(url.as_str(), "https://run.actions.example/id//token?api-version=2.0");
        assert!(matches!(
            checked("http://run.actions.example/?x"),
            Err(BaseUrlError::Plain { .. })
        ));
        assert!(matches!(
            checked("https://u:p@run.actions.example/?x"),
            Err(BaseUrlError::UserInfo)
        ));
    }

    #[test]
    fn one_variable_without_the_other_is_an_error_that_names_the_permission() {
        let offered = |address, token: Option<&str>| {
            GithubOidc::offered(Transport::new().unwrap(), address, token.map(Secret::from))
        };
        assert!(offered(None, None).unwrap().is_none());
        assert!(
            offered(Some("https://run.actions.example/?x"), Some("t"))
                .unwrap()
                .is_some()
        );
        for one in [
            offered(Some("https://run.actions.example"), None),
            offered(None, Some("t")),
        ] {
            assert!(one.unwrap_err().advice().contains("permissions: { id-token: write }"));
        }
    }
}
