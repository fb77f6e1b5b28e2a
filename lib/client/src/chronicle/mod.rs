//! The Chronicle, behind the gateway.
//!
//! What it answers about an event comes with a receipt, the proof that the event is in its log. A receipt is checked before the answer is
//! handed on: that the event is in the tree that the checkpoint speaks of and, for whoever knows the log's key
//! ([`Chronicle::with_log`]), that the log signed it. Who knows the key also insists on the receipt.

mod log;

use certified_evidence::log::{Checkpoint, LogKey};
use certified_evidence::wire::chronicle::{
    EventReply, EventRequest, PackageEvents, Receipt, ReceiptRefusal, ShownEvent, StoredEvent,
};
use certified_evidence::{EventId, PackageName, Secret};
use reqwest::Method;
use url::Url;

use crate::answer::Answer;
use crate::base_url::BaseUrl;
use crate::call::Call;
use crate::error::{ClientError, Failure, Service};
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
    logs: Vec<LogKey>,
    patience: Patience,
}

impl Chronicle {
    /// A client that may record. `base` is the gateway's address.
    pub const fn new(transport: Transport, base: BaseUrl, token: Secret<String>) -> Self {
        Self {
            transport,
            base,
            token: Some(token),
            logs: Vec::new(),
            patience: CHRONICLE,
        }
    }

    /// A client that may only read.
    pub const fn reader(transport: Transport, base: BaseUrl) -> Self {
        Self {
            transport,
            base,
            token: None,
            logs: Vec::new(),
            patience: CHRONICLE,
        }
    }

    /// Another token from now on, or none.
    pub fn set_token(&mut self, token: Option<Secret<String>>) {
        self.token = token;
    }

    /// Whether it has a token.
    pub const fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Other limits than [`CHRONICLE`].
    #[must_use]
    pub const fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Believes the log with this key, and nothing about an event that no such log proves. May be called again for a key that follows
    /// another one.
    #[must_use]
    pub fn with_log(mut self, key: LogKey) -> Self {
        self.logs.push(key);
        self
    }

    /// Records an event, or finds it recorded. A receipt in the answer holds, see [`Chronicle::with_log`].
    ///
    /// # Errors
    /// See [`ClientError::class`]; [`Failure::Unproven`] when the receipt does not hold, or is missing and the log's key is known. That the
    /// answer is about the event sent is for the caller to check.
    pub async fn record(&self, request: &EventRequest) -> Result<EventReply, ClientError> {
        let call = self
            .call(Method::POST, "/chronicle/events")
            .token(self.token.as_ref())?;
        let answer = call.json(request)?.send().await?;
        let reply: EventReply = answer.json(Service::Chronicle)?;
        self.holds(&answer, &reply.event, reply.receipt.as_ref())?;
        Ok(reply)
    }

    /// A recorded event, if there is one of this name. Sends no token.
    ///
    /// # Errors
    /// As [`Chronicle::event_with_receipt`].
    pub async fn event(&self, id: &EventId) -> Result<Option<StoredEvent>, ClientError> {
        Ok(self.event_with_receipt(id).await?.map(|shown| shown.event))
    }

    /// A recorded event and its receipt, if there is an event of this name. Sends no token.
    ///
    /// # Errors
    /// See [`ClientError::class`]; [`Failure::Unproven`] as for [`Chronicle::record`].
    pub async fn event_with_receipt(&self, id: &EventId) -> Result<Option<ShownEvent>, ClientError> {
        let answer = self
            .call(Method::GET, &format!("/chronicle/events/{id}"))
            .accept(&[404])
            .send()
            .await?;
        if answer.status == 404 {
            return Ok(None);
        }
        let shown: ShownEvent = answer.json(Service::Chronicle)?;
        self.holds(&answer, &shown.event, shown.receipt.as_ref())?;
        Ok(Some(shown))
    }

    /// The events of a package, the oldest first; none of a package that the Chronicle does not know. Sends no token. The list carries no
    /// receipts: what counts is the event itself.
    ///
    /// # Errors
    /// See [`ClientError::class`]; a list of another package cannot be read.
    pub async fn events_of(&self, name: &PackageName) -> Result<Option<PackageEvents>, ClientError> {
        let path = format!("/chronicle/packages/{}/events", name.escaped());
        let answer = self.call(Method::GET, &path).accept(&[404]).send().await?;
        if answer.status == 404 {
            return Ok(None);
        }
        let events: PackageEvents = answer.json(Service::Chronicle)?;
        if events.package != *name {
            return Err(answer.refused(
                Service::Chronicle,
                Failure::Unreadable("it is about another package".into()),
            ));
        }
        Ok(Some(events))
    }

    /// Checks the receipt that came with an event, as far as it can be checked here.
    fn holds(&self, answer: &Answer, event: &StoredEvent, receipt: Option<&Receipt>) -> Result<(), ClientError> {
        let unproven = |reason| answer.refused(Service::Chronicle, Failure::Unproven(reason));
        let Some(receipt) = receipt else {
            return if self.logs.is_empty() {
                Ok(())
            } else {
                Err(unproven("there is no receipt, and the log's key is known".to_owned()))
            };
        };
        let checked: Result<(), ReceiptRefusal> = match self.key_of(&receipt.checkpoint) {
            Some(key) => receipt.verify(key).map(drop),
            None => receipt.included().map(drop),
        };
        checked
            .and_then(|()| receipt.is_about(event))
            .map_err(|refusal| unproven(refusal.to_string()))
    }

    /// The key that is said to have signed, or any other one, so that there is something to say no.
    fn key_of(&self, checkpoint: &Checkpoint) -> Option<&LogKey> {
        let signatures = checkpoint.note().signatures();
        let said = |key: &&LogKey| {
            let mut named = signatures
                .iter()
                .map(|signature| (signature.name(), signature.key_id()));
            named.any(|signed| signed == (key.name(), key.key_id()))
        };
        self.logs.iter().find(said).or_else(|| self.logs.first())
    }

    fn call(&self, method: Method, path: &str) -> Call<'_> {
        self.call_at(method, self.base.at(path))
    }

    fn call_at(&self, method: Method, url: Url) -> Call<'_> {
        Call::new(&self.transport, Service::Chronicle, self.patience, method, url)
    }
}
