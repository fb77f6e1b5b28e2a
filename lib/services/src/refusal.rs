//! Why a service does not do what it is asked.

use crate::oidc;
use crate::storage::StorageError;

/// The reasons, each with what the answer has to say. The HTTP side is in `door`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Nobody, or somebody whose credential is worth nothing.
    #[error("{reason}")]
    Unauthorized {
        /// What is wrong with the credential; never the credential.
        reason: String,
    },
    /// Somebody who may not do this.
    #[error("this needs the scope {}", required.join(" or "))]
    Scope {
        /// The scopes of which one is enough.
        required: Vec<String>,
        /// The scopes that the caller has.
        held: Vec<String>,
    },
    /// Somebody else's property, or something that nobody may do.
    #[error("{reason}")]
    Forbidden {
        /// Why not.
        reason: String,
    },
    /// An identity token that is not accepted.
    #[error("{}", with_advice(.0))]
    IdentityToken(#[from] oidc::Refused),
    /// A thing that does not exist.
    #[error("{reason}")]
    NotFound {
        /// The answer's code.
        code: &'static str,
        /// What does not exist.
        reason: String,
    },
    /// A request that makes no sense, now or ever.
    #[error("{reason}")]
    Invalid {
        /// The answer's code.
        code: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A request that contradicts what is recorded.
    #[error("{reason}")]
    Conflict {
        /// The answer's code.
        code: &'static str,
        /// Both sides of the contradiction.
        reason: String,
    },
    /// A body larger than any honest one.
    #[error("expected a body of at most {limit} bytes, found more")]
    TooLarge {
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// A method that the address does not have.
    #[error("this address does not take the method {method}")]
    Method {
        /// The method.
        method: String,
    },
    /// Too much at once.
    #[error("more than {allowed} requests in a minute; wait {retry_after} seconds")]
    TooMany {
        /// The requests that one caller may make in a minute.
        allowed: u32,
        /// Seconds after which the next one is taken.
        retry_after: u64,
    },
    /// More credentials than one service may be given.
    #[error("more than {allowed} credentials in an hour for {service}; wait {retry_after} seconds")]
    TooManyGrants {
        /// The grants that one service may have in an hour.
        allowed: u32,
        /// For which service.
        service: String,
        /// Seconds after which the next one is given.
        retry_after: u64,
    },
    /// The storage does not do its work; the same request may succeed later.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Something that exists elsewhere, or at another time, and not here and now.
    #[error("{reason}")]
    Unavailable {
        /// The answer's code.
        code: &'static str,
        /// What there is none of.
        reason: String,
    },
    /// The service does not do its work.
    #[error("{reason}")]
    Failed {
        /// The answer's code.
        code: &'static str,
        /// The cause.
        reason: String,
    },
}

/// Its readers have no other way to hear what to do.
fn with_advice(refused: &oidc::Refused) -> String {
    format!("{refused}; {}", refused.advice())
}

impl Refusal {
    /// A request that cannot be understood.
    pub(crate) fn invalid(reason: impl Into<String>) -> Self {
        Self::Invalid {
            code: INVALID_REQUEST,
            reason: reason.into(),
        }
    }

    /// A credential that is worth nothing.
    pub(crate) fn unauthorized(reason: impl Into<String>) -> Self {
        Self::Unauthorized { reason: reason.into() }
    }
}

/// The code of a request that cannot be understood.
pub(crate) const INVALID_REQUEST: &str = "INVALID_REQUEST";
/// The code of a request that leaves something out.
pub(crate) const MISSING_REQUIRED_FIELDS: &str = "MISSING_REQUIRED_FIELDS";
