//! Refusals as HTTP, and answers that nobody may keep.

use axum::Json;
use axum::http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use certified_evidence::wire::ErrorBody;
use serde::Serialize;

use crate::oidc::{Class, Refused};
use crate::refusal::Refusal;

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.answer(self.body())
    }
}

impl Refusal {
    /// The body of the answer, in the words of these services.
    pub(crate) fn body(&self) -> ErrorBody {
        let mut body = ErrorBody::new(self.code(), self.to_string());
        if let Self::Scope { required, held } = self {
            body.required_scopes.clone_from(required);
            body.user_scopes.clone_from(held);
        }
        body
    }

    /// The answer with a body in whatever words.
    pub(crate) fn answer(&self, body: impl Serialize) -> Response {
        let mut response = (self.status(), Json(body)).into_response();
        match self {
            _ if self.status() == StatusCode::UNAUTHORIZED => {
                let challenge = HeaderValue::from_static("Bearer realm=\"ChittyOS\"");
                response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
            }
            Self::TooMany { retry_after, .. } | Self::TooManyGrants { retry_after, .. } => {
                response
                    .headers_mut()
                    .insert(RETRY_AFTER, HeaderValue::from(*retry_after));
            }
            _ => {}
        }
        response
    }

    /// The status of the answer (RFC 9110, section 15).
    const fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized { .. } => StatusCode::UNAUTHORIZED,
            Self::Scope { .. } | Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::IdentityToken(refused) => status_of_token(refused),
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::Invalid { .. } => StatusCode::BAD_REQUEST,
            Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooMany { .. } | Self::TooManyGrants { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Storage(_) | Self::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The code of the answer's body.
    const fn code(&self) -> &'static str {
        match self {
            Self::Unauthorized { .. } => "UNAUTHORIZED",
            Self::Scope { .. } | Self::Forbidden { .. } => "FORBIDDEN",
            Self::TooLarge { .. } => "PAYLOAD_TOO_LARGE",
            Self::Method { .. } => "METHOD_NOT_ALLOWED",
            Self::TooMany { .. } | Self::TooManyGrants { .. } => "RATE_LIMITED",
            Self::Storage(_) => "SERVICE_UNAVAILABLE",
            Self::IdentityToken(refused) => refused.code(),
            Self::NotFound { code, .. }
            | Self::Invalid { code, .. }
            | Self::Conflict { code, .. }
            | Self::Unavailable { code, .. }
            | Self::Failed { code, .. } => code,
        }
    }
}

/// No cache keeps a secret.
pub(crate) fn unstored(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The caller's own credential may be good all the same; what is not good is what it was to be told with.
const fn status_of_token(refused: &Refused) -> StatusCode {
    match refused.class() {
        Class::Unproven => StatusCode::UNAUTHORIZED,
        Class::NotAllowed => StatusCode::FORBIDDEN,
        Class::Invalid => StatusCode::BAD_REQUEST,
        Class::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}
