//! What can become of a call that did not go well.

use std::fmt;

use certified_evidence::wire::ErrorReply;
use certified_evidence::{Digest, Timestamp};

use crate::advice;

/// A call that did not end with what was asked for. One lower-case sentence names the service and what happened;
/// [`ClientError::advice`] is the next thing to do; [`ClientError::class`] is what scripts go by.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[error("{service} {what}")]
pub struct ClientError {
    /// Who was asked.
    pub service: Service,
    /// What became of it.
    pub what: Failure,
    request_id: Option<Box<str>>,
}

/// Who is asked.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Service {
    /// Certificates.
    ChittyId,
    /// Identity tokens of a run.
    GithubOidc,
    /// The time of signatures.
    Timestamps,
    /// Events.
    Chronicle,
    /// Registrations.
    Registry,
    /// npm packages.
    Npm,
    /// Tokens for them, given for the identity of a run.
    NpmTrust,
    /// The key to the object store that belongs to an API token.
    Cloudflare,
    /// Archived tarballs and evidence.
    Store,
    /// What credentials are good for.
    Auth,
    /// Credentials.
    Connect,
    /// Approvals, and the release that evidence is attached to.
    GitHub,
}

/// What became of a call.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The call needs a token and the client was made without one. Nothing was sent.
    #[error("needs a token for this, and none was given")]
    NoToken,
    /// The token has characters that no HTTP header can carry, such as a line break. Nothing was sent.
    #[error("cannot be given this token: it has a character that no header can carry, such as a line break")]
    BadToken,
    /// What was to be sent cannot be sent as it is. Nothing was sent.
    #[error("was not asked, because the request cannot be made: {0}")]
    Request(String),
    /// No connection came about. Nothing was sent.
    #[error("could not be reached: {0}")]
    NotSent(String),
    /// No TLS 1.3 connection to a server with a trusted certificate came about. Nothing was sent.
    #[error("offers no TLS 1.3 connection that can be trusted: {0}")]
    Tls(String),
    /// The request was sent, wholly or in part, and its answer was lost: whether it was carried out has to be read
    /// back.
    #[error("was asked, and its answer was lost: {0}")]
    Unknown(String),
    /// 401.
    #[error("does not accept the token{}", said(.0))]
    Unauthorized(ErrorReply),
    /// 401, because npm wants a one-time password from a person.
    #[error("asks for a one-time password")]
    OneTimePassword,
    /// 402 or 403; from npm, also 404 as the answer to a publish.
    #[error("does not permit this with the token given{}", said(.0))]
    Forbidden(ErrorReply),
    /// 404 or 410, where something was expected.
    #[error("does not have what was asked for{}", said(.0))]
    NotFound(ErrorReply),
    /// 409 or 412.
    #[error("already has something else there{}", said(.0))]
    Conflict(ErrorReply),
    /// The object store has an object of this key with other bytes.
    #[error("already has other bytes at `{key}`: ours are {ours}, there are {theirs}")]
    OtherBytes {
        /// The object's key.
        key: String,
        /// SHA-256 of what was to be written.
        ours: Digest,
        /// SHA-256 of what is there.
        theirs: Digest,
    },
    /// 429, also after the attempts that it allowed.
    #[error("has had too many requests{}{}", later(*.retry_after), said(.reply))]
    RateLimited {
        /// Seconds after which to come back, when it said so.
        retry_after: Option<u64>,
        /// What it said.
        reply: ErrorReply,
    },
    /// 408, 425, 500, 502, 503 or 504, also after every attempt.
    #[error("is unavailable, status {status}{}", said(.reply))]
    Unavailable {
        /// The HTTP status.
        status: u16,
        /// What it said.
        reply: ErrorReply,
    },
    /// Any other answer that is no success.
    #[error("refuses the request, status {status}{}", said(.reply))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it said.
        reply: ErrorReply,
    },
    /// A redirect. None is followed: a token must not travel to an address that nobody configured.
    #[error("answers with a redirect, status {status}, and none is followed")]
    Redirected {
        /// The HTTP status.
        status: u16,
    },
    /// A larger answer than this conversation takes.
    #[error("answers with more than {limit} bytes")]
    TooLarge {
        /// Bytes that would have been read.
        limit: usize,
    },
    /// A success whose body is not what it has to be. The body is not shown: it may echo what was sent.
    #[error("gives an answer that cannot be read: {0}")]
    Unreadable(String),
    /// An answer that can be read, and whose proof does not hold: it cannot be believed.
    #[error("gives an answer that it does not prove: {0}")]
    Unproven(String),
    /// A credential that is good for longer than a run may have it.
    #[error("gives a credential that is good until {expires_at}, expected one that ends within an hour of {now}")]
    LongLived {
        /// Its end.
        expires_at: Timestamp,
        /// What time it is here.
        now: Timestamp,
    },
    /// The folder behind the store cannot be read or written.
    #[error("cannot use its folder: {0}")]
    Local(String),
}

/// What a failure means to whoever runs the program.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Class {
    /// The service cannot be had now; safe to run again.
    Unavailable,
    /// A token is missing, refused or lacks a permission.
    Authentication,
    /// Something else is there already.
    Conflict,
    /// Whether it was carried out is not known.
    Unknown,
    /// The service misbehaves: its answer, its size or its TLS certificate cannot be accepted.
    Verification,
    /// The request or the address is wrong.
    Usage,
    /// A local folder cannot be used.
    Local,
}

impl ClientError {
    /// An error of a service.
    pub const fn new(service: Service, what: Failure) -> Self {
        Self {
            service,
            what,
            request_id: None,
        }
    }

    pub(crate) fn of_request(mut self, id: &str) -> Self {
        self.request_id = Some(id.into());
        self
    }

    /// The `X-Request-ID` of the call, for the service's operators; absent when there was no attempt.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The next thing to type or to add.
    pub fn advice(&self) -> String {
        advice::advice(self.service, &self.what)
    }

    /// What it means to whoever runs the program.
    pub const fn class(&self) -> Class {
        match &self.what {
            Failure::NoToken
            | Failure::BadToken
            | Failure::Unauthorized(_)
            | Failure::OneTimePassword
            | Failure::Forbidden(_) => Class::Authentication,
            Failure::NotSent(_) | Failure::RateLimited { .. } | Failure::Unavailable { .. } => Class::Unavailable,
            Failure::Refused { status, .. } if *status >= 500 => Class::Unavailable,
            // A registry's copies disagree for a while after a publish; for the others the address is wrong.
            Failure::NotFound(_) if matches!(self.service, Service::Npm) => Class::Unavailable,
            // npm's word for a package that does not trust this run.
            Failure::NotFound(_) if matches!(self.service, Service::NpmTrust) => Class::Authentication,
            Failure::Unknown(_) => Class::Unknown,
            Failure::Conflict(_) | Failure::OtherBytes { .. } => Class::Conflict,
            Failure::Tls(_)
            | Failure::TooLarge { .. }
            | Failure::Unreadable(_)
            | Failure::Unproven(_)
            | Failure::LongLived { .. } => Class::Verification,
            Failure::Request(_) | Failure::NotFound(_) | Failure::Refused { .. } | Failure::Redirected { .. } => {
                Class::Usage
            }
            Failure::Local(_) => Class::Local,
        }
    }

    /// Whether the same call may be made again without reading back first, because nothing can have come of it.
    pub const fn nothing_was_sent(&self) -> bool {
        matches!(
            self.what,
            Failure::NoToken | Failure::BadToken | Failure::Request(_) | Failure::NotSent(_) | Failure::Tls(_)
        )
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ChittyId => "ChittyID",
            Self::GithubOidc => "GitHub's token service",
            Self::Timestamps => "the timestamp authority",
            Self::Chronicle => "the Chronicle",
            Self::Registry => "ChittyRegistry",
            Self::Npm => "the npm registry",
            Self::NpmTrust => "npm's trusted publishing",
            Self::Cloudflare => "Cloudflare",
            Self::Store => "the object store",
            Self::Auth => "ChittyAuth",
            Self::Connect => "ChittyConnect",
            Self::GitHub => "GitHub",
        })
    }
}

/// A reply without words.
pub(crate) const fn silence() -> ErrorReply {
    ErrorReply {
        code: String::new(),
        message: String::new(),
    }
}

/// ` (CODE: message)`, or nothing when the service said nothing that can be shown.
fn said(reply: &ErrorReply) -> String {
    match (reply.code.as_str(), reply.message.as_str()) {
        ("unreadable" | "", "") => String::new(),
        ("unreadable" | "", message) => format!(" ({message})"),
        (code, "") => format!(" ({code})"),
        (code, message) => format!(" ({code}: {message})"),
    }
}

fn later(seconds: Option<u64>) -> String {
    seconds.map_or_else(String::new, |seconds| format!(", asks to come back after {seconds} s"))
}
