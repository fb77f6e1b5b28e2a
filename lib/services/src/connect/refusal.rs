//! Why ChittyConnect gives nothing, in the shape that its clients read.

use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::oidc::Class;
use crate::refusal::{INVALID_REQUEST, Refusal};

/// A refusal and the code that clients go by.
#[derive(Debug)]
pub(super) struct ConnectRefusal {
    /// What it means.
    pub(super) refusal: Refusal,
    code: Option<&'static str>,
    allowed: Vec<&'static str>,
}

impl ConnectRefusal {
    /// A request that cannot be understood.
    pub(super) fn invalid(reason: impl Into<String>) -> Self {
        Self::coded(INVALID_REQUEST, Refusal::invalid(reason))
    }

    /// A kind or a context that no credential can be made for.
    pub(super) fn failed(reason: impl Into<String>) -> Self {
        Self::coded("PROVISION_FAILED", Refusal::invalid(reason))
    }

    /// Something that this caller, or this purpose, is not given.
    pub(super) fn forbidden(reason: impl Into<String>) -> Self {
        Self::from(Refusal::Forbidden { reason: reason.into() })
    }

    /// A kind that is known, and kept by another ChittyConnect than this one.
    pub(super) fn not_kept(what: &str) -> Self {
        Self::from(Refusal::Unavailable {
            code: "CREDENTIAL_NOT_AVAILABLE",
            reason: format!("there is no {what} here"),
        })
    }

    /// A name that means nothing here, answered with those that do.
    pub(super) fn unknown(allowed: Vec<&'static str>) -> Self {
        let reason = format!(
            "there is no credential of one of the names; there are {}",
            allowed.join(", ")
        );
        Self {
            allowed,
            ..Self::coded("INVALID_CREDENTIALS", Refusal::invalid(reason))
        }
    }

    /// Nobody.
    pub(super) fn without_token() -> Self {
        let reason = "the Authorization header holds no identity token; ask the platform for one";
        Self::coded("MISSING_TOKEN", Refusal::unauthorized(reason))
    }

    /// A run whose identity token is not accepted. What it proves nothing by has one code, whatever is wrong with it; the message says what.
    pub(super) fn of_run(refusal: Refusal) -> Self {
        match &refusal {
            Refusal::IdentityToken(token) if token.class() == Class::Unproven => Self::coded("OIDC_INVALID", refusal),
            _ => Self::from(refusal),
        }
    }

    /// An identity that is not a workflow run's.
    pub(super) fn no_run() -> Self {
        let reason = "the identity token is of no workflow run";
        Self::coded("OIDC_INVALID", Refusal::unauthorized(reason))
    }

    /// A run of somebody who is given nothing here.
    pub(super) fn other_owner(owner: &str) -> Self {
        let reason = format!("repositories of {owner} are given nothing here");
        Self::coded("ORG_NOT_ALLOWED", Refusal::Forbidden { reason })
    }

    const fn coded(code: &'static str, refusal: Refusal) -> Self {
        Self {
            refusal,
            code: Some(code),
            allowed: Vec::new(),
        }
    }
}

impl From<Refusal> for ConnectRefusal {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal,
            code: None,
            allowed: Vec::new(),
        }
    }
}

impl IntoResponse for ConnectRefusal {
    fn into_response(self) -> Response {
        let body = self.refusal.body();
        let code = self.code.unwrap_or(body.error_code.as_str());
        let said = Said {
            success: false,
            error: Told {
                code,
                message: &body.message,
            },
            allowed: self.allowed.clone(),
        };
        self.refusal.answer(said)
    }
}

#[derive(Serialize)]
struct Said<'a> {
    success: bool,
    error: Told<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allowed: Vec<&'static str>,
}

#[derive(Serialize)]
struct Told<'a> {
    code: &'a str,
    message: &'a str,
}
