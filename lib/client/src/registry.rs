//! ChittyRegistry, behind the gateway.

use certified_evidence::wire::registry::{PackageRecord, RegisterReply, RegisterRequest, StatusReply, StatusRequest};
use certified_evidence::{PackageName, Secret, Version};
use reqwest::Method;

use crate::base_url::BaseUrl;
use crate::call::Call;
use crate::error::{ClientError, Service};
use crate::patience::Patience;
use crate::transport::Transport;

/// A registration carries its evidence, well below a mebibyte. The same registration again is answered with the
/// first, so a lost answer is asked for again.
pub const REGISTRY: Patience = Patience::SMALL;

/// Registers packages, and asks about them.
#[derive(Debug)]
pub struct Registry {
    transport: Transport,
    base: BaseUrl,
    token: Option<Secret<String>>,
    patience: Patience,
}

impl Registry {
    /// A client that may register. `base` is the gateway's address.
    pub const fn new(transport: Transport, base: BaseUrl, token: Secret<String>) -> Self {
        Self {
            transport,
            base,
            token: Some(token),
            patience: REGISTRY,
        }
    }

    /// A client that may only read.
    pub const fn reader(transport: Transport, base: BaseUrl) -> Self {
        Self {
            transport,
            base,
            token: None,
            patience: REGISTRY,
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

    /// Other limits than [`REGISTRY`].
    #[must_use]
    pub const fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Registers a release, or finds it registered with the same digests.
    ///
    /// # Errors
    /// See [`ClientError::class`]; other digests under the same version are a conflict.
    pub async fn register(&self, request: &RegisterRequest) -> Result<RegisterReply, ClientError> {
        let call = self
            .call(Method::POST, "/registry/api/packages/register")
            .token(self.token.as_ref())?;
        call.json(request)?.send().await?.json(Service::Registry)
    }

    /// A registered release, if there is one. Sends no token.
    ///
    /// # Errors
    /// See [`ClientError::class`].
    pub async fn package(&self, name: &PackageName, version: &Version) -> Result<Option<PackageRecord>, ClientError> {
        let answer = self
            .call(Method::GET, &page(name, version))
            .accept(&[404])
            .send()
            .await?;
        if answer.status == 404 {
            return Ok(None);
        }
        answer.json(Service::Registry).map(Some)
    }

    /// Moves a release on.
    ///
    /// # Errors
    /// See [`ClientError::class`].
    pub async fn set_status(
        &self,
        name: &PackageName,
        version: &Version,
        request: &StatusRequest,
    ) -> Result<StatusReply, ClientError> {
        let call = self
            .call(Method::PUT, &format!("{}/status", page(name, version)))
            .token(self.token.as_ref())?;
        call.json(request)?.send().await?.json(Service::Registry)
    }

    fn call(&self, method: Method, path: &str) -> Call<'_> {
        Call::new(
            &self.transport,
            Service::Registry,
            self.patience,
            method,
            self.base.at(path),
        )
    }
}

fn page(name: &PackageName, version: &Version) -> String {
    format!("/registry/packages/{}/{version}", name.escaped())
}
