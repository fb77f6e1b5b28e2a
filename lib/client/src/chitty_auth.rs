//! ChittyAuth: what a credential is good for.

use certified_evidence::Secret;
use certified_evidence::wire::auth::{ApiKeyReply, ServiceTokenReply};
use reqwest::Method;

use crate::base_url::BaseUrl;
use crate::call::Call;
use crate::error::{ClientError, Service};
use crate::patience::{MIB, Patience};
use crate::transport::Transport;

/// A small question with a small answer.
pub const AUTH: Patience = Patience {
    largest_answer: MIB / 16,
    ..Patience::SMALL
};

/// Asks ChittyAuth about credentials.
#[derive(Debug)]
pub struct ChittyAuth {
    transport: Transport,
    base: BaseUrl,
    patience: Patience,
}

/// A credential that was looked at.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Standing {
    /// In force.
    InForce {
        /// Whose it is.
        owner: String,
        /// What it may do, `{service}:{action}` each.
        scopes: Vec<String>,
    },
    /// Unknown, expired or revoked.
    NotInForce,
}

impl ChittyAuth {
    /// A client.
    pub const fn new(transport: Transport, base: BaseUrl) -> Self {
        Self {
            transport,
            base,
            patience: AUTH,
        }
    }

    /// Other limits than [`AUTH`].
    #[must_use]
    pub const fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// What a credential is good for. It is shown to ChittyAuth alone, in the header where it always travels.
    ///
    /// # Errors
    /// See [`ClientError::class`]. A credential that is not in force is an answer.
    pub async fn standing(&self, credential: &Secret<String>) -> Result<Standing, ClientError> {
        let is_service = credential.expose().starts_with("svc_");
        let path = if is_service { SERVICE } else { API_KEY };
        let url = self.base.at(path);
        let call = Call::new(&self.transport, Service::Auth, self.patience, Method::POST, url);
        let answer = call.token(Some(credential))?.accept(&[401]).send().await?;
        let (valid, owner, scopes) = if is_service {
            let reply: ServiceTokenReply = answer.json(Service::Auth)?;
            (reply.valid, reply.service_id, reply.scopes)
        } else {
            let reply: ApiKeyReply = answer.json(Service::Auth)?;
            (reply.valid, reply.chitty_id, reply.scopes)
        };
        Ok(match owner {
            Some(owner) if valid && answer.status != 401 => Standing::InForce { owner, scopes },
            _ => Standing::NotInForce,
        })
    }
}

const API_KEY: &str = "/v1/api/keys/validate";
const SERVICE: &str = "/v1/service/validate";
