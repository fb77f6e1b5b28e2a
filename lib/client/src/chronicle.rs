//! The Chronicle, behind the gateway.

use certified_evidence::wire::chronicle::{EventReply, EventRequest, StoredEvent};
use certified_evidence::{EventId, Secret};
use reqwest::Method;

use crate::base_url::BaseUrl;
use crate::call::Call;
use crate::error::{ClientError, Service};
use crate::patience::{MIB, Patience};
use crate::transport::Transport;

/// An event is small and is answered when it is durable. The same event again is answered with the first, so a lost
/// answer is asked for again.
pub const CHRONICLE: Patience = Patience {
    largest_answer: MIB / 4,
    ..Patience::SMALL
};

/// Tells the Chronicle, and asks it.
#[derive(Debug)]
pub struct Chronicle {
    transport: Transport,
    base: BaseUrl,
    token: Option<Secret<String>>,
    patience: Patience,
}

impl Chronicle {
    /// A client that may record. `base` is the gateway's address.
    pub const fn new(transport: Transport, base: BaseUrl, token: Secret<String>) -> Self {
        Self {
            transport,
            base,
            token: Some(token),
            patience: CHRONICLE,
        }
    }

    /// A client that may only read.
    pub const fn reader(transport: Transport, base: BaseUrl) -> Self {
        Self {
            transport,
            base,
            token: None,
            patience: CHRONICLE,
        }
    }

    /// Whether it was made with a token.
    pub const fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Other limits than [`CHRONICLE`].
    #[must_use]
    pub const fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Records an event, or finds it recorded.
    ///
    /// # Errors
    /// See [`ClientError::class`]. That the answer is about the event sent is for the caller to check.
    pub async fn record(&self, request: &EventRequest) -> Result<EventReply, ClientError> {
        let call = self
            .call(Method::POST, "/chronicle/events")
            .token(self.token.as_ref())?;
        call.json(request)?.send().await?.json(Service::Chronicle)
    }

    /// A recorded event, if there is one of this name. Sends no token.
    ///
    /// # Errors
    /// See [`ClientError::class`].
    pub async fn event(&self, id: &EventId) -> Result<Option<StoredEvent>, ClientError> {
        let answer = self
            .call(Method::GET, &format!("/chronicle/events/{id}"))
            .accept(&[404])
            .send()
            .await?;
        if answer.status == 404 {
            return Ok(None);
        }
        answer.json(Service::Chronicle).map(Some)
    }

    fn call(&self, method: Method, path: &str) -> Call<'_> {
        Call::new(
            &self.transport,
            Service::Chronicle,
            self.patience,
            method,
            self.base.at(path),
        )
    }
}
