//! One call: its attempts, and what becomes of them.

use std::error::Error;
use std::time::Duration;

use backon::Retryable;
use bytes::Bytes;
use certified_evidence::Secret;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Serialize;
use uuid::Uuid;

use crate::answer::{Answer, Lost};
use crate::error::{ClientError, Failure, Service};
use crate::patience::{Patience, share};
use crate::redact::printable;
use crate::token;
use crate::transport::Transport;

/// A request to one service, before it is sent.
pub(crate) struct Call<'a> {
    pub(crate) service: Service,
    transport: &'a Transport,
    patience: Patience,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Bytes>,
    secrets: Vec<&'a Secret<String>>,
    repeat: Repeat,
    accepted: &'static [u16],
}

/// When a call may be sent again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Repeat {
    /// The service answers a repetition like the first: also when the answer was lost.
    Freely,
    /// Only when nothing was sent.
    IfUnsent,
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        transport: &'a Transport,
        service: Service,
        patience: Patience,
        method: Method,
        url: Url,
    ) -> Self {
        Self {
            service,
            transport,
            patience,
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            secrets: Vec::new(),
            repeat: Repeat::Freely,
            accepted: &[],
        }
    }

    /// Sends this token, which the service has to have for this call.
    pub(crate) fn token(self, token: Option<&'a Secret<String>>) -> Result<Self, ClientError> {
        let Some(token) = token else {
            return Err(ClientError::new(self.service, Failure::NoToken));
        };
        let value = token::bearer(token).map_err(|what| ClientError::new(self.service, what))?;
        Ok(self.secret(AUTHORIZATION, value, token))
    }

    /// Sends a secret in a header.
    pub(crate) fn secret(mut self, name: HeaderName, value: HeaderValue, secret: &'a Secret<String>) -> Self {
        self.headers.insert(name, value);
        self.secrets.push(secret);
        self
    }

    /// Knows this as a secret, wherever in the request it is sent.
    pub(crate) fn hiding(mut self, secret: &'a Secret<String>) -> Self {
        self.secrets.push(secret);
        self
    }

    pub(crate) fn header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.insert(name, HeaderValue::from_static(value));
        self
    }

    pub(crate) fn json(self, body: &impl Serialize) -> Result<Self, ClientError> {
        match serde_json::to_vec(body) {
            Ok(bytes) => Ok(self.json_bytes(bytes.into())),
            Err(error) => Err(ClientError::new(
                self.service,
                Failure::Request(printable(&error.to_string())),
            )),
        }
    }

    pub(crate) fn json_bytes(self, body: Bytes) -> Self {
        self.body("application/json", body)
    }

    pub(crate) fn body(mut self, content_type: &'static str, body: Bytes) -> Self {
        self.body = Some(body);
        self.header(CONTENT_TYPE, content_type)
    }

    pub(crate) const fn repeat(mut self, repeat: Repeat) -> Self {
        self.repeat = repeat;
        self
    }

    /// Statuses besides 2xx whose body the caller reads itself.
    pub(crate) const fn accept(mut self, statuses: &'static [u16]) -> Self {
        self.accepted = statuses;
        self
    }

    /// Sends it as often as [`Patience`] allows. All attempts carry the same `X-Request-ID`.
    pub(crate) async fn send(mut self) -> Result<Answer, ClientError> {
        let id = Uuid::new_v4().to_string();
        let failed = |what| ClientError::new(self.service, what).of_request(&id);
        let value = HeaderValue::from_str(&id).map_err(|error| failed(Failure::Request(error.to_string())))?;
        self.headers.insert(REQUEST_ID, value);
        let connect = self.patience.connect.min(self.patience.timeout);
        let http = self
            .transport
            .client(connect)
            .map_err(|error| failed(Failure::Request(describe(&error))))?;
        let outcome = (|| self.attempt(&http))
            .retry(self.patience.pauses())
            .sleep(tokio::time::sleep)
            .when(|lost| self.may_repeat(&lost.what))
            .adjust(|lost, pause| pause.and_then(|longest| pause_after(lost, longest)))
            .await;
        match outcome {
            Ok(answer) => Ok(answer.with_request_id(id)),
            Err(lost) => Err(failed(lost.what)),
        }
    }

    async fn attempt(&self, http: &reqwest::Client) -> Result<Answer, Lost> {
        let deadline = self.patience.timeout;
        match tokio::time::timeout(deadline, self.exchange(http)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Lost::from(Failure::Unknown(format!(
                "no whole answer within {} s",
                deadline.as_secs_f32()
            )))),
        }
    }

    async fn exchange(&self, http: &reqwest::Client) -> Result<Answer, Lost> {
        let mut request = http
            .request(self.method.clone(), self.url.clone())
            .headers(self.headers.clone());
        if let Some(body) = &self.body {
            request = request.body(body.clone());
        }
        let response = request.send().await.map_err(|error| Lost::from(unanswered(&error)))?;
        let secrets: Vec<&str> = self.secrets.iter().map(|secret| secret.expose().as_str()).collect();
        Answer::read(response, self.patience.largest_answer, self.accepted, &secrets).await
    }

    const fn may_repeat(&self, what: &Failure) -> bool {
        match what {
            Failure::NotSent(_) => true,
            Failure::Unknown(_) | Failure::RateLimited { .. } | Failure::Unavailable { .. } => {
                matches!(self.repeat, Repeat::Freely)
            }
            _ => false,
        }
    }
}

/// How long to wait before the next attempt, or not to make it.
fn pause_after(lost: &Lost, longest: Duration) -> Option<Duration> {
    match lost.retry_after {
        None => Some(share(longest)),
        Some(asked) if asked <= Patience::LONGEST_PAUSE => Some(asked),
        Some(_) => None,
    }
}

/// Whether a request without an answer can have arrived: not when the connection itself failed.
pub(crate) fn unanswered(error: &reqwest::Error) -> Failure {
    if !error.is_connect() {
        return Failure::Unknown(describe(error));
    }
    match tls_error(error) {
        Some(cause) => Failure::Tls(printable(&cause)),
        None => Failure::NotSent(describe(error)),
    }
}

/// The cause at the bottom, which says more than the layers above it; never the URL.
pub(crate) fn describe(error: &(dyn Error + 'static)) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    printable(&deepest.to_string())
}

fn tls_error(error: &reqwest::Error) -> Option<String> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(tls.to_string());
        }
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            // An IO error passes over what it wraps when it is asked for its source.
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
