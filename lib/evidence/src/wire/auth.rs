//! ChittyAuth: who is behind a token, and what it may do.
//!
//! | route | body | answer |
//! |---|---|---|
//! | `POST /v1/api/keys/validate` | [`ApiKeyRequest`] | 200 [`ApiKeyReply`], 401 with `valid: false` |
//! | `POST /v1/service/validate` | [`ServiceTokenRequest`] | 200 [`ServiceTokenReply`], 401 with `valid: false` |

use serde::{Deserialize, Serialize};

use crate::{Secret, Timestamp};

/// Asks about an API key (`chitty_…`).
#[derive(Debug, Deserialize)]
pub struct ApiKeyRequest {
    /// The key.
    #[serde(deserialize_with = "secret")]
    pub api_key: Secret<String>,
}

/// What an API key is good for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ApiKeyReply {
    /// Whether it is in force.
    pub valid: bool,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chitty_id: Option<String>,
    /// What it may do, `{service}:{action}` each.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Why it is not in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Asks about a service token (`svc_…`); without a body the token of the `Authorization` header is meant.
#[derive(Debug, Deserialize)]
pub struct ServiceTokenRequest {
    /// The token.
    #[serde(deserialize_with = "secret")]
    pub service_token: Secret<String>,
}

/// What a service token is good for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ServiceTokenReply {
    /// Whether it is in force.
    pub valid: bool,
    /// Which service it stands for, for example `chittyos.api-gateway`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_id: Option<String>,
    /// What it may do.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Why it is not in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Secret<String>, D::Error> {
    String::deserialize(deserializer).map(Secret::new)
}
