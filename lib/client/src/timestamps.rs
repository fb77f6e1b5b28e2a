//! The timestamp authority of ChittyID (RFC 3161 over HTTP, section 3.4), at the path that Sigstore's clients ask.

use certified_evidence::Timestamp;
use certified_evidence::timestamp_token::{LARGEST, TimestampError, TimestampRequest};
use certified_evidence::trust_root::CertificateAuthority;
use certified_evidence::wire::ErrorReply;
use reqwest::Method;
use reqwest::header::ACCEPT;

use crate::base_url::BaseUrl;
use crate::call::Call;
use crate::error::{ClientError, Failure, Service};
use crate::patience::Patience;
use crate::redact::printable;
use crate::transport::Transport;

/// A timestamp is small and quick. The authority keeps nothing, so a lost answer is asked for again.
pub const TIMESTAMP: Patience = Patience {
    largest_answer: LARGEST,
    ..Patience::SMALL
};

/// Asks a timestamp authority, and believes it only as far as the trusted ones go.
#[derive(Debug)]
pub struct Timestamps {
    transport: Transport,
    base: BaseUrl,
    authorities: Vec<CertificateAuthority>,
    patience: Patience,
}

/// The word of a trusted authority that it was shown a digest.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stamp {
    /// The whole response, as a bundle carries it.
    pub response: Vec<u8>,
    /// The time in it.
    pub at: Timestamp,
}

impl Timestamps {
    /// A client. `base` is ChittyID's address, of which the authority is part.
    pub const fn new(transport: Transport, base: BaseUrl, authorities: Vec<CertificateAuthority>) -> Self {
        Self {
            transport,
            base,
            authorities,
            patience: TIMESTAMP,
        }
    }

    /// Other limits than [`TIMESTAMP`].
    #[must_use]
    pub const fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Asks for a timestamp, and accepts it. Sends no token.
    ///
    /// # Errors
    /// See [`ClientError::class`]; [`Failure::Unproven`] when the answer is no timestamp of a trusted authority about this request.
    pub async fn stamp(&self, request: &TimestampRequest) -> Result<Stamp, ClientError> {
        let query = request
            .to_der()
            .map_err(|cause| ClientError::new(Service::Timestamps, Failure::Request(cause.to_string())))?;
        let url = self.base.at("/api/v1/timestamp");
        let call = Call::new(&self.transport, Service::Timestamps, self.patience, Method::POST, url)
            .body(TimestampRequest::CONTENT_TYPE, query.into())
            .header(ACCEPT, TimestampRequest::ANSWER_CONTENT_TYPE);
        let answer = call.send().await?;
        let accepted = request
            .accept(&answer.body, &self.authorities)
            .map_err(|refusal| answer.refused(Service::Timestamps, failure(answer.status, refusal)))?;
        Ok(Stamp {
            response: answer.body,
            at: accepted.at(),
        })
    }
}

/// An answer that says no is an answer; every other one that is not accepted proves nothing.
fn failure(status: u16, refusal: TimestampError) -> Failure {
    match refusal {
        TimestampError::Refused { said, .. } => Failure::Refused {
            status,
            reply: ErrorReply {
                code: String::new(),
                message: printable(&said),
            },
        },
        other => Failure::Unproven(printable(&other.to_string())),
    }
}
