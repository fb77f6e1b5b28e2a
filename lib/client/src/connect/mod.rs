//! ChittyConnect: credentials that live for an hour, for whoever says who asks.
//!
//! | route | shows | file |
//! |---|---|---|
//! | `POST /api/github-actions/credentials` | an identity token of the workflow run | `run` |
//! | `GET /api/github-actions/available` | – | `run` |
//! | `POST /credentials/deploy` | an API key | `key` |
//! | `POST /api/credentials/provision` | the same | `key` |
//!
//! Every secret of an answer is hidden before anything else is done with it, also when it is refused or was not asked for, and when the rest
//! of the answer cannot be read. What would live longer than an hour is refused.

mod key;
mod run;

use certified_evidence::wire::connect::LONGEST_LIFE;
use certified_evidence::{Secret, Timestamp};
use reqwest::Method;
use serde::de::DeserializeOwned;

use crate::answer::Answer;
use crate::base_url::BaseUrl;
use crate::call::Call;
use crate::credentials::credentials;
use crate::error::{ClientError, Failure, Service};
use crate::patience::Patience;
use crate::transport::Transport;

pub use run::Given;

/// A handful of tokens. An attempt too many costs a credential that nobody uses and that is over in an hour.
pub const CONNECT: Patience = Patience {
    attempts: 5,
    largest_answer: 256 * 1024,
    ..Patience::SMALL
};

/// Asks ChittyConnect for credentials.
#[derive(Debug)]
pub struct ChittyConnect {
    transport: Transport,
    base: BaseUrl,
    hide: Hide,
    patience: Patience,
}

/// What keeps a secret out of sight from the moment on that it is known: a mask for the log that strangers read.
pub type Hide = fn(&Secret<String>);

impl ChittyConnect {
    /// A client. `hide` hears every secret before anybody else does.
    pub const fn new(transport: Transport, base: BaseUrl, hide: Hide) -> Self {
        Self {
            transport,
            base,
            hide,
            patience: CONNECT,
        }
    }

    /// Other limits than [`CONNECT`].
    #[must_use]
    pub const fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    fn call(&self, method: Method, path: &str) -> Call<'_> {
        Call::new(
            &self.transport,
            Service::Connect,
            self.patience,
            method,
            self.base.at(path),
        )
    }

    /// The value of an answer in which credentials may be.
    fn read<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, ClientError> {
        credentials(&answer.body).iter().for_each(self.hide);
        answer.json(Service::Connect)
    }
}

/// Lets pass what ends within the hour; so does what nobody knows the end of. The clocks of two machines may differ.
fn lives_an_hour(expires_at: Option<Timestamp>, now: Timestamp) -> Result<(), ClientError> {
    let latest = now.plus_seconds(LONGEST_LIFE + LEEWAY);
    match expires_at {
        Some(expires_at) if expires_at > latest => Err(failed(Failure::LongLived { expires_at, now })),
        _ => Ok(()),
    }
}

const fn failed(what: Failure) -> ClientError {
    ClientError::new(Service::Connect, what)
}

/// Seconds.
const LEEWAY: u64 = 5 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lives_longer_than_an_hour_is_refused() {
        let now = Timestamp::from_unix(1_767_268_800);
        for (seconds, fine) in [
            (0, true),
            (3600, true),
            (3900, true),
            (3901, false),
            (31_536_000, false),
        ] {
            assert_eq!(
                lives_an_hour(Some(now.plus_seconds(seconds)), now).is_ok(),
                fine,
                "{seconds}"
            );
        }
        assert!(lives_an_hour(None, now).is_ok());
    }
}
